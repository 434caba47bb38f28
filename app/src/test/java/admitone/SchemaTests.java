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
