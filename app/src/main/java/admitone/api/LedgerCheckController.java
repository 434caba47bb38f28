package admitone.api;

import admitone.ledger.LedgerCheck;
import admitone.ledger.LedgerCheck.Bad;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;

@ApiController
@RequestMapping(ApiFilter.BASE + "/ledger")
@Tag(name = "Operation")
class LedgerCheckController {
    private static final int MOST_TOLD = 100;

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final LedgerCheck check;

    LedgerCheckController(LedgerCheck check) {
        this.check = check;
    }

    record BadView(
            String sellerId,

            @Schema(description = "the line that it is about; null: a seal, or a sum") @Nullable
            String entryId,

            @Nullable String kind,
            String why) {
        static BadView of(Bad bad) {
            return new BadView(
                    bad.seller().value(),
                    bad.line() == null
                            ? null
                            : Views.entry(bad.seller(), bad.line().entryId()),
                    bad.line() == null ? null : bad.line().kind(),
                    bad.why());
        }
    }

    record CheckView(
            boolean ok,
            int sellers,

            @Schema(description = "lines that are sealed and hold")
            long lines,

            @Schema(description = "chains whose end was compared with what was kept of it outside of the database")
            int keptHeads,

            @Nullable BadView firstBad,

            @Schema(description = "the first of each other seller whose journal does not hold, a hundred at most")
            List<BadView> alsoBad) {}

    private LedgerCheck.Checked checked() {
        try {
            return check.verify();
        } catch (LedgerCheck.NotSealedYet e) {
            throw Problem.notNow("not_sealed_yet", e.getMessage() + ": ask again in a minute", A_MINUTE);
        }
    }

    @GetMapping("/verify")
    @Operation(summary = "Recompute every seal and every balance of the journal, and name the first bad row (operator)")
    CheckView verify(Caller caller) {
        caller.requireOperator();
        LedgerCheck.Checked checked = checked();
        return new CheckView(
                checked.bad().isEmpty(),
                checked.sellers(),
                checked.lines(),
                checked.keptHeads(),
                checked.firstBad().map(BadView::of).orElse(null),
                checked.bad().stream().skip(1).limit(MOST_TOLD).map(BadView::of).toList());
    }
}
