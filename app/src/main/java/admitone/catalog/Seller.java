package admitone.catalog;

import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Somebody who sells access. {@code feePercent} is what the operator keeps of each accrual. */
public record Seller(SellerId id, String name, long telegramUserId, BigDecimal feePercent, PayoutTerms payout) {

    /** How a seller is paid out. */
    public record PayoutTerms(
            PayoutMode mode,
            @Nullable Money threshold,
            @Nullable String currency,
            @Nullable String address) {}

    public enum PayoutMode {
        DIRECT,
        INSTANT,
        THRESHOLD
    }
}
