package admitone.payouts;

import admitone.database.Transactions;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.PayoutRules.Decision;
import admitone.payouts.PayoutState.Created;
import admitone.payouts.PayoutState.Verifying;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Gives the code that makes the provider send a batch. Before a second code for it the provider is asked where it stands; what is not
 * verified in time is left to lapse.
 */
@Component
class VerifyPayoutTask implements TaskHandler {
    private static final Duration WHILE_HELD = Duration.ofSeconds(30);
    private static final Duration LOOK_SOON = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final Safeguards safeguards;
    private final BuyerRefunds refunds;
    private final TotpSteps steps;
    private final PayoutProvider provider;
    private final Transactions transactions;
    private final FaultPoints faults;
    private final Clock clock;

    VerifyPayoutTask(
            Payouts payouts,
            PayoutFlow flow,
            Safeguards safeguards,
            BuyerRefunds refunds,
            TotpSteps steps,
            PayoutProvider provider,
            Transactions transactions,
            FaultPoints faults,
            Clock clock) {
        this.payouts = payouts;
        this.flow = flow;
        this.safeguards = safeguards;
        this.refunds = refunds;
        this.steps = steps;
        this.provider = provider;
        this.transactions = transactions;
        this.faults = faults;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return PayoutWork.VERIFY;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the batch's hour
    }

    @Override
    public Result attempt(Task task) {
        Payout payout = payouts.find(task.seller(), PayoutWork.payout(task)).orElseThrow();
        Attempt attempt = switch (payout.state()) {
            case Created(Attempt known) -> known;
            case Verifying(Attempt known) -> known;
            default -> null;
        };
        if (attempt == null || attempt.number() != PayoutWork.attempt(task) || attempt.batchId() == null) {
            return Result.done();
        }
        if (!attempt.mayBeVerified(clock.instant())) {
            return Result.done(); // followed all the same: sent after all, or rejected when its hour is over
        }
        if (isHeld(payout)) {
            return Result.later(WHILE_HELD, "held");
        }
        if (!payouts.isIntact(payout)) {
            return contradicted(task, payout, Payouts.ALTERED);
        }
        if (refunds.isOvertaken(payout)) {
            return contradicted(task, payout, BuyerRefunds.OVERTAKEN);
        }
        if (attempt.tries() == 0) {
            return give(task, payout, attempt.batchId());
        }
        return switch (provider.batch(attempt.batchId())) {
            case Answer.Done<Optional<Seen>>(Optional<Seen> seen)
            when seen.isPresent() ->
                seen.get().status() == Status.CREATING
                        ? give(task, payout, attempt.batchId())
                        : new Result.Later(
                                LOOK_AGAIN,
                                "the provider has gone on",
                                () -> flow.heard(payout.seller(), seen.get(), by(task)));
            case Answer.NotNow<Optional<Seen>>(Duration after, String reason) -> Result.later(after, reason);
            default -> Result.later(LOOK_AGAIN, "where the batch stands cannot be asked");
        };
    }

    private Result contradicted(Task task, Payout payout, String what) {
        return new Result.Later(
                WHILE_HELD,
                what,
                () -> flow.contradicted(
                        payouts.lock(payout.seller(), payout.id()).orElseThrow(), null, what, by(task)));
    }

    private Result give(Task task, Payout payout, String batchId) {
        Optional<Instant> step = steps.take();
        if (step.isEmpty()) {
            return Result.later(steps.untilNext(), "another payout has the code of these seconds");
        }
        faults.reach(Point.CP25_BEFORE_VERIFY);
        boolean begun = transactions.run(
                payout.seller(),
                () -> !isHeld(payouts.lock(payout.seller(), payout.id()).orElseThrow())
                        && !refunds.isOvertaken(payout) // while its code was waited for
                        && flow.apply(payout.seller(), payout.id(), new PayoutEvent.VerifyBegins(), by(task))
                                instanceof Decision.Moved);
        if (!begun) {
            return Result.later(WHILE_HELD, "held, overtaken, or gone on meanwhile");
        }
        faults.reach(Point.CP25_CODE_ON_RECORD);
        Answer<Boolean> answer = provider.verify(batchId, step.get());
        faults.reach(Point.CP26_VERIFIED);
        return switch (answer) {
            case Answer.Done<Boolean> _ ->
                new Result.Done(() -> flow.apply(payout.seller(), payout.id(), new PayoutEvent.Verified(), by(task)));
            case Answer.Declined<Boolean>(String code, String reason) ->
                new Result.Later(
                        LOOK_AGAIN,
                        reason,
                        () -> flow.apply(
                                payout.seller(),
                                payout.id(),
                                new PayoutEvent.VerifyDeclined(),
                                by(task).saying(code + ": " + reason)));
            case Answer.NotNow<Boolean>(Duration after, String reason) ->
                new Result.Later(
                        after,
                        reason,
                        () -> flow.apply(payout.seller(), payout.id(), new PayoutEvent.VerifyNotSent(), by(task)));
            case Answer.Unknown<Boolean>(String reason) -> new Result.Unknown(LOOK_SOON, reason);
        };
    }

    private boolean isHeld(Payout payout) {
        return payout.held() != null || safeguards.holder(payout.seller()).isPresent();
    }

    private static By by(Task task) {
        return new By("task", task.source(), null);
    }
}
