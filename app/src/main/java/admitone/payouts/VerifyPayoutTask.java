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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gives the code that makes the provider send a batch. Before each code for it the provider is asked where it stands and what it holds;
 * what is not verified in time is left to lapse.
 */
@Component
class VerifyPayoutTask implements TaskHandler {
    private static final Duration WHILE_HELD = Duration.ofSeconds(30);
    private static final Duration LOOK_SOON = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    /** Those that wait for the next code wake in this order, within its step. */
    private static final Duration APART = Duration.ofSeconds(1);

    private static final int MOST_APART = 24;

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final CallingOff callingOff;
    private final Safeguards safeguards;
    private final BeforeSending sending;
    private final Receivers receivers;
    private final TotpSteps steps;
    private final PayoutProvider provider;
    private final Transactions transactions;
    private final FaultPoints faults;
    private final Clock clock;

    VerifyPayoutTask(
            Payouts payouts,
            PayoutFlow flow,
            CallingOff callingOff,
            Safeguards safeguards,
            BeforeSending sending,
            Receivers receivers,
            TotpSteps steps,
            PayoutProvider provider,
            Transactions transactions,
            FaultPoints faults,
            Clock clock) {
        this.payouts = payouts;
        this.flow = flow;
        this.callingOff = callingOff;
        this.safeguards = safeguards;
        this.sending = sending;
        this.receivers = receivers;
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
        Optional<String> objection = sending.objection(payout);
        if (objection.isPresent()) {
            return objected(task, payout, null, objection.get());
        }
        if (isOvertaken(payout)) {
            return Result.later(LOOK_AGAIN, "a payment in it was given back: its batch lapses");
        }
        if (attempt.tries() == 0 && steps.isTaken()) {
            return codeIsAnothers(attempt);
        }
        return switch (provider.batch(attempt.batchId())) {
            case Answer.Done<Optional<Seen>>(Optional<Seen> seen)
            when seen.isPresent() -> seen(task, payout, attempt, seen.get());
            case Answer.Done<Optional<Seen>> _
            when attempt.tries() == 0 -> // compared when it was made
                give(task, payout, attempt, attempt.batchId());
            case Answer.NotNow<Optional<Seen>>(Duration after, String reason) -> Result.later(after, reason);
            default -> Result.later(LOOK_AGAIN, "where the batch stands cannot be asked");
        };
    }

    /** A code moves what the batch holds, whatever we asked for. */
    private Result seen(Task task, Payout payout, Attempt attempt, Seen seen) {
        if (!isUnverified(attempt, seen)) {
            return new Result.Later(
                    LOOK_AGAIN, "the provider has gone on", () -> flow.heard(payout.seller(), seen, by(task)));
        }
        Optional<String> difference = receivers.difference(payout, seen);
        return difference.isPresent()
                ? objected(task, payout, seen.batchId(), difference.get())
                : give(task, payout, attempt, seen.batchId());
    }

    /** One that no code of ours can have moved waits for it, by whichever word: the documents' answer of its making says {@code WAITING}. */
    private static boolean isUnverified(Attempt attempt, Seen seen) {
        return seen.status() == Status.CREATING || (seen.status() == Status.WAITING && attempt.tries() == 0);
    }

    private Result objected(Task task, Payout payout, @Nullable String batchId, String what) {
        return new Result.Later(
                WHILE_HELD, what, () -> flow.objected(payout.seller(), payout.id(), batchId, what, by(task)));
    }

    private Result give(Task task, Payout payout, Attempt attempt, String batchId) {
        Optional<Instant> step = steps.take();
        if (step.isEmpty()) {
            return codeIsAnothers(attempt);
        }
        faults.reach(Point.CP25_BEFORE_VERIFY);
        boolean begun = transactions.run(
                payout.seller(),
                () -> isStillDue(payouts.lock(payout.seller(), payout.id())
                                .orElseThrow()) // while its code was waited for
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

    /** One after the other in the seconds of the next code: the first has taken it when the others wake, and they need not ask where they stand. */
    private Result codeIsAnothers(Attempt attempt) {
        int before = Math.min(payouts.awaitingCodesBefore(attempt, clock.instant()), MOST_APART);
        return Result.later(
                steps.untilNext().plus(APART.multipliedBy(before)), "another payout has the code of these seconds");
    }

    private boolean isStillDue(Payout payout) {
        return !isHeld(payout)
                && !isOvertaken(payout)
                && sending.objection(payout).isEmpty();
    }

    /** Nothing can have been sent before its first code. */
    private boolean isOvertaken(Payout payout) {
        return payout.state() instanceof Created(Attempt attempt)
                && attempt.tries() == 0
                && callingOff.isOvertaken(payout);
    }

    private boolean isHeld(Payout payout) {
        return payout.held() != null || safeguards.holder(payout.seller()).isPresent();
    }

    private static By by(Task task) {
        return new By("task", task.source(), null);
    }
}
