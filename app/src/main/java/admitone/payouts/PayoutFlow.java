package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.ledger.Claims;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.payouts.Payout.To;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutRules.Asks;
import admitone.payouts.PayoutRules.Decision;
import admitone.payouts.PayoutRules.Owes;
import admitone.payouts.Payouts.Owner;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings.Approval;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The one door by which a payout goes on: what happened is decided by the rules, and all that comes of it is written in one commit. */
@Component
public class PayoutFlow {
    /** Why nothing is given back or made by hand meanwhile. */
    static final String ON_HOLD =
            "Outside effects are on hold, since the database may be older than what the provider has sent."
                    + " Resume first: ./admitone resume --after-restore.";

    private final Payouts payouts;
    private final Safeguards safeguards;
    private final BuyerRefunds refunds;
    private final RefundArrival arrival;
    private final CallingOff callingOff;
    private final Ledger ledger;
    private final Claims claims;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Hold hold;
    private final FaultPoints faults;
    private final Clock clock;

    PayoutFlow(
            Payouts payouts,
            Safeguards safeguards,
            BuyerRefunds refunds,
            RefundArrival arrival,
            CallingOff callingOff,
            Ledger ledger,
            Claims claims,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Hold hold,
            FaultPoints faults,
            Clock clock) {
        this.payouts = payouts;
        this.safeguards = safeguards;
        this.refunds = refunds;
        this.arrival = arrival;
        this.callingOff = callingOff;
        this.ledger = ledger;
        this.claims = claims;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.hold = hold;
        this.faults = faults;
        this.clock = clock;
    }

    /**
     * Why something happens.
     *
     * @param cause as the timeline says it
     * @param source who
     * @param reason in their words; null: none is given
     */
    public record By(String cause, String source, @Nullable String reason) {
        By saying(@Nullable String why) {
            return new By(cause, source, why);
        }
    }

    /** What became of a person's wish; {@code refused} says why it cannot be, null: it is done. */
    public record Outcome(Payout payout, @Nullable String refused) {}

    /** Within the current transaction: a person approves; also one under way whose approval is none of ours. */
    public Outcome approve(SellerId seller, UUID id, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (!needsItsApprovalAnew(payout)) {
            return wish(seller, id, new PayoutEvent.Approve(), by);
        }
        approved(payout, by);
        note(payout, "payout_approved", by, Map.of());
        return new Outcome(payouts.find(seller, id).orElseThrow(), null);
    }

    private void approved(Payout payout, By by) {
        payouts.approved(payout, by.source(), clock.instant());
        settle(payout, PayoutCases.CONTRADICTED, PayoutCases.about(payout, BeforeSending.NOT_APPROVED));
    }

    private boolean needsItsApprovalAnew(Payout payout) {
        return switch (payout.state()) {
            case PayoutState.Approved _, PayoutState.Creating _, PayoutState.Created _, PayoutState.Verifying _ ->
                !payouts.isApproved(payout);
            case PayoutState.AwaitingApproval _,
                    PayoutState.Sent _,
                    PayoutState.Failed _,
                    PayoutState.Finished _,
                    PayoutState.Rejected _,
                    PayoutState.Cancelled _,
                    PayoutState.Released _ -> false;
        };
    }

    /** Within the current transaction: what failed is given back to the balance. */
    public Outcome release(SellerId seller, UUID id, By by) {
        return unlessOnHold(seller, id, new PayoutEvent.Release(), by);
    }

    /** Within the current transaction: what stands still at the provider is given back to the balance. */
    Outcome giveUp(SellerId seller, UUID id, By by) {
        return unlessOnHold(seller, id, new PayoutEvent.GiveUp(), by);
    }

    /** Within the current transaction: what was not made, or of which that is not known, is given back to the balance. */
    Outcome giveBackUnmade(SellerId seller, UUID id, By by) {
        return payouts.lock(seller, id).orElseThrow().state() instanceof PayoutState.Creating
                ? giveUp(seller, id, by)
                : cancel(seller, id, by);
    }

