package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewRefund;
import admitone.api.Requests.PayoutLimits;
import admitone.api.Requests.PayoutSwitch;
import admitone.api.Requests.Reason;
import admitone.catalog.Catalog;
import admitone.payments.Payments;
import admitone.payouts.Payout;
import admitone.payouts.Payout.HeldBy;
import admitone.payouts.Payout.To;
import admitone.payouts.PayoutFlow;
import admitone.payouts.PayoutMaking;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.Payouts;
import admitone.payouts.Receivers;
import admitone.payouts.RefundMaking;
import admitone.payouts.Safeguards;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE)
@Tag(
        name = "Payouts",
        description =
                "Money on its way to sellers, or back to buyers: each claims exact journal lines and is paid once")
class PayoutsController {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Set<String> STATES = Set.of(
            "held",
            "awaiting_approval",
            "approved",
            "creating",
            "created",
            "verifying",
            "sent",
            "failed",
            "finished",
            "rejected",
            "cancelled",
            "released");

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final PayoutMaking making;
    private final RefundMaking refunds;
    private final Payments payments;
    private final Places places;
    private final Safeguards safeguards;
    private final Receivers receivers;
    private final Catalog catalog;
    private final Timeline timeline;
    private final Idempotency idempotency;

    PayoutsController(
            Payouts payouts,
            PayoutFlow flow,
            PayoutMaking making,
            RefundMaking refunds,
            Payments payments,
            Places places,
            Safeguards safeguards,
            Receivers receivers,
            Catalog catalog,
            Timeline timeline,
            Idempotency idempotency) {
        this.payouts = payouts;
        this.flow = flow;
        this.making = making;
        this.refunds = refunds;
        this.payments = payments;
        this.places = places;
        this.safeguards = safeguards;
        this.receivers = receivers;
        this.catalog = catalog;
        this.timeline = timeline;
        this.idempotency = idempotency;
    }

    record PayoutView(
            String payoutId,
            String sellerId,

            @Schema(description = "payout: to the seller; refund: back to a buyer")
            String kind,

            @Schema(description = "the payment that a refund gives back") @Nullable
            String paymentId,

            @Schema(
                    description =
                            "held, awaiting_approval, approved, creating, created, verifying, sent, failed, finished, rejected, cancelled or released")
            String state,

            @Schema(
                    description =
                            "such as short_of_coin, its_turn, not_whitelisted, below_minimum, being_checked; null: nothing")
            @Nullable
            String waitsFor,

            @Schema(description = "what of the claimed lines is paid; with fee_usd it is their sum")
            String amountUsd,

            String feeUsd,
            String coinAmount,
            String coin,

            @Schema(
                    description =
                            "USD for one of the coin; one of another coin than a stable one is sent within a day of it, or made anew")
            String rate,

            Instant rateAt,
            String address,

            @Schema(description = "of the seller's address; null: it is a buyer's") @Nullable
            Integer destinationVersion,

            String madeBy,
            Instant madeAt,
            @Nullable String approvedBy,
            @Nullable String heldBy,

            @Schema(description = "told to the operator alone") @Nullable
            String heldWhy,

            @Nullable Instant endedAt,
            @Nullable String hash,

            @Schema(description = "what a person or the provider said of it; told to the operator alone") @Nullable
            String reason) {}

    private PayoutView view(Caller caller, Payout payout) {
        var to = receivers.of(payout);
        @Nullable String refundOf = payout.to() instanceof To.Buyer(String paymentId) ? paymentId : null;
        return new PayoutView(
                payout.handle(),
                payout.seller().value(),
                refundOf == null ? "payout" : "refund",
                refundOf,
                payout.status(),
                payout.waitsFor(),
                payout.amount().text(),
                payout.fee().text(),
                payout.coins().text(),
                payout.coins().asset().code(),
                payout.rate().usd().stripTrailingZeros().toPlainString(),
                payout.rate().at(),
                to.place().address(),
                to.version(),
                payout.madeBy(),
                payout.madeAt(),
                payout.approvedBy(),
                payout.held() == null ? null : payout.held().by(),
                payout.held() == null || !caller.isOperator()
                        ? null
                        : payout.held().why(),
                payout.endedAt(),
                payout.hash(),
                caller.isOperator() ? payout.reason() : null);
    }

    @GetMapping("/payouts")
    @Operation(summary = "Payouts, newest first")
    Page<PayoutView> list(
            Caller caller,
            @RequestParam Optional<String> state,
            @RequestParam(name = "seller_id") Optional<String> sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        if (state.isPresent() && !STATES.contains(state.get())) {
            throw Problem.invalid(
                    "state",
                    "must be one of "
                            + String.join(", ", STATES.stream().sorted().toList()));
        }
        int most = Params.limit(limit);
        Optional<SellerId> seller = Params.seller(caller, sellerId);
        Optional<UUID> before = Page.after(cursor, parts -> UUID.fromString(parts[0]));
        return Page.of(
                payouts.list(seller, state, before, most + 1),
                most,
                payout -> List.of(payout.id().toString()),
                payout -> view(caller, payout));
    }

