package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.CaseDecision;
import admitone.api.Views.CaseView;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.Cases.OfSeller;
import admitone.cases.DecisionRefused;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Outcome;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/cases")
@Tag(name = "Cases", description = "What a person must decide")
class CasesController {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Cases cases;
    private final CaseDecisions decisions;
    private final Idempotency idempotency;

    CasesController(Cases cases, CaseDecisions decisions, Idempotency idempotency) {
        this.cases = cases;
        this.decisions = decisions;
        this.idempotency = idempotency;
    }

    @GetMapping
    @Operation(summary = "Cases, newest first; state is open or decided, both when left out")
    Page<CaseView> list(
            Caller caller,
            @RequestParam Optional<String> state,
            @RequestParam(name = "seller_id") Optional<String> sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        if (state.isPresent() && !state.get().equals("open") && !state.get().equals("decided")) {
            throw Problem.invalid("state", "must be open or decided");
        }
        int most = Params.limit(limit);
        Optional<SellerId> seller = Params.seller(caller, sellerId);
        Optional<UUID> before = Page.after(cursor, parts -> UUID.fromString(parts[0]));
        List<OfSeller> rows = seller.isPresent()
                ? cases.list(seller.get(), state, before, most + 1).stream()
                        .map(one -> new OfSeller(seller.get(), one))
                        .toList()
                : cases.listAll(state, before, most + 1);
        return Page.of(
                rows, most, row -> List.of(row.one().id().toString()), row -> view(caller, row.seller(), row.one()));
    }

    @GetMapping("/{caseId}")
    @Operation(summary = "A case")
    CaseView one(Caller caller, @PathVariable String caseId) {
        Handle handle = Params.handle(caller, Handle.CASE, caseId);
        return cases.find(handle.seller(), handle.id())
                .map(one -> view(caller, handle.seller(), one))
                .orElseThrow(Problem::notFound);
    }

    @PostMapping("/{caseId}/decide")
    @Operation(summary = "Decide a case, once; who decided and why is kept")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = CaseView.class)))
    ResponseEntity<byte[]> decide(
            Caller caller, HttpServletRequest request, @PathVariable String caseId, @RequestBody CaseDecision draft) {
        Handle handle = Params.handle(caller, Handle.CASE, caseId);
        Case one = cases.find(handle.seller(), handle.id()).orElseThrow(Problem::notFound);
        var asked = new CaseDecisions.Asked(
                draft.decision(), draft.reason(), draft.orderId(), caller.cause(), caller.name());
        boolean mayDecide = caller.isOperator() || !decisions.isForOperator(one);
        try {
            return idempotency.once(
                    caller,
                    request,
                    handle.seller(),
                    seller -> {
                        if (mayDecide) {
                            decisions.before(seller, handle.id(), asked);
                        }
                    },
                    seller -> switch (decisions.decide(seller, handle.id(), asked)) {
                        case Outcome.Decided(Case decided) -> Answer.ok(view(caller, seller, decided));
                        case Outcome.Refused(String code, String reason) -> throw refused(code, reason);
                    });
        } catch (DecisionRefused e) { // it came through the transaction, which is rolled back
            String why = String.valueOf(e.getMessage());
            throw e.code().equals(DecisionRefused.NOT_NOW)
                    ? Problem.notNow(e.code(), why, SOON)
                    : Problem.conflict(e.code(), why);
        }
    }

    private static Problem refused(String code, String reason) {
        return switch (code) {
            case CaseDecisions.ALREADY_DECIDED, "order_paid" -> Problem.conflict(code, reason);
            default -> Problem.unprocessable(code, reason);
        };
    }

    private CaseView view(Caller caller, SellerId seller, Case one) {
        boolean mayDecide = caller.isOperator() || !decisions.isForOperator(one);
        return CaseView.of(seller, one, mayDecide ? decisions.possible(seller, one) : List.of());
    }
}
