package admitone.audit;

import admitone.audit.Nights.Open;
import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Report;
import admitone.ledger.LedgerCheck;
import admitone.ledger.LedgerCheck.What;
import admitone.runtime.Recurring;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Once a night, between three and six o'clock UTC, by one instance: compares with the provider, and verifies the ledger. A person is asked about
 * each difference in a case, once until it is gone.
 */
@Component
class NightlyCheck extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(NightlyCheck.class);
    private static final Duration LOOKS_EVERY = Duration.ofMinutes(10);
    private static final int FROM_HOUR = 3;
    /** Not by day: it reads all there is. */
    private static final int UNTIL_HOUR = 6;
    /** New ones of a night; the next night asks about more. */
    static final int MOST_CASES = 50;

    private static final String LEDGER = "ledger";
    private static final String LEDGER_NOT_CHECKED = "ledger_not_checked";
    private static final String LEDGER_ENDS_NOT_COMPARED = "ledger_ends_not_compared";
    private static final Set<String> IN_NO_LIST = Set.of(
            LEDGER,
            LEDGER_NOT_CHECKED,
            LEDGER_ENDS_NOT_COMPARED,
            Reconciliation.INVARIANT,
            Reconciliation.INVARIANT_NOT_CHECKED,
            BalanceComparison.SHORT);

    private final Reconciliation reconciliation;
    private final LateChanges late;
    private final LedgerCheck ledger;
    private final Nights nights;
    private final Clock clock;

    NightlyCheck(Reconciliation reconciliation, LateChanges late, LedgerCheck ledger, Nights nights, Clock clock) {
        super("nightly check", LOOKS_EVERY);
        this.reconciliation = reconciliation;
        this.late = late;
        this.ledger = ledger;
        this.nights = nights;
        this.clock = clock;
    }

    @Override
    protected void round() {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        if (now.getHour() >= FROM_HOUR && now.getHour() < UNTIL_HOUR && nights.take(now.toLocalDate())) {
            check(now.toLocalDate());
        }
    }

    private void check(LocalDate night) {
        List<Open> before = nights.open();
        Report report = reconciliation.compare(since(before, night));
        late.ask(report);
        List<Difference> differences = new ArrayList<>(report.differences());
        List<LedgerCheck.Bad> bad = verify(night);
        bad.stream().map(this::ofTheLedger).forEach(differences::add);
        int asked = ask(differences, night);
        before.stream()
                .filter(open -> differences.stream().noneMatch(open::is))
                .filter(open -> isOfTheLedger(open.kind())
                        ? isVerified(open, bad)
                        : report.lookedAt(open.kind(), open.about(), open.since()))
                .forEach(open -> nights.gone(open, night));
        if (!report.complete()) {
            log.warn("the provider's lists were not compared as a whole: {}", report.why());
        }
        if (!differences.isEmpty()) {
            log.warn(
                    "{} differences between the provider, the ledger and the grants, {} of them new; see ./admitone cases and"
                            + " ./admitone reconcile",
                    differences.size(),
                    asked);
        }
        nights.finish(night, differences.size(), report.why());
    }

    /** What the provider says is told also where it ends early. */
    private List<LedgerCheck.Bad> verify(LocalDate night) {
        try {
            nights.goesOn(night);
            return ledger.verifyAndKeepHeads(sayingThatItGoesOn(night)).bad();
        } catch (RuntimeException e) {
            log.warn("the ledger could not be verified", e);
            String why = "the ledger could not be verified; the log says why";
            return List.of(new LedgerCheck.Bad(What.NOT_CHECKED, SellerId.PLATFORM, null, why));
        }
    }

    private Runnable sayingThatItGoesOn(LocalDate night) {
        AtomicReference<Instant> said = new AtomicReference<>(clock.instant());
        return () -> {
            Instant now = clock.instant();
            if (!now.isBefore(said.get().plus(LOOKS_EVERY))) {
                nights.goesOn(night);
                said.set(now);
            }
        };
    }

    private static boolean isOfTheLedger(String kind) {
        return Set.of(LEDGER, LEDGER_NOT_CHECKED, LEDGER_ENDS_NOT_COMPARED).contains(kind);
    }

    /** Whether it would have been told if it were there: what is known of nobody, or not of this seller, says nothing. */
    private static boolean isVerified(Open open, List<LedgerCheck.Bad> bad) {
        return bad.stream()
                .filter(one -> one.what() != What.WRONG)
                .noneMatch(one -> one.what() == What.ENDS_NOT_COMPARED
                        ? open.kind().equals(LEDGER)
                        : one.seller().equals(SellerId.PLATFORM)
                                || one.seller().value().equals(open.about()));
    }

    /** So far back that all that is open, and is in a list, is looked at again; once a week as far as it ever goes: a payment may be given back weeks later. */
    private Instant since(List<Open> open, LocalDate night) {
        Instant now = clock.instant();
        if (night.getDayOfWeek() == DayOfWeek.SUNDAY) {
            return now.minus(Reconciliation.FARTHEST);
        }
        return open.stream()
                .filter(one -> !IN_NO_LIST.contains(one.kind()))
                .map(Open::since)
                .filter(since -> since.isAfter(now.minus(Reconciliation.FARTHEST)))
                .map(since -> since.minus(Reconciliation.MARGIN))
                .reduce(now.minus(Reconciliation.BACK), (one, other) -> one.isBefore(other) ? one : other);
    }

    /** Answers how many are new. */
    private int ask(List<Difference> differences, LocalDate night) {
        int asked = 0;
        for (Difference one : differences) {
            if (asked < MOST_CASES && !one.kind().equals(MemberComparison.WITHOUT_A_RIGHT)) {
                asked += nights.found(one, night) ? 1 : 0;
            }
        }
        return asked;
    }

    private Difference ofTheLedger(LedgerCheck.Bad bad) {
        String kind = switch (bad.what()) {
            case WRONG -> LEDGER;
            case NOT_CHECKED -> LEDGER_NOT_CHECKED;
            case ENDS_NOT_COMPARED -> LEDGER_ENDS_NOT_COMPARED;
        };
        String todo = switch (bad.what()) {
            case WRONG ->
                "Not all of the ledger holds: ./admitone ledger verify says what; restore from a backup what was changed.";
            case NOT_CHECKED ->
                "Whether the ledger holds is not known: ask ./admitone ledger verify when the database has less to do; the"
                        + " log says what was in its way.";
            case ENDS_NOT_COMPARED ->
                "Whether the newest lines are gone is not known: put <data>/ledger-heads back from a backup, or move it away.";
        };
        return new Difference(kind, bad.seller().value(), clock.instant(), "", bad.why(), todo);
    }
}
