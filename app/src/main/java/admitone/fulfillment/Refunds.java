package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
import admitone.fulfillment.Subjects.Subject;
import admitone.ledger.Claims;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import admitone.payouts.BuyerRefunds;
import admitone.payouts.RefundArrival;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * A payment was given back: by hand, so that a person says so, or by a payout that has arrived. It counts as if the provider had said
 * it.
 */
@Component
public class Refunds implements RefundArrival {
    static final String UNDER_WAY = "refund_under_way";

    private final Payments payments;
    private final Subjects subjects;
    private final Fulfillment fulfillment;
    private final BuyerRefunds payouts;
    private final Claims claims;
    private final Cases cases;
    private final Tasks tasks;
    private final Clock clock;

    Refunds(
            Payments payments,
            Subjects subjects,
            Fulfillment fulfillment,
            BuyerRefunds payouts,
            Claims claims,
            Cases cases,
            Tasks tasks,
            Clock clock) {
        this.payments = payments;
        this.subjects = subjects;
        this.fulfillment = fulfillment;
        this.payouts = payouts;
        this.claims = claims;
        this.cases = cases;
        this.tasks = tasks;
        this.clock = clock;
    }

    /**
     * Within the current transaction: the grant ends, what was booked is taken back. Said again, it changes nothing.
     *
     * @param reason for the record
     * @return whether there was anything to give back
     * @throws DecisionRefused while a payout gives it back
     */
    public boolean record(SellerId seller, String paymentId, String reason, String by) {
        Payment payment = payments.find(seller, paymentId).orElseThrow();
        Subject subject = subjects.lock(
                seller, said(payment, Cause.OPERATOR, by + ": " + reason, "given back by " + by + ": " + reason));
        return switch (subject.payment().state()) {
            case Paid _, PartiallyPaid _, Held _ -> {
                underWay(seller, paymentId).ifPresent(why -> {
                    throw new DecisionRefused(UNDER_WAY, why);
                });
                fulfillment.decideAndWrite(List.of(subject), /* kept= */ false);
                yield true;
            }
            case Refunded() -> true;
            case Waiting(), Confirming _, Closed _ -> false;
        };
    }

    /** Why nothing else can be done with a payment; empty where no payout gives it back. */
    Optional<String> underWay(SellerId seller, String paymentId) {
        return payouts.of(seller, paymentId)
                .map(payout -> "The payout " + payout
                        + " gives it back. Let it come to its end, or have the operator cancel it first (POST /api/v1/payouts/"
                        + payout + "/cancel).");
    }

    @Override
    public boolean arrived(SellerId seller, String paymentId, Sent sent) {
        Payment payment = payments.find(seller, paymentId).orElseThrow();
        String by = "payout " + sent.handle();
        Subject subject = subjects.lock(seller, said(payment, Cause.PAYOUT, by, "given back by " + by));
        claims.release(seller, sent.payout());
        if (subject.order() != null) {
            tasks.owe(seller, Work.tellRefund(paymentId, subject.order().id(), sent));
        }
        boolean isAsItWas = switch (subject.payment().state()) {
            case Paid _ -> !sent.ofSetAside();
            case PartiallyPaid _, Held _ -> sent.ofSetAside();
            case Waiting(), Confirming _, Closed _, Refunded() -> false;
        };
        takenBack(seller, paymentId, sent.handle());
        if (isAsItWas) {
            fulfillment.decideAndWrite(List.of(subject), /* kept= */ false);
            cases.ofPayment(seller, paymentId).stream()
                    .map(Case::kind)
                    .filter(_ -> sent.ofSetAside())
                    .forEach(kind -> cases.settle(
                            seller, Event.payment(paymentId), kind, Ruling.REFUNDED, "given back by " + by));
        }
        return isAsItWas;
    }

    @Override
    public void cameBack(SellerId seller, String paymentId, String payout) {
        takenBack(seller, paymentId, payout);
    }

    /** Given back otherwise meanwhile, it was asked what becomes of what the payout claimed: that is free now, and taken back. */
    private void takenBack(SellerId seller, String paymentId, String payout) {
        cases.settle(
                seller,
                Event.payment(paymentId),
                RefundAfterPayout.KIND,
                RefundAfterPayout.DEDUCT,
                "taken back: only " + payout + " claimed it, which is over");
    }

    private Heard said(Payment payment, Cause cause, String source, String body) {
        return new Heard(
                payment.id(),
                payment.parentPaymentId(),
                payment.orderId(),
                ProviderStatus.REFUNDED,
                "refunded",
                null,
                payment.payCurrency(),
                payment.payAmount(),
                payment.received(),
                payment.outcome(),
                new Trigger(cause, source, clock.instant()),
                body.getBytes(StandardCharsets.UTF_8));
    }
}