    /** Within the current transaction: what was not asked of the provider is called off. */
    public Outcome cancel(SellerId seller, UUID id, By by) {
        return unlessOnHold(seller, id, new PayoutEvent.Cancel(), by);
    }

    /** What a restore has forgotten would be given back, and paid once more. */
    private Outcome unlessOnHold(SellerId seller, UUID id, PayoutEvent event, By by) {
        return hold.isOn() ? new Outcome(payouts.find(seller, id).orElseThrow(), ON_HOLD) : wish(seller, id, event, by);
    }

    private Outcome wish(SellerId seller, UUID id, PayoutEvent event, By by) {
        @Nullable
        String refused = switch (apply(seller, id, event, by)) {
            case Decision.Refused(String why) -> why;
            case Decision.Contradicted() -> "It contradicts what is on record: see its case.";
            case Decision.Moved _, Decision.Absorbed() -> null;
        };
        return new Outcome(payouts.find(seller, id).orElseThrow(), refused);
    }

    /** Within the current transaction: waits for whoever else decides about it. */
    void lock(SellerId seller, UUID id) {
        payouts.lock(seller, id);
    }

    /** Within the current transaction: it does not go on until it is let go. */
    public Outcome hold(SellerId seller, UUID id, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (!payout.mayBeHeld()) {
            return new Outcome(payout, "It is " + payout.state().word() + ": that cannot be held any more.");
        }
        payouts.hold(payout, new Payout.HeldBy(by.source(), by.reason() == null ? "" : by.reason()));
        note(payout, "payout_held", by, Map.of());
        return new Outcome(payouts.find(seller, id).orElseThrow(), null);
    }

    /** Within the current transaction: what was decided about it since the backup is lost, so a person decides again. What is held is asked about already. */
    void restored(SellerId seller, UUID id, By by) {
        callingOff.overtaken(seller, id, by);
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (payout.held() == null && payout.mayBeHeld() && !(payout.state() instanceof PayoutState.AwaitingApproval)) {
            hold(seller, id, by);
            open(payout, PayoutCases.RESTORED, clock.instant().toString(), by);
        }
    }

    /** Within the current transaction: it goes on from where it was held, unless a person is being asked whether its coins have gone already. */
    public Outcome letGo(SellerId seller, UUID id, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (payout.held() == null) {
            return new Outcome(payout, "It is not on hold.");
        }
        if (cases.anyOpenAbout(seller, PayoutCases.CONTRADICTED, "payout_id", payout.handle())) {
            return new Outcome(
                    payout,
                    "What is on record of it is contradicted: look at the provider's account, answer its case"
                            + " payout_contradicted, then resume.");
        }
        payouts.hold(payout, null);
        PayoutCases.settleRestored(cases, payout);
        note(payout, "payout_let_go", by, Map.of());
        tasks.hurry(seller, PayoutWork.CREATE);
        tasks.hurry(seller, PayoutWork.VERIFY);
        return new Outcome(payouts.find(seller, id).orElseThrow(), null);
    }

    /**
     * In a transaction of its own: stops the payouts of a seller, or of all by the platform's own switch; null ends a person's hold.
     *
     * @param endsStop also what the service stopped by itself
     */
    public void turn(SellerId seller, Payout.@Nullable HeldBy held, boolean endsStop, By by) {
        transactions.run(seller, () -> {
            safeguards.hold(seller, held);
            if (endsStop) {
                safeguards.goOn(seller);
            }
            if (held == null && seller.equals(SellerId.PLATFORM)) {
                safeguards.believed();
            }
            noteSwitch(seller, Safeguards.ALL, by);
        });
    }

    /** Within the current transaction: how the switch stands now. */
    void noteSwitch(SellerId seller, String subject, By by) {
        Payout.@Nullable HeldBy held = safeguards.of(seller).held();
        if (held == null) {
            note(seller, subject, "payouts_go_on", by, Map.of());
        } else {
            note(seller, subject, "payouts_stopped", by, Map.of("why", held.why()));
        }
    }