    record AttemptView(
            int number,
            String externalId,
            Instant calledAt,
            @Nullable String batchId,
            int codes,
            @Nullable Instant verifiedAt,
            @Nullable String providerStatus,
            @Nullable String hash,
            @Nullable Instant endedAt) {
        static AttemptView of(Payouts.Tried one) {
            return new AttemptView(
                    one.number(),
                    one.externalId(),
                    one.calledAt(),
                    one.batchId(),
                    one.codes(),
                    one.verifiedAt(),
                    one.word(),
                    one.hash(),
                    one.endedAt());
        }
    }

    record EventView(Instant at, String kind, String cause, String source, Map<String, String> detail) {
        /** What the provider says of the account is the operator's to know. */
        static EventView of(Caller caller, Event event) {
            Map<String, String> detail = new LinkedHashMap<>(event.detail());
            if (!caller.isOperator()) {
                detail.remove("reason");
            }
            return new EventView(event.at(), event.kind(), event.cause(), event.source(), detail);
        }
    }

    record WholePayoutView(PayoutView payout, List<AttemptView> attempts, List<EventView> events) {}

    @GetMapping("/payouts/{payoutId}")
    @Operation(summary = "A payout with the batches made for it and what happened to it")
    WholePayoutView one(Caller caller, @PathVariable String payoutId) {
        Payout payout = payout(caller, payoutId);
        return new WholePayoutView(
                view(caller, payout),
                payouts.attempts(payout.seller(), payout.id()).stream()
                        .map(AttemptView::of)
                        .toList(),
                timeline.of(payout.seller(), "payout:" + payout.id()).stream()
                        .map(event -> EventView.of(caller, event))
                        .toList());
    }

    @PostMapping("/payouts/{payoutId}/approve")
    @Operation(summary = "Approve a payout (operator)")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> approve(Caller caller, HttpServletRequest request, @PathVariable String payoutId) {
        return act(caller, request, payoutId, null, flow::approve);
    }

    @PostMapping("/payouts/{payoutId}/hold")
    @Operation(summary = "Stop a payout that is not verified yet (operator)")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> hold(
            Caller caller, HttpServletRequest request, @PathVariable String payoutId, @RequestBody Reason why) {
        return act(caller, request, payoutId, why.reason(), flow::hold);
    }

    @PostMapping("/payouts/{payoutId}/resume")
    @Operation(summary = "Let a payout on hold go on from where it was (operator)")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> resume(
            Caller caller, HttpServletRequest request, @PathVariable String payoutId, @RequestBody Reason why) {
        return act(caller, request, payoutId, why.reason(), flow::letGo);
    }

    @PostMapping("/payouts/{payoutId}/release")
    @Operation(
            summary =
                    "Give a payout that failed back to the balance (operator). Only when the provider has said that it"
                            + " will not send it. Of one on hold that has not failed it is the same as resume")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> release(
            Caller caller, HttpServletRequest request, @PathVariable String payoutId, @RequestBody Reason why) {
        return act(
                caller,
                request,
                payoutId,
                why.reason(),
                (seller, id, by) -> payouts.find(seller, id).orElseThrow().isHeld()
                        ? flow.letGo(seller, id, by)
                        : flow.release(seller, id, by));
    }

    @PostMapping("/payouts/{payoutId}/cancel")
    @Operation(summary = "Call off a payout of which the provider knows nothing; the balance has it again (operator)")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> cancel(
            Caller caller, HttpServletRequest request, @PathVariable String payoutId, @RequestBody Reason why) {
        return act(caller, request, payoutId, why.reason(), flow::cancel);
    }

    private interface Deed {
        PayoutFlow.Outcome does(SellerId seller, UUID id, PayoutFlow.By by);
    }

    private ResponseEntity<byte[]> act(
            Caller caller, HttpServletRequest request, String payoutId, @Nullable String reason, Deed deed) {
        caller.requireOperator();
        Payout payout = payout(caller, payoutId);
        return idempotency.once(caller, request, payout.seller(), seller -> {
            var outcome = deed.does(seller, payout.id(), new PayoutFlow.By(caller.cause(), caller.name(), reason));
            if (outcome.refused() != null) {
                throw Problem.conflict("not_possible", outcome.refused());
            }
            return Answer.ok(view(caller, outcome.payout()));
        });
    }

    @PostMapping("/sellers/{sellerId}/payouts")
    @Operation(summary = "Pay a seller now all that is payable, whatever their threshold is (operator)")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> make(Caller caller, HttpServletRequest request, @PathVariable String sellerId) {
        caller.requireOperator();
        SellerId seller = seller(caller, sellerId);
        return idempotency.keep(caller, request, seller, () -> answer(caller, making.byHand(seller, caller.name())));
    }

