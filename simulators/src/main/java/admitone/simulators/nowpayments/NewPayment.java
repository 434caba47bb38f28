package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What a payment is asked for with. Of the control API too, which may choose what the provider would choose itself. */
public final class NewPayment {
    /** Absent only where a parent has one. */
    public @Nullable BigDecimal priceAmount;

    public String priceCurrency = "usd";
    /** Absent: the parent's, else eth. */
    public @Nullable String payCurrency;

    public @Nullable BigDecimal payAmount;
    public @Nullable String orderId;
    public @Nullable String orderDescription;
    public @Nullable String ipnCallbackUrl;
    public @Nullable String payoutCurrency;
    public @Nullable String payoutAddress;
    public @Nullable String payoutExtraId;
    public boolean isFixedRate;
    public boolean isFeePaidByUser;

    public @Nullable Long paymentId;
    public @Nullable String purchaseId;
    public @Nullable Long invoiceId;
    public @Nullable Long parentPaymentId;
    public String originType = "REPEATED";
    public @Nullable String payAddress;
    public @Nullable String payinExtraId;
    public @Nullable String status;
    public @Nullable BigDecimal actuallyPaid;
    public @Nullable BigDecimal outcomeAmount;
    public @Nullable String outcomeCurrency;

    /** The key that may read it; absent: every key. */
    @Nullable
    String apiKey;
}
