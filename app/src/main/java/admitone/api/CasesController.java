package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.CaseDecision;
import admitone.api.Views.CaseView;
import admitone.cases.Cases;
import admitone.cases.Cases.OfSeller;
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
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(ApiFilter.BASE + "/cases")
@Tag(name = "Cases", description = "What a person must decide")
class CasesController {
    private static final String DISMISS = "dismiss";

    private final Cases cases;
    private final Timeline timeline;
    private final Idempotency idempotency;
    private final Clock clock;

    CasesController(Cases cases, Timeline timeline, Idempotency idempotency, Clock clock) {
        this.cases = cases;
        this.timeline = timeline;
        this.idempotency = idempotency;
        this.clock = clock;
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
                rows, most, row -> List.of(row.one().id().toString()), row -> CaseView.of(row.seller(), row.one()));
    }

    @GetMapping("/{caseId}")
    @Operation(summary = "A case")
    CaseView one(Caller caller, @PathVariable String caseId) {
        Handle handle = Params.handle(caller, Handle.CASE, caseId);
        return cases.find(handle.seller(), handle.id())
                .map(one -> CaseView.of(handle.seller(), one))
                .orElseThrow(Problem::notFound);
    }

    @PostMapping("/{caseId}/decide")
    @Operation(summary = "Decide a case, once; who decided and why is kept")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = CaseView.class)))
    ResponseEntity<byte[]> decide(
            Caller caller, HttpServletRequest request, @PathVariable String caseId, @RequestBody CaseDecision draft) {
        Handle handle = Params.handle(caller, Handle.CASE, caseId);
        if (cases.find(handle.seller(), handle.id()).isEmpty()) {
            throw Problem.notFound();
        }
        if (!draft.decision().equals(DISMISS)) {
            throw Problem.unprocessable(
                    "not_supported_yet", "This version knows one decision: dismiss, which closes the case as it is.");
        }
        return idempotency.once(caller, request, handle.seller(), seller -> {
            var decided = cases.decide(seller, handle.id(), DISMISS, draft.reason(), caller.name())
                    .orElseThrow(() -> Problem.conflict("already_decided", "This case was decided before."));
            timeline.append(
                    seller,
                    new Event(
                            decided.subject(),
                            clock.instant(),
                            "case_decided",
                            caller.isOperator() ? "operator" : "seller",
                            caller.name(),
                            Map.of("kind", decided.kind(), "decision", DISMISS, "reason", draft.reason())));
            return Answer.ok(CaseView.of(seller, decided));
        });
    }
}
