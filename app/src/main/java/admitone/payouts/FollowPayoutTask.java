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
                new Result.Later(
                        again,
                        "not at its end",
                        () -> seen.ifPresent(
                                one -> flow.heard(payout.seller(), one, new By("task", task.source(), null))));
            case Answer.NotNow<Optional<Seen>>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Declined<Optional<Seen>>(String code, String reason) ->
                Result.later(again, code + ": " + reason);
            case Answer.Unknown<Optional<Seen>>(String reason) -> Result.later(again, reason);
        };
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
