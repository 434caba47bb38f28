package admitone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules for tables, asked of the catalogue after all migrations. */
@TestInstance(Lifecycle.PER_CLASS)
class SchemaTests {
    /** Our own tables that hold a seller's rows. */
    private static final String OURS = """
            from pg_class t join pg_namespace n on n.oid = t.relnamespace
            where t.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'admitone', 'public')
            """;

    private static final String SELLERS = OURS + """
             and coalesce(obj_description(t.oid, 'pg_class'), '') !~ '^(reference|route|local):'
            """;

    private final Core core = Core.start("schema");

    @BeforeAll
    void start() {
        assertThat(strings("select n.nspname || '.' || t.relname " + OURS)).hasSizeGreaterThan(15);
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void sellerLeadsEveryPrimaryKey() {
        assertThat(strings("select n.nspname || '.' || t.relname " + SELLERS + """
                 and not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary
                   and (select attname from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0]) = 'seller_id')
                """))
                .isEmpty();
    }

    @Test
    void sellerLeadsEveryUniqueIndex() {
        assertThat(strings(
                        "select i.indexrelid::regclass::text from pg_index i where i.indisunique and i.indrelid in (select t.oid "
                                + SELLERS + """
                ) and (select attname from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0]) is distinct from 'seller_id'
                """))
                .isEmpty();
    }

    /** What happens once happens once by one of these. */
    @Test
    void keysOfWhatHappensOnceAreThere() {
        assertThat(strings("""
                select regexp_replace(pg_get_indexdef(indexrelid), '^CREATE UNIQUE INDEX [^ ]+ ON ([^ ]+) USING btree', '\\1')
                from pg_index where indisunique
                """)).contains("""
                access.ending (seller_id, channel_id, telegram_user_id, ends_at)
                access.gift (seller_id, code_digest)
                access.grants (seller_id, channel_id, given, reference) WHERE (given IS NOT NULL)
                access.grants (seller_id, order_id, channel_id)
                access.listed (seller_id, channel_id, telegram_user_id)
                access.observed (seller_id, channel_id, deed, occasion)
                access.outsider (seller_id, channel_id, telegram_user_id) WHERE (settled_at IS NULL)
                access.pool_link (seller_id, grant_id) WHERE (state = 'assigned'::text)
                access.pool_link (seller_id, url)
                access.seat (seller_id, channel_id, telegram_user_id)
                access.stranger (seller_id, link_id, telegram_user_id)
                access.unreachable_post (seller_id, channel_id, day)
                announcements.announcement (seller_id, day, nth)
                audit.difference (seller_id, kind, about) WHERE (gone_on IS NULL)
                audit.night (seller_id, night)
                cases.cases (seller_id, subject, kind)
                catalog.channel (seller_id, closed_chat_id)
                catalog.moved_chat (seller_id, from_chat_id)
                catalog.route (kind, key)
                checkout.coupon (seller_id, channel_id, code)
                checkout.coupon (seller_id, tag)
                checkout.orders (seller_id, case_id) WHERE (case_id IS NOT NULL)
                checkout.reduction (seller_id, order_id) WHERE (kind = 'coupon'::text)
                checkout.reduction (seller_id, order_id, kind, reference)
                checkout.referrer (seller_id, channel_id, telegram_user_id)
                hold.hold (seller_id) WHERE (lifted_at IS NULL)
                ledger.claim (seller_id, entry_id, kind) WHERE (released_at IS NULL)
                ledger.journal (seller_id, reference, kind)
                ledger.sealed (seller_id, entry_id, kind)
                messaging.office (office)
                messaging.update_inbox (seller_id, bot_id, update_id)
                payments.creation (seller_id, order_id, pay_currency, rest_units)
                payments.notification (seller_id, payment_id, digest)
                payments.payment (seller_id, payment_id)
                payments.route (provider_account, payment_id)
                payouts.attempt (seller_id, batch_id)
                payouts.attempt (seller_id, external_id)
                payouts.attempt (seller_id, payout_id) WHERE (ended_at IS NULL)
                payouts.attempt (seller_id, payout_id) WHERE (verified_at IS NOT NULL)
                payouts.batch_route (batch_id)
                payouts.destination (seller_id, version)
                payouts.found (seller_id, batch_id)
                payouts.notification (seller_id, digest)
                payouts.refund (seller_id, payment_id) WHERE (given_back_at IS NULL)
                payouts.totp_step (seller_id, account)
                tasks.task (seller_id, subject, kind)
                """.split("\n"));
    }

    @Test
    void sellerLeadsEveryForeignKeyOnBothSides() {
        assertThat(strings("""
                select c.conrelid::regclass || ' ' || c.conname from pg_constraint c
                where c.contype = 'f' and (
                  (select attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) <> 'seller_id'
                  or (select attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) <> 'seller_id')
                """)).isEmpty();
    }

    @Test
    void sellerIsNeverMissing() {
        assertThat(strings("select n.nspname || '.' || t.relname " + SELLERS + """
                 and not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'seller_id' and a.attnotnull)
                """))
                .isEmpty();
    }

    @Test
    void databaseMakesNoIds() {
        assertThat(strings(
                        "select a.attrelid::regclass || '.' || a.attname from pg_attribute a where a.attidentity <> '' and a.attrelid in (select t.oid "
                                + OURS + ")"))
                .isEmpty();
        assertThat(strings("select s.oid::regclass::text from pg_class s join pg_namespace n on n.oid = s.relnamespace"
                        + " where s.relkind = 'S' and n.nspname not in ('pg_catalog', 'information_schema')"))
                .isEmpty();
    }

    @Test
    void databaseTellsNoTimeAndNoChance() {
        assertThat(strings("select d.adrelid::regclass || ': ' || pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d"
                        + " where pg_get_expr(d.adbin, d.adrelid) ~* 'now|timestamp|random|uuid|nextval' and d.adrelid in (select t.oid "
                        + OURS + ")"))
                .isEmpty();
    }

    @Test
    void noRuleHidesInATrigger() {
        assertThat(strings("select tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal"))
                .isEmpty();
    }

    @Test
    void moneyIsAWholeNumberBesideItsAsset() {
        assertThat(strings(
                        "select a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)"
                                + " from pg_attribute a where a.attname ~ '(_units|^amount|_cents)$' and format_type(a.atttypid, a.atttypmod) <> 'numeric(38,0)'"
                                + " and a.attrelid in (select t.oid " + OURS + ")"))
                .isEmpty();
        assertThat(strings("select a.attrelid::regclass || '.' || a.attname from pg_attribute a"
                        + " where a.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype) and a.attrelid in (select t.oid "
                        + OURS + ")"))
                .isEmpty();
    }

    @Test
    void instantsKnowTheirZone() {
        assertThat(strings(
                        "select a.attrelid::regclass || '.' || a.attname from pg_attribute a where a.atttypid = 'timestamp'::regtype"
                                + " and a.attrelid in (select t.oid " + OURS + ")"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ledger.journal", "timeline.entry"})
    void whatIsWrittenOnceCannotBeChanged(String table) {
        for (String privilege : List.of("UPDATE", "DELETE", "TRUNCATE")) {
            assertThat(granted(table, privilege)).as(privilege).isFalse();
        }
        assertThat(
                        strings(
                                "select a.attname from pg_attribute a where a.attrelid = '" + table
                                        + "'::regclass and a.attnum > 0 and has_column_privilege('admitone_app', a.attrelid, a.attname, 'UPDATE')"))
                .isEmpty();
        for (String statement :
                List.of("update %s set seller_id = 'x'", "delete from %s", "truncate %s", "drop table %s")) {
            assertThatThrownBy(() -> core.jdbc.sql(statement.formatted(table)).update())
                    .as(statement)
                    .hasStackTraceContaining(statement.startsWith("drop") ? "must be owner" : "permission denied");
        }
    }

    @Test
    void nothingIsDeletedButOffices() {
        assertThat(
                        strings(
                                "select n.nspname || '.' || t.relname " + OURS
                                        + " and (has_table_privilege('admitone_app', t.oid, 'DELETE') or has_table_privilege('admitone_app', t.oid, 'TRUNCATE'))"))
                .containsExactly("messaging.office");
    }

    @Test
    void serviceCannotTouchTheSchema() {
        assertThatThrownBy(() ->
                        core.jdbc.sql("create table ledger.other (id int)").update())
                .hasStackTraceContaining("permission denied");
        assertThatThrownBy(() ->
                        core.jdbc.sql("alter table ledger.journal add x int").update())
                .hasStackTraceContaining("must be owner");
    }

    private boolean granted(String table, String privilege) {
        return core.owner()
                .sql("select has_table_privilege('admitone_app', ?::regclass, ?)")
                .params(table, privilege)
                .query(Boolean.class)
                .single();
    }

    private List<String> strings(String sql) {
        return core.strings(sql);
    }
}
