package admitone.fulfillment;

import admitone.checkout.Order;
import admitone.checkout.SecondPayment;
import admitone.checkout.SecondPayment.Became;
import admitone.messaging.Incoming.Pressed;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payouts.RefundArrival.Sent;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Task;
import admitone.timeline.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tasks of the main flow itself. */
public final class Work {
    static final String DECIDE = "decide";
    public static final String LOOK = "look";
    static final String ACCRUE = "accrue";
    static final String EXTEND = "extend_on_top";
    static final String TELL_SELLER = "tell_seller";
    static final String TELL_BUYER = "tell_buyer";
    static final String TELL_SECOND = "tell_second";
    static final String TELL_REFUND = "tell_refund";
    static final String SHOW_CASE = "show_case";

    /** A chat takes a message a second, and nobody reads more. */
    private static final Duration SALES_TOLD_TOGETHER = Duration.ofSeconds(10);

    /** A sale that takes longer to be committed is not told, and seen in the balance all the same. */
    private static final Duration UNTIL_COMMITTED = Duration.ofSeconds(5);

    private static final String CONFIRM = ":confirm";

    private Work() {}

    /** Decides notifications that were kept. */
    static Owed decide(String paymentId) {
        return about(DECIDE, paymentId, "");
    }

    /** Asks the provider about a payment. */
    public static Owed look(String paymentId) {
        return about(LOOK, paymentId, "");
    }

    /** The same, once for each {@code told}. */
    public static Owed lookAt(String paymentId, String told) {
        return about(LOOK, paymentId, ":" + told.replace(' ', '_'));
    }

    /** Asks the provider before granting. */
    static Owed confirm(String paymentId) {
        return about(LOOK, paymentId, CONFIRM);
    }

    /** As {@link #confirm}, before a part of the price counts: once for each amount that is told. */
    static Owed confirmPart(String paymentId, Money received) {
        return about(LOOK, paymentId, ":" + received.units() + CONFIRM);
    }

    /** Adds the time that what came on top of a counted payment is worth. */
    static Owed extend(String paymentId) {
        return about(EXTEND, paymentId, "");
    }

    static boolean isConfirming(String subject) {
        return subject.endsWith(CONFIRM);
    }

    /** Books the accrual that had no outcome or no fresh rate. */
    static Owed accrue(String paymentId) {
        return about(ACCRUE, paymentId, "");
    }

    /** Tells the buyer of a payment that gives no access yet; once, whatever more is heard of it. */
    static Owed tellBuyer(String paymentId, String orderId) {
        return Owed.now(TELL_BUYER, Event.payment(paymentId), Map.of("order", orderId));
    }

    /** Tells the buyer of money beside the payment that paid their order, once for each thing that becomes of it; nothing where it is not known how much. */
    static Optional<Owed> tellSecond(
            Order order, Payment payment, @Nullable Money arrived, Became became, @Nullable Instant until) {
        if (arrived == null) {
            return Optional.empty();
        }
        Map<String, String> payload = new HashMap<>(Map.of(
                "order", order.id(),
                "became", became.word(),
                "amount", arrived.text(),
                "asset", arrived.asset().code()));
        if (until != null) {
            payload.put("until", until.toString());
        }
        return Optional.of(
                Owed.now(TELL_SECOND, Event.payment(payment.id()) + ":" + became.word(), Map.copyOf(payload)));
    }

    static SecondPayment second(Task task) {
        @Nullable String until = task.payload().get("until");
        return new SecondPayment(
                Money.parse(task.need("amount"), Asset.of(task.need("asset"))),
                Became.of(task.need("became")),
                until == null ? null : Instant.parse(until));
    }

    /** Tells the buyer that a payout has given their payment back. */
    static Owed tellRefund(String paymentId, String orderId, Sent sent) {
        return Owed.now(
                TELL_REFUND,
                Event.payment(paymentId),
                Map.of(
                        "order", orderId,
                        "amount", sent.coins().text(),
                        "asset", sent.coins().asset().code(),
                        "address", sent.address(),
                        "hash", Objects.requireNonNullElse(sent.hash(), "")));
    }

    /** Tells the seller of all sales of the same few seconds in one message, when they are over; {@code soldAt} by the grant's id, as they are counted. */
    static Owed tellSeller(SellerId seller, Instant soldAt) {
        long span = SALES_TOLD_TOGETHER.toMillis();
        Instant from = Instant.ofEpochMilli(soldAt.toEpochMilli() / span * span);
        Instant until = from.plus(SALES_TOLD_TOGETHER);
        // not all sellers at once: the payment that comes in just then would wait for their messages
        long turn = Math.floorMod(seller.value().hashCode(), span);
        return new Owed(
                TELL_SELLER,
                "sales:" + from,
                Map.of("from", from.toString(), "until", until.toString()),
                until.plus(UNTIL_COMMITTED).plusMillis(turn));
    }

    /** Makes the message below which a button was pressed say what became of the case; once for each press. */
    static Owed showCase(UUID caseId, long updateId, Pressed pressed) {
        return Owed.now(
                SHOW_CASE,
                "case:" + caseId + ":update-" + updateId,
                Map.of(
                        "case", caseId.toString(),
                        "user", Long.toString(pressed.userId()),
                        "message", Long.toString(pressed.messageId()),
                        "language", pressed.language().code()));
    }

    private static Owed about(String kind, String paymentId, String suffix) {
        return Owed.now(kind, Event.payment(paymentId) + suffix, Map.of("payment", paymentId));
    }
}
