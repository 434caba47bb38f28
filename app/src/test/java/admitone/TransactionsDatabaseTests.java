package admitone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.database.Transactions.UnknownCommit;
import admitone.runtime.SellerId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class TransactionsDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");

    private final Core core = Core.start("transactions");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void commitWhoseConnectionBreaksIsNotKnown() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    core.jdbc
                            .sql("insert into access.seat values (?, gen_random_uuid(), 1)")
                            .param(SELLER.value())
                            .update();
                    terminateOurselves();
                }))
                .isInstanceOf(UnknownCommit.class);

        assertThat(core.transactions.run(SELLER, () -> "the next one works")).isEqualTo("the next one works");
    }

    @Test
    void afterACommitThatIsNotKnownNobodyIsToldThatItCommitted() {
        AtomicInteger committed = new AtomicInteger();

        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            committed.incrementAndGet();
                        }
                    });
                    terminateOurselves();
                }))
                .isInstanceOf(UnknownCommit.class);

        assertThat(committed).hasValue(0);
    }

    @Test
    void failureInsideRollsBackAndStaysWhatItWas() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    core.jdbc
                            .sql("insert into access.seat values (?, gen_random_uuid(), 1)")
                            .param(SELLER.value())
                            .update();
                    throw new IllegalArgumentException("ours");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(core.count("access.seat")).isZero();
    }

    @Test
    void isNeverBegunInsideAnother() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> core.transactions.run(SELLER, () -> true)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside another");
    }

    private void terminateOurselves() {
        int pid = core.jdbc.sql("select pg_backend_pid()").query(Integer.class).single();
        core.strings("select pg_terminate_backend(?, 5000)::text", pid);
    }
}
