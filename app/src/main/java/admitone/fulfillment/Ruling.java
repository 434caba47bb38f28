package admitone.fulfillment;

import admitone.checkout.Order;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coverage;
import admitone.payments.Heard;
import admitone.payments.NotificationInbox.Fate;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a person may decide in a case, and what it comes to. Values in, values out. */
final class Ruling {
    private static final BigDecimal ONE_HUNDRED = BigDecimal.valueOf(100);

    static final String GRANT = "grant";
    static final String EXTEND = "extend";
    static final String REFUNDED = "refunded";
    static final String DISMISS = "dismiss";

    private Ruling() {}

    /**
     * What a case is about.
     *
     * @param payment null where it is about no payment
     * @param parent of a repeated deposit, if it is known
     * @param order the payment's, or null
     * @param ofOrder all payments of that order
     * @param usedDays so many whole days were over of what the order granted when this was asked; looked for only where a part was given back
     */
    record About(
            String kind,
            @Nullable Payment payment,
            @Nullable Payment parent,
            @Nullable Order order,
            List<Payment> ofOrder,
            int usedDays,
            BigDecimal tolerancePercent) {

        /** What still counts of the order's payments, where a part of its price was given back; the newest last. */
        List<Payment> rest() {
            return kind.equals(Why.PART_REFUNDED)
                    ? ofOrder.stream()
                            .filter(one -> one.state() instanceof Paid)
                            .toList()
                    : List.of();
        }
    }

    /**
     * One of the decisions that are open.
     *
     * @param effect what it does, in a sentence
     * @param needs the fields that must be given with it
     */
    record Possible(String decision, String effect, List<String> needs) {}

    static List<Possible> possible(About about) {
        List<Possible> all = new ArrayList<>();
        Payment payment = about.payment();
        if (payment != null && isSetAside(payment) && !payment.seller().equals(SellerId.PLATFORM)) {
            all.add(grant(about.order()));
        }
        extension(about).ifPresent(one -> all.add(extend(one)));
        if (!about.rest().isEmpty()) {
            all.add(new Possible(
                    REFUNDED,
                    "You have given back the rest too, by hand: that is put on record, and what was booked of it is taken back.",
                    List.of()));
        }
        if (payment != null && isSetAside(payment)) {
            all.add(new Possible(
                    REFUNDED,
                    "You have given it back at the provider, by hand: that is put on record, and what was set aside is taken back. Or have"
                            + " it sent, which answers this case when it has arrived: POST /api/v1/payments/{id}/refund/payout.",
                    List.of()));
        }
        all.add(new Possible(DISMISS, dismissed(about), List.of()));
        return all;
    }

    /** Its money waits for a person. */
    static boolean isSetAside(Payment payment) {
        return payment.state() instanceof Held || payment.state() instanceof PartiallyPaid;
    }

    private static Possible grant(@Nullable Order order) {
        if (order == null || order.paidBy() != null) {
            return new Possible(
                    GRANT,
                    "Takes the payment for that of the order given, which nobody has paid, and lets its buyer in. The money is the seller's.",
                    List.of("order_id"));
        }
        return new Possible(
                GRANT,
                "Takes the order for paid and lets its buyer in" + days(order.days())
                        + ". What arrived for it is the seller's.",
                List.of());
    }

    private static String days(@Nullable Integer days) {
        return days == null ? " for life" : " for " + days + " days";
    }

    private static Possible extend(Extension one) {
        return new Possible(
                EXTEND,
                one.days() == null
                        ? "Lets the buyer in for life. The money is the seller's."
                        : "Adds " + one.days() + (one.days() == 1 ? " day" : " days")
                                + " to the buyer's time. The money is the seller's.",
                List.of());
    }

    private static String dismissed(About about) {
        Payment payment = about.payment();
        if (about.kind().equals(Why.MORE_ARRIVED) && (payment == null || !isSetAside(payment))) {
            return "Closes the case. What came beyond what was counted stands in no line of the ledger: give it back, or settle it by hand.";
        }
        if (!about.rest().isEmpty()) {
            return "Closes the case. Nobody is let in, and what is left of the payments stays the seller's.";
        }
        return payment != null && isSetAside(payment)
                ? "Closes the case. Nobody is let in, the money stays set aside and does not count for its order."
                : "Closes the case as it is.";
    }

