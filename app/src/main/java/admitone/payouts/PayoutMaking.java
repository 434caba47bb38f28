package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Seller;
import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.ledger.Claims;
import admitone.ledger.Claims.Claimable;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import admitone.payouts.Due.NotYet;
import admitone.payouts.Due.Pay;
import admitone.payouts.Due.Why;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutState.Approved;
import admitone.payouts.PayoutState.AwaitingApproval;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes a seller's payout of all that is payable, when it is due. Of all who try at once, one makes it: the account is locked. */
@Component
public class PayoutMaking {
    private static final String RESTORED =
            "since the restore nobody has looked at limits and addresses: once you have, ./admitone payouts switch on --reason …";

    private final Catalog catalog;
    private final Destinations destinations;
    private final Safeguards safeguards;
    private final Payouts payouts;
    private final PayoutFlow flow;
    private final CallingOff callingOff;
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

    PayoutMaking(
            Catalog catalog,
            Destinations destinations,
            Safeguards safeguards,
            Payouts payouts,
            PayoutFlow flow,
            CallingOff callingOff,
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
        this.catalog = catalog;
        this.destinations = destinations;
        this.safeguards = safeguards;
        this.payouts = payouts;
        this.flow = flow;
        this.callingOff = callingOff;
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

    public sealed interface Made {
        record Done(Payout payout) implements Made {}

        /** It is not due; {@code code} is stable, {@code reason} says when it will be. */
        record NotDue(String code, String reason) implements Made {}

        /** What it depends on cannot be had now. */
        record NotNow(String reason) implements Made {}
    }

    /** As a person wants it, whatever the seller's threshold is; outside any transaction. */
    public Made byHand(SellerId seller, String by) {
        if (hold.isOn()) {
            return new Made.NotDue("on_hold", PayoutFlow.ON_HOLD);
        }
        return make(seller, /* byHand= */ true, new By("operator", by, null));
    }

    /** Outside any transaction. */
    Made make(SellerId seller, boolean byHand, By by) {
        return make(catalog.seller(seller).orElseThrow(), byHand, by);
    }

    Made make(Seller seller, boolean byHand, By by) {
        if (safeguards.holder(seller.id()).isPresent()) {
            return new Made.NotDue("held", "Payouts are on hold: let them go on first.");
        }
        Optional<Destination> to =
                transactions.run(seller.id(), () -> destinations.usable(seller.id(), clock.instant()));
        Money payable = ledger.balance(seller.id()).available();
        Optional<NotYet> early = early(seller, to, payable, byHand);
        if (early.isPresent()) {
            return notDue(seller, early.get());
        }
        Answer<Due.Quote> quoted = quote(to.orElseThrow(), payable);
        return quoted instanceof Answer.Done<Due.Quote>(Due.Quote quote)
                ? transactions.run(
                        seller.id(), () -> makeWithin(seller, to.orElseThrow(), quote, byHand, /* before= */ null, by))
                : notNow(quoted);
    }

    /** What came back once comes back again, until a person looks or it goes elsewhere. */
    private Optional<NotYet> early(Seller seller, Optional<Destination> to, Money payable, boolean byHand) {
        return Optional.ofNullable(Due.beforeQuote(payable, seller.payout(), byHand))
                .or(() -> to.isEmpty() ? Optional.of(new NotYet(noDestination(seller), null)) : Optional.empty())
                .or(() -> to.filter(it -> !byHand && payouts.cameBack(seller.id(), it.id()))
                        .map(_ -> new NotYet(Why.LAST_CAME_BACK, null)));
    }

    private Why noDestination(Seller seller) {
        return destinations.needPerson(seller.id(), clock.instant()) ? Why.DESTINATION_CHECKED : Why.NO_DESTINATION;
    }

    private Answer<Due.Quote> quote(Destination to, Money payable) {
        Optional<Rate> rate = rates.fetch(to.currency());
        if (rate.isEmpty()) {
            return new Answer.Unknown<>("no fresh rate of " + to.currency());
        }
        Money about = Money.of(
                payable.amount().divide(rate.get().usd(), PayoutProvider.DECIMALS, RoundingMode.DOWN), to.currency());
        Answer<Money> minimum = provider.minimum(to.currency());
        return minimum instanceof Answer.Done<Money>(Money least)
                ? provider.fee(to.currency(), about).map(fee -> new Due.Quote(rate.get(), fee, least))
                : minimum.map(least -> new Due.Quote(rate.get(), least, least));
    }

    /**
     * Outside any transaction: one that its amount is not worth any more is called off, and another made of its lines, in one commit. Where
     * none can be made, the old one stays.
     */
    Made anew(Payout old, By by) {
        Seller seller = catalog.seller(old.seller()).orElseThrow();
        Optional<Destination> to =
                transactions.run(seller.id(), () -> destinations.usable(seller.id(), clock.instant()));
        if (to.isEmpty()) {
            return new Made.NotNow(reason(new NotYet(noDestination(seller), null)));
        }
        Answer<Due.Quote> quoted = quote(to.get(), old.reserved());
        if (!(quoted instanceof Answer.Done<Due.Quote>(Due.Quote quote))) {
            return notNow(quoted);
        }
        try {
            return transactions.run(seller.id(), () -> {
                Payout locked = payouts.lock(seller.id(), old.id()).orElseThrow();
                claims.lockAccount(seller.id());
                Before before = new Before(locked.reserved(), payouts.waitsSince(locked));
                if (callingOff.isOvertaken(locked) || !callingOff.quotedTooLongAgo(seller.id(), old.id(), by)) {
                    return new Made.NotNow("held, or gone on meanwhile");
                }
                boolean byHand = !old.madeBy().equals(Payout.BY_ITSELF);
                Made made = makeWithin(seller, to.get(), quote, byHand, before, by);
                if (!(made instanceof Made.Done)) {
                    throw new NotMade(made); // nothing of it is written
                }
                return made;
            });
        } catch (NotMade e) {
            return e.made;
        }
    }

    private static final class NotMade extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Made made;

        NotMade(Made made) {
            super("no payout is made", null, false, false);
            this.made = made;
        }
    }