    /** In a transaction of its own. */
    public void limit(SellerId seller, Approval how, Safeguards.Limits limits, By by) {
        transactions.run(seller, () -> {
            safeguards.approval(seller, how, limits);
            note(
                    seller,
                    Safeguards.ALL,
                    Safeguards.LIMITED,
                    by,
                    Safeguards.said(how.name().toLowerCase(Locale.ROOT), limits));
        });
    }

    /** Within the current transaction. */
    Decision apply(SellerId seller, UUID id, PayoutEvent event, By by) {
        return apply(seller, id, event, event instanceof PayoutEvent.Adopted adopted ? adopted.batchId() : null, by);
    }

    private Decision apply(SellerId seller, UUID id, PayoutEvent event, @Nullable String batchId, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        Instant now = clock.instant();
        Decision decision = PayoutRules.decide(payout.state(), event, now);
        if (decision instanceof Decision.Moved moved
                && moved.books() != PayoutRules.Books.NOTHING
                && !ledger.isReserved(seller, payout.subject())) {
            contradicted(payout, batchId, BeforeSending.OVER, by);
            return new Decision.Contradicted();
        }
        switch (decision) {
            case Decision.Moved moved -> write(payout, event, moved, by, now);
            case Decision.Contradicted() -> contradicted(payout, batchId, what(event), by);
            case Decision.Absorbed _, Decision.Refused _ -> {}
        }
        return decision;
    }

    private void write(Payout payout, PayoutEvent event, Decision.Moved moved, By by, Instant now) {
        SellerId seller = payout.seller();
        payouts.save(payout, moved.next(), by.reason(), now);
        if (event instanceof PayoutEvent.Approve) {
            approved(payout, by);
        }
        switch (moved.books()) {
            case NOTHING -> {}
            case GIVEN_BACK -> giveBack(payout, by);
            case PAID -> {
                faults.reach(Point.CP27_BEFORE_PAYOUT_IS_BOOKED);
                switch (payout.to()) {
                    case To.Seller _ ->
                        ledger.book(
                                seller,
                                payout.subject(),
                                Line.payout(
                                        payout.amount(),
                                        payout.fee(),
                                        payout.coins(),
                                        payout.rate(),
                                        ledger.position(seller, payout.coins().asset())));
                    case To.Buyer(String paymentId) -> arrived(payout, paymentId, by);
                }
            }
        }
        switch (moved.owes()) {
            case Owes.Nothing() -> {}
            case Owes.Create(int attempt, var after) ->
                tasks.owe(seller, PayoutWork.create(payout.id(), attempt, now.plus(after)));
            case Owes.VerifyAndFollow(int attempt) -> {
                tasks.owe(seller, PayoutWork.verify(payout.id(), attempt));
                tasks.owe(seller, PayoutWork.follow(payout.id(), attempt, now));
            }
        }
        ask(payout, moved, by);
        tell(payout, moved.next());
        if (!moved.next().word().equals(payout.state().word()) || moved.asks() != Asks.NOTHING) {
            Attempt next = moved.next().attempt();
            Attempt attempt = next == null ? payout.state().attempt() : next;
            note(
                    payout,
                    "payout_" + moved.next().word(),
                    by,
                    attempt == null ? Map.of() : Map.of("attempt", Integer.toString(attempt.number())));
        }
    }

    /** What is reserved is the seller's again, and its entries may be claimed by the next payout. */
    private void giveBack(Payout payout, By by) {
        claims.lockAccount(payout.seller());
        ledger.book(payout.seller(), payout.subject(), Line.reversal(ledger.of(payout.seller(), payout.subject())));
        claims.release(payout.seller(), payout.id());
        if (payout.to() instanceof To.Buyer(String paymentId)) {
            refunds.givenBack(payout);
            arrival.cameBack(payout.seller(), paymentId, payout.handle());
            noteOfPayment(payout, "refund_came_back", by, Map.of());
        }
    }

