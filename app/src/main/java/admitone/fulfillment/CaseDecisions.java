package admitone.fulfillment;

import admitone.access.Grants;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.SecondPayment.Became;
import admitone.fulfillment.Ruling.About;
import admitone.fulfillment.Ruling.Extension;
import admitone.fulfillment.Subjects.Subject;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What a person decides in a case, once: the case is decided in the commit of what it does. Money that waited is granted or
 * extends the buyer's time by the same writing as any payment, or stays set aside.
 */
@Component
public class CaseDecisions {
    /** The code of what is refused since somebody was quicker. */
    public static final String ALREADY_DECIDED = "already_decided";

    private static final String OPERATOR = "operator";

    private final Cases cases;
    private final Map<String, CaseDecider> deciders;
    private final Payments payments;
    private final Orders orders;
    private final Grants grants;
    private final Subjects subjects;
    private final Fulfillment fulfillment;
    private final Refunds refunds;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Ids ids;
    private final Settings settings;
    private final Clock clock;

    CaseDecisions(
            Cases cases,
            List<CaseDecider> deciders,
            Payments payments,
            Orders orders,
            Grants grants,
            Subjects subjects,
            Fulfillment fulfillment,
            Refunds refunds,
            Tasks tasks,
            Timeline timeline,
            Ids ids,
            Settings settings,
            Clock clock) {
        this.cases = cases;
        this.deciders = deciders.stream().collect(Collectors.toMap(CaseDecider::kind, Function.identity()));
        this.payments = payments;
        this.orders = orders;
        this.grants = grants;
        this.subjects = subjects;
        this.fulfillment = fulfillment;
        this.refunds = refunds;
        this.tasks = tasks;
        this.timeline = timeline;
        this.ids = ids;
        this.settings = settings;
        this.clock = clock;
    }

    /** A decision that is open in a case; {@code needs} are the fields to give with it. */
    public record Possible(String decision, String effect, List<String> needs) {}

    /**
     * What a person says.
     *
     * @param decision {@code grant}, {@code extend}, {@code refunded}, {@code dismiss}, or one of those of the module that asks
     * @param orderId what to grant, where the payment is not its own order's; null otherwise
     * @param cause who decides: {@code operator} or {@code seller}
     * @param by their name
     */
    public record Asked(
            String decision, String reason, @Nullable String orderId, String cause, String by) {}

    public sealed interface Outcome {
        record Decided(Case one) implements Outcome {}

        /** {@code code}: {@code already_decided}, {@code operator_decides}, {@code not_possible}, {@code refund_under_way}, {@code order_unknown}, {@code order_paid}. */
        record Refused(String code, String reason) implements Outcome {}
    }

    /** The decisions that are open in a case; none where it is decided for good. */
    public List<Possible> possible(SellerId seller, Case one) {
        if (isDecided(one)) {
            return List.of();
        }
        CaseDecider decider = deciders.get(one.kind());
        Case.Decided forNow = one.decided();
        boolean isFree = underWay(seller, one).isEmpty();
        return decider != null
                ? decider.decisions().entrySet().stream()
                        .filter(it -> forNow == null || !it.getKey().equals(forNow.decision()))
                        .sorted(Map.Entry.comparingByKey())
                        .map(it -> new Possible(it.getKey(), it.getValue(), List.of()))
                        .toList()
                : Ruling.possible(about(seller, one)).stream()
                        .filter(it -> isFree || it.decision().equals(Ruling.DISMISS))
                        .map(it -> new Possible(it.decision(), it.effect(), it.needs()))
                        .toList();
    }

    /** Why nothing but closing the case can be decided about its payment now. */
    private Optional<String> underWay(SellerId seller, Case one) {
        return one.paymentId() == null || deciders.containsKey(one.kind())
                ? Optional.empty()
                : refunds.underWay(seller, one.paymentId());
    }

    private boolean isDecided(Case one) {
        Case.Decided decided = one.decided();
        return decided != null && !forNow(one).contains(decided.decision());
    }

    private Set<String> forNow(Case one) {
        CaseDecider decider = deciders.get(one.kind());
        return decider == null ? Set.of() : decider.forNow();
    }

    /** Whether the operator alone decides it. */
    public boolean isForOperator(Case one) {
        CaseDecider decider = deciders.get(one.kind());
        return decider != null && decider.isForOperator();
    }

    /** Outside any transaction, before {@link #decide}: what is asked of the outside for it. May run again. */
    public void before(SellerId seller, UUID caseId, Asked asked) {
        Case one = cases.find(seller, caseId).orElseThrow();
        CaseDecider decider = deciders.get(one.kind());
        if (decider != null && !isDecided(one) && decider.decisions().containsKey(asked.decision())) {
            decider.before(seller, one, asked.decision());
        }
    }

