package admitone.payouts;

import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutProvider.Seen;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Asks where a batch stands until it cannot change any more; what the provider tells of it by itself enters by the same door. */
@Component
class FollowPayoutTask implements TaskHandler {
    /** What a person gave back is watched this long: the provider may pay it all the same. */
    private static final Duration WATCHED = Duration.ofDays(7);

    /** What the provider does not send for so long is asked of a person; a verified one is on its way for hours now and then. */
    private static final Duration SENT_WITHIN = Duration.ofDays(2);

    /** What is not known to be sent by then, or not known at all to the provider, will hardly be. */
    private static final Duration VERIFIED_WITHIN = Duration.ofHours(3);

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final PayoutProvider provider;
    private final Clock clock;

    FollowPayoutTask(Payouts payouts, PayoutFlow flow, PayoutProvider provider, Clock clock) {
        this.payouts = payouts;
        this.flow = flow;
        this.provider = provider;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return PayoutWork.FOLLOW;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the batch
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true; // it asks
    }

    @Override
    public Result attempt(Task task) {
        Payout payout = payouts.find(task.seller(), PayoutWork.payout(task)).orElseThrow();
        Optional<Payouts.Tried> mine = payouts.attempts(payout.seller(), payout.id()).stream()
                .filter(one -> one.number() == PayoutWork.attempt(task))
                .findFirst();
        if (mine.isEmpty() || mine.get().batchId() == null || isOver(payout, mine.get())) {
            return Result.done();
        }
        Duration again = pause(mine.get().calledAt());
        return switch (provider.batch(mine.get().batchId())) {
            case Answer.Done<Optional<Seen>>(Optional<Seen> seen) ->
                new Result.Later(again, "not at its end", () -> looked(task, payout, mine.get(), seen));
            case Answer.NotNow<Optional<Seen>>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Declined<Optional<Seen>>(String code, String reason) ->
                notToBeAsked(task, payout, mine.get(), again, code + ": " + reason);
            case Answer.Unknown<Optional<Seen>>(String reason) -> notToBeAsked(task, payout, mine.get(), again, reason);
        };
    }

    private Result notToBeAsked(Task task, Payout payout, Payouts.Tried mine, Duration again, String reason) {
        return new Result.Later(
                again,
                reason,
                () -> askIfStuck(task, payout, mine, true, "where it stands cannot be asked: " + reason));
    }

    private void looked(Task task, Payout payout, Payouts.Tried mine, Optional<Seen> seen) {
        if (isNewest(payouts.lock(payout.seller(), payout.id()).orElseThrow(), mine)) {
            flow.apply(
                    payout.seller(),
                    payout.id(),
                    seen.isPresent() ? new PayoutEvent.PerhapsPresent() : new PayoutEvent.Absent(),
                    by(task));
        }
        seen.ifPresent(one -> flow.heard(payout.seller(), one, by(task)));
        askIfStuck(
                task,
                payout,
                mine,
                seen.isPresent(),
                seen.map(one -> "the provider says " + one.statusWord())
                        .orElse("the provider does not know the batch " + mine.batchId()));
    }

    private void askIfStuck(Task task, Payout payout, Payouts.Tried mine, boolean known, String why) {
        Instant verified = mine.verifiedAt();
        boolean tooLong = (known && verified != null)
                ? isPast(verified.plus(SENT_WITHIN))
                : isPast(mine.calledAt().plus(VERIFIED_WITHIN));
        if (tooLong) {
            flow.stuck(payout.seller(), payout.id(), mine.number(), why, by(task));
        }
    }

    private static boolean isNewest(Payout payout, Payouts.Tried mine) {
        Attempt newest = payout.state().attempt();
        return newest != null && newest.number() == mine.number();
    }

    private boolean isPast(Instant limit) {
        return !clock.instant().isBefore(limit);
    }

    private static By by(Task task) {
        return new By("task", task.source(), null);
    }

    private boolean isOver(Payout payout, Payouts.Tried mine) {
        boolean watched = payout.state() instanceof PayoutState.Released
                && payout.endedAt() != null
                && clock.instant().isBefore(payout.endedAt().plus(WATCHED));
        return mine.endedAt() != null && !watched;
    }

    /** A fifth of its age, from five seconds to an hour. */
    private Duration pause(Instant calledAt) {
        Duration fifth = Duration.between(calledAt, clock.instant()).dividedBy(5);
        Duration least = Duration.ofSeconds(5);
        Duration most = Duration.ofHours(1);
        return fifth.compareTo(least) < 0 ? least : fifth.compareTo(most) > 0 ? most : fifth;
    }
}
