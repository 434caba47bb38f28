package admitone.payouts;

import admitone.database.Transactions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.Batch;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutRules.Decision;
import admitone.payouts.PayoutState.Approved;
import admitone.payouts.PayoutState.Creating;
import admitone.payouts.PayoutState.Waits;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Makes a payout's batch at the provider. The call is never repeated for one attempt: where its answer is lost, the provider's list is
 * looked through, and what is found there by its external id is taken over. What is not found for the hour that such a batch lives cannot
 * be verified any more, and another attempt is made.
 */
@Component
class CreatePayoutTask implements TaskHandler {
    private static final Duration WHILE_HELD = Duration.ofMinutes(1);
    private static final Duration WHILE_WAITING = Duration.ofMinutes(10);
    private static final Duration UNTIL_ITS_TURN = Duration.ofMinutes(5);
    private static final Duration LOOK_SOON = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(2);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(6);
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final Duration FOR_A_DAY = Duration.ofDays(1);

    private static final String NOT_ANEW = "its rate is too old, and it cannot be made anew: ";

    /** Clocks differ. */
    private static final Duration AROUND = Duration.ofMinutes(5);

    /** Half as many as there are codes in the time in which a batch can be verified: with two tries each, none is made in vain. */
    static final int MOST_AWAITING_CODES = 50;

    /** What is not settled by then is asked of a person. */
    private static final Duration TOO_LONG = Duration.ofHours(3);

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final CallingOff callingOff;
    private final PayoutMaking making;
    private final Receivers receivers;
    private final BeforeSending sending;
    private final Safeguards safeguards;
    private final MissingPayouts missing;
    private final BatchRoutes routes;
    private final PayoutProvider provider;
    private final Transactions transactions;
    private final FaultPoints faults;
    private final Clock clock;
    private final String notifyUrl;

    CreatePayoutTask(
            Payouts payouts,
            PayoutFlow flow,
            CallingOff callingOff,
            PayoutMaking making,
            Receivers receivers,
            BeforeSending sending,
            Safeguards safeguards,
            MissingPayouts missing,
            BatchRoutes routes,
            PayoutProvider provider,
            Transactions transactions,
            FaultPoints faults,
            Clock clock,
            Settings settings) {
        this.payouts = payouts;
        this.flow = flow;
        this.callingOff = callingOff;
        this.making = making;
        this.receivers = receivers;
        this.sending = sending;
        this.safeguards = safeguards;
        this.missing = missing;
        this.routes = routes;
        this.provider = provider;
        this.transactions = transactions;
        this.faults = faults;
        this.clock = clock;
        this.notifyUrl = settings.publicUrl() + "/ipn";
    }

    @Override
    public String kind() {
        return PayoutWork.CREATE;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // money is never given up on; the payout says what it waits for
    }

    @Override
    public Result attempt(Task task) {
        Payout payout = payouts.find(task.seller(), PayoutWork.payout(task)).orElseThrow();
        int number = PayoutWork.attempt(task);
        return switch (payout.state()) {
            case Approved(int next, var _) when next == number -> make(task, payout);
            case Creating(Attempt attempt) when attempt.number() == number -> look(task, payout, attempt);
            default -> Result.done();
        };
    }

