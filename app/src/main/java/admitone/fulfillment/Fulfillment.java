package admitone.fulfillment;

import admitone.access.Effects;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.LinkPool;
import admitone.access.Seat;
import admitone.access.WayIn;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.database.Transactions;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Money;
import admitone.money.Rates;
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
import admitone.payments.ProviderStatus;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Placing placing;
    private final NotificationInbox inbox;
    private final Payments payments;
    private final Orders orders;
    private final Grants grants;
    private final LinkPool pool;
    private final Catalog catalog;
    private final Ledger ledger;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Rates rates;
    private final Transactions transactions;
    private final Clock clock;
    private final Ids ids;
    private final FaultPoints faults;
    private final Settings settings;
    private final InFlight<Outcome> inFlight = new InFlight<>();

    Fulfillment(
            Placing placing,
            NotificationInbox inbox,
            Payments payments,
            Orders orders,
            Grants grants,
            LinkPool pool,
            Catalog catalog,
            Ledger ledger,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Rates rates,
            Transactions transactions,
            Clock clock,
            Ids ids,
            FaultPoints faults,
            Settings settings) {
        this.placing = placing;
        this.inbox = inbox;
        this.payments = payments;
        this.orders = orders;
        this.grants = grants;
        this.pool = pool;
        this.catalog = catalog;
        this.ledger = ledger;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.rates = rates;
        this.transactions = transactions;
        this.clock = clock;
        this.ids = ids;
        this.faults = faults;
        this.settings = settings;
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
        return inFlight.join(
                key(heard),
                () -> hearOnce(heard),
                first -> absorbed(
                        payments.sellerOf(heard.paymentId()).orElse(SellerId.PLATFORM),
                        heard,
                        "same body, at the same time"));
    }

    private Outcome hearOnce(Heard heard) {
        SellerId seller = placing.sellerOf(heard);
        Optional<Fate> before = inbox.fate(seller, heard);
        if (before.isPresent()) {
            return absorbed(seller, heard, "same body heard before");
        }
        try {
            Outcome outcome = transactions.run(seller, () -> decideAndWrite(seller, heard, false));
            faults.reach(Point.CP05_AFTER_COMMIT);
            return outcome;
        } catch (Transactions.UnknownCommit e) {
            log.warn("payment {}: {}; reading again by key", heard.paymentId(), e.getMessage());
            return inbox.fate(seller, heard).isPresent()
                    ? new Outcome(false, "committed")
                    : keepForLater(seller, heard, "commit unknown");
        } catch (CannotCreateTransactionException | DataAccessResourceFailureException e) {
            throw e; // no database: nothing can be kept either, and the provider must hear so soon
        } catch (RuntimeException e) {
            log.info("payment {}: not decided now ({}), kept and decided by a task", heard.paymentId(), e.toString());
            return keepForLater(seller, heard, "decision failed");
        }
    }

    /** The notification alone is made durable; a task decides. */
    private Outcome keepForLater(SellerId seller, Heard heard, String why) {
        Outcome outcome = transactions.run(seller, () -> {
            if (!inbox.remember(seller, heard, Fate.WAITING)) {
                return new Outcome(true, "same body heard before");
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

    private Outcome decideAndWrite(SellerId seller, Heard heard, boolean kept) {
        boolean firstSeen = false;
        Optional<Payment> known = payments.lock(seller, heard.paymentId());
        if (known.isEmpty()) {
            firstSeen = payments.add(
                    placing.firstSeen(seller, heard), clock.instant().plus(settings.sweepFirst()));
            known = payments.lock(seller, heard.paymentId());
        }
        Payment payment = known.orElseThrow();
        Optional<Order> order = Optional.ofNullable(payment.orderId()).flatMap(id -> orders.lock(seller, id));
        Decision decision = decide(order.orElse(null), payment, heard, facts(order, heard), firstSeen);
        boolean mine =
                kept ? inbox.settle(seller, heard, decision.fate()) : inbox.remember(seller, heard, decision.fate());
        if (!mine) {
            timeline.append(seller, trigger(heard, Event.ABSORBED + ": same body decided meanwhile"));
            return new Outcome(true, "same body heard before");
        }
        write(seller, order.orElse(null), payment, heard, decision, kept);
        faults.reach(Point.CP04_BEFORE_COMMIT);
        return new Outcome(false, decision.what());
    }

    /** Reads, under lock, what the decision depends on. */
    private Facts facts(Optional<Order> order, Heard heard) {
        boolean maySettle = order.isPresent() && (heard.isSettled() || heard.status() == ProviderStatus.REFUNDED);
        Optional<Seat> seat = maySettle
                ? order.map(o -> grants.lockSeat(o.seller(), o.channelId(), o.telegramUserId()))
                : Optional.empty();
        WayIn wayIn = order.filter(o -> heard.isSettled() && o.paidBy() == null)
                .flatMap(o -> catalog.channel(o.seller(), o.channelId())
                        .map(channel -> pool.wayIn(channel, o.telegramUserId())))
                .orElseGet(() -> new WayIn.Standing(false));
        return new Facts(
                clock.instant(),
                seat.orElse(null),
                wayIn,
                Optional.ofNullable(heard.outcome())
                        .flatMap(money -> rates.fresh(money.asset()))
                        .orElse(null),
                settings.underpaidTolerancePercent(),
                settings.confirmAboveUsd().orElse(null),
                ids.next());
    }

    /** Pure: no clock, no database, no HTTP. Every state meets every notification here. */
    static Decision decide(@Nullable Order order, Payment payment, Heard heard, Facts facts, boolean firstSeen) {
        var terms = new PaymentRules.Terms(
                order == null ? null : order.price(), payment.payAmount(), facts.tolerancePercent());
        String hold = order == null ? Optional.ofNullable(payment.hold()).orElse(Why.UNKNOWN_ORDER) : payment.hold();
        Decision decision = switch (PaymentRules.apply(payment.state(), hold, heard, terms)) {
            case Transition.Repeated() ->
                firstSeen && hold != null ? Decision.kept(hold, Fate.CASE) : Decision.absorbed("nothing new");
            case Transition.NotUnderstood() ->
                Decision.kept("not understood: " + heard.statusWord(), Fate.NOT_UNDERSTOOD);
            case Transition.Refused(String why) -> askWhy(Decision.kept(why, Fate.CASE), why, payment, heard);
            case Transition.Moved(Paid paid) ->
                order == null ? held(Why.UNKNOWN_ORDER, payment, heard) : paid(order, payment, paid, heard, facts);
            case Transition.Moved(Held(String why)) -> held(why, payment, heard);
            case Transition.Moved(PartiallyPaid partly) ->
                askWhy(Decision.move(partly), Why.UNDERPAID, payment, heard)
                        .suspend(Optional.ofNullable(heard.outcome()), payment.suspended());
            case Transition.Moved(Refunded refunded) -> Decision.move(refunded).endGrant();
            case Transition.Moved(var next) -> Decision.move(next);
        };
        return firstSeen && hold != null && decision.cases().isEmpty()
                ? askWhy(decision, hold, payment, heard)
                : decision;
    }

    private static Decision paid(Order order, Payment payment, Paid paid, Heard heard, Facts facts) {
        if (order.paidBy() != null) {
            return held(Why.PAID_TWICE, payment, heard);
        }
        if (mustConfirm(order, heard, facts.confirmAbove())) {
            return Decision.kept("the provider is asked before granting", Fate.APPLIED)
                    .owe(Work.confirm(payment.id()));
        }
        Decision decision = Decision.move(paid).grant(grant(order, payment, facts), facts.wayIn());
        decision = accrue(decision, order, payment, paid, facts);
        decision = decision.owe(facts.wayIn().owedTo(facts.grantId())).owe(Work.tellSeller(payment.id()));
        Seat seat = facts.seat();
        if (seat != null && seat.requestUpdateId() != null) {
            decision = decision.owe(
                    Effects.approve(order.channelId(), order.telegramUserId(), "update-" + seat.requestUpdateId()));
        }
        if (facts.now().isAfter(order.expiresAt())) {
            decision = askWhy(decision, Why.PAID_LATE, payment, heard);
        }
        return isOverpaid(payment, heard, paid, facts) ? askWhy(decision, Why.OVERPAID, payment, heard) : decision;
    }

    private static Grant grant(Order order, Payment payment, Facts facts) {
        Seat seat = facts.seat();
        var span = Grant.Span.following(seat == null ? null : seat.entitledUntil(), facts.now(), order.days());
        return new Grant(
                order.seller(),
                facts.grantId(),
                order.id(),
                payment.id(),
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
        Decision settled = decision.book(Line.settlement(outcome, payment.suspended()));
        return facts.rate() == null
                ? settled.owe(Work.accrue(payment.id()))
                : settled.book(Line.accrual(outcome, facts.rate(), order.feePercent()));
    }

    private static Decision held(String why, Payment payment, Heard heard) {
        return askWhy(Decision.move(new Held(why)), why, payment, heard)
                .suspend(Optional.ofNullable(heard.outcome()), payment.suspended());
    }

    private static boolean mustConfirm(Order order, Heard heard, @Nullable BigDecimal confirmAbove) {
        return confirmAbove != null
                && heard.trigger().cause() == Cause.IPN
                && order.price().amount().compareTo(confirmAbove) > 0;
    }

    /** More than asked, by more than the tolerance. */
    private static boolean isOverpaid(Payment payment, Heard heard, Paid paid, Facts facts) {
        Money asked = payment.payAmount() != null ? payment.payAmount() : heard.payAmount();
        return asked != null && paid.received().isMoreThanPercentOf(ONE_HUNDRED.add(facts.tolerancePercent()), asked);
    }

    private static Decision askWhy(Decision decision, String why, Payment payment, Heard heard) {
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
        return decision.ask(new Case.Draft(why, Event.payment(payment.id()), payment.id(), payment.orderId(), detail));
    }

    private static void putMoney(Map<String, String> detail, String name, @Nullable Money money) {
        if (money != null) {
            detail.put(name, money.toString());
        }
    }

    /** Writes a decision; the one place where the flow changes anything. */
    private void write(
            SellerId seller, @Nullable Order order, Payment payment, Heard heard, Decision decision, boolean kept) {
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
        if (decision.endsGrant()) {
            grants.endOfPayment(seller, payment.id(), "refunded").forEach(grant -> {
                pool.retireOf(grant, "its grant has ended");
                events.add(event(heard, "grant_ended", Map.of("grant", grant.handle())));
            });
            ledger.book(seller, subject, Line.reversal(ledger.of(seller, subject)));
        }
        ledger.book(seller, subject, decision.journal());
        decision.cases().forEach(draft -> cases.open(seller, draft));
        tasks.owe(seller, decision.owed());
        timeline.append(seller, events);
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

    private static String key(Heard heard) {
        return heard.paymentId() + ":" + java.util.HexFormat.of().formatHex(NotificationInbox.digest(heard.body()));
    }
}
