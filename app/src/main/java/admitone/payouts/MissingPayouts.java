package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Transactions;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutRules.Decision;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Compares what the provider sent with what is on record. A payout of ours that is not on record was forgotten by a restore, noticed or
 * not: its entries look as if nobody had paid them, so the seller's payouts stand still and a person is asked.
 */
@Component
class MissingPayouts {
    /** Between two looks before a payout is made. */
    private static final Duration EVERY = Duration.ofMinutes(10);

    /** Instances and clocks differ. What a restore forgot is newer than the newest attempt, which begins only after such a look. */
    private static final Duration BEFORE_THE_NEWEST = Duration.ofDays(2);

    /** Where no attempt is on record. */
    private static final Duration AT_FIRST = Duration.ofDays(31);

    private static final Duration AROUND = Duration.ofMinutes(5);
    private static final Pattern EXTERNAL = Pattern.compile("(po_[a-z0-9_]{1,60})_([0-9]{1,4})");

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final Safeguards safeguards;
    private final BatchRoutes routes;
    private final Cases cases;
    private final Receivers receivers;
    private final PayoutProvider provider;
    private final Transactions transactions;
    private final Clock clock;
    private volatile Looked looked = new Looked(Instant.MIN, Instant.MIN);
    private volatile Instant begun = Instant.MIN;

    MissingPayouts(
            Payouts payouts,
            PayoutFlow flow,
            Safeguards safeguards,
            BatchRoutes routes,
            Cases cases,
            Receivers receivers,
            PayoutProvider provider,
            Transactions transactions,
            Clock clock) {
        this.payouts = payouts;
        this.flow = flow;
        this.safeguards = safeguards;
        this.routes = routes;
        this.cases = cases;
        this.receivers = receivers;
        this.provider = provider;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** @param newest the attempt that was the newest then: where it is gone, the database has gone back */
    private record Looked(Instant at, Instant newest) {}

    /** One of ours has begun: where it is not on record any more, no look of before will do. */
    void begun() {
        begun = payouts.newestAttempt().orElse(Instant.MIN);
    }

    /** Before a payout is made; the answer of the last ten minutes will do. */
    Answer<Integer> look() {
        Looked last = looked;
        Instant newest = payouts.newestAttempt().orElse(Instant.MIN);
        boolean isFresh = last.at().isAfter(clock.instant().minus(EVERY))
                && !newest.isBefore(last.newest())
                && !newest.isBefore(begun);
        return isFresh ? new Answer.Done<>(0) : lookNow();
    }

    /**
     * Outside any transaction: takes in what the provider has sent since our newest attempt, however long ago that is; answers how many
     * are not on record.
     */
    Answer<Integer> lookNow() {
        Instant now = clock.instant();
        Optional<Instant> newest = payouts.newestAttempt();
        Instant from = newest.map(began -> began.minus(BEFORE_THE_NEWEST)).orElse(now.minus(AT_FIRST));
        Answer<List<Seen>> answer = provider.list(from, now.plus(AROUND));
        if (answer instanceof Answer.Done<List<Seen>>(List<Seen> all)) {
            int unknown = 0;
            for (Seen seen : all) {
                unknown += compare(seen) ? 0 : 1;
            }
            looked = new Looked(now, newest.orElse(Instant.MIN));
            return new Answer.Done<>(unknown);
        }
        return answer.map(List::size);
    }

    /** Answers whether it is on record, or none of ours. */
    private boolean compare(Seen seen) {
        Optional<Named> named = named(seen.externalId());
        if (named.isPresent()) {
            Named ours = named.get();
            routes.claim(seen.batchId(), ours.seller());
            if (transactions.run(ours.seller(), () -> isTakenIn(ours, seen))) {
                return true;
            }
            transactions.run(ours.seller(), () -> stop(ours.seller(), seen));
            return false;
        }
        List<SellerId> theirs = seen.externalId() == null && goesOut(seen) && !payouts.isKnown(seen.batchId())
                ? receivers.waitingAt(seen.address(), seen.extraId())
                : List.of();
        theirs.forEach(seller -> transactions.run(seller, () -> stop(seller, seen)));
        return theirs.isEmpty();
    }

    private boolean isTakenIn(Named ours, Seen seen) {
        By by = new By("sweep", "the provider's list", null);
        if (flow.heard(ours.seller(), seen, by) || !goesOut(seen)) {
            return true;
        }
        Optional<Payout> payout = payouts.find(ours.seller(), ours.payout());
        if (payout.isEmpty()) {
            return false;
        }
        Instant calledAt = seen.createdAt() == null ? payout.get().madeAt() : seen.createdAt();
        PayoutEvent adopted = new PayoutEvent.Adopted(ours.attempt(), ours.externalId(), seen.batchId(), calledAt);
        if (!(flow.apply(ours.seller(), ours.payout(), adopted, by) instanceof Decision.Moved)) {
            return false;
        }
        flow.heard(ours.seller(), seen, by);
        return true;
    }

    /** Once for each batch: it is seen again for days, and what a person has let go on goes on. */
    private void stop(SellerId seller, Seen seen) {
        boolean isNew = cases.open(
                seller,
                new Case.Draft(
                        PayoutCases.NOT_ON_RECORD,
                        "batch:" + seen.batchId(),
                        null,
                        null,
                        Map.of(
                                "batch_id", seen.batchId(),
                                "coins", seen.amount().toString(),
                                "address", seen.address(),
                                "status", seen.statusWord(),
                                "external_id", seen.externalId() == null ? "" : seen.externalId())));
        if (isNew) {
            safeguards.stop(seller, "the provider sent a payout that is not on record", clock.instant());
        }
    }

    /** What is not verified goes nowhere. */
    private static boolean goesOut(Seen seen) {
        return PayoutFlow.moves(seen) || seen.status() == PayoutProvider.Status.WAITING;
    }

    record Named(SellerId seller, UUID payout, int attempt, String externalId) {}

    static Optional<Named> named(@Nullable String externalId) {
        Matcher match = EXTERNAL.matcher(externalId == null ? "" : externalId);
        return match.matches()
                ? Handle.parse(Payout.HANDLE, match.group(1))
                        .map(handle -> new Named(
                                handle.seller(), handle.id(), Integer.parseInt(match.group(2)), match.group()))
                : Optional.empty();
    }
}