    /** Time that money beyond an order's price bought, or what is left of it: {@code worth} so much of the price, in whole days; null: for life. */
    record Extension(@Nullable Integer days, Money worth) {}

    /** Empty where the order is not paid, the money comes to less than a day, or to less than a life. */
    static Optional<Extension> extension(About about) {
        Payment payment = about.payment();
        Order order = about.order();
        if (payment == null || order == null || order.paidBy() == null) {
            return Optional.empty();
        }
        if (about.kind().equals(Why.PART_REFUNDED)) {
            return ofRest(about, order);
        }
        if (order.days() == null) {
            return Optional.empty();
        }
        int days = order.days();
        return switch (about.kind()) {
            case Why.OVERPAID -> {
                if (!(payment.state() instanceof Paid)) {
                    yield Optional.empty(); // given back meanwhile
                }
                Coverage all = Coverage.counted(order.price(), about.ofOrder());
                yield extension(all.daysBeyond(days), all.beyond());
            }
            case Why.PAID_TWICE ->
                payment.rest() == null && payment.state() instanceof Held
                        ? Optional.of(new Extension(days, order.price()))
                        : within(about, order, days);
            case Why.UNDERPAID, Why.CHILD_PAYMENT, Why.MORE_ARRIVED -> within(about, order, days);
            default -> Optional.empty();
        };
    }

    /** What is left pays for the time that is left where it covers the price, else for as many days as it is worth, less those that are over. */
    private static Optional<Extension> ofRest(About about, Order order) {
        Coverage rest = Coverage.counted(order.price(), about.ofOrder());
        boolean covers = rest.isAtLeastPercent(ONE_HUNDRED.subtract(about.tolerancePercent()));
        if (order.days() == null) {
            return covers ? Optional.of(new Extension(null, rest.brought())) : Optional.empty();
        }
        int days = covers ? order.days() : rest.daysWithin(order.days());
        return extension(days - about.usedDays(), rest.brought());
    }

    /** A repeated deposit is measured by what was asked for the first one: what it says of itself is what happened to come. */
    private static Optional<Extension> within(About about, Order order, int days) {
        Payment payment = Objects.requireNonNull(about.payment());
        boolean isChild = about.kind().equals(Why.CHILD_PAYMENT) || about.kind().equals(Why.MORE_ARRIVED);
        Payment asked = isChild ? about.parent() : payment;
        if (asked == null || !isSetAside(payment)) {
            return Optional.empty();
        }
        Coverage brought = plus(Coverage.none(order.price()), order, asked, payment.received(), asked.payAmount());
        return extension(brought.daysWithin(days), brought.brought());
    }

    private static Coverage plus(
            Coverage sum, Order order, Payment payment, @Nullable Money received, @Nullable Money asked) {
        return received == null
                        || asked == null
                        || !asked.isPositive()
                        || !received.asset().equals(asked.asset())
                ? sum
                : sum.plus(payment.price(order.price()), received, asked);
    }

    private static Optional<Extension> extension(int days, Money worth) {
        return days > 0 && worth.isPositive() ? Optional.of(new Extension(days, worth)) : Optional.empty();
    }

    /** The payment, and what others brought for the order, count: the order is paid because a person says so. */
    static Decision granted(Order order, Payment payment, Heard heard, Facts facts) {
        var paid = new Paid(arrived(heard), heard.outcome(), facts.now());
        Decision in = Fulfillment.letIn(Decision.move(paid), order, payment, facts, 0);
        return Fulfillment.counts(in, order, payment, paid, facts);
    }

    /** Money that is the seller's already buys more time, by an order that the decision made. */
    static Decision extended(Order order, Payment payment, Facts facts) {
        return Fulfillment.letIn(
                Decision.kept("extended", Fate.APPLIED), order, payment, facts.withoutAnotherLink(), 0);
    }

    private static Money arrived(Heard heard) {
        Money received = heard.actuallyPaid();
        return received == null ? Money.zero(Asset.USD) : received;
    }
}