    /** Within the current transaction, after {@link #before}. The case must be there. */
    public Outcome decide(SellerId seller, UUID caseId, Asked asked) {
        lock(seller, cases.find(seller, caseId).orElseThrow(), asked);
        Case one = cases.find(seller, caseId).orElseThrow();
        if (isDecided(one)) {
            return decidedBefore();
        }
        if (isForOperator(one) && !asked.cause().equals(OPERATOR)) {
            return new Outcome.Refused("operator_decides", "The operator decides this case: ask them.");
        }
        Optional<String> underWay = underWay(seller, one);
        if (underWay.isPresent() && !asked.decision().equals(Ruling.DISMISS)) {
            return new Outcome.Refused(Refunds.UNDER_WAY, underWay.get());
        }
        List<Possible> possible = possible(seller, one);
        if (possible.stream().noneMatch(it -> it.decision().equals(asked.decision()))) {
            return new Outcome.Refused(
                    "not_possible",
                    "What can be decided in this case: "
                            + possible.stream().map(Possible::decision).collect(Collectors.joining(", "))
                            + ".");
        }
        return deciders.containsKey(one.kind()) ? byItsModule(seller, one, asked) : byRuling(seller, one, asked);
    }

    private static Outcome decidedBefore() {
        return new Outcome.Refused(ALREADY_DECIDED, "This case was decided before.");
    }

    private Outcome byItsModule(SellerId seller, Case one, Asked asked) {
        Optional<Case> decided =
                cases.decide(seller, one.id(), asked.decision(), asked.reason(), asked.by(), forNow(one));
        if (decided.isEmpty()) {
            return decidedBefore();
        }
        Objects.requireNonNull(deciders.get(one.kind())).decided(seller, decided.get(), asked.decision(), asked.by());
        note(seller, one, asked, told(one, asked));
        return new Outcome.Decided(decided.get());
    }

    private Outcome byRuling(SellerId seller, Case one, Asked asked) {
        About about = about(seller, one);
        Optional<Order> target = asked.decision().equals(Ruling.GRANT)
                ? Optional.ofNullable(asked.orderId())
                        .map(id -> orders.find(seller, id))
                        .orElseGet(() -> Optional.ofNullable(about.order()))
                : Optional.empty();
        if (asked.decision().equals(Ruling.GRANT)) {
            if (target.isEmpty()) {
                return new Outcome.Refused(
                        "order_unknown",
                        "Say in order_id which order of this seller the payment is for. For somebody who has none, make one"
                                + " with POST /api/v1/orders.");
            }
            if (target.get().paidBy() != null) {
                return new Outcome.Refused(
                        "order_paid", "That order is paid already. Give one in order_id that nobody has paid.");
            }
        }
        Optional<Case> decided = cases.decide(seller, one.id(), asked.decision(), asked.reason(), asked.by());
        if (decided.isEmpty()) {
            return decidedBefore();
        }
        Map<String, String> told = told(one, asked);
        switch (asked.decision()) {
            case Ruling.GRANT -> grant(about, target.orElseThrow(), asked, told);
            case Ruling.EXTEND -> extend(about, one.id(), asked, told);
            case Ruling.REFUNDED -> refunded(about, asked);
            default -> {
                if (one.kind().equals(Why.UNDERPAID) && about.payment() != null) {
                    payments.dismiss(seller, about.payment().id());
                }
                tellSecond(about, Became.KEPT, null);
            }
        }
        note(seller, one, asked, told);
        return new Outcome.Decided(decided.get());
    }

