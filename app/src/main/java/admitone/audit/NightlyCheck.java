package admitone.audit;

import admitone.ledger.LedgerCheck;
import admitone.runtime.Recurring;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Once a night, after three o'clock UTC: compares with the provider's list, and verifies the ledger. What is wrong is in the log, and told again the next night. */
@Component
class NightlyCheck extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(NightlyCheck.class);
    private static final Duration LOOKS_EVERY = Duration.ofMinutes(10);
    private static final int HOUR = 3;

    private final Reconciliation reconciliation;
    private final LedgerCheck ledger;
    private final Clock clock;
    private @Nullable LocalDate last;

    NightlyCheck(Reconciliation reconciliation, LedgerCheck ledger, Clock clock) {
        super("nightly check", LOOKS_EVERY);
        this.reconciliation = reconciliation;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    protected void round() {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        if (now.getHour() == HOUR && !now.toLocalDate().equals(last)) {
            last = now.toLocalDate();
            check();
        }
    }

    private void check() {
        ledger.verify()
                .firstBad()
                .ifPresent(bad -> log.error(
                        "the ledger does not hold: seller {}, line {}: {}; see ./admitone ledger verify",
                        bad.seller(),
                        bad.line(),
                        bad.why()));
        Reconciliation.Report report = reconciliation.compare();
        if (!report.differences().isEmpty()) {
            log.warn(
                    "{} differences between the provider, the ledger and the grants; see ./admitone reconcile",
                    report.differences().size());
        }
        if (!report.complete()) {
            log.info("the provider's list was not compared as a whole: {}", report.why());
        }
    }
}