    private static Made notNow(Answer<Due.Quote> answer) {
        return switch (answer) {
            case Answer.Done<Due.Quote> done -> throw new IllegalArgumentException(done.toString());
            case Answer.Declined<Due.Quote>(String code, String reason) -> new Made.NotNow(code + ": " + reason);
            case Answer.NotNow<Due.Quote>(var _, String reason) -> new Made.NotNow(reason);
            case Answer.Unknown<Due.Quote>(String reason) -> new Made.NotNow(reason);
        };
    }

    /**
     * What is made anew was called off in the same commit, at which its reversal is booked.
     *
     * @param reserved what is given back then
     */
    private record Before(Money reserved, Optional<Instant> waitsSince) {}

    private Made makeWithin(
            Seller seller, Destination to, Due.Quote quote, boolean byHand, @Nullable Before before, By by) {
        claims.lockAccount(seller.id());
        List<Claimable> lines = claims.claimable(seller.id());
        Money balance = ledger.balance(seller.id()).available();
        Money available = before == null ? balance : balance.plus(before.reserved());
        if (lines.size() < Claims.MOST_IN_A_PAYOUT && !sum(lines).equals(available)) {
            lines = claims.claimableOfAll(seller.id());
        }
        Money sum = sum(lines);
        Money payable = least(sum, available);
        Instant now = clock.instant();
        Optional<NotYet> early = early(seller, destinations.usable(seller.id(), now), payable, byHand);
        if (early.isPresent()) {
            return notDueWithin(seller, early.get());
        }
        if (!payable.equals(sum) || !destinations.usable(seller.id(), now).equals(Optional.of(to))) {
            return new Made.NotNow("it has changed meanwhile what is payable, or where it goes");
        }
        return switch (Due.of(payable, seller.payout(), byHand, quote)) {
            case NotYet notYet -> notDueWithin(seller, notYet);
            case Pay pay -> {
                boolean needsNobody =
                        safeguards.needsNobody(seller.id(), to, pay.amount().plus(pay.fee()), now);
                // of sales that are each due at once each would be a question and a fee of its own
                yield !needsNobody && !byHand && before == null && payouts.awaitsApproval(seller.id())
                        ? notDueWithin(seller, new NotYet(Why.ONE_AWAITS_APPROVAL, null))
                        : new Made.Done(write(seller, to, quote.rate(), pay, lines, needsNobody, before, by, now));
            }
        };
    }

