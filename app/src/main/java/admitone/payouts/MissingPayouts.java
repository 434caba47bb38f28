package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Transactions;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutProvider.Seen;
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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Compares what the provider sent with what is on record. A payout of ours that is not on record was forgotten by a restore, noticed or
 * not: its entries look as if nobody had paid them, so the seller's payouts stand still and a person is asked.
 */
@Component
class MissingPayouts {
    /** Between two looks before a payout is made. */
    private static final Duration EVERY = Duration.ofMinutes(10);

    /** A restore may go back further than our newest payout. */
    private static final Duration BEFORE_THE_NEWEST = Duration.ofDays(2);

    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Duration AROUND = Duration.ofMinutes(5);
    private static final Pattern EXTERNAL = Pattern.compile("(po_[a-z0-9_]{1,60})_([0-9]{1,4})");

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final Safeguards safeguards;
    private final BatchRoutes routes;
    private final Cases cases;
    private final PayoutProvider provider;
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private volatile Instant lookedAt = Instant.MIN;

    MissingPayouts(
            Payouts payouts,
            PayoutFlow flow,
            Safeguards safeguards,
            BatchRoutes routes,
            Cases cases,
            PayoutProvider provider,
            JdbcClient jdbc,
            Transactions transactions,
            Clock clock) {
        this.payouts = payouts;
        this.flow = flow;
        this.safeguards = safeguards;
        this.routes = routes;
        this.cases = cases;
        this.provider = provider;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Before a payout is made; the answer of the last ten minutes will do. */
    Answer<Integer> look() {
        return lookedAt.isAfter(clock.instant().minus(EVERY)) ? new Answer.Done<>(0) : lookNow();
    }

    /** Outside any transaction: takes in what the provider has sent meanwhile; answers how many are not on record. */
    Answer<Integer> lookNow() {
        Instant now = clock.instant();
        Instant from = payouts.newestMade()
                .map(made -> made.minus(BEFORE_THE_NEWEST))
                .filter(now.minus(LONGEST)::isBefore)
                .orElse(now.minus(LONGEST));
        Answer<List<Seen>> answer = provider.list(from, now.plus(AROUND));
        if (answer instanceof Answer.Done<List<Seen>>(List<Seen> all)) {
            int unknown = 0;
            for (Seen seen : all) {
                unknown += compare(seen) ? 0 : 1;
            }
            lookedAt = now;
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
        Optional<SellerId> receiver = seen.externalId() == null && goesOut(seen) && !payouts.isKnown(seen.batchId())
                ? receiver(seen.address())
                : Optional.empty();
        receiver.ifPresent(seller -> transactions.run(seller, () -> stop(seller, seen)));
        return receiver.isEmpty();
    }

    private boolean isTakenIn(Named ours, Seen seen) {
        By by = new By("sweep", "the provider's list", null);
        if (flow.heard(ours.seller(), seen, by) || !goesOut(seen)) {
            return true;
        }
        if (payouts.find(ours.seller(), ours.payout()).isEmpty()) {
            return false;
        }
        flow.apply(
                ours.seller(),
                ours.payout(),
                new PayoutEvent.Adopted(ours.attempt(), ours.externalId(), seen.batchId()),
                by);
        flow.heard(ours.seller(), seen, by);
        return true;
    }

    private void stop(SellerId seller, Seen seen) {
        if (safeguards.of(seller).held() == null) {
            safeguards.hold(seller, new Payout.HeldBy("admitone", "the provider sent a payout that is not on record"));
        }
        cases.open(
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
    }

    /** What is not verified goes nowhere. */
    private static boolean goesOut(Seen seen) {
        return PayoutFlow.moves(seen) || seen.status() == PayoutProvider.Status.WAITING;
    }

    private Optional<SellerId> receiver(String address) {
        return jdbc.sql(
                        "select seller_id from payouts.destination where address = ? order by requested_at desc limit 1")
                .param(address)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .optional();
    }

    private record Named(SellerId seller, UUID payout, int attempt, String externalId) {}

    private static Optional<Named> named(@Nullable String externalId) {
        Matcher match = EXTERNAL.matcher(externalId == null ? "" : externalId);
        return match.matches()
                ? Handle.parse(Payout.HANDLE, match.group(1))
                        .map(handle -> new Named(
                                handle.seller(), handle.id(), Integer.parseInt(match.group(2)), match.group()))
                : Optional.empty();
    }
}
