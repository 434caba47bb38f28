package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.runtime.SellerId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class GatheredDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");

    private final Core core = Core.start("gathered");
    private final List<List<Integer>> writes = new ArrayList<>();
    private final Gathered<Integer> gathered = new Gathered<>(rows -> {
        writes.add(List.copyOf(rows));
        insert(rows);
    });

    @BeforeEach
    void table() {
        core.owner().sql("create table public.number (n int primary key)").update();
        core.owner()
                .sql("grant select, insert on public.number to admitone_app")
                .update();
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void writesAllAtOnceWhenTheTransactionCommits() {
        core.transactions.run(SELLER, () -> {
            gathered.add(1);
            gathered.add(2);
            assertThat(writes).isEmpty();
            gathered.add(3);
        });
        core.transactions.run(SELLER, () -> gathered.add(4));

        assertThat(writes).containsExactly(List.of(1, 2, 3), List.of(4));
        assertThat(core.count("public.number")).isEqualTo(4);
    }

    @Test
    void writesNothingWhenItRollsBack() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    gathered.add(1);
                    throw new IllegalArgumentException("decided otherwise");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        core.transactions.run(SELLER, () -> gathered.add(2));

        assertThat(writes).containsExactly(List.of(2));
    }

    @Test
    void whatAWriteThrowsTheTransactionThrowsAndRollsBack() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    core.jdbc.sql("insert into public.number values (7)").update();
                    gathered.add(1);
                    gathered.add(1);
                }))
                .isInstanceOf(org.springframework.dao.DuplicateKeyException.class);

        assertThat(core.count("public.number")).isZero();
    }

    @Test
    void isRefusedOutsideOfATransaction() {
        assertThatThrownBy(() -> gathered.add(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyRowsTellWhichOfThemWereNew() {
        core.transactions.run(SELLER, () -> gathered.add(150));

        List<Integer> rows =
                java.util.stream.IntStream.rangeClosed(1, 300).boxed().toList();
        List<Integer> inserted = core.transactions.run(SELLER, () -> insert(rows));

        assertThat(inserted).hasSize(299).doesNotContain(150);
        assertThat(core.count("public.number")).isEqualTo(300);
    }

    private List<Integer> insert(List<Integer> rows) {
        return MultiRow.insert(
                core.bean(JdbcTemplate.class),
                "insert into public.number (n) values",
                "(?)",
                rows.stream().distinct().count() < rows.size() ? "returning n" : "on conflict do nothing returning n",
                rows.stream().map(n -> new Object[] {n}).toList(),
                (row, n) -> row.getInt("n"));
    }
}