    private Result make(Task task, Payout payout) {
        if (payout.held() != null || safeguards.holder(payout.seller()).isPresent()) {
            return new Result.Later(WHILE_HELD, "held", () -> payouts.waitsSince(payout, Optional.empty()));
        }
        if (callingOff.isOvertaken(payout)) {
            return new Result.Later(
                    WHILE_HELD,
                    "a payment in it was given back",
                    () -> callingOff.overtaken(payout.seller(), payout.id(), by(task)));
        }
        if (!provider.canPay()) {
            return waits(
                    task,
                    payout,
                    Waits.PROVIDER_NOT_SET_UP,
                    "the login or the second factor of the provider is not set");
        }
        if (payouts.awaitingCodes(clock.instant()) >= MOST_AWAITING_CODES) { // and again when it begins
            String why = MOST_AWAITING_CODES
                    + " payouts before it wait for their codes, of which there is one in 30 seconds";
            return waits(task, payout, Waits.ITS_TURN, why, UNTIL_ITS_TURN);
        }
        Optional<Place> to = receivers.approved(payout);
        if (to.isEmpty()) {
            return new Result.Later(
                    WHILE_HELD, "its destination is not what was approved", () -> altered(task, payout));
        }
        Optional<String> objection = sending.objection(payout);
        if (objection.isPresent()) {
            return objected(task, payout, objection.get());
        }
        Answer<Integer> looked = missing.look();
        if (looked instanceof Answer.Declined<Integer>(String code, String reason)) {
            return waits(task, payout, waits(code), code + ": " + reason);
        }
        if (!(looked instanceof Answer.Done<Integer>)) {
            return waits(task, payout, Waits.PROVIDER_DOWN, "the provider's list of payouts cannot be had");
        }
        Instant asked = clock.instant();
        return switch (provider.balance()) {
            case Answer.Done<Map<Asset, Money>>(Map<Asset, Money> coins) -> {
                Asset coin = payout.coins().asset();
                Money there = coins.getOrDefault(coin, Money.zero(coin));
                Has has = new Has(there, asked);
                yield !isEnough(payout, has)
                        ? isShort(task, payout, has)
                        : payout.isQuotedTooLongAgo(asked) // last: what waits is asked about first, and made anew once
                                ? quoteAnew(task, payout)
                                : call(task, payout, to.get(), has);
            }
            case Answer.Declined<Map<Asset, Money>>(String code, String reason) ->
                waits(task, payout, waits(code), code + ": " + reason);
            case Answer.NotNow<Map<Asset, Money>>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Map<Asset, Money>>(String reason) -> waits(task, payout, Waits.PROVIDER_DOWN, reason);
        };
    }

    private Result quoteAnew(Task task, Payout payout) {
        return switch (making.anew(payout, new By("task", payout.madeBy(), null))) {
            case Made.Done _ -> Result.done();
            case Made.NotNow(String reason) -> waits(task, payout, Waits.PROVIDER_DOWN, NOT_ANEW + reason);
            case Made.NotDue(String _, String reason) -> waits(task, payout, Waits.REFUSED, NOT_ANEW + reason);
        };
    }

    /** Beside what others under way will take of it. */
    private boolean isEnough(Payout payout, Has has) {
        return payouts.takes(payout).compareTo(has.coins().minus(taken(payout, has))) <= 0;
    }

    private Money taken(Payout payout, Has has) {
        return payouts.takenByUnverified(payout.coins().asset(), has.at(), clock.instant());
    }

    /** What the account with the provider had when we asked. */
    private record Has(Money coins, Instant at) {}

    /** There may be enough of it once the provider has taken what others need: it may show what they take already, or not yet. */
    private Result isShort(Task task, Payout payout, Has has) {
        String why = "the account with the provider has " + has.coins() + ", of which payouts before it take "
                + taken(payout, has);
        return payouts.takes(payout).compareTo(has.coins()) <= 0
                ? waits(task, payout, Waits.ITS_TURN, why, UNTIL_ITS_TURN)
                : waits(task, payout, Waits.SHORT_OF_COIN, why);
    }

    private Result objected(Task task, Payout payout, String what) {
        return new Result.Later(
                WHILE_HELD, what, () -> flow.objected(payout.seller(), payout.id(), null, what, by(task)));
    }

    private Result waits(Task task, Payout payout, Waits waits, String why) {
        return waits(task, payout, waits, why, WHILE_WAITING);
    }

    private Result waits(Task task, Payout payout, Waits waits, String why, Duration after) {
        return new Result.Later(after, why, () -> {
            payouts.waits(payout, waits, why, clock.instant());
            askWhereForADay(task, payout, waits, why);
        });
    }

