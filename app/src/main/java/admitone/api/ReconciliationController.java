package admitone.api;

import admitone.audit.LateChanges;
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

@ApiController
@RequestMapping(ApiFilter.BASE + "/reconciliation")
@Tag(name = "Operation")
class ReconciliationController {
    private final Reconciliation reconciliation;
    private final ListSweep sweep;
    private final LateChanges late;
    private final Clock clock;

    ReconciliationController(Reconciliation reconciliation, ListSweep sweep, LateChanges late, Clock clock) {
        this.reconciliation = reconciliation;
        this.sweep = sweep;
        this.late = late;
        this.clock = clock;
    }

    record DifferenceView(
            @Schema(
                    description =
                            "unknown_payment, not_taken_in, refunded_there, not_settled_there, other_outcome, not_listed, payout_unknown,"
                                    + " payout_altered, payout_ended_there, payout_not_ended_there, payout_sent_after_all,"
                                    + " payout_not_listed, balance_short, inside_without_right or invariant")
            String kind,

            @Schema(description = "the id of a payment, a payout, a batch, a channel, an invariant, or a coin")
            String about,

            String provider,
            String ours,

            @Schema(description = "what to do about it") String todo) {}

    record ReportView(
            Instant since,

            @Schema(description = "payments of the provider's list that were looked at")
            int compared,

            @Schema(description = "withdrawals of the provider's list that were looked at")
            int payoutsCompared,

            @Schema(description = "who is inside a channel by the last looks at its members")
            long membersInside,

            @Schema(description = "whose time runs and who left, or was removed by hand: no difference")
            long membersOutsideWithRight,

            boolean complete,

            @Schema(description = "why the provider's lists were not looked at as a whole") @Nullable
            String why,

            @Schema(description = "payments that were not known and are taken in now")
            int takenIn,

            @Schema(
                    description =
                            "payments that differ, or are still not known, about which the provider is asked again now")
            int askedAgain,

            List<DifferenceView> differences) {
        static ReportView of(Report report, int takenIn, int askedAgain) {
            return new ReportView(
                    report.since(),
                    report.payments(),
                    report.payouts(),
                    report.members().inside(),
                    report.members().outsideWithARight(),
                    report.complete(),
                    report.why().isEmpty() ? null : report.why(),
                    takenIn,
                    askedAgain,
                    report.differences().stream()
                            .map(one ->
                                    new DifferenceView(one.kind(), one.about(), one.provider(), one.ours(), one.todo()))
                            .toList());
        }
    }

    @GetMapping
    @Operation(
            summary =
                    "Compare the provider's payments and payouts of seven days with ours, with grants, members and the journal (operator)")
    ReportView compare(Caller caller) {
        caller.requireOperator();
        return ReportView.of(reconciliation.compare(), 0, 0);
    }

    @PostMapping
    @Operation(
            summary =
                    "Take in the provider's payments that are not known here, compare, and ask about those again that it says differently"
                            + " (operator); said again, it changes nothing")
    ReportView reconcile(Caller caller) {
        caller.requireOperator();
        int takenIn = sweep.look(new Trigger(Cause.OPERATOR, "reconciliation", clock.instant()));
        Report report = reconciliation.compare();
        return ReportView.of(report, takenIn, late.ask(report));
    }
}
