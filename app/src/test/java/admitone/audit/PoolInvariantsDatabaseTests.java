package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.database.Columns;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each invariant of one-time links finds what breaks it. */
class PoolInvariantsDatabaseTests {
    private final Core core = Core.start("pool-invariants");
    private final Shop shop = core.shopOfOneTimeLinks("0123456789ab");
    private final Invariants invariants = new Invariants(core.jdbc, core.clock);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void nothingIsBrokenWhereThereIsNothing() {
        assertThat(invariants.check())
                .allSatisfy(one -> assertThat(one.violations()).as(one.title()).isZero());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "link_of_one_grant              | update access.pool_link set url = 'https://t.me/+b', seller_id = 'zzzzzzzzzzzz' where name = 'a'",
                "living_link_of_a_paying_grant  | update access.pool_link set state = 'assigned', grant_id = link_id, assigned_at = expires_at where name = 'a'",
                "used_link_is_revoked           | update access.pool_link set used_at = expires_at - interval '1 hour' where name = 'a'",
                "older_link_is_revoked_first    | update access.pool_link set told_at = expires_at, supersedes = (select link_id from access.pool_link where name = 'b') where told_at is null",
                "stranger_is_removed            | insert into access.stranger (seller_id, link_id, telegram_user_id, channel_id, update_id, came_at) select seller_id, link_id, 99, channel_id, 1, expires_at - interval '1 hour' from access.pool_link where name = 'a'",
            })
    void findsWhatBreaksIt(String id, String harm) {
        link("a");
        link("b");

        core.owner().sql(harm).update();

        assertThat(invariants.check())
                .filteredOn(one -> one.violations() > 0)
                .extracting(Invariants.Checked::id)
                .contains(id);
    }

    @Test
    void findsTwoLivingLinksOfAGrantWhereTheKeyIsGone() {
        link("a");
        link("b");
        core.owner().sql("drop index access.pool_link_living").update();

        core.owner()
                .sql(
                        "update access.pool_link set state = 'assigned', grant_id = ?, assigned_at = expires_at where name <> ''")
                .param(UUID.randomUUID())
                .update();

        assertThat(invariants.check())
                .filteredOn(one -> one.violations() > 0)
                .extracting(Invariants.Checked::id)
                .contains("one_living_link_per_grant");
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
