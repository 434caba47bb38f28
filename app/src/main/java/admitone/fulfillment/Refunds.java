package admitone.fulfillment;

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
import admitone.runtime.SellerId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** A payment was given back by hand: the provider has no way to, so a person says so, and it counts as if the provider had. */
@Component
public class Refunds {
    private final Payments payments;
    private final Fulfillment fulfillment;
    private final Clock clock;

    Refunds(Payments payments, Fulfillment fulfillment, Clock clock) {
        this.payments = payments;
        this.fulfillment = fulfillment;
        this.clock = clock;
    }

    /**
     * Within the current transaction: the grant ends, what was booked is taken back. Said again, it changes nothing.
     *
     * @param reason for the record
     * @return whether there was anything to give back
     */
    public boolean record(SellerId seller, String paymentId, String reason, String by) {
        Payment payment = payments.find(seller, paymentId)
                .orElseThrow(); // what it is now it is at least, whatever is heard meanwhile
        return switch (payment.state()) {
            case Paid _, PartiallyPaid _, Held _ -> {
                fulfillment.decideAndWrite(seller, said(payment, reason, by), /* kept= */ false);
                yield true;
            }
            case Refunded() -> true;
            case Waiting(), Confirming _, Closed _ -> false;
        };
    }

    private Heard said(Payment payment, String reason, String by) {
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
                new Trigger(Cause.OPERATOR, by + ": " + reason, clock.instant()),
                ("given back by " + by + ": " + reason).getBytes(StandardCharsets.UTF_8));
    }
}
