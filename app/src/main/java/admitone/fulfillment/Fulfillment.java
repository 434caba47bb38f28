package admitone.fulfillment;

import admitone.access.Effects;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.LinkPool;
import admitone.access.Origin;
import admitone.access.Seat;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.SecondPayment.Became;
import admitone.database.Lane;
import admitone.database.Transactions;
import admitone.fulfillment.Subjects.Subject;
import admitone.hold.Hold;
import admitone.ledger.Claims;
import admitone.ledger.Custody;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import admitone.payments.Coverage;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.NotificationInbox;
import admitone.payments.NotificationInbox.Fate;
import admitone.payments.Payment;
import admitone.payments.PaymentRules;
import admitone.payments.PaymentRules.Transition;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.Payments;
import admitone.payouts.CallingOff;
import admitone.payouts.PayoutFlow;
import admitone.runtime.Batches;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * The main flow. What was heard about a payment becomes, in one commit, its new state and — once, when paid — a grant, journal
 * lines and owed effects. Notifications, the sweep, tasks and operators all come in here.
 */
@Component
public class Fulfillment {
    private static final Logger log = LoggerFactory.getLogger(Fulfillment.class);
    private static final BigDecimal ONE_HUNDRED = BigDecimal.valueOf(100);
    private static final int MOST_IN_ONE_COMMIT = 128;
    private static final int COMMITS_AT_ONCE = 2;
    private static final int REMEMBERED = 20_000;
    private static final String HEARD_BEFORE = "same body heard before";

    private final Placing placing;
    private final Subjects subjects;
    private final NotificationInbox inbox;
    private final Payments payments;
    private final Orders orders;
    private final Grants grants;
    private final LinkPool pool;
    private final Ledger ledger;
    private final Claims claims;
    private final CallingOff callingOff;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Rates rates;
    private final Transactions transactions;
    private final Hold hold;
    private final FaultPoints faults;
    private final InFlight<Outcome> inFlight = new InFlight<>();
    private final Batches<Heard, Outcome> decisions = new Batches<>(
            MOST_IN_ONE_COMMIT, COMMITS_AT_ONCE, this::hearTogether, this::hearAlone, Fulfillment::isAway);
    /** Bodies that are known to be stored, and since when: a repeat of them needs no look. Whatever is not in here is looked up. */
    private final Cache<String, Stored> stored =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /** @param memory that of the {@link Hold} then; what a database knew that has gone back since, it need not know now */
    private record Stored(SellerId seller, long memory) {}

    Fulfillment(
            Placing placing,
            Subjects subjects,
            NotificationInbox inbox,
            Payments payments,
            Orders orders,
            Grants grants,
            LinkPool pool,
            Ledger ledger,
            Claims claims,
            CallingOff callingOff,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Rates rates,
            Transactions transactions,
            Hold hold,
            FaultPoints faults) {
        this.placing = placing;
        this.subjects = subjects;
        this.inbox = inbox;
        this.payments = payments;
        this.orders = orders;
        this.grants = grants;
        this.pool = pool;
        this.ledger = ledger;
        this.claims = claims;
        this.callingOff = callingOff;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.rates = rates;
        this.transactions = transactions;
        this.hold = hold;
        this.faults = faults;
    }

    /** What came of hearing something: it is durable either way. */
    public record Outcome(boolean duplicate, String what) {}

    /**
     * Takes in what was heard. Safe to call any number of times, from anywhere at once. Does not return before it is durable.
     *
     * @throws RuntimeException when it could not be made durable; the caller must not confirm it
     */
    public Outcome hear(Heard heard) {
        faults.reach(Point.CP01_HEARD);
        if (heard.outcome() != null) {
            rates.want(heard.outcome().asset());
        }
        String key = NotificationInbox.key(heard);
        long memory = hold.memory();
        Stored known = stored.getIfPresent(key);
        if (known != null && known.memory() == memory) {
            return absorbed(known.seller(), heard, HEARD_BEFORE);
        }
        return inFlight.join(
                key,
                () -> {
                    Outcome outcome = decisions.of(heard);
                    payments.sellerOf(heard.paymentId())
                            .ifPresent(seller -> stored.put(key, new Stored(seller, memory)));
                    return outcome;
                },
                first -> absorbed(
                        payments.sellerOf(heard.paymentId()).orElse(SellerId.PLATFORM),
                        heard,
                        "same body, at the same time"));
    }

