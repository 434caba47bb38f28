package admitone.catalog;

import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Somebody who sells access. {@code feePercent} is what the operator keeps of each accrual. */
public record Seller(
        SellerId id,
        String name,
        long telegramUserId,
        BigDecimal feePercent,
        PayoutTerms payout,
        Notice notice,
        PaymentPage paymentPage) {
    /** Without a word to buyers, who pay on our own page. */
    public Seller(SellerId id, String name, long telegramUserId, BigDecimal feePercent, PayoutTerms payout) {
        this(id, name, telegramUserId, feePercent, payout, new Notice(null, null), PaymentPage.OWN);
    }

    /** Where a seller's buyers pay. */
    public enum PaymentPage {
        /** Ours: they choose a coin and are given an address. */
        OWN,
        /** One that the provider hosts, by an invoice. */
        HOSTED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What buyers are told of a seller: how to reach them, and on which terms they sell. Each a line of text or a URL; null: not said. */
    public record Notice(@Nullable String support, @Nullable String terms) {}

    /** How a seller is paid out. */
    public record PayoutTerms(PayoutMode mode, @Nullable Money threshold) {}

    public enum PayoutMode {
        DIRECT,
        INSTANT,
        THRESHOLD
    }
}