    /** The buyer has it. What it claimed is given back and taken back in the same commit, so that nobody else is paid by it. */
    private void arrived(Payout payout, String paymentId, By by) {
        BuyerRefunds.Refund refund = refunds.find(payout.seller(), payout.id()).orElseThrow();
        boolean isFirst = arrival.arrived(
                payout.seller(),
                paymentId,
                new RefundArrival.Sent(
                        payout.id(),
                        payout.handle(),
                        payout.isOfSetAside(),
                        payout.coins(),
                        refund.place().address(),
                        payout.hash()));
        List<Line> lines = new ArrayList<>(Line.reversal(ledger.of(payout.seller(), payout.subject())));
        lines.addAll(isFirst ? Line.refundKept(refund.kept()) : Line.refundTwice(payout.coins()));
        ledger.book(payout.seller(), payout.subject(), lines);
        if (!isFirst) {
            open(
                    payout,
                    PayoutCases.CONTRADICTED,
                    by.saying("something else had become of payment " + paymentId + " before"));
        }
    }

    private void ask(Payout payout, Decision.Moved moved, By by) {
        if (!moved.next().word().equals(payout.state().word())) { // the provider, or a person, has answered
            settle(payout, moved.next());
        }
        switch (moved.asks()) {
            case NOTHING -> {}
            case FAILED -> open(payout, PayoutCases.FAILED, by);
            case REJECTED -> open(payout, PayoutCases.CAME_BACK, by);
            case NOT_MADE ->
                open(payout, PayoutCases.NOT_MADE, Payouts.number(moved.next()) + PayoutCases.TO_APPROVE, by);
        }
    }

    private void settle(Payout payout, PayoutState next) {
        switch (payout.state()) {
            case PayoutState.AwaitingApproval _ -> PayoutCases.settleUnbegun(cases, payout);
            case PayoutState.Approved _ when next.isOver() -> PayoutCases.settleUnbegun(cases, payout);
            case PayoutState.Creating(Attempt attempt) -> {
                settle(payout, PayoutCases.NOT_MADE, PayoutCases.about(payout, attempt.number() + PayoutCases.UNCLEAR));
                if (!(next instanceof PayoutState.Approved(int number, var _)) || number != attempt.number()) {
                    settle(
                            payout,
                            PayoutCases.NOT_MADE,
                            PayoutCases.about(payout, attempt.number() + PayoutCases.WAITS));
                }
            }
            case PayoutState.Failed _ -> settle(payout, PayoutCases.FAILED, payout.subject());
            default -> {}
        }
        if (next.isOver()) {
            PayoutCases.settleRestored(cases, payout);
        }
        Attempt before = payout.state().attempt();
        if (before != null && !isAtProvider(next)) {
            settle(payout, PayoutCases.STUCK, PayoutCases.about(payout, Integer.toString(before.number())));
        }
    }

    private static boolean isAtProvider(PayoutState state) {
        return switch (state) {
            case PayoutState.Created _, PayoutState.Verifying _, PayoutState.Sent _ -> true;
            case PayoutState.AwaitingApproval _,
                    PayoutState.Approved _,
                    PayoutState.Creating _,
                    PayoutState.Failed _,
                    PayoutState.Finished _,
                    PayoutState.Rejected _,
                    PayoutState.Cancelled _,
                    PayoutState.Released _ -> false;
        };
    }

    /** Within the current transaction: an attempt has been at the provider for too long. Once for each attempt. */
    void stuck(SellerId seller, UUID id, int number, String why, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        Attempt attempt = payout.state().attempt();
        if (attempt != null && attempt.number() == number && isAtProvider(payout.state())) {
            open(payout, PayoutCases.STUCK, Integer.toString(number), by.saying(why));
        }
    }

