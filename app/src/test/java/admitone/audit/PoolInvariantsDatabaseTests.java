package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.database.Columns;
import admitone.database.LongReads;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each invariant of one-time links finds what breaks it. */
class PoolInvariantsDatabaseTests {
    private final Core core = Core.start("pool-invariants");
    private final Shop shop = core.shopOfOneTimeLinks("0123456789ab");
    private final Invariants invariants = new Invariants(core.bean(LongReads.class), core.clock);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void nothingIsBrokenWhereThereIsNothing() {
        assertThat(invariants.check(Reconciliation.LOOK_WITHIN, Reconciliation.LOOK_AT_ALL_WITHIN))
                .allSatisfy(one -> assertThat(one.violations()).as(one.title()).isZero());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "link_of_one_grant              | update access.pool_link set url = 'https://t.me/+b', seller_id = 'zzzzzzzzzzzz' where name = 'a'",
                "living_link_of_a_paying_grant  | update access.pool_link set state = 'assigned', grant_id = link_id, assigned_at = expires_at where name = 'a'",
                "used_link_is_revoked           | update access.pool_link set used_at = expires_at - interval '1 hour' where name = 'a'",
                "stranger_is_removed            | insert into access.stranger (seller_id, link_id, telegram_user_id, channel_id, update_id, came_at) select seller_id, link_id, 99, channel_id, 1, expires_at - interval '1 hour' from access.pool_link where name = 'a'",
            })
    void findsWhatBreaksIt(String id, String harm) {
        link("a");
        link("b");

        core.owner().sql(harm).update();

        assertThat(broken()).contains(id);
    }

    @Test
    void findsASecondLinkOfAGrantThatWasToldAndOpens() {
        toldOneAfterTheOther("a", "b");

        assertThat(broken()).contains("one_open_link_per_grant", "older_link_is_revoked_first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "told_at = null",
                "state = 'revoked', revoked_at = assigned_at",
                "expires_at = assigned_at",
            })
    void findsNothingInOneThatWasNotToldOrOpensNothing(String why) {
        toldOneAfterTheOther("a", "b");

        core.owner()
                .sql("update access.pool_link set " + why + " where name = 'a'")
                .update();

        assertThat(broken()).doesNotContain("one_open_link_per_grant", "older_link_is_revoked_first");
    }

    @Test
    void findsAnOlderLinkThatWasOpenThoughTheOneSupersededWasNot() {
        toldOneAfterTheOther("a", "b", "c");
        core.owner().sql("""
                        update access.pool_link set
                          state = case name when 'c' then 'assigned' else 'revoked' end,
                          revoked_at = case name when 'a' then expires_at when 'b' then assigned_at end,
                          supersedes = case name when 'c' then (select link_id from access.pool_link where name = 'b') end
                        where name <> ''
                        """).update();

        assertThat(broken()).contains("older_link_is_revoked_first").doesNotContain("one_open_link_per_grant");
    }

    private List<String> broken() {
        return invariants.check(Reconciliation.LOOK_WITHIN, Reconciliation.LOOK_AT_ALL_WITHIN).stream()
                .filter(one -> one.violations() > 0)
                .map(Invariants.Checked::id)
                .toList();
    }

    /** Links of one grant, good for another hour; the last is the living one. */
    private void toldOneAfterTheOther(String... names) {
        UUID grant = UUID.randomUUID();
        Instant now = core.clock.instant();
        for (int n = 0; n < names.length; n++) {
            link(names[n]);
            Instant assigned = now.minusSeconds(60L - n);
            core.owner()
                    .sql("""
                            update access.pool_link set state = ?, grant_id = ?, assigned_at = ?, told_at = ?, expires_at = ?
                            where name = ?
                            """)
                    .params(
                            n == names.length - 1 ? "assigned" : "revoking",
                            grant,
                            Columns.at(assigned),
                            Columns.at(assigned),
                            Columns.at(now.plus(Duration.ofHours(1))),
                            names[n])
                    .update();
        }
    }

    private void link(String name) {
        core.owner()
                .sql("""
                        insert into access.pool_link (seller_id, link_id, channel_id, bot_id, name, url, state, expires_at)
                        values (?, ?, ?, 700, ?, ?, 'free', ?)
                        """)
                .params(
                        shop.seller().value(),
                        UUID.randomUUID(),
                        shop.channel().id(),
                        name,
                        "https://t.me/+" + name,
                        Columns.at(core.clock.instant().minus(Duration.ofMinutes(1))))
                .update();
    }
}