    /** Nobody looks at a list each day. */
    private void askWhereForADay(Task task, Payout payout, Waits waits, String why) {
        payouts.waitsSince(payout)
                .filter(since -> clock.instant().isAfter(since.plus(FOR_A_DAY)))
                .ifPresent(since ->
                        flow.waits(payout.seller(), payout.id(), since, by(task).saying(waits.word() + ", " + why)));
    }

    private void altered(Task task, Payout payout) {
        flow.hold(payout.seller(), payout.id(), by(task).saying("its destination is not what was approved"));
        flow.open(payout, PayoutCases.DESTINATION, by(task));
    }

    private Result call(Task task, Payout payout, Place to, Has has) {
        String externalId = payout.externalId(PayoutWork.attempt(task));
        boolean begun = transactions.run(
                payout.seller(),
                () -> payouts.lock(payout.seller(), payout.id()).orElseThrow().held() == null
                        && safeguards.holder(payout.seller()).isEmpty() // read when it is our turn
                        && !callingOff.isOvertaken(payout)
                        && isItsTurn()
                        && isEnough(payout, has)
                        && flow.apply(payout.seller(), payout.id(), new PayoutEvent.Begin(externalId), by(task))
                                instanceof Decision.Moved);
        if (!begun) {
            return Result.later(WHILE_HELD, "held, begun by another attempt, or others were quicker");
        }
        missing.begun();
        faults.reach(Point.CP22_BEFORE_PAYOUT_CALL);
        Answer<Batch> answer = provider.create(new NewBatch(externalId, to, payout.coins(), notifyUrl));
        faults.reach(Point.CP23_PAYOUT_CREATED);
        return switch (answer) {
            case Answer.Done<Batch>(Batch batch) -> recorded(task, payout, batch.batchId(), batch.withdrawals());
            case Answer.Declined<Batch>(String code, String reason) ->
                isMendedThere(waits(code))
                        ? new Result.Later(atMostAnHour(task), reason, () -> notCalled(task, payout, code, reason))
                        : new Result.Done(() -> notCreated(
                                task, payout, waits(code), backOff(PayoutWork.attempt(task)), code + ": " + reason));
            case Answer.NotNow<Batch>(Duration after, String reason) ->
                new Result.Later(
                        longer(task, after), reason, () -> notCalled(task, payout, Waits.PROVIDER_DOWN, reason));
            case Answer.Unknown<Batch>(String reason) -> new Result.Unknown(LOOK_SOON, reason);
        };
    }

    private boolean isItsTurn() {
        payouts.lockTurn();
        return payouts.awaitingCodes(clock.instant()) < MOST_AWAITING_CODES;
    }

    private void notCreated(Task task, Payout payout, Waits waits, Duration after, String reason) {
        flow.apply(payout.seller(), payout.id(), new PayoutEvent.NotCreated(waits, after), by(task).saying(reason));
    }

    /** Nothing was made: the same attempt begins again. */
    private void notCalled(Task task, Payout payout, String code, String reason) {
        if (code.equals("not_whitelisted")) {
            receivers.notWhitelisted(payout, reason);
        }
        notCalled(task, payout, waits(code), code + ": " + reason);
    }

    private void notCalled(Task task, Payout payout, Waits waits, String reason) {
        flow.apply(payout.seller(), payout.id(), new PayoutEvent.NotCalled(waits), by(task).saying(reason));
        askWhereForADay(task, payout, waits, reason);
    }

    /** What a person mends at the provider, which may take days: it uses up nothing of what an approval is good for. */
    private static boolean isMendedThere(Waits waits) {
        return switch (waits) {
            case SHORT_OF_COIN, NOT_WHITELISTED, BELOW_MINIMUM, PROVIDER_NOT_SET_UP -> true;
            case REFUSED, PROVIDER_DOWN, ITS_TURN -> false;
        };
    }