    private static Money sum(List<Claimable> lines) {
        return lines.stream().map(Claimable::amount).reduce(Money.zero(Asset.USD), Money::plus);
    }

    private static Money least(Money one, Money other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Payout write(
            Seller seller,
            Destination to,
            Rate rate,
            Pay pay,
            List<Claimable> lines,
            boolean approved,
            @Nullable Before before,
            By by,
            Instant now) {
        Payout payout = new Payout(
                seller.id(),
                ids.next(),
                approved ? new Approved(1, null) : new AwaitingApproval(1),
                pay.amount(),
                pay.fee(),
                pay.coins(),
                rate,
                new Payout.To.Seller(to.id()),
                by.source(),
                now,
                approved ? "admitone" : null,
                null,
                null,
                null,
                null);
        claims.claim(seller.id(), payout.id(), lines);
        ledger.book(seller.id(), payout.subject(), List.of(Line.payoutReserve(payout.reserved())));
        payouts.add(payout);
        Optional<Instant> since = before == null ? Optional.empty() : before.waitsSince();
        since.ifPresent(_ -> payouts.waitsSince(payout, since));
        if (approved) {
            tasks.owe(seller.id(), PayoutWork.create(payout.id(), 1, now));
        } else {
            flow.open(payout, PayoutCases.AWAITS_APPROVAL, safeguards.isRestored() ? by.saying(RESTORED) : by);
        }
        if (!approved || since.isEmpty()) { // of what waits as before they have been told
            tasks.owe(
                    seller.id(),
                    PayoutWork.tell(
                            payout.id(), approved ? TellPayoutTask.What.MADE : TellPayoutTask.What.AWAITS_APPROVAL));
        }
        flow.note(
                payout,
                "payout_made",
                by,
                Map.of(
                        "amount", payout.amount().toString(),
                        "fee", payout.fee().toString(),
                        "coins", payout.coins().toString(),
                        "entries", Integer.toString(lines.size()),
                        "destination_version", Integer.toString(to.version())));
        faults.reach(Point.CP21_BEFORE_PAYOUT_IS_MADE);
        return payout;
    }

    private Made notDue(Seller seller, NotYet notYet) {
        return transactions.run(seller.id(), () -> notDueWithin(seller, notYet));
    }

    /** What a seller would wonder about is said to them. */
    private Made notDueWithin(Seller seller, NotYet notYet) {
        switch (notYet.why()) {
            case FEE_TOO_HIGH, BELOW_MINIMUM, NO_DESTINATION ->
                tasks.owe(seller.id(), PayoutWork.tellWaiting(notYet, clock.instant()));
            case DESTINATION_CHECKED, NOTHING_PAYABLE, BELOW_THRESHOLD, LAST_CAME_BACK, ONE_AWAITS_APPROVAL -> {}
        }
        return new Made.NotDue(notYet.why().word(), reason(notYet));
    }

    private static String reason(NotYet notYet) {
        String from = notYet.least() == null ? "" : " It is due from " + notYet.least() + " on.";
        return switch (notYet.why()) {
            case NOTHING_PAYABLE -> "Nothing is payable: what was earned is paid, reserved, or not there yet.";
            case BELOW_THRESHOLD -> "The balance is below the seller's threshold." + from;
            case FEE_TOO_HIGH -> "The provider's fee would take too much of it." + from;
            case BELOW_MINIMUM -> "The provider does not send so little." + from;
            case NO_DESTINATION -> "The seller has no destination that may be paid to yet.";
            case DESTINATION_CHECKED ->
                "What is on record of the seller's destination has to be looked at first: answer the case destination_altered or"
                        + " destinations_set_back.";
            case ONE_AWAITS_APPROVAL ->
                "One of the seller's waits for approval: approve or cancel that. What is payable beside it goes with the next.";
            case LAST_CAME_BACK ->
                "The last payout to this destination came back: look at it, then make one by hand (POST"
                        + " /api/v1/sellers/{id}/payouts), or change the destination.";
        };
    }
}
