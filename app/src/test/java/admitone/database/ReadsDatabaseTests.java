package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadsDatabaseTests {
    private final Core core = Core.start("reads");
    private final Reads reads = core.bean(Reads.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whatARowSaysArrivesAsItIs() {
        List<String> odd = List.of(
                "", " ", "null", "\"", "\\", "\\u0000", "a\nb\tc", "{\"a\":[null,\"\\u0000\"]}", "{1,2}", "ñ😀", "'");

        assertThat(echoed("r->>0", odd.stream().map(text -> new Object[] {text}).toList()))
                .isEqualTo(odd);
    }

    @Test
    void whatIsNoTextArrivesAsItIs() {
        byte[] bytes = {0, 1, 92, -1};
        Instant at = Instant.parse("2026-11-29T23:59:59.123456Z");
        Object[] row = Columns.all(
                new BigDecimal("1E+30"),
                bytes,
                Columns.at(at),
                null,
                "x".repeat(200_000).getBytes(StandardCharsets.UTF_8));

        assertThat(echoed("""
                        concat_ws('|', (r->>0)::numeric, encode((r->>1)::bytea, 'hex'), extract(epoch from (r->>2)::timestamptz),
                          (r->>3) is null, length((r->>4)::bytea))
                        """, List.<Object[]>of(row)))
                .containsExactly("1" + "0".repeat(30) + "|" + HexFormat.of().formatHex(bytes) + "|"
                        + at.getEpochSecond() + ".123456|t|200000");
    }

    private List<String> echoed(String expression, List<Object[]> rows) {
        List<String> all = new ArrayList<>();
        return reads.one(Read.of(
                "select " + expression + " as said from unnest(?::jsonb[]) with ordinality as u (r, n) order by n",
                rows,
                all,
                row -> all.add(row.getString("said"))));
    }

    @Test
    void eachStatementGetsItsOwnRows() {
        List<String> first = new ArrayList<>();
        List<String> none = new ArrayList<>();
        List<String> last = new ArrayList<>();
        core.owner().sql("create table public.number (n int primary key)").update();
        core.owner()
                .sql("grant select, insert, update on public.number to admitone_app")
                .update();

        core.transactions.run(
                SellerId.PLATFORM,
                () -> reads.together(
                        new Read<>(new Sql("insert into public.number values (7)", new Object[0]), first),
                        Read.of(
                                "select r->>0 as said from unnest(?::jsonb[]) as r",
                                List.<Object[]>of(new Object[] {"one"}),
                                first,
                                row -> first.add(row.getString("said"))),
                        Read.of("select 'never' as said", List.of(), none, row -> none.add(row.getString("said"))),
                        Read.of(
                                "select 'none' as said from unnest(?::jsonb[]) as r where r->>0 = 'b'",
                                List.<Object[]>of(new Object[] {"a"}),
                                none,
                                row -> none.add(row.getString("said"))),
                        new Read<>(
                                new Sql(
                                        "select n::text as said from public.number",
                                        new Object[0],
                                        row -> last.add(row.getString("said"))),
                                last)));

        assertThat(first).containsExactly("one");
        assertThat(none).isEmpty();
        assertThat(last).as("sees what the one before it did").containsExactly("7");
    }
}
