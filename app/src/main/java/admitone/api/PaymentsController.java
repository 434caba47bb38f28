package admitone.api;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.Reason;
import admitone.api.Views.CaseView;
import admitone.api.Views.GrantView;
import admitone.api.Views.JournalLine;
import admitone.api.Views.PaymentSummary;
import admitone.api.Views.PaymentView;
import admitone.api.Views.TaskRef;
import admitone.audit.Verdict;
import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.Refunds;
import admitone.fulfillment.Work;
import admitone.ledger.Ledger;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Paid;
import admitone.payments.Payments;
import admitone.payments.PublicStatus;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/payments")
@Tag(name = "Payments", description = "What the provider told of a payment, and all that came of it")
class PaymentsController {
    private final Payments payments;
    private final Orders orders;
    private final Grants grants;
    private final Ledger ledger;
    private final Cases cases;
    private final CaseDecisions decisions;
    private final Refunds refunds;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Idempotency idempotency;
    private final Clock clock;

    PaymentsController(
            Payments payments,
            Orders orders,
            Grants grants,
            Ledger ledger,
            Cases cases,
            CaseDecisions decisions,
            Refunds refunds,
            Tasks tasks,
            Timeline timeline,
            Idempotency idempotency,
            Clock clock) {
        this.payments = payments;
        this.orders = orders;
        this.grants = grants;
        this.ledger = ledger;
        this.cases = cases;
        this.decisions = decisions;
        this.refunds = refunds;
        this.tasks = tasks;
        this.timeline = timeline;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @GetMapping("/{paymentId}")
    @Operation(summary = "A payment with its grant, journal lines and cases")
    PaymentView one(Caller caller, @PathVariable String paymentId) {
        Payment payment = payment(caller, paymentId);
        SellerId seller = payment.seller();
        Instant now = clock.instant();
        return PaymentView.of(
                payment,
                Optional.ofNullable(payment.orderId())
                        .flatMap(id -> orders.find(seller, id))
                        .map(Order::price)
                        .orElse(null),
                granted(payment).map(grant -> GrantView.of(grant, now)).orElse(null),
                ledger.of(seller, Event.payment(paymentId)).stream()
                        .map(line -> JournalLine.of(seller, line))
                        .toList(),
                cases.ofPayment(seller, paymentId).stream()
                        .map(one -> CaseView.of(seller, one, decisions.possible(seller, one)))
                        .toList());
    }

    @GetMapping
    @Operation(summary = "Payments, newest first; status is the public word, such as confirmed")
    Page<PaymentSummary> list(
            Caller caller,
            @RequestParam Optional<String> status,
            @RequestParam(name = "seller_id") Optional<String> sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        int most = Params.limit(limit);
        List<Payment> rows = payments.page(
                Params.seller(caller, sellerId),
                status.map(PaymentsController::status),
                Page.after(cursor, parts -> new Payments.Key(Instant.parse(parts[0]), parts[1])),
                most + 1);
        return Page.of(
                rows, most, payment -> List.of(payment.createdAt().toString(), payment.id()), PaymentSummary::of);
    }

    private static PublicStatus status(String word) {
        return Arrays.stream(PublicStatus.values())
                .filter(status -> status.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Problem.invalid(
                        "status",
                        "must be one of "
                                + Arrays.stream(PublicStatus.values())
                                        .map(PublicStatus::word)
                                        .collect(Collectors.joining(", "))));
    }

    record TimelineView(
            String paymentId,
            String verdict,
            int triggers,
            int absorbed,
            EffectsView effects,
            List<EventView> events) {}

    record EffectsView(int grants, int accruals, String accruedUsd, int messages, boolean admitted) {}

    record EventView(Instant at, String kind, String cause, String source, Map<String, String> detail) {
        static EventView of(Event event) {
            return new EventView(event.at(), event.kind(), event.cause(), event.source(), event.detail());
        }
    }

    @GetMapping("/{paymentId}/timeline")
    @Operation(summary = "What happened to a payment, in order, with causes, and the verdict")
    TimelineView timeline(Caller caller, @PathVariable String paymentId) {
        Payment payment = payment(caller, paymentId);
        SellerId seller = payment.seller();
        List<Event> events = events(payment);
        List<Grant> granted = granted(payment).stream().toList();
        Verdict verdict = Verdict.of(
                payment.state(),
                events,
                granted,
                ledger.of(seller, Event.payment(paymentId)),
                cases.ofPayment(seller, paymentId),
                clock.instant());
        return new TimelineView(
                paymentId,
                verdict.sentence(),
                verdict.triggers(),
                verdict.absorbed(),
                new EffectsView(
                        verdict.effects().grants(),
                        verdict.effects().accruals(),
                        verdict.effects().accrued().text(),
                        verdict.effects().messages(),
                        verdict.effects().admitted()),
                events.stream().map(EventView::of).toList());
    }

    /** What it paid for, alone or with others. */
    private Optional<Grant> granted(Payment payment) {
        Optional<Grant> own = grants.ofPayment(payment.seller(), payment.id());
        return own.isEmpty() && payment.state() instanceof Paid && payment.orderId() != null
                ? grants.ofOrder(payment.seller(), payment.orderId())
                : own;
    }

    /** The payment's own, and those of its order that tell how it was made. */
    private List<Event> events(Payment payment) {
        List<Event> all = new ArrayList<>();
        if (payment.orderId() != null) {
            timeline.of(payment.seller(), Event.order(payment.orderId())).stream()
                    .filter(event -> event.detail()
                            .getOrDefault("payment_id", payment.id())
                            .equals(payment.id()))
                    .forEach(all::add);
        }
        all.addAll(timeline.of(payment.seller(), Event.payment(payment.id())));
        all.sort(Comparator.comparing(Event::at));
        return all;
    }

    @PostMapping("/{paymentId}/look")
    @Operation(summary = "Ask the provider about a payment now; what it says is taken in like a notification")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = TaskRef.class)))
    ResponseEntity<byte[]> look(Caller caller, HttpServletRequest request, @PathVariable String paymentId) {
        Optional<SellerId> known = payments.sellerOf(paymentId);
        if (known.isEmpty() && (!caller.isOperator() || !paymentId.matches("[A-Za-z0-9_-]{1,64}"))) {
            throw Problem.notFound();
        }
        SellerId owner = caller.require(known.orElse(SellerId.PLATFORM));
        return idempotency.once(caller, request, owner, seller -> {
            var look = Work.look(paymentId);
            tasks.oweAgain(seller, look);
            return tasks.ofSubject(seller, look.subject()).stream()
                    .filter(task -> task.kind().equals(look.kind()))
                    .map(task -> Answer.accepted(new TaskRef(new Handle(Handle.TASK, seller, task.id()).toString())))
                    .findFirst()
                    .orElseThrow();
        });
    }

    @PostMapping("/{paymentId}/sweep")
    @Operation(summary = "Give the sweep's next turn to this payment")
    ResponseEntity<byte[]> sweep(Caller caller, HttpServletRequest request, @PathVariable String paymentId) {
        SellerId owner = caller.require(payments.sellerOf(paymentId).orElseThrow(Problem::notFound));
        return idempotency.once(caller, request, owner, seller -> {
            payments.askNow(seller, paymentId, clock.instant());
            return Answer.accepted(Map.of("payment_id", paymentId));
        });
    }

    @PostMapping("/{paymentId}/refund")
    @Operation(
            summary =
                    "Say that a payment was given back by hand: the grant ends, what was booked is taken back; where a payout has"
                            + " claimed it, a case refund_after_payout asks who bears it. The provider sends nothing back by itself")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = RefundView.class)))
    ResponseEntity<byte[]> refund(
            Caller caller, HttpServletRequest request, @PathVariable String paymentId, @RequestBody Reason reason) {
        Payment payment = payment(caller, paymentId);
        return idempotency.once(caller, request, payment.seller(), seller -> {
            try {
                if (!refunds.record(seller, paymentId, reason.reason(), caller.isOperator() ? "operator" : "seller")) {
                    throw Problem.conflict(
                            "nothing_to_give_back", "Nothing has arrived by this payment that could be given back.");
                }
            } catch (DecisionRefused e) {
                throw Problem.conflict(e.code(), String.valueOf(e.getMessage()));
            }
            return Answer.ok(new RefundView(paymentId, "refunded"));
        });
    }

    record RefundView(String paymentId, String status) {}

    private Payment payment(Caller caller, String paymentId) {
        SellerId seller = caller.require(payments.sellerOf(paymentId).orElseThrow(Problem::notFound));
        return payments.find(seller, paymentId).orElseThrow(Problem::notFound);
    }
}