    /** Within the current transaction: what it waits for has lasted. A person is asked, and the seller told, once for each attempt. */
    void waits(SellerId seller, UUID id, Instant since, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (payout.state() instanceof PayoutState.Approved(int next, var _)
                && open(payout, PayoutCases.NOT_MADE, next + PayoutCases.WAITS, by)) {
            tasks.owe(seller, PayoutWork.tellWaits(payout, since));
        }
    }

    private void settle(Payout payout, String kind, String subject) {
        PayoutCases.settle(cases, payout, kind, subject);
    }

    private void tell(Payout payout, PayoutState next) {
        switch (next) {
            case PayoutState.Finished() ->
                tasks.owe(payout.seller(), PayoutWork.tell(payout.id(), TellPayoutTask.What.SENT));
            case PayoutState.Failed(Attempt _) ->
                tasks.owe(payout.seller(), PayoutWork.tell(payout.id(), TellPayoutTask.What.FAILED));
            case PayoutState.Rejected(), PayoutState.Cancelled(), PayoutState.Released() ->
                tasks.owe(payout.seller(), PayoutWork.tell(payout.id(), TellPayoutTask.What.CAME_BACK));
            default -> {}
        }
    }

    /** Within the current transaction: what the provider says of one of our batches, told or asked. Answers whether it is one. */
    public boolean heard(SellerId seller, Seen seen, By by) {
        Optional<Owner> owner = payouts.owner(seller, seen.batchId(), seen.externalId());
        owner.ifPresent(of -> heard(seller, of, seen, by));
        return owner.isPresent();
    }

    /** The same, of an attempt that is known to be its. */
    void heard(SellerId seller, Owner of, Seen seen, By by) {
        Payout payout = payouts.lock(seller, of.payout()).orElseThrow();
        By said = by.saying(seen.error());
        payouts.heard(seller, of, seen)
                .filter(first -> seen.hash() != null && !isSameHash(first, seen.hash()))
                .ifPresent(first -> contradicted(
                        payout, seen.batchId(), "its transaction is " + seen.hash() + ", and was " + first, said));
        Attempt current = payout.state().attempt();
        if (current == null ? isLast(payout, of) : current.number() == of.number()) {
            if (payout.state() instanceof PayoutState.Creating) { // told by its external id before our own record
                apply(seller, of.payout(), new PayoutEvent.Recorded(seen.batchId()), said);
            }
            apply(seller, of.payout(), new PayoutEvent.Said(seen.status(), seen.age()), seen.batchId(), said);
            bookFee(payout, seen);
        } else if (moves(seen)) {
            contradicted(payout, seen.batchId(), "attempt " + of.number() + " is " + seen.status(), said);
        }
    }

    /** Networks and explorers write the same one in small or capital letters, with or without its prefix. */
    static boolean isSameHash(String one, String other) {
        return bare(one).equals(bare(other));
    }

    private static String bare(String hash) {
        String small = hash.strip().toLowerCase(Locale.ROOT);
        return small.startsWith("0x") ? small.substring(2) : small;
    }

    /** Where the provider tells what it took, those coins have left too: once, when it is told of one that is finished. */
    private void bookFee(Payout before, Seen seen) {
        Payout payout = payouts.find(before.seller(), before.id()).orElseThrow();
        if (payout.state() instanceof PayoutState.Finished
                && seen.fee() != null
                && seen.fee().isPositive()
                && ledger.of(payout.seller(), payout.subject()).stream()
                        .noneMatch(line -> line.kind().equals(Line.Kind.PAYOUT_FEE_COINS))) {
            ledger.book(payout.seller(), payout.subject(), List.of(Line.payoutFeeCoins(seen.fee())));
        }
    }

    private boolean isLast(Payout payout, Owner of) {
        return payout.state().isOver()
                && payouts.attempts(payout.seller(), payout.id()).getLast().number() == of.number();
    }

    /** Whether coins go out by it, or may have. */
    static boolean moves(Seen seen) {
        return switch (seen.status()) {
            case PROCESSING, SENDING, FINISHED, FAILED -> true;
            case CREATING, WAITING, REJECTED, CANCELLED, UNKNOWN_WORD -> false;
        };
    }

