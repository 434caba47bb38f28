package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.audit.Invariants.Checked;
import admitone.database.LongReads;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InvariantsDatabaseTests {
    private final Core core = Core.start("invariants");
    private final Invariants invariants = new Invariants(core.bean(LongReads.class), core.clock);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void aCheckThatDoesNotEndIsToldAndTheOthersAreMade() throws Exception {
        List<Checked> checked;
        try (Connection other = core.connection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table access.stranger in access exclusive mode");
            checked = invariants.check(Duration.ofSeconds(1), Duration.ofMinutes(1));
            other.rollback();
        }

        assertThat(checked)
                .filteredOn(one -> !one.why().isEmpty())
                .extracting(Checked::id)
                .containsExactly("stranger_is_removed");
    }

    @Test
    void whereNoTimeIsLeftItSaysSo() {
        assertThat(invariants.check(Duration.ofSeconds(1), Duration.ofMillis(999)))
                .isNotEmpty()
                .allSatisfy(one -> {
                    assertThat(one.violations()).isEqualTo(-1);
                    assertThat(one.why()).startsWith("no time left");
                });
    }

    @Test
    void aNightTellsWhatCouldNotBeLookedAt() {
        Reconciliation reconciliation = ReconciliationDatabaseTests.reconciliation(core);
        core.owner().sql("alter table access.stranger rename to gone").update();

        assertThat(reconciliation.compare().differences()).singleElement().satisfies(difference -> {
            assertThat(difference.kind()).isEqualTo(Reconciliation.INVARIANT_NOT_CHECKED);
            assertThat(difference.about()).isEqualTo("stranger_is_removed");
            assertThat(difference.ours()).startsWith("could not be looked at: ");
        });
    }

    @Test
    void aNightGoesOnWhereTheJournalCouldNotBeAddedUp() {
        Reconciliation reconciliation = ReconciliationDatabaseTests.reconciliation(core);
        core.owner()
                .sql("alter table payouts.attempt rename column tries to gone")
                .update();

        Reconciliation.Report report = reconciliation.compare();

        assertThat(report.balanceHad()).isFalse();
        assertThat(report.why()).isEqualTo("what the provider should have could not be added up");
    }
}