    @PostMapping("/payments/{paymentId}/refund/payout")
    @Operation(
            summary = "Give a payment back to its buyer by a payout",
            description =
                    "What the payment brought, or what is set aside of it, is reserved at once, and the payout waits for the operator's approval. When it has"
                            + " arrived the payment counts as refunded: its grant ends, what was booked is taken back. Should it"
                            + " come to nothing, all is as before.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = PayoutView.class)))
    ResponseEntity<byte[]> giveBack(
            Caller caller, HttpServletRequest request, @PathVariable String paymentId, @RequestBody NewRefund wanted) {
        SellerId seller = caller.require(payments.sellerOf(paymentId).orElseThrow(Problem::notFound));
        if (payments.find(seller, paymentId).isEmpty()) {
            throw Problem.notFound();
        }
        return idempotency.keep(caller, request, seller, () -> {
            var network = places.require(wanted.place(), "").network();
            return answer(
                    caller,
                    refunds.ask(
                            seller,
                            new RefundMaking.Wanted(paymentId, wanted.place(), network, wanted.amount()),
                            new PayoutFlow.By(caller.cause(), caller.name(), wanted.reason())));
        });
    }

    private Answer answer(Caller caller, Made made) {
        return switch (made) {
            case Made.Done(Payout payout) -> Answer.created(view(caller, payout));
            case Made.NotDue(String code, String reason) -> throw Problem.conflict(code, reason);
            case Made.NotNow(String reason) -> throw Problem.notNow("not_now", reason, SOON);
        };
    }

    /** @param on false: nothing goes out */
    record SwitchView(
            boolean on,
            @Nullable String by,
            @Nullable String reason,

            @Schema(
                    description =
                            "of a restore since which nobody has said that switches, limits and addresses are right: each new payout needs an approval, by whatever limits, until the switch of all is set to on")
            @Nullable
            Instant restoredAt) {}

    private SwitchView switchOf(@Nullable HeldBy held) {
        return new SwitchView(
                held == null,
                held == null ? null : held.by(),
                held == null ? null : held.why(),
                safeguards.restoredAt().orElse(null));
    }

    @GetMapping("/payouts/switch")
    @Operation(summary = "Whether payouts of all sellers go on (operator)")
    SwitchView all(Caller caller) {
        caller.requireOperator();
        return switchOf(safeguards.of(SellerId.PLATFORM).held());
    }

    @PutMapping("/payouts/switch")
    @Operation(summary = "Stop the payouts of all sellers, or let them go on (operator)")
    SwitchView switchAll(Caller caller, @RequestBody PayoutSwitch wanted) {
        caller.requireOperator();
        return turn(SellerId.PLATFORM, wanted, caller);
    }

    @PutMapping("/sellers/{sellerId}/payouts/switch")
    @Operation(summary = "Stop the payouts of a seller, or let them go on (operator)")
    SwitchView switchOne(Caller caller, @PathVariable String sellerId, @RequestBody PayoutSwitch wanted) {
        caller.requireOperator();
        return turn(seller(caller, sellerId), wanted, caller);
    }

    private SwitchView turn(SellerId seller, PayoutSwitch wanted, Caller caller) {
        flow.turn(
                seller,
                wanted.on() ? null : new HeldBy(caller.name(), wanted.reason()),
                Boolean.TRUE.equals(wanted.endsStop()),
                new PayoutFlow.By(caller.cause(), caller.name(), wanted.reason()));
        return switchOf(safeguards.of(seller).held());
    }

    record LimitsView(
            SwitchView payouts,

            @Schema(description = "manual: a person approves each; auto: nobody needs to, up to the limits")
            String approval,

            String eachUsd,

            @Schema(description = "of all in 24 hours") String dayUsd,

            @Schema(description = "of all to one destination in 30 days")
            String destinationUsd) {}

    private LimitsView limitsOf(SellerId seller) {
        Safeguards.Guarded guarded = safeguards.of(seller);
        return new LimitsView(
                switchOf(guarded.held()),
                guarded.approval().name().toLowerCase(Locale.ROOT),
                guarded.limits().each().text(),
                guarded.limits().day().text(),
                guarded.limits().destination().text());
    }

    @GetMapping("/sellers/{sellerId}/payouts/limits")
    @Operation(summary = "Whether a seller's payouts go on, and up to what nobody needs to approve them")
    LimitsView limits(Caller caller, @PathVariable String sellerId) {
        return limitsOf(seller(caller, sellerId));
    }

    @PutMapping("/sellers/{sellerId}/payouts/limits")
    @Operation(summary = "Set up to what nobody needs to approve a seller's payouts (operator)")
    LimitsView limits(Caller caller, @PathVariable String sellerId, @RequestBody PayoutLimits wanted) {
        caller.requireOperator();
        SellerId seller = seller(caller, sellerId);
        flow.limit(
                seller,
                wanted.approval(),
                new Safeguards.Limits(wanted.eachUsd(), wanted.dayUsd(), wanted.destinationUsd()),
                new PayoutFlow.By(caller.cause(), caller.name(), null));
        return limitsOf(seller);
    }

    private SellerId seller(Caller caller, String sellerId) {
        SellerId seller = Params.seller(caller, sellerId);
        if (catalog.seller(seller).isEmpty()) {
            throw Problem.notFound();
        }
        return seller;
    }

    private Payout payout(Caller caller, String payoutId) {
        Handle handle = Params.handle(caller, Payout.HANDLE, payoutId);
        return payouts.find(handle.seller(), handle.id()).orElseThrow(Problem::notFound);
    }
}