    private static String what(PayoutEvent event) {
        return switch (event) {
            case PayoutEvent.Said(var status, var _) -> "it is " + status;
            case PayoutEvent.Adopted(int attempt, var _, String batchId, var _) ->
                "attempt " + attempt + " has the batch " + batchId;
            default -> event.toString();
        };
    }

    /**
     * Within the current transaction. Coins may have gone where our record says that they have not: nothing goes on before a person has
     * looked. What was claimed by one that is over may be on its way once more with another: none of the seller's goes on then. Once for
     * each that is said: the provider repeats it, and what a person has let go on goes on.
     */
    void contradicted(Payout payout, @Nullable String batchId, String what, By by) {
        Map<String, String> detail = detail(payout, by.saying(what));
        if (batchId != null) {
            detail.put("batch_id", batchId);
        }
        if (!open(payout, PayoutCases.CONTRADICTED, PayoutCases.about(payout, what), detail)) {
            return;
        }
        if (payout.held() == null) {
            payouts.hold(payout, new Payout.HeldBy("admitone", "contradicted: " + what));
        }
        if (payout.state().isOver()) {
            safeguards.stop(
                    payout.seller(),
                    payout.handle() + " is " + payout.state().word() + ", and " + what,
                    clock.instant());
        }
        note(payout, "payout_contradicted", by, Map.of("what", what));
    }

    /** Within the current transaction: it cannot be sent as it stands. It is held each time that it would be, also when a person has let it go. */
    void objected(SellerId seller, UUID id, @Nullable String batchId, String what, By by) {
        Payout payout = payouts.lock(seller, id).orElseThrow();
        if (payout.held() == null && payout.mayBeHeld()) {
            payouts.hold(payout, new Payout.HeldBy("admitone", what));
            note(payout, "payout_held", by.saying(what), Map.of());
        }
        contradicted(payouts.find(seller, id).orElseThrow(), batchId, what, by);
    }

    void open(Payout payout, String kind, By by) {
        open(payout, kind, payout.subject(), detail(payout, by));
    }

    /** A question that may be asked of a payout again: once for each of what it is about. Answers whether it is new. */
    boolean open(Payout payout, String kind, String about, By by) {
        return open(payout, kind, PayoutCases.about(payout, about), detail(payout, by));
    }

    private boolean open(Payout payout, String kind, String subject, Map<String, String> detail) {
        return cases.open(payout.seller(), new Case.Draft(kind, subject, null, null, detail));
    }

    private static Map<String, String> detail(Payout payout, By by) {
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("payout_id", payout.handle());
        detail.put("amount_usd", payout.amount().text());
        detail.put("coins", payout.coins().toString());
        if (payout.to() instanceof To.Buyer(String paymentId)) {
            detail.put("refund_of", paymentId);
        }
        if (by.reason() != null) {
            detail.put("reason", by.reason());
        }
        return detail;
    }

    void note(Payout payout, String kind, By by, Map<String, String> more) {
        note(payout.seller(), payout.subject(), kind, by, more);
    }

    /** In the timeline of the payment that it gives back. */
    void noteOfPayment(Payout payout, String kind, By by, Map<String, String> more) {
        if (payout.to() instanceof To.Buyer(String paymentId)) {
            Map<String, String> detail = new LinkedHashMap<>(Map.of("payout", payout.handle()));
            detail.putAll(more);
            note(payout.seller(), Event.payment(paymentId), kind, by, detail);
        }
    }

    private void note(SellerId seller, String subject, String kind, By by, Map<String, String> more) {
        Map<String, String> detail = new LinkedHashMap<>(more);
        if (by.reason() != null) {
            detail.put("reason", by.reason());
        }
        timeline.append(seller, new Event(subject, clock.instant(), kind, by.cause(), by.source(), detail));
    }
}