    /** How many wait for the next commit. */
    int waiting() {
        return decisions.waiting();
    }

    /** Several in one commit. Empty for those that are better heard alone: first seen, or held by somebody else just now. */
    private List<Optional<Outcome>> hearTogether(List<Heard> batch) {
        return Lane.INTAKE.run(() -> {
            Map<String, SellerId> sellers =
                    payments.sellersOf(batch.stream().map(Heard::paymentId).collect(Collectors.toSet()));
            if (sellers.isEmpty()) {
                return batch.stream().map(_ -> Optional.<Outcome>empty()).toList();
            }
            IdentityHashMap<Heard, Outcome> decided = new IdentityHashMap<>();
            try {
                transactions.runTogether(sellers.values(), () -> {
                    List<Subject> free = subjects.lockFree(batch, sellers);
                    List<Outcome> outcomes = decideAndWrite(free, false);
                    for (int i = 0; i < free.size(); i++) {
                        decided.put(free.get(i).heard(), outcomes.get(i));
                    }
                });
                faults.reach(Point.CP05_AFTER_COMMIT);
            } catch (Transactions.UnknownCommit e) {
                log.warn("{} notifications: {}; reading again by key", batch.size(), e.getMessage());
                decided.replaceAll((heard, _) -> afterUnknownCommit(need(sellers, heard), heard));
            }
            return batch.stream()
                    .map(heard -> Optional.ofNullable(decided.get(heard)))
                    .toList();
        });
    }

    private static SellerId need(Map<String, SellerId> sellers, Heard heard) {
        return Optional.ofNullable(sellers.get(heard.paymentId())).orElseThrow();
    }

    private Outcome hearAlone(Heard heard) {
        return Lane.INTAKE.run(() -> {
            SellerId seller = placing.sellerOf(heard);
            try {
                Outcome outcome = transactions.run(seller, () -> decideAndWrite(seller, heard, false));
                faults.reach(Point.CP05_AFTER_COMMIT);
                return outcome;
            } catch (Transactions.UnknownCommit e) {
                log.warn("payment {}: {}; reading again by key", heard.paymentId(), e.getMessage());
                return afterUnknownCommit(seller, heard);
            } catch (RuntimeException e) {
                if (isAway(e)) {
                    throw e; // nothing can be kept either, and the provider must hear so soon
                }
                log.info(
                        "payment {}: not decided now ({}), kept and decided by a task",
                        heard.paymentId(),
                        e.toString());
                return keepForLater(seller, heard, "decision failed");
            }
        });
    }

    /** Whether there is no database to ask, so that trying again at once is of no use. */
    private static boolean isAway(RuntimeException e) {
        return e instanceof CannotCreateTransactionException || e instanceof DataAccessResourceFailureException;
    }

    private Outcome afterUnknownCommit(SellerId seller, Heard heard) {
        return inbox.fate(seller, heard).isPresent()
                ? new Outcome(false, "committed")
                : keepForLater(seller, heard, "commit unknown");
    }

    /** The notification alone is made durable; a task decides. */
    private Outcome keepForLater(SellerId seller, Heard heard, String why) {
        Outcome outcome = transactions.run(seller, () -> {
            if (!inbox.remember(seller, heard, Fate.WAITING)) {
                return repeatOf(seller, heard);
            }
            tasks.oweAgain(seller, Work.decide(heard.paymentId()));
            timeline.append(seller, trigger(heard, "kept for later: " + why));
            return new Outcome(false, "kept for later");
        });
        faults.reach(Point.CP03_KEPT_FOR_LATER);
        return outcome;
    }

    /** Decides a notification that was kept for later. */
    Outcome decideKept(Heard heard) {
        SellerId seller = placing.sellerOf(heard);
        return transactions.run(seller, () -> decideAndWrite(seller, heard, true));
    }