    private static Map<String, String> told(Case one, Asked asked) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("kind", one.kind());
        told.put("decision", asked.decision());
        told.put("reason", asked.reason());
        return told;
    }

    private void note(SellerId seller, Case one, Asked asked, Map<String, String> told) {
        timeline.append(
                seller, new Event(one.subject(), clock.instant(), "case_decided", asked.cause(), asked.by(), told));
    }

    /** In the order of every decision: what its module has, payments, orders; the case last. A place is locked when it is known whose. */
    private void lock(SellerId seller, Case one, Asked asked) {
        Optional.ofNullable(deciders.get(one.kind())).ifPresent(decider -> decider.lock(seller, one));
        if (one.paymentId() == null) {
            return;
        }
        List<String> about = Stream.of(
                        payments.find(seller, one.paymentId())
                                .map(Payment::orderId)
                                .orElse(null),
                        asked.orderId())
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .distinct()
                .sorted()
                .toList();
        about.forEach(orderId -> payments.lockOfOrder(seller, orderId));
        payments.lock(seller, one.paymentId());
        about.forEach(orderId -> orders.lock(seller, orderId));
    }

    About about(SellerId seller, Case one) {
        Optional<Payment> payment = Optional.ofNullable(one.paymentId()).flatMap(id -> payments.find(seller, id));
        Optional<Order> order = payment.map(Payment::orderId).flatMap(id -> orders.find(seller, id));
        return new About(
                one.kind(),
                payment.orElse(null),
                payment.map(Payment::parentPaymentId)
                        .flatMap(id -> payments.find(seller, id))
                        .orElse(null),
                order.orElse(null),
                order.map(it -> payments.ofOrder(seller, it.id())).orElse(List.of()),
                one.kind().equals(Why.PART_REFUNDED) ? usedDays(seller, one) : 0,
                settings.underpaidTolerancePercent());
    }

    private int usedDays(SellerId seller, Case one) {
        return Optional.ofNullable(one.orderId())
                .flatMap(id -> grants.ofOrder(seller, id))
                .map(grant -> Duration.between(grant.startsAt(), one.openedAt()).toDays())
                .map(days -> Math.toIntExact(Math.max(0, days)))
                .orElse(0);
    }

    private void grant(About about, Order order, Asked asked, Map<String, String> told) {
        Payment payment = bound(Objects.requireNonNull(about.payment()), order);
        Subject subject = subject(payment, order, subjects.parts(payment), asked);
        told.put("order_id", order.id());
        tellSecond(about, Became.TAKEN_FOR_ANOTHER, null);
        fulfillment.write(
                subject,
                Ruling.granted(
                        order,
                        payment,
                        subject.heard(),
                        subjects.facts(List.of(subject)).getFirst()),
                false);
    }

    /** A grant is one per order: the time that is added has an order of its own, one per case. */
    private void extend(About about, UUID caseId, Asked asked, Map<String, String> told) {
        Extension extension = Ruling.extension(about).orElseThrow();
        Order base = Objects.requireNonNull(about.order());
        Order made = new Order(
                base.seller(),
                ids.nextOrderId(base.seller()),
                base.channelId(),
                base.planId(),
                base.telegramUserId(),
                extension.worth(),
                extension.days(),
                base.feePercent(),
                clock.instant(),
                clock.instant(),
                null);
        orders.addOfCase(made, caseId);
        told.put("order_id", made.id());
        told.put(
                "days", extension.days() == null ? "for life" : extension.days().toString());
        Payment payment = about.rest().isEmpty()
                ? Objects.requireNonNull(about.payment())
                : about.rest().getLast();
        boolean waits = !(payment.state() instanceof admitone.payments.PaymentState.Paid);
        Payment its = waits ? bound(payment, made) : payment;
        Subject subject = subject(its, made, List.of(), asked);
        Facts facts = subjects.facts(List.of(subject)).getFirst();
        Decision decision =
                waits ? Ruling.granted(made, its, subject.heard(), facts) : Ruling.extended(made, its, facts);
        fulfillment.write(subject, decision, false);
        settleBeside(about);
        tellSecond(
                about, Became.EXTENDED, Objects.requireNonNull(decision.grant()).endsAt());
    }

    /** What is left of a price becomes time once, whichever of the payments that were given back a person was asked about. */
    private void settleBeside(About about) {
        if (about.rest().isEmpty()) {
            return;
        }
        Payment asked = Objects.requireNonNull(about.payment());
        about.ofOrder()
                .forEach(one -> cases.settle(
                        one.seller(),
                        Event.payment(one.id()),
                        Why.PART_REFUNDED,
                        Ruling.EXTEND,
                        "what is left became time with payment " + asked.id()));
    }

    /** Given back by hand: the payment that waits, or, of a price of which a part was, the others too; nobody is asked about each of those. */
    private void refunded(About about, Asked asked) {
        for (Payment one : about.rest()) {
            refunds.record(one.seller(), one.id(), asked.reason(), asked.by());
            cases.settle(
                    one.seller(),
                    Event.payment(one.id()),
                    Why.PART_REFUNDED,
                    Ruling.REFUNDED,
                    "given back with payment "
                            + Objects.requireNonNull(about.payment()).id());
        }
        if (about.rest().isEmpty()) {
            Payment payment = Objects.requireNonNull(about.payment());
            refunds.record(payment.seller(), payment.id(), asked.reason(), asked.by());
        }
    }

    /** What became of money beside the payment that paid its order; a grant or more time brings a message with the way in besides. */
    private void tellSecond(About about, Became became, @Nullable Instant until) {
        Payment payment = about.payment();
        Order order = about.order();
        if (payment != null && order != null && Fulfillment.isSecond(order, payment)) {
            Work.tellSecond(order, payment, payment.arrived(), became, until)
                    .ifPresent(owed -> tasks.owe(order.seller(), owed));
        }
    }

    private Payment bound(Payment payment, Order order) {
        if (order.id().equals(payment.orderId())) {
            return payment;
        }
        payments.bind(payment, order.id());
        return payments.find(payment.seller(), payment.id()).orElseThrow();
    }

    private Subject subject(Payment payment, Order order, List<Payment> parts, Asked asked) {
        return subjects.placed(new Subject(order.seller(), said(payment, asked), payment, order, parts, false, false));
    }

    /** What we know of the payment, as if it were heard now, from the person. */
    private Heard said(Payment payment, Asked asked) {
        return new Heard(
                payment.id(),
                payment.parentPaymentId(),
                payment.orderId(),
                ProviderStatus.FINISHED,
                payment.providerStatus(),
                null,
                payment.payCurrency(),
                payment.payAmount(),
                arrived(payment),
                payment.outcome(),
                new Trigger(Cause.OPERATOR, asked.by(), clock.instant()),
                new byte[0]);
    }

    /** Where the provider did not tell what came: what it paid out, or nothing that is known. */
    private static Money arrived(Payment payment) {
        return Optional.ofNullable(payment.arrived())
                .orElseGet(() ->
                        Money.zero(Optional.ofNullable(payment.payCurrency()).orElse(Asset.USD)));
    }
}
