package admitone.payments;

import admitone.money.Money;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a payment becomes when something is heard about it. Values in, values out. */
public final class PaymentRules {
    private static final BigDecimal WHOLE = BigDecimal.valueOf(100);

    private PaymentRules() {}

    /**
     * What was agreed.
     *
     * @param price what the payment was made for; null where no order is known
     * @param payAmount the coins asked for when the payment was made; null: the notification's own figure counts
     * @param tolerancePercent how much less than the whole still counts as paid in full
     * @param others what other payments have brought of the order's price; null: this one alone must bring its own price
     */
    public record Terms(
            @Nullable Money price,
            @Nullable Money payAmount,
            BigDecimal tolerancePercent,
            @Nullable Coverage others) {
        public Terms(@Nullable Money price, @Nullable Money payAmount, BigDecimal tolerancePercent) {
            this(price, payAmount, tolerancePercent, null);
        }
    }

    /** What hearing something comes to. */
    public sealed interface Transition {
        /** Nothing new. */
        record Repeated() implements Transition {}

        /** It moves on. */
        record Moved(PaymentState next) implements Transition {}

        /** It contradicts what we hold; a person decides. {@code why} is the kind of the case. */
        record Refused(String why) implements Transition {}

        /** A word without a meaning to us; kept, not acted on. */
        record NotUnderstood() implements Transition {}
    }

    /** The kinds of case that keep money from being acted on. */
    public interface Why {
        String UNKNOWN_ORDER = "unknown_order";
        /** A restore lost its order, and the copy that the provider keeps tells what it was. */
        String ORDER_LOST = "order_lost";

        String OLD_ORDER_ID = "old_order_id";
        String PRICE_MISMATCH = "price_mismatch";
        String CHILD_PAYMENT = "child_payment";
        String WRONG_ASSET = "wrong_asset";
        String AMOUNT_MISSING = "amount_missing";
        String PAID_TWICE = "paid_twice";
        String UNDERPAID = "underpaid";
        /** More was heard of a part of a price that a person had dismissed. */
        String DISMISSED = "dismissed";

        String PART_REFUNDED = "part_refunded";
        String OVERPAID = "overpaid";
        /** More was heard of a payment that counts than was counted. */
        String MORE_ARRIVED = "more_arrived";

        String PAID_LATE = "paid_late";
        /** It came late, for an order whose price was reduced by something that is not there any more. */
        String REDUCTION_GONE = "reduction_gone";

        /** Made without us, so long after its order's time was over that the price no longer holds. */
        String PAID_MUCH_TOO_LATE = "paid_much_too_late";

        /** It was given back after its unused time had made another purchase cheaper. */
        String REFUNDED_AFTER_UPGRADE = "refunded_after_upgrade";

        String FINISHED_AFTER_REFUND = "finished_after_refund";
    }

    /** {@code hold} is why this payment may never grant by itself, or null. */
    public static Transition apply(PaymentState current, @Nullable String hold, Heard heard, Terms terms) {
        Optional<PaymentState> said = reading(hold, heard, terms);
        if (said.isEmpty()) {
            return new Transition.NotUnderstood();
        }
        PaymentState next = said.get();
        return switch (current) {
            case Refunded() ->
                next instanceof Paid ? new Transition.Refused(Why.FINISHED_AFTER_REFUND) : new Transition.Repeated();
            case PartiallyPaid(Money before)
            when next instanceof PartiallyPaid(Money now)
                    && now.asset().equals(before.asset())
                    && now.compareTo(before) > 0 -> new Transition.Moved(next);
            case PartiallyPaid(Money before)
            when next instanceof Held(String why)
                    && why.equals(Why.DISMISSED)
                    && !isMoreThan(before, heard.actuallyPaid()) -> new Transition.Repeated();
            case Waiting(), Confirming _, Closed _, PartiallyPaid _, Held _, Paid _ ->
                next.rank() > current.rank() ? new Transition.Moved(next) : new Transition.Repeated();
        };
    }

    private static boolean isMoreThan(Money before, @Nullable Money now) {
        return now == null || !now.asset().equals(before.asset()) || now.compareTo(before) > 0;
    }

    /** The state that this notification alone would put a payment in; empty for a word we do not know. */
    static Optional<PaymentState> reading(@Nullable String hold, Heard heard, Terms terms) {
        return switch (heard.status()) {
            case WAITING -> Optional.of(new Waiting());
            case CONFIRMING -> Optional.of(new Confirming(Stage.CONFIRMING));
            case CONFIRMED -> Optional.of(new Confirming(Stage.CONFIRMED));
            case SENDING -> Optional.of(new Confirming(Stage.SENDING));
            case EXPIRED -> Optional.of(new Closed(Reason.EXPIRED));
            case FAILED -> Optional.of(new Closed(Reason.FAILED));
            case CANCELLED -> Optional.of(new Closed(Reason.CANCELLED));
            case REFUNDED -> Optional.of(new Refunded());
            case WRONG_ASSET_CONFIRMED -> Optional.of(new Held(Why.WRONG_ASSET));
            case PARTIALLY_PAID, FINISHED -> Optional.of(settled(hold, heard, terms));
            case OTHER -> Optional.empty();
        };
    }

    private static PaymentState settled(@Nullable String hold, Heard heard, Terms terms) {
        if (hold != null) {
            return new Held(hold);
        }
        if (heard.parentPaymentId() != null) {
            return new Held(Why.CHILD_PAYMENT);
        }
        if (terms.price() == null || !terms.price().equals(heard.price())) {
            return new Held(Why.PRICE_MISMATCH);
        }
        Money received = heard.actuallyPaid();
        Money asked = terms.payAmount() != null ? terms.payAmount() : heard.payAmount();
        if (received == null || asked == null || !asked.isPositive()) {
            return new Held(Why.AMOUNT_MISSING);
        }
        if (!received.asset().equals(asked.asset())) {
            return new Held(Why.WRONG_ASSET);
        }
        Coverage others = terms.others() != null ? terms.others() : Coverage.none(terms.price());
        return others.plus(terms.price(), received, asked).isAtLeastPercent(WHOLE.subtract(terms.tolerancePercent()))
                ? new Paid(received, heard.outcome(), heard.trigger().at())
                : new PartiallyPaid(received);
    }
}
