package admitone.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.ledger.LedgerCheck.Bad;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;

/** Every column of a line, those that are not there yet too, altered by itself on a line of every kind. */
@TestInstance(Lifecycle.PER_CLASS)
class AlteredLinesDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("altered");
    private final LedgerCheck check = core.bean(LedgerCheck.class);
    /** A seller for each, since the first that is wrong of each seller is named. */
    private final Map<SellerId, Ledger.Key> lines = new HashMap<>();

    record Column(String name, String type) {
        /** Other values than that of the column, some of which the database may refuse. */
        List<String> others() {
            return switch (type) {
                case "text" ->
                    List.of(
                            "upper(" + name + ")",
                            "reverse(" + name + ")",
                            "coalesce(" + name + ", 'eth')",
                            name + " || repeat(' ', 100000)",
                            "null",
                            "''");
                case "numeric" ->
                    List.of(
                            name + " + 1",
                            "coalesce(" + name + ", 1)",
                            "'NaN'",
                            "'Infinity'",
                            "1e-16000",
                            "1e100000",
                            "99999999999999999999999999999999999999",
                            "null");
                case "timestamp with time zone" ->
                    List.of(
                            name + " + interval '1 microsecond'",
                            "coalesce(" + name + ", at)",
                            "'infinity'",
                            "'-infinity'",
                            "'294276-12-31'",
                            "'4713-01-01 BC'",
                            "null");
                case "uuid" ->
                    List.of("'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "null");
                default -> throw new AssertionError("say how " + this + " may be altered");
            };
        }

        @Override
        public String toString() {
            return name + " " + type;
        }
    }

    List<Column> columns() {
        return core.owner()
                .sql("""
                        select column_name, data_type from information_schema.columns
                        where table_schema = 'ledger' and table_name = 'journal' order by ordinal_position
                        """)
                .query((row, n) -> new Column(row.getString(1), row.getString(2)))
                .list();
    }

    @BeforeAll
    void aLineOfEachKind() {
        int n = 0;
        for (String kind : kinds()) {
            boolean full = n++ % 2 == 0;
            @Nullable Rate rate = full ? new Rate(ETH, new BigDecimal("3870.50"), core.clock.instant(), "test") : null;
            Line line = new Line(
                    kind,
                    Account.PROVIDER_CLEARING,
                    Account.SELLER_PAYABLE,
                    Money.parse("1.06", Asset.USD),
                    rate,
                    full ? "wallet" : null);
            SellerId seller = core.bean(Ids.class).nextSeller();
            core.transactions.run(seller, () -> {
                var entry = core.bean(Ledger.class).bookAtOnce(seller, "payment:" + kind, List.of(line));
                lines.put(seller, new Ledger.Key(entry, kind));
            });
        }
        core.bean(Sealing.class).round();
        core.owner()
                .sql("create table public.kept as select * from ledger.journal")
                .update();
        assertThat(check.verify().bad()).isEmpty();
    }

    /** By turns with a rate and a holder, and without. */
    private static List<String> kinds() {
        return Stream.of(Line.Kind.class.getFields())
                .filter(field -> field.getType() == String.class)
                .map(AlteredLinesDatabaseTests::value)
                .map(kind -> kind.equals(Line.Kind.REVERSAL) ? kind + Line.Kind.ACCRUAL : kind)
                .toList();
    }

    private static String value(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @ParameterizedTest
    @MethodSource("columns")
    void whicheverColumnIsAlteredTheLineIsNamed(Column column) {
        Set<SellerId> everAltered = new HashSet<>();
        for (String other : column.others()) {
            putBack();
            Set<SellerId> altered = alter(column, other);
            everAltered.addAll(altered);

            List<Bad> bad = check.verify().bad();

            Map<SellerId, Ledger.@Nullable Key> named = new HashMap<>();
            bad.forEach(one -> named.put(one.seller(), one.line()));
            for (Map.Entry<SellerId, Ledger.Key> line : lines.entrySet()) {
                assertThat(named.get(line.getKey()))
                        .as("%s of %s = %s", column, line.getValue().kind(), other)
                        .isEqualTo(altered.contains(line.getKey()) ? line.getValue() : null);
            }
        }
        assertThat(everAltered).isEqualTo(lines.keySet());
    }

    /** Whose lines are other ones now; none where the database refuses it. */
    private Set<SellerId> alter(Column column, String other) {
        try {
            core.owner()
                    .sql("update ledger.journal set %s = %s".formatted(column.name(), other))
                    .update();
        } catch (DataAccessException e) {
            return Set.of();
        }
        return new HashSet<>(core.owner()
                .sql("select seller_id from (select * from public.kept except select * from ledger.journal) altered")
                .query((row, n) -> new SellerId(row.getString(1)))
                .list());
    }

    @AfterEach
    void putBack() {
        core.owner().sql("delete from ledger.journal").update();
        core.owner().sql("insert into ledger.journal select * from public.kept").update();
    }
}
