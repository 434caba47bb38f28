package admitone.api;

import admitone.audit.Reconciliation;
import admitone.audit.Reconciliation.Report;
import admitone.fulfillment.ListSweep;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(ApiFilter.BASE + "/reconciliation")
@Tag(name = "Operation")
class ReconciliationController {
    private final Reconciliation reconciliation;
    private final ListSweep sweep;
    private final Clock clock;

    ReconciliationController(Reconciliation reconciliation, ListSweep sweep, Clock clock) {
        this.reconciliation = reconciliation;
        this.sweep = sweep;
        this.clock = clock;
    }

    record DifferenceView(
            @Schema(
                    description =
                            "unknown_payment, not_taken_in, not_settled_there, other_outcome, not_listed or invariant")
            String kind,

            @Schema(description = "a payment's id, or an invariant's")
            String about,

            String provider,
            String ours,

            @Schema(description = "what to do about it") String todo) {}

    record ReportView(
            Instant since,
            int compared,
            boolean complete,

            @Schema(description = "why the provider's list was not looked at as a whole") @Nullable
            String why,

            @Schema(description = "payments that were not known and are taken in now")
            int takenIn,

            List<DifferenceView> differences) {
        static ReportView of(Report report, int takenIn) {
            return new ReportView(
                    report.since(),
                    report.compared(),
                    report.complete(),
                    report.why().isEmpty() ? null : report.why(),
                    takenIn,
                    report.differences().stream()
                            .map(one ->
                                    new DifferenceView(one.kind(), one.about(), one.provider(), one.ours(), one.todo()))
                            .toList());
        }
    }

    @GetMapping
    @Operation(
            summary = "Compare the provider's payments of seven days with ours, with grants and the journal (operator)")
    ReportView compare(Caller caller) {
        caller.requireOperator();
        return ReportView.of(reconciliation.compare(), 0);
    }

    @PostMapping
    @Operation(
            summary =
                    "Take in the provider's payments that are not known here, then compare (operator); said again, it changes nothing")
    ReportView reconcile(Caller caller) {
        caller.requireOperator();
        int takenIn = sweep.look(new Trigger(Cause.OPERATOR, "reconciliation", clock.instant()));
        return ReportView.of(reconciliation.compare(), takenIn);
    }
}