    private static Waits waits(String code) {
        return switch (code) {
            case "short_of_coin" -> Waits.SHORT_OF_COIN;
            case "not_whitelisted" -> Waits.NOT_WHITELISTED;
            case "below_minimum" -> Waits.BELOW_MINIMUM;
            case "no_login", "no_totp", "ip_refused", "key_refused" -> Waits.PROVIDER_NOT_SET_UP;
            default -> Waits.REFUSED;
        };
    }

    /** Ten minutes, twenty … at most six hours: each refusal is another attempt. */
    private static Duration backOff(int refusals) {
        Duration pause = WHILE_WAITING.multipliedBy(1L << Math.min(refusals - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private static Duration atMostAnHour(Task task) {
        Duration pause = backOff(task.attempt());
        return pause.compareTo(AN_HOUR) > 0 ? AN_HOUR : pause;
    }

    /** Twice as long each time, at most ten minutes or what the provider asks for. */
    private static Duration longer(Task task, Duration after) {
        Duration pause = after.multipliedBy(1L << Math.min(task.attempt() - 1, 10));
        Duration most = after.compareTo(WHILE_WAITING) > 0 ? after : WHILE_WAITING;
        return pause.compareTo(most) > 0 ? most : pause;
    }

    /** What the batch holds is compared here too: the provider need not show it before its code. */
    private Result recorded(Task task, Payout payout, String batchId, List<Seen> holds) {
        routes.claim(batchId, payout.seller());
        return new Result.Done(() -> {
            receivers.whitelisted(payout);
            flow.apply(payout.seller(), payout.id(), new PayoutEvent.Recorded(batchId), by(task));
            holds.stream()
                    .flatMap(seen -> receivers.difference(payout, seen).stream())
                    .findFirst()
                    .ifPresent(what -> flow.objected(payout.seller(), payout.id(), batchId, what, by(task)));
        });
    }

    /** Whether the call of before was made, and what became of it, is not known. */
    private Result look(Task task, Payout payout, Attempt attempt) {
        Instant now = clock.instant();
        Answer<List<Seen>> answer = provider.list(attempt.calledAt().minus(AROUND), now.plus(AROUND));
        if (!(answer instanceof Answer.Done<List<Seen>>(List<Seen> seen))) {
            return new Result.Later(
                    LOOK_EVERY, "the provider's list cannot be had", () -> tooLong(task, payout, attempt));
        }
        Optional<Seen> ours = seen.stream()
                .filter(one -> attempt.externalId().equals(one.externalId()))
                .findFirst();
        if (ours.isPresent()) {
            return recorded(task, payout, ours.get().batchId(), List.of(ours.get()));
        }
        Place to = receivers.of(payout).place();
        PayoutEvent event = seen.stream().anyMatch(one -> mayBe(one, payout, to))
                ? new PayoutEvent.PerhapsPresent()
                : new PayoutEvent.Absent();
        return new Result.Later(LOOK_EVERY, "whether its batch was made is being checked", () -> {
            flow.apply(payout.seller(), payout.id(), event, by(task));
            tooLong(task, payout, attempt);
        });
    }

    /** The provider need not repeat our external id: what is alike, nobody's and not rejected may be it. It is never verified. */
    private boolean mayBe(Seen one, Payout payout, Place to) {
        return one.externalId() == null
                && to.takes(one)
                && one.amount().equals(payout.coins())
                && one.status() != PayoutProvider.Status.REJECTED
                && one.status() != PayoutProvider.Status.CANCELLED
                && !payouts.isKnown(one.batchId());
    }

    private void tooLong(Task task, Payout payout, Attempt attempt) {
        if (clock.instant().isAfter(attempt.calledAt().plus(TOO_LONG))) {
            flow.open(
                    payout,
                    PayoutCases.NOT_MADE,
                    attempt.number() + PayoutCases.UNCLEAR,
                    by(task).saying("whether its batch was made cannot be found out"));
        }
    }

    private static By by(Task task) {
        return new By("task", task.source(), null);
    }
}