    /** Within the current transaction. */
    Outcome decideAndWrite(SellerId seller, Heard heard, boolean kept) {
        return decideAndWrite(List.of(subjects.lock(seller, heard)), kept).getFirst();
    }

    /** Within the current transaction: decides about each subject and writes what counts. */
    List<Outcome> decideAndWrite(List<Subject> about, boolean kept) {
        List<Facts> facts = subjects.facts(about);
        List<Decision> decisions = new ArrayList<>(about.size());
        for (int i = 0; i < about.size(); i++) {
            Subject one = about.get(i);
            decisions.add(decide(one.order(), one.payment(), one.heard(), facts.get(i), one.firstSeen()));
        }
        List<Outcome> outcomes = new ArrayList<>(about.size());
        for (int i = 0; i < about.size(); i++) {
            Subject one = about.get(i);
            if (isMine(one, decisions.get(i).fate(), kept)) {
                write(one, decisions.get(i), kept);
                outcomes.add(new Outcome(false, decisions.get(i).what()));
            } else {
                outcomes.add(repeatOf(one.seller(), one.heard()));
            }
        }
        faults.reach(Point.CP04_BEFORE_COMMIT);
        return outcomes;
    }

    /** Stores the notification with its fate, unless somebody else has decided it. */
    private boolean isMine(Subject about, Fate fate, boolean kept) {
        if (kept) {
            return inbox.settle(about.seller(), about.heard(), fate);
        }
        if (about.stored()) {
            return false;
        }
        inbox.add(new NotificationInbox.Entry(about.seller(), about.heard(), fate));
        return true;
    }

    /** Pure: no clock, no database, no HTTP. Every state meets every notification here. */
    static Decision decide(@Nullable Order order, Payment payment, Heard heard, Facts facts, boolean firstSeen) {
        var terms = new PaymentRules.Terms(
                order == null ? null : payment.price(order.price()),
                payment.payAmount(),
                facts.tolerancePercent(),
                order == null || order.paidBy() != null ? null : facts.brought(order.price()));
        String hold = order == null ? Optional.ofNullable(payment.hold()).orElse(Why.UNKNOWN_ORDER) : payment.hold();
        // somebody looks at an old invoice: a person is asked when they have paid
        boolean asksAtOnce = firstSeen && hold != null && !hold.equals(Why.PAID_MUCH_TOO_LATE);
        Decision decision = switch (PaymentRules.apply(payment.state(), hold, heard, terms)) {
            case Transition.Repeated() -> repeated(payment, asksAtOnce ? hold : null, heard, facts);
            case Transition.NotUnderstood() ->
                Decision.kept("not understood: " + heard.statusWord(), Fate.NOT_UNDERSTOOD);
            case Transition.Refused(String why) -> askWhy(Decision.kept(why, Fate.CASE), why, payment, heard);
            case Transition.Moved(Paid paid) ->
                order == null ? held(Why.UNKNOWN_ORDER, payment, heard) : paid(order, payment, paid, heard, facts);
            case Transition.Moved(Held(String why)) -> {
                Decision asks = tellBuyer(held(why, payment, heard), order, payment, heard);
                yield why.equals(Why.MORE_ARRIVED) && facts.addsOverpaid() ? asks.owe(Work.extend(payment.id())) : asks;
            }
            case Transition.Moved(PartiallyPaid partly)
            when order != null && mustConfirm(order, heard, facts.confirmAbove()) ->
                Decision.kept("the provider is asked before a part counts", Fate.APPLIED)
                        .owe(Work.confirmPart(payment.id(), partly.received()));
            case Transition.Moved(PartiallyPaid partly) ->
                tellBuyer(askWhy(Decision.move(partly), Why.UNDERPAID, payment, heard), order, payment, heard)
                        .suspend(Optional.ofNullable(heard.outcome()), payment.suspended());
            case Transition.Moved(Refunded refunded) -> refunded(order, payment, refunded, heard, facts);
            case Transition.Moved(var next) -> Decision.move(next);
        };
        return asksAtOnce && hold != null && decision.cases().isEmpty()
                ? askWhy(decision, hold, payment, heard)
                : decision;
    }

