package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.database.Columns;
import admitone.database.LongReads;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class EndingInvariantsDatabaseTests {
    private final Core core = Core.start("ending-invariants");
    private final Shop shop = core.shop("0123456789ab");
    private final Invariants invariants = new Invariants(core.bean(LongReads.class), core.clock);
    private boolean bought;

    @BeforeEach
    void begin() {
        if (!bought) {
            core.hear(Ipn.finished("5996609246", core.order(shop).id()));
            bought = true;
        }
        core.owner().sql("delete from access.ending").update();
        core.owner()
                .sql("update access.seat set inside = true, inside_at = ?")
                .param(Columns.at(core.clock.instant()))
                .update();
        core.owner()
                .sql(
                        "update access.grants set look_at = null, access = 'delivered', ended_at = null, starts_at = ?, ends_at = ?")
                .params(now(-40), now(5))
                .update();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void nothingIsBrokenWhileTheTimeLasts() {
        assertThat(broken()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // days from now: when the time ended, when the removal was due, and what became of it
                "-2   | -0.5 |         | nobody_stays_without_a_right",
                "-2   | 0.5  |         | ",
                "-2   | -0.5 | kept    | ",
                "-2   | -0.5 | removed | ", // and came in again since, by a person
                "-2   |      |         | notice_comes",
            })
    void findsWhoStaysWithoutARight(double ended, Double removeAt, String outcome, String id) {
        ended(ended);
        ending(ended, removeAt, outcome, -1.0);

        assertThat(broken()).isEqualTo(id == null ? List.of() : List.of(id));
    }

    @Test
    void findsWhoIsInsideStillAlthoughRecordedAsRemoved() {
        ended(-2);
        ending(-2, -1.0, "removed", 0.1);

        assertThat(broken()).containsExactly("nobody_stays_without_a_right");
    }

    @Test
    void findsATimeThatIsOverAndWasNotLookedAt() {
        core.owner()
                .sql("update access.grants set ends_at = ?, look_at = ?")
                .params(now(-1), now(-1))
                .update();

        assertThat(broken()).containsExactly("end_is_looked_at");
    }

    @Test
    void findsWhoWasRemovedWithARight() {
        ending(-2, -1.0, "removed", -0.5);
        core.owner().sql("update access.ending set removing_at = settled_at").update();

        assertThat(broken()).contains("nobody_is_removed_with_a_right");
    }

    @Test
    void findsWhoWasRemovedBeforeTheirGraceWasOver() {
        ended(-2);
        ending(-2, -1.0, "removed", -0.5);
        core.owner()
                .sql("update access.ending set removing_at = ?")
                .param(now(-1.5))
                .update();

        assertThat(broken()).contains("nobody_is_removed_with_a_right");
    }

    private void ended(double days) {
        core.owner()
                .sql("update access.grants set access = 'ended', ends_at = ?, ended_at = ?")
                .params(now(days), now(days))
                .update();
    }

    private void ending(double ended, Double removeAt, String outcome, double settled) {
        core.owner()
                .sql("""
                insert into access.ending
                  (seller_id, channel_id, telegram_user_id, ends_at, grant_id, notice_at, remove_at, settled_at, outcome)
                select seller_id, channel_id, telegram_user_id, ?, grant_id, ?, ?, ?, ? from access.grants
                """)
                .params(Columns.all(
                        now(ended),
                        now(ended),
                        removeAt == null ? null : now(removeAt),
                        outcome == null ? null : now(settled),
                        outcome))
                .update();
    }

    private java.time.OffsetDateTime now(double days) {
        return Columns.at(core.clock.instant().plusSeconds((long) (days * 86_400)));
    }

    private List<String> broken() {
        return invariants.check(Reconciliation.LOOK_WITHIN, Reconciliation.LOOK_AT_ALL_WITHIN).stream()
                .filter(one -> one.violations() > 0)
                .map(Invariants.Checked::id)
                .toList();
    }
}
