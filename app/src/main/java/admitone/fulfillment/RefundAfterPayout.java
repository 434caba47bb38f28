package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.ledger.Claims;
import admitone.payments.Heard;
import admitone.payments.Payment;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import java.util.Map;
import org.springframework.stereotype.Component;

/** A payment was given back when a payout had claimed or paid what it brought: a person says who bears it. */
@Component
class RefundAfterPayout implements CaseDecider {
    static final String KIND = "refund_after_payout";
    static final String DEDUCT = "deduct";
    private static final String DISMISS = "dismiss";

    private final Claims claims;

    RefundAfterPayout(Claims claims) {
        this.claims = claims;
    }

    static Case.Draft asks(Payment payment, Heard heard) {
        return new Case.Draft(
                KIND,
                Event.payment(payment.id()),
                payment.id(),
                payment.orderId(),
                Map.of("provider_status", heard.statusWord()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                DEDUCT,
                        "What the payment brought is taken off the seller's balance; the next payouts are so much less.",
                DISMISS, "The seller keeps what was paid out; the operator bears the refund.");
    }

    @Override
    public boolean isForOperator() {
        return true;
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (decision.equals(DEDUCT)) {
            claims.reverseAllTheSame(seller, one.subject());
        }
    }
}
