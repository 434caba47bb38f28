package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What becomes of a payment, and how it is told. Absent amounts stay what they are. */
public final class StatusChange {
    public String status = "";
    public @Nullable BigDecimal actuallyPaid;
    public @Nullable BigDecimal actuallyPaidAtFiat;
    public @Nullable BigDecimal payAmount;
    public @Nullable BigDecimal outcomeAmount;
    public @Nullable String outcomeCurrency;
    public @Nullable BigDecimal depositFee;
    public @Nullable BigDecimal serviceFee;
    public @Nullable BigDecimal withdrawalFee;

    public boolean notify = true;
    public @Nullable Integer times;
    public @Nullable Boolean concurrent;
    public boolean wait = true;
}
