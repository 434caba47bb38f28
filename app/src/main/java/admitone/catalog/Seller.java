package admitone.catalog;

import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Somebody who sells access. {@code feePercent} is what the operator keeps of each accrual. */
public record Seller(
        SellerId id, String name, long telegramUserId, BigDecimal feePercent, PayoutTerms payout, Notice notice) {
    /** Without a word to buyers. */
    public Seller(SellerId id, String name, long telegramUserId, BigDecimal feePercent, PayoutTerms payout) {
        this(id, name, telegramUserId, feePercent, payout, new Notice(null, null));
    }

    /** What buyers are told of a seller: how to reach them, and on which terms they sell. Each a line of text or a URL; null: not said. */
    public record Notice(@Nullable String support, @Nullable String terms) {}

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
