package admitone.payouts;

import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
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
import admitone.payouts.FoundWithdrawals.Found;
import admitone.payouts.MissingPayouts.Named;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.PayoutState.Approved;
import admitone.payouts.PayoutState.AwaitingApproval;
import admitone.payouts.PayoutState.Created;
import admitone.payouts.PayoutState.Finished;
import admitone.payouts.PayoutState.Sent;
import admitone.payouts.Payouts.Owner;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Books what the provider sent and the record lacks, when a person says that it was ours: a payout that claims the oldest entries it can
 * have paid, once for each withdrawal. What is sent beyond what was earned is owed by the next payouts.
 */
@Component
class ForgottenPayouts {
    /** After it the provider is asked anew. */
    private static final Duration FRESH = Duration.ofMinutes(10);

    /** Such a one takes nothing of the seller's entries but what its payment brought. */
    private static final String REFUND =
            " back to its buyer: say so with POST /api/v1/payments/{id}/refund, then decide" + " otherwise here.";

    private final FoundWithdrawals found;
    private final Payouts payouts;
    private final PayoutFlow flow;
    private final Destinations destinations;
    private final Safeguards safeguards;
    private final BatchRoutes routes;
    private final Claims claims;
    private final Ledger ledger;
    private final Cases cases;
    private final Rates rates;
    private final PayoutProvider provider;
    private final Tasks tasks;
    private final Hold hold;
    private final Transactions transactions;
    private final Ids ids;
    private final Clock clock;