    /** @param asked what a person is asked about it all the same, or null */
    private static Decision repeated(Payment payment, @Nullable String asked, Heard heard, Facts facts) {
        if (asked != null) {
            return Decision.kept(asked, Fate.CASE);
        }
        return payment.state() instanceof Paid paid && heard.isSettled()
                ? more(payment, paid, heard, facts)
                : Decision.absorbed("nothing new");
    }

    /** What came beyond what was counted is a deposit beside it, if it is more than the tolerance. While its coins are not told, a person is asked. */
    private static Decision more(Payment payment, Paid paid, Heard heard, Facts facts) {
        Money received = OnTop.beyond(heard.actuallyPaid(), paid.received(), facts.onTop(), Payment::received);
        Money asked = payment.payAmount();
        if (received == null
                || asked == null
                || !asked.asset().equals(received.asset())
                || !received.isMoreThanPercentOf(facts.tolerancePercent(), asked)) {
            return Decision.absorbed("nothing new");
        }
        Decision decision = Decision.kept("more than was counted", Fate.CASE);
        Money outcome = OnTop.beyond(heard.outcome(), payment.outcome(), facts.onTop(), Payment::outcome);
        return outcome == null
                ? askMore(decision, payment, paid, heard)
                : decision.hear(OnTop.heard(payment, facts.onTop().size() + 1, received, outcome, heard));
    }

    private static Decision paid(Order order, Payment payment, Paid paid, Heard heard, Facts facts) {
        if (order.paidBy() != null) {
            return tellBuyer(held(Why.PAID_TWICE, payment, heard), order, payment, heard);
        }
        if (facts.reductionGone()) {
            return tellBuyer(held(Why.REDUCTION_GONE, payment, heard), order, payment, heard);
        }
        if (mustConfirm(order, heard, facts.confirmAbove())) {
            return Decision.kept("the provider is asked before granting", Fate.APPLIED)
                    .owe(Work.confirm(payment.id()));
        }
        Coverage arrived = arrived(order, payment, heard, paid, facts);
        boolean overpaid = arrived.isMoreThanPercent(ONE_HUNDRED.add(facts.tolerancePercent()));
        int more = overpaid && facts.addsOverpaid() && order.days() != null ? arrived.daysBeyond(order.days()) : 0;
        Decision decision = counts(letIn(Decision.move(paid), order, payment, facts, more), order, payment, paid, facts)
                .owe(Work.tellSeller(order.seller(), Grant.madeAt(facts.grantId())));
        if (more > 0) {
            decision = decision.tell("overpayment_added", Map.of("days", Integer.toString(more)));
        }
        if (facts.now().isAfter(order.expiresAt())) {
            decision = askWhy(decision, Why.PAID_LATE, payment, heard);
            if (order.isReduced()) {
                decision = decision.tell(
                        "reduced_price_paid_late",
                        Map.of(
                                "price",
                                order.price().toString(),
                                "list_price",
                                order.listPrice().toString()));
            }
        }
        return overpaid && more == 0 ? askWhy(decision, Why.OVERPAID, payment, heard) : decision;
    }

    /** The buyer of the order may be inside: a grant, and what is owed to them. {@code moreDays} beside those of the order. */
    static Decision letIn(Decision decision, Order order, Payment payment, Facts facts, int moreDays) {
        Decision in = decision.grant(grant(order, payment, facts, moreDays), facts.wayIn())
                .owe(facts.wayIn().owedTo(facts.grantId()));
        Seat seat = facts.seat();
        // of the payment's own: one of before may have ended with their time, or end at this moment
        return seat == null || seat.requestUpdateId() == null
                ? in
                : in.owe(Effects.approve(
                        order.channelId(),
                        order.telegramUserId(),
                        "update-" + seat.requestUpdateId() + ":" + payment.id()));
    }

    /** The money of the payment is the seller's, and so is what other payments brought of the price. */
    static Decision counts(Decision decision, Order order, Payment payment, Paid paid, Facts facts) {
        Decision counted = accrue(decision, order, payment, paid, facts);
        for (Facts.Part part : facts.parts()) {
            counted = count(counted, order, part, Subjects.custody(part.payment(), facts.custody()));
        }
        return counted;
    }

