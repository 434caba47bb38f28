package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.runtime.SellerId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class GatheredDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");

    private final Core core = Core.start("gathered");
    private final List<List<Integer>> writes = new ArrayList<>();
    private final List<Integer> told = new ArrayList<>();
    private final Gathered<Integer> gathered =
            kind("insert into public.number select (r->>0)::int from unnest(?::jsonb[]) as r", false);
    private final Gathered<Integer> unlessThere = kind(
            "insert into public.number select (r->>0)::int from unnest(?::jsonb[]) as r on conflict do nothing returning n",
            true);
    private final Gathered<Integer> negated = kind(
            "update public.number set n = -n where n in (select (r->>0)::int from unnest(?::jsonb[]) as r)", false);

    private Gathered<Integer> kind(String sql, boolean returns) {
        return new Gathered<>(core.bean(JdbcTemplate.class), rows -> {
            writes.add(List.copyOf(rows));
            return new Sql(
                    sql,
                    Columns.rows(rows.stream().map(n -> new Object[] {n}).toList()),
                    returns ? row -> told.add(row.getInt("n")) : null);
        });
    }

    @BeforeEach
    void table() {
        core.owner().sql("create table public.number (n int primary key)").update();
        core.owner()
                .sql("grant select, insert, update on public.number to admitone_app")
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
    void isRefusedOnceTheTransactionHasWritten() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    gathered.add(1);
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void beforeCommit(boolean readOnly) {
                            gathered.add(2);
                        }
                    });
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("written already");

        assertThat(core.count("public.number")).isZero();
    }

    @Test
    void manyRowsTellWhichOfThemWereNew() {
        core.transactions.run(SELLER, () -> gathered.add(150));

        core.transactions.run(SELLER, () -> IntStream.rangeClosed(1, 300).forEach(unlessThere::add));

        assertThat(told).hasSize(299).doesNotContain(150);
        assertThat(core.count("public.number")).isEqualTo(300);
    }

    @Test
    void kindsAreWrittenInTheOrderInWhichEachWasFirstAddedTo() {
        core.transactions.run(SELLER, () -> {
            gathered.add(1);
            unlessThere.add(2);
            negated.add(1);
            negated.add(2);
            gathered.add(3);
            negated.add(3);
        });

        assertThat(writes).containsExactly(List.of(1, 3), List.of(2), List.of(1, 2, 3));
        assertThat(told).containsExactly(2);
        assertThat(core.jdbc
                        .sql("select n from public.number order by n")
                        .query(Integer.class)
                        .list())
                .containsExactly(-3, -2, -1);
    }

    @Test
    void oneOfSeveralKindsThatFailsLeavesNothingOfTheOthers() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    unlessThere.add(1);
                    gathered.add(1);
                    negated.add(1);
                }))
                .isInstanceOf(org.springframework.dao.DuplicateKeyException.class);

        assertThat(core.count("public.number")).isZero();
    }
}
