package admitone.checkout;

import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.messaging.PageWords;
import admitone.money.Money;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Money that arrived for a purchase beside the payment that paid it, and what became of it: its buyer reads the same on the page and from the bot. Or a part of the
 * price that was given back, and what the rest of it came to: on the page alone.
 *
 * @param until of the time that it bought; null where it bought none
 */
public record SecondPayment(
        Money amount, Became became, @Nullable Instant until) {

    /** What it came to. */
    public enum Became {
        WAITS,
        EXTENDED,
        TAKEN_FOR_ANOTHER,
        GIVEN_BACK,
        KEPT,
        PART_GIVEN_BACK,
        REST_EXTENDED,
        REST_FOR_LIFE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Became of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Empty where it is a part of the price.
     *
     * @param state the payment's, as it is stored
     * @param isOfOrder it is still one of this order's
     * @param addsTime a person had it buy more time
     * @param decision what a person decided, or null
     */
    static Optional<Became> became(String state, boolean isOfOrder, boolean addsTime, @Nullable String decision) {
        return switch (state) {
            case "refunded" -> Optional.of(Became.GIVEN_BACK);
            case "paid" ->
                addsTime
                        ? Optional.of(Became.EXTENDED)
                        : isOfOrder ? Optional.empty() : Optional.of(Became.TAKEN_FOR_ANOTHER);
            default -> Optional.of("dismiss".equals(decision) ? Became.KEPT : Became.WAITS);
        };
    }

    /**
     * Of a part of the price, that was given back.
     *
     * @param addsTime a person had the rest of the price buy time, which has not been ended
     */
    static Became part(boolean addsTime, @Nullable Instant until) {
        if (!addsTime) {
            return Became.PART_GIVEN_BACK;
        }
        return until == null ? Became.REST_FOR_LIFE : Became.REST_EXTENDED;
    }

    /** What is left of the price lets the buyer in, by another order. */
    boolean isIn(Instant now) {
        return became == Became.REST_FOR_LIFE
                || (became == Became.REST_EXTENDED && until != null && until.isAfter(now));
    }

    public String text(Language language) {
        Form form = Form.in(language);
        String text = PageWords.in(language, "second." + became.name()).replace("{amount}", form.money(amount));
        return until == null ? text : text.replace("{until}", form.moment(until));
    }
}