    /** Another payment, which brought a part of the price, counts too: what was set aside of it is the seller's. */
    private static Decision count(Decision decision, Order order, Facts.Part part, Custody custody) {
        Payment payment = part.payment();
        Money outcome = payment.outcome();
        List<Line> lines = new ArrayList<>();
        if (outcome != null) {
            lines.addAll(Subjects.settlement(payment, outcome, custody));
            Rate rate = part.rate();
            if (rate != null && isBelieved(rate, outcome, order, payment)) {
                lines.addAll(earned(order, outcome, rate, custody));
                return decision.count(new Decision.Counted(payment, lines));
            }
        }
        return decision.count(new Decision.Counted(payment, lines)).owe(Work.accrue(payment.id()));
    }

    private static boolean isBelieved(Rate rate, Money outcome, Order order, Payment payment) {
        Money received = payment.received();
        return received == null || DoubtfulRate.isBelieved(rate, outcome, order, payment, received);
    }

    /** What all payments together have brought of the price. */
    private static Coverage arrived(Order order, Payment payment, Heard heard, Paid paid, Facts facts) {
        Money asked = payment.payAmount() != null ? payment.payAmount() : heard.payAmount();
        Coverage others = facts.brought(order.price());
        return asked == null || !asked.isPositive()
                ? others
                : others.plus(payment.price(order.price()), paid.received(), asked);
    }

    /** The grant ends with any payment that it was paid by. What other payments brought of the price is for a person. */
    private static Decision refunded(
            @Nullable Order order, Payment payment, Refunded refunded, Heard heard, Facts facts) {
        Decision decision = Decision.move(refunded).endGrant();
        if (order != null && isSecond(order, payment)) {
            decision = tellSecond(decision, order, payment, payment.arrived(), Became.GIVEN_BACK);
        }
        if (facts.creditedTo() != null) {
            decision = decision.ask(new Case.Draft(
                    Why.REFUNDED_AFTER_UPGRADE,
                    Event.payment(payment.id()),
                    payment.id(),
                    payment.orderId(),
                    Map.of("credited_to_order", facts.creditedTo())));
        }
        return order != null && payment.state() instanceof Paid paid && isPart(order, payment, paid, facts)
                ? askWhy(decision, Why.PART_REFUNDED, payment, heard)
                : decision;
    }

    /** Another payment paid the order, and this one waits for a person. */
    static boolean isSecond(Order order, Payment payment) {
        return order.paidBy() != null && (payment.state() instanceof Held || payment.state() instanceof PartiallyPaid);
    }

    private static boolean isPart(Order order, Payment payment, Paid paid, Facts facts) {
        Money asked = payment.payAmount();
        return !payment.id().equals(order.paidBy())
                || payment.rest() != null
                || payment.hold() != null
                || (asked != null
                        && asked.asset().equals(paid.received().asset())
                        && !paid.received().isAtLeastPercentOf(ONE_HUNDRED.subtract(facts.tolerancePercent()), asked));
    }

    private static Grant grant(Order order, Payment payment, Facts facts, int moreDays) {
        Seat seat = facts.seat();
        @Nullable Integer days = order.days() == null ? null : Integer.valueOf(order.days() + moreDays);
        var span = Grant.Span.bought(seat, facts.now(), days);
        return new Grant(
                order.seller(),
                facts.grantId(),
                new Origin.Purchase(order.id(), payment.id()),
                order.channelId(),
                order.telegramUserId(),
                span.startsAt(),
                span.endsAt(),
                facts.wayIn().access());
    }

    /** Books what the seller has earned; where the outcome or a fresh rate is missing, the accrual is owed. */
    private static Decision accrue(Decision decision, Order order, Payment payment, Paid paid, Facts facts) {
        Money outcome = paid.outcome();
        if (outcome == null) {
            return decision.owe(Work.accrue(payment.id()));
        }
        Custody custody = Subjects.custody(payment, facts.custody());
        Decision settled = decision.book(Subjects.settlement(payment, outcome, custody));
        Rate rate = facts.rate();
        return rate == null || !DoubtfulRate.isBelieved(rate, outcome, order, payment, paid.received())
                ? settled.owe(Work.accrue(payment.id()))
                : settled.book(earned(order, outcome, rate, custody));
    }