    ForgottenPayouts(
            FoundWithdrawals found,
            Payouts payouts,
            PayoutFlow flow,
            Destinations destinations,
            Safeguards safeguards,
            BatchRoutes routes,
            Claims claims,
            Ledger ledger,
            Cases cases,
            Rates rates,
            PayoutProvider provider,
            Tasks tasks,
            Hold hold,
            Transactions transactions,
            Ids ids,
            Clock clock) {
        this.found = found;
        this.payouts = payouts;
        this.flow = flow;
        this.destinations = destinations;
        this.safeguards = safeguards;
        this.routes = routes;
        this.claims = claims;
        this.ledger = ledger;
        this.cases = cases;
        this.rates = rates;
        this.provider = provider;
        this.tasks = tasks;
        this.hold = hold;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /** Outside any transaction: what the provider says of the batch now is kept, to be booked within ten minutes. */
    void look(SellerId seller, String batchId) {
        Seen seen = switch (provider.batch(batchId)) {
            case Answer.Done<Optional<Seen>>(Optional<Seen> shown) ->
                shown.orElseThrow(() -> refused("The provider does not know the batch " + batchId + " now."));
            case Answer.Declined<Optional<Seen>>(String code, String reason) -> throw notNow(code + ": " + reason);
            case Answer.NotNow<Optional<Seen>>(Duration _, String reason) -> throw notNow(reason);
            case Answer.Unknown<Optional<Seen>>(String reason) -> throw notNow(reason);
        };
        Rate rate = rates.fetch(seen.currency()).orElseThrow(() -> notNow("no fresh rate of " + seen.currency()));
        if (!(provider.fee(seen.currency(), seen.amount()) instanceof Answer.Done<Money>(Money fee))) {
            throw notNow("its fee cannot be asked");
        }
        routes.of(batchId).filter(known -> !known.equals(seller)).ifPresent(known -> {
            throw refused("The batch is known as one of seller " + known + ": it is theirs to book.");
        });
        routes.claim(batchId, seller);
        transactions.run(
                seller, () -> found.keep(seller, new Found(seen, Due.usdUp(fee, rate), rate, clock.instant(), null)));
    }

    /** Within the current transaction: waits for whoever else books it. */
    void lock(SellerId seller, String batchId) {
        found.lock(seller, batchId);
    }

    /** Within the current transaction, after {@link #look}. Only where what is on record of it has come to its end otherwise. */
    Payout book(SellerId seller, String batchId, By by) {
        if (hold.isOn()) {
            throw refused(PayoutFlow.ON_HOLD);
        }
        Found all = found.lock(seller, batchId).orElseThrow(() -> notNow("it has not been looked at"));
        if (all.payout() != null) {
            throw refused("It is booked already: payout:" + all.payout() + ".");
        }
        if (all.lookedAt().plus(FRESH).isBefore(clock.instant())) {
            throw notNow("what the provider said of it is too old");
        }
        Seen seen = all.seen();
        if (!PayoutFlow.moves(seen) && seen.status() != Status.WAITING) {
            throw refused("The provider says " + seen.statusWord() + ": nothing has gone out by it.");
        }
        Optional<Owner> owner = payouts.owner(seller, batchId, seen.externalId());
        owner.ifPresent(of -> mustBeOver(seller, of, seen));
        Optional<Named> named = MissingPayouts.named(seen.externalId());
        named.filter(of -> !of.seller().equals(seller)).ifPresent(of -> {
            throw refused("It bears the name of a payout of seller " + of.seller() + ": it is theirs to book.");
        });
        boolean isNew =
                named.filter(of -> payouts.find(seller, of.payout()).isEmpty()).isPresent();
        if (!isNew) {
            named.ifPresent(of -> mustBeOver(payouts.find(seller, of.payout()).orElseThrow()));
        }
        Destination to = destination(seller, seen);
        List<UUID> open = freeWhatIsClaimed(seller, by);
        claims.lockAccount(seller);
        if (!payouts.open(seller).equals(open)) {
            throw notNow("another payout is being made");
        }
        int number = isNew ? named.orElseThrow().attempt() : 1;
        Attempt attempt = new Attempt(
                number,
                owner.isEmpty() && seen.externalId() != null ? seen.externalId() : "withdrawal_" + seen.withdrawalId(),
                seen.createdAt() == null ? clock.instant() : seen.createdAt(),
                null,
                owner.isEmpty() ? batchId : null, // what another attempt has is that one's
                1);
        Payout payout = write(seller, isNew ? named.orElseThrow().payout() : ids.next(), all, to, attempt, by);
        found.booked(seller, batchId, payout.id());
        goOn(seller, batchId, payout, by);
        return payouts.find(seller, payout.id()).orElseThrow();
    }

    private void mustBeOver(SellerId seller, Owner of, Seen seen) {
        Payout payout = payouts.find(seller, of.payout()).orElseThrow();
        if (payout.to() instanceof Payout.To.Buyer(String paymentId)) {
            throw refused(payout.handle() + " gives the payment " + paymentId + REFUND);
        }
        mustBeOver(payout);
        boolean isPaid = payout.state() instanceof Finished
                && payouts.attempts(seller, of.payout()).stream()
                        .anyMatch(one -> one.number() == of.number() && one.verifiedAt() != null);
        if (isPaid) {
            throw refused("It is on record as paid by " + payout.handle() + ".");
        }
        if (seen.status() != Status.FINISHED) {
            throw refused("The provider says " + seen.statusWord() + ": book it when it is FINISHED.");
        }
    }

    private static void mustBeOver(Payout payout) {
        if (!payout.state().isOver()) {
            throw refused(payout.handle() + " is " + payout.status()
                    + ": cancel it, or let it come to its end, before something else that was sent for it is booked.");
        }
    }

    private Destination destination(SellerId seller, Seen seen) {
        return destinations.of(seller).stream()
                .filter(one -> one.place().takes(seen))
                .filter(one -> destinations.isIntact(one) && one.isUsable(clock.instant()))
                .findFirst()
                .orElseThrow(() -> refused("It went to " + seen.address() + " (" + seen.currency()
                        + "), which is no destination that this seller has confirmed: set it as one first. Was it a refund, it"
                        + " gave a payment" + REFUND));
    }

    /** What was made meanwhile of the same entries, and not begun, is called off. Answers those that stay, all locked. */
    private List<UUID> freeWhatIsClaimed(SellerId seller, By by) {
        List<UUID> open = payouts.open(seller);
        List<Payout> locked =
                open.stream().map(id -> payouts.lock(seller, id).orElseThrow()).toList();
        List<UUID> stay = new ArrayList<>();
        for (Payout payout : locked) {
            switch (payout.state()) {
                case AwaitingApproval _, Approved _ ->
                    flow.apply(
                            seller,
                            payout.id(),
                            new PayoutEvent.Cancel(),
                            by.saying("one that had been forgotten is booked instead"));
                case Sent _, PayoutState.Failed _ -> stay.add(payout.id());
                case PayoutState.Creating _, Created _, PayoutState.Verifying _ ->
                    throw refused(payout.handle() + " may have a batch at the provider that is not verified: it"
                            + " settles within 75 minutes, or is rejected. Book this one then.");
                case Finished _, PayoutState.Rejected _, PayoutState.Cancelled _, PayoutState.Released _ -> {}
            }
        }
        return stay;
    }

    private Payout write(SellerId seller, UUID id, Found all, Destination to, Attempt attempt, By by) {
        Instant now = clock.instant();
        Money amount = Due.usdUp(all.seen().amount(), all.rate());
        Payout payout = new Payout(
                seller,
                id,
                new Approved(attempt.number(), null),
                amount,
                all.fee(),
                all.seen().amount(),
                all.rate(),
                new Payout.To.Seller(to.id()),
                by.source(),
                now,
                by.source(),
                null,
                null,
                null,
                null);
        claimAndReserve(payout);
        payouts.add(payout);
        payouts.save(payout, new Created(attempt), by.reason(), now);
        flow.note(
                payout,
                "payout_booked",
                by,
                Map.of(
                        "batch", all.seen().batchId(),
                        "amount", payout.amount().toString(),
                        "fee", payout.fee().toString(),
                        "coins", payout.coins().toString()));
        flow.heard(seller, new Owner(id, attempt.number()), all.seen(), by);
        tasks.owe(seller, PayoutWork.follow(id, attempt.number(), now));
        return payout;
    }

    /**
     * The oldest entries until they come to what was sent. The last may be more: the rest of it stays payable. All may be less: the rest is
     * owed, as an entry that the next payout claims.
     */
    private void claimAndReserve(Payout payout) {
        SellerId seller = payout.seller();
        Money sum = Money.zero(Asset.USD);
        List<Claimable> oldest = new ArrayList<>();
        for (Claimable line : claims.claimable(seller)) {
            if (sum.compareTo(payout.reserved()) >= 0) {
                break;
            }
            oldest.add(line);
            sum = sum.plus(line.amount());
        }
        Money missing = payout.reserved().minus(sum);
        List<Line> lines = new ArrayList<>(Line.payoutFit(missing));
        lines.add(Line.payoutReserve(payout.reserved()));
        UUID entry = ledger.bookAtOnce(seller, payout.subject(), lines);
        if (missing.units().signum() != 0) {
            oldest.add(new Claimable(entry, Line.Kind.PAYOUT_FIT, payout.subject(), missing));
        }
        claims.claim(seller, payout.id(), oldest);
    }

    /** This was what the seller's payouts stood still for, unless there is more of it, or a person said of some that it stays so. */
    private void goOn(SellerId seller, String batchId, Payout payout, By by) {
        PayoutCases.STOPS.forEach((kind, forNow) ->
                cases.settleAbout(seller, kind, "batch_id", batchId, forNow, "booked", "as " + payout.handle()));
        boolean goesOn = safeguards
                .lockStopped(seller)
                .filter(since -> PayoutCases.STOPS.entrySet().stream()
                        .noneMatch(stop -> cases.anyOpen(seller, stop.getKey())
                                || cases.anyDecided(seller, stop.getKey(), stop.getValue(), since)))
                .isPresent();
        if (goesOn) {
            safeguards.goOn(seller);
            flow.noteSwitch(seller, payout.subject(), by);
        }
    }

    private static DecisionRefused refused(String why) {
        return new DecisionRefused("not_possible", why);
    }

    private static DecisionRefused notNow(String why) {
        return new DecisionRefused(DecisionRefused.NOT_NOW, why + ". Decide it again in a moment.");
    }
}
