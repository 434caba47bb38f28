package admitone.checkout;

import admitone.catalog.Plan;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A code that takes something off the price of a channel's plans, once for each person.
 *
 * @param planId null: any plan of the channel
 * @param tag stands for the code in a link to the bot, which has no room for it
 * @param mostUses by all together; null: any number
 * @param from null: at once
 * @param until null: without an end; not at this instant itself
 * @param closedAt null: open
 */
public record Coupon(
        SellerId seller,
        UUID id,
        UUID channelId,
        @Nullable UUID planId,
        String code,
        String tag,
        Off off,
        @Nullable Integer mostUses,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable Instant closedAt) {
    private static final Pattern CODE = Pattern.compile("[A-Z0-9-]{3,32}");

    /** What it takes off. */
    public sealed interface Off {
        /** Of the plan's price, half-up to the cent. */
        record Percent(BigDecimal percent) implements Off {}

        record Amount(Money amount) implements Off {}

        default Money of(Money list) {
            return switch (this) {
                case Percent(BigDecimal percent) -> list.percentHalfUp(percent);
                case Amount(Money amount) -> amount;
            };
        }
    }

    /** Why somebody cannot use it now. */
    public enum Refusal {
        UNKNOWN,
        NOT_YET,
        OVER,
        OTHER_PLAN,
        /** All uses are taken. */
        USED_UP,
        /** By this person, before. */
        USED,
        /** By this person, for another purchase that can still be paid. */
        HELD,
        /** The price is as low as prices go. */
        NOTHING_OFF,
        /** This person has begun to pay for the plan at another price. */
        BEGUN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Refusal of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** A code as somebody wrote it, in the one way in which it is kept. */
    public static Optional<String> code(String written) {
        return Optional.of(written.strip().toUpperCase(Locale.ROOT))
                .filter(code -> CODE.matcher(code).matches());
    }

    /** What a link to the bot tells it of a plan picked with this coupon in hand. */
    public String startToken(Plan plan) {
        return plan.handle() + "-" + tag;
    }

    /** By its own terms, whoever asks. */
    Optional<Refusal> refusal(Plan plan, Money least, Instant now) {
        if (closedAt != null || (until != null && !now.isBefore(until))) {
            return Optional.of(Refusal.OVER);
        }
        if (from != null && now.isBefore(from)) {
            return Optional.of(Refusal.NOT_YET);
        }
        if (planId != null && !planId.equals(plan.id())) {
            return Optional.of(Refusal.OTHER_PLAN);
        }
        return quoted(plan, least).reductions().isEmpty() ? Optional.of(Refusal.NOTHING_OFF) : Optional.empty();
    }

    Reduction reduction(Plan plan) {
        return new Reduction(Reduction.Kind.COUPON, code, off.of(plan.price()));
    }

    Quote quoted(Plan plan, Money least) {
        return Quote.of(plan.price(), least).less(reduction(plan));
    }
}