    /** The lines about what a payment of an order brings. */
    static List<Line> earned(Order order, Money outcome, Rate rate, Custody custody) {
        Order.Referral referral = order.referral();
        return Line.accrual(
                outcome,
                rate,
                order.feePercent(),
                referral == null ? null : new Line.Share(Long.toString(referral.referrer()), referral.percent()),
                custody);
    }

    private static Decision held(String why, Payment payment, Heard heard) {
        return askWhy(Decision.move(new Held(why)), why, payment, heard)
                .suspend(Optional.ofNullable(heard.outcome()), payment.suspended());
    }

    /** Nobody need look at a page to learn that their money waits. */
    private static Decision tellBuyer(Decision decision, @Nullable Order order, Payment payment, Heard heard) {
        if (order == null) {
            return decision;
        }
        @Nullable Money arrived = heard.actuallyPaid() != null ? heard.actuallyPaid() : heard.outcome();
        return order.paidBy() == null || arrived == null
                ? decision.owe(Work.tellBuyer(payment.id(), order.id()))
                : tellSecond(decision, order, payment, arrived, Became.WAITS);
    }

    private static Decision tellSecond(
            Decision decision, Order order, Payment payment, @Nullable Money arrived, Became became) {
        return Work.tellSecond(order, payment, arrived, became, null)
                .map(decision::owe)
                .orElse(decision);
    }

    private static boolean mustConfirm(Order order, Heard heard, @Nullable BigDecimal confirmAbove) {
        return confirmAbove != null
                && heard.trigger().cause() == Cause.IPN
                && order.price().amount().compareTo(confirmAbove) > 0;
    }

    /** What it comes to in coins is not known, so it stands in no line of the ledger: the case says how much it is. */
    private static Decision askMore(Decision decision, Payment payment, Paid paid, Heard heard) {
        Map<String, String> detail = detail(payment, heard);
        putMoney(detail, "counted", paid.received());
        putMoney(
                detail,
                "not_counted",
                OnTop.beyond(heard.actuallyPaid(), paid.received(), List.of(), Payment::received));
        return decision.ask(
                new Case.Draft(Why.MORE_ARRIVED, Event.payment(payment.id()), payment.id(), payment.orderId(), detail));
    }

    private static Decision askWhy(Decision decision, String why, Payment payment, Heard heard) {
        return decision.ask(new Case.Draft(
                why, Event.payment(payment.id()), payment.id(), payment.orderId(), detail(payment, heard)));
    }

    private static Map<String, String> detail(Payment payment, Heard heard) {
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("provider_status", heard.statusWord());
        putMoney(detail, "price", heard.price());
        putMoney(detail, "asked", payment.payAmount() != null ? payment.payAmount() : heard.payAmount());
        putMoney(detail, "received", heard.actuallyPaid());
        putMoney(detail, "outcome", heard.outcome());
        if (heard.orderId() != null) {
            detail.put("order_id_given", heard.orderId());
        }
        if (heard.parentPaymentId() != null) {
            detail.put("parent_payment_id", heard.parentPaymentId());
        }
        return detail;
    }

    private static void putMoney(Map<String, String> detail, String name, @Nullable Money money) {
        if (money != null) {
            detail.put(name, money.toString());
        }
    }

