package admitone.payouts;

import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.ledger.Claims;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.Payments;
import admitone.payouts.Destination.Place;
import admitone.payouts.Payout.To;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutState.AwaitingApproval;
import admitone.payouts.RefundRules.Brought;
import admitone.payouts.RefundRules.Goes;
import admitone.payouts.RefundRules.No;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the payout that gives a payment back to its buyer. It claims that payment's lines, which are the seller's no more as long as it
 * lives, or reserves what is set aside of it, which grants nothing from then on; a person approves each. Of all who ask at once one makes
 * it: the payment and the account are locked, and one lives for each.
 */
@Component
public class RefundMaking {
    private final Payments payments;
    private final BuyerRefunds refunds;
    private final Payouts payouts;
    private final PayoutFlow flow;
    private final Ledger ledger;
    private final Claims claims;
    private final Rates rates;
    private final PayoutProvider provider;
    private final Tasks tasks;
    private final Hold hold;
    private final Transactions transactions;
    private final FaultPoints faults;
    private final Ids ids;
    private final Clock clock;

    RefundMaking(
            Payments payments,
            BuyerRefunds refunds,
            Payouts payouts,
            PayoutFlow flow,
            Ledger ledger,
            Claims claims,
            Rates rates,
            PayoutProvider provider,
            Tasks tasks,
            Hold hold,
            Transactions transactions,
            FaultPoints faults,
            Ids ids,
            Clock clock) {
        this.payments = payments;
        this.refunds = refunds;
        this.payouts = payouts;
        this.flow = flow;
        this.ledger = ledger;
        this.claims = claims;
        this.rates = rates;
        this.provider = provider;
        this.tasks = tasks;
        this.hold = hold;
        this.transactions = transactions;
        this.faults = faults;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * @param place of the buyer, checked as a seller's is
     * @param amount of the coin; null: what the payment brought, less the provider's fee
     */
    public record Wanted(
            String paymentId,
            Place place,
            @Nullable String network,
            @Nullable Money amount) {}

    /** Outside any transaction. The payment must be there. */
    public Made ask(SellerId seller, Wanted wanted, By by) {
        if (hold.isOn()) {
            return new Made.NotDue("on_hold", PayoutFlow.ON_HOLD);
        }
        return switch (transactions.run(seller, () -> brought(seller, wanted))) {
            case Brought brought -> ask(seller, wanted, brought, by);
            case No(String code, String why) -> new Made.NotDue(code, why);
        };
    }

    private Made ask(SellerId seller, Wanted wanted, Brought brought, By by) {
        Asset coin = brought.coins().asset();
        if (!(provider.minimum(coin) instanceof Answer.Done<Money>(Money minimum))
                || !(provider.fee(coin, brought.coins()) instanceof Answer.Done<Money>(Money fee))) {
            return new Made.NotNow("what the provider asks for sending " + coin + " cannot be had");
        }
        Optional<Rate> rate = brought.rate() == null ? rates.fetch(coin) : Optional.of(brought.rate());
        if (rate.isEmpty()) {
            return new Made.NotNow("no fresh rate of " + coin);
        }
        return switch (RefundRules.goes(brought.coins(), fee, minimum, wanted.amount())) {
            case Goes goes -> make(seller, wanted, brought, rate.get(), goes, by);
            case No(String code, String why) -> new Made.NotDue(code, why);
        };
    }

    /** Within the current transaction. */
    private RefundRules.Found brought(SellerId seller, Wanted wanted) {
        Payment payment = payments.lock(seller, wanted.paymentId()).orElseThrow();
        var living = refunds.of(seller, payment.id());
        if (living.isPresent() && !(payment.state() instanceof Refunded)) {
            return new No("refund_under_way", "A payout gives it back already: " + living.get() + ".");
        }
        claims.lockAccount(seller);
        String subject = Event.payment(payment.id());
        RefundRules.Found found = RefundRules.brought(
                payment,
                ledger.of(seller, subject),
                claims.isClaimed(seller, subject),
                ledger.balance(seller).available());
        return found instanceof Brought(Money coins, var _, var _, var _)
                        && !coins.asset().equals(wanted.place().currency())
                ? new No(
                        "wrong_coin",
                        "The provider has it in " + coins.asset() + ": ask the buyer for an address of that coin.")
                : found;
    }

    private Made make(SellerId seller, Wanted wanted, Brought brought, Rate rate, Goes goes, By by) {
        return transactions.run(seller, () -> switch (brought(seller, wanted)) {
            case Brought now when now.equals(brought) -> new Made.Done(write(seller, wanted, now, rate, goes, by));
            case Brought _ -> new Made.NotNow("what it brought has changed meanwhile");
            case No(String code, String why) -> new Made.NotDue(code, why);
        });
    }

    private Payout write(SellerId seller, Wanted wanted, Brought brought, Rate rate, Goes goes, By by) {
        String subject = Event.payment(wanted.paymentId());
        Payout payout = new Payout(
                seller,
                ids.next(),
                new AwaitingApproval(1),
                brought.takes(),
                Money.zero(Asset.USD),
                goes.sent(),
                rate,
                new To.Buyer(wanted.paymentId()),
                by.source(),
                clock.instant(),
                null,
                null,
                null,
                null,
                null);
        if (brought.isSetAside()) {
            payments.dismiss(seller, wanted.paymentId());
            ledger.book(seller, payout.subject(), Line.refundReserve(brought.coins(), brought.unbooked()));
        } else {
            claims.claim(seller, payout.id(), claims.claimable(seller, subject));
            ledger.book(seller, payout.subject(), List.of(Line.payoutReserve(payout.reserved())));
        }
        payouts.add(payout);
        refunds.add(payout, wanted.paymentId(), wanted.place(), wanted.network(), goes.kept());
        flow.open(payout, PayoutCases.AWAITS_APPROVAL, by);
        tasks.owe(seller, PayoutWork.tell(payout.id(), TellPayoutTask.What.AWAITS_APPROVAL));
        Map<String, String> told = Map.of(
                "coins", payout.coins().toString(),
                "kept", goes.kept().toString(),
                "address", wanted.place().address());
        flow.note(payout, "payout_made", by, told);
        flow.noteOfPayment(payout, "refund_asked", by, told);
        faults.reach(Point.CP21_BEFORE_PAYOUT_IS_MADE);
        return payout;
    }
}
