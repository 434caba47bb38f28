package admitone.payouts;

import admitone.cases.Cases;
import admitone.hold.Hold;
import admitone.ledger.Claims;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.payouts.Payout.To;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutRules.Decision;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * A payment is given back to its buyer: a seller's payouts that are to pay what it brought are called off where they are not begun; so is
 * one that has waited until its coins are worth something else. The next is made by itself. It is
 * apart from {@link PayoutFlow}, which asks the main flow what a payout to a buyer comes to: the main flow asks this.
 */
@Component
public class CallingOff {
    private static final String REFUND_AFTER_PAYOUT = "refund_after_payout";

    private final Payouts payouts;
    private final Ledger ledger;
    private final Claims claims;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Hold hold;
    private final Clock clock;

    CallingOff(
            Payouts payouts,
            Ledger ledger,
            Claims claims,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Hold hold,
            Clock clock) {
        this.payouts = payouts;
        this.ledger = ledger;
        this.claims = claims;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.hold = hold;
        this.clock = clock;
    }

    /**
     * Within the current transaction, with the seller's account not locked yet: the payouts that are to pay what the payment brought are
     * called off where none of them is begun; what is left comes with the next.
     */
    public void ofPayment(SellerId seller, String paymentId, By by) {
        List<UUID> paying = claims.claimants(seller, Event.payment(paymentId));
        // one to a buyer is not locked here: who locks that goes on to lock its payment
        boolean toSeller = paying.stream()
                .allMatch(id -> payouts.find(seller, id)
                        .filter(payout -> payout.to() instanceof To.Seller)
                        .isPresent());
        if (!toSeller || hold.isOn()) {
            return;
        }
        List<Payout> locked = paying.stream()
                .map(id -> payouts.lock(seller, id).orElseThrow())
                .toList();
        if (locked.stream().allMatch(Payout::isUnbegun)) {
            locked.forEach(payout -> callOff(payout, paymentId, by));
        }
    }

    /** Whether a payment that a seller's payout is to pay was given back when it could not be called off: it gets no first code, and no other batch. */
    boolean isOvertaken(Payout payout) {
        return payout.to() instanceof To.Seller
                && !claims.overtaken(payout.seller(), payout.id()).isEmpty();
    }

    /** Within the current transaction: what could not be called off when a payment in it was given back is called off where it is not begun now. */
    void overtaken(SellerId seller, UUID id, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (!payout.isUnbegun() || !isOvertaken(payout)) {
            return;
        }
        List<String> references = claims.overtaken(seller, id);
        callOff(payout, references.getFirst().substring(Event.payment("").length()), by);
        references.stream()
                .filter(reference -> !claims.isClaimed(seller, reference))
                .forEach(reference -> cases.settle(
                        seller, reference, REFUND_AFTER_PAYOUT, "over", "the payout of it was called off"));
    }

    private void callOff(Payout payout, String paymentId, By by) {
        callOff(
                payout,
                paymentId,
                Optional.of(PayoutWork.tellCalledOff(payout.id(), paymentId)),
                by.saying("the payment " + paymentId + " in it was given back to its buyer"));
    }

    /**
     * Within the current transaction: what it would send is not what its amount is worth any more. Another is made of the same lines, which
     * is approved as any, and of which the seller is told once while it waits for the same; answers whether it was called off for that.
     */
    boolean quotedTooLongAgo(SellerId seller, UUID id, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        boolean isTold = payouts.waitsSince(payout)
                .filter(since -> since.isBefore(payout.madeAt()))
                .isPresent();
        return payout.isUnbegun()
                && payout.held() == null
                && callOff(
                        payout,
                        "its rate",
                        isTold ? Optional.empty() : Optional.of(PayoutWork.tell(id, TellPayoutTask.What.QUOTED_ANEW)),
                        by.saying("its rate is of " + payout.rate().at() + ": it is made anew"));
    }

    /** One that is over by the journal is left to who looks before it is sent, and holds it. */
    private boolean callOff(Payout payout, String what, Optional<Owed> tells, By by) {
        SellerId seller = payout.seller();
        Instant now = clock.instant();
        if (!ledger.isReserved(seller, payout.subject())
                || !(PayoutRules.decide(payout.state(), new PayoutEvent.CallOff(), now)
                        instanceof Decision.Moved moved)) {
            return false;
        }
        payouts.save(payout, moved.next(), by.reason(), now);
        payouts.calledOff(payout, what);
        claims.lockAccount(seller);
        ledger.book(seller, payout.subject(), Line.reversal(ledger.of(seller, payout.subject())));
        claims.release(seller, payout.id());
        PayoutCases.settleUnbegun(cases, payout);
        PayoutCases.settleRestored(cases, payout);
        tells.ifPresent(owed -> tasks.owe(seller, owed));
        timeline.append(
                seller,
                new Event(
                        payout.subject(),
                        now,
                        "payout_" + moved.next().word(),
                        by.cause(),
                        by.source(),
                        Map.of("reason", Objects.requireNonNull(by.reason()))));
        return true;
    }
}