    /** Writes a decision; the one place where the flow changes anything. */
    void write(Subject about, Decision decision, boolean kept) {
        SellerId seller = about.seller();
        Order order = about.order();
        Payment payment = about.payment();
        Heard heard = about.heard();
        String subject = Event.payment(payment.id());
        List<Event> events = new ArrayList<>();
        events.add(
                kept
                        ? event(heard, "decided_later", Map.of(Event.OUTCOME, decision.what()))
                        : trigger(heard, decision.what()));
        events.addAll(decision.events(subject, heard.trigger()));
        if (decision.next() != null) {
            payments.move(payment, decision.next(), heard, decision.suspended());
        }
        if (decision.grant() != null && order != null) {
            grants.add(decision.grant());
            orders.paid(order, payment.id());
            if (decision.link() != null) {
                pool.assign(decision.link(), decision.grant());
            }
        }
        if (decision.grant() != null && payment.state() instanceof PartiallyPaid) {
            completed(seller, payment, payment.id());
        }
        for (Decision.Counted part : decision.counted()) {
            Payment its = part.payment();
            payments.count(its, heard.trigger().at());
            ledger.book(seller, Event.payment(its.id()), part.journal());
            completed(seller, its, payment.id());
            events.addAll(counted(part, payment, heard.trigger()));
        }
        if (decision.endsGrant()) {
            grants.endOfPayment(seller, payment.id(), paidOrders(payment), "refunded")
                    .forEach(grant -> {
                        pool.retireOf(grant, "its grant has ended");
                        events.add(event(heard, "grant_ended", Map.of("grant", grant.handle())));
                    });
            var trigger = heard.trigger();
            callingOff.ofPayment(
                    seller, payment.id(), new PayoutFlow.By(trigger.cause().word(), trigger.source(), null));
            if (!claims.reverse(seller, subject)) {
                cases.open(seller, RefundAfterPayout.asks(payment, heard));
                events.add(event(heard, "case_opened", Map.of("kind", RefundAfterPayout.KIND)));
            }
        }
        ledger.book(seller, subject, decision.journal());
        decision.cases().forEach(draft -> cases.open(seller, placing.withCopy(draft, heard)));
        tasks.owe(seller, decision.owed());
        timeline.append(seller, events);
        if (decision.onTop() != null) {
            decideAndWrite(seller, decision.onTop(), /* kept= */ false);
        }
    }

    /** The order that a payment counts for, and those that what was left of its price bought before: less of it is left now. */
    private List<String> paidOrders(Payment payment) {
        String orderId = payment.orderId();
        if (orderId == null || !(payment.state() instanceof Paid)) {
            return List.of();
        }
        List<String> all = new ArrayList<>(orders.ofCases(payment.seller(), orderId, Why.PART_REFUNDED));
        all.add(orderId);
        return all;
    }

    /** What a person was asked about a part of the price is answered by the rest of it. */
    private void completed(SellerId seller, Payment part, String by) {
        cases.settle(
                seller, Event.payment(part.id()), Why.UNDERPAID, "completed", "the rest came, last by payment " + by);
    }

    private static List<Event> counted(Decision.Counted part, Payment by, Heard.Trigger trigger) {
        List<Event> events = new ArrayList<>();
        String subject = Event.payment(part.payment().id());
        events.add(new Event(
                subject,
                trigger.at(),
                "payment_paid",
                trigger.cause().word(),
                trigger.source(),
                Map.of("completed_by", by.id())));
        part.journal()
                .forEach(line -> events.add(new Event(
                        subject, trigger.at(), "booked", trigger.cause().word(), trigger.source(), line.told())));
        return events;
    }

    /** Within the current transaction. */
    private Outcome repeatOf(SellerId seller, Heard heard) {
        timeline.append(seller, trigger(heard, Event.ABSORBED + ": " + HEARD_BEFORE));
        return new Outcome(true, HEARD_BEFORE);
    }

    private Outcome absorbed(SellerId seller, Heard heard, String why) {
        timeline.appendSoon(seller, trigger(heard, Event.ABSORBED + ": " + why));
        return new Outcome(true, why);
    }

    private static Event trigger(Heard heard, String outcome) {
        return event(heard, Event.TRIGGER, Map.of("provider_status", heard.statusWord(), Event.OUTCOME, outcome));
    }

    private static Event event(Heard heard, String kind, Map<String, String> detail) {
        var trigger = heard.trigger();
        return new Event(
                Event.payment(heard.paymentId()),
                trigger.at(),
                kind,
                trigger.cause().word(),
                trigger.source(),
                detail);
    }
}
