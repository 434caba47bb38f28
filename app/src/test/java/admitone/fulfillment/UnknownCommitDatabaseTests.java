package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Ipn;
import admitone.checkout.Order;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** COMMIT was sent and its answer lost: what happened is read again by key. */
class UnknownCommitDatabaseTests {
    private static final String ID = "5996609246";

    /** Loses the answer of the next deciding commit, which took effect or did not. */
    private static final class Losing implements Transactions {
        private final Transactions real;
        private boolean armed;
        private boolean tookEffect;

        Losing(Transactions real) {
            this.real = real;
        }

        @Override
        public <T> T run(SellerId seller, Supplier<T> work) {
            if (!armed) {
                return real.run(seller, work);
            }
            armed = false;
            try {
                real.run(seller, () -> {
                    T done = work.get();
                    if (!tookEffect) {
                        throw new RolledBack();
                    }
                    return done;
                });
            } catch (RolledBack e) {
                // as if the server had lost it
            }
            throw new UnknownCommit("lost by the test", new IllegalStateException());
        }

        private static final class RolledBack extends RuntimeException {}
    }

    @Test
    void commitThatTookEffectIsNotDoneAgain() {
        hearWithALostCommit(true, "committed");
    }

    @Test
    void commitThatDidNotIsMadeUpForByTheTask() {
        hearWithALostCommit(false, "kept for later");
    }

    private static void hearWithALostCommit(boolean tookEffect, String what) {
        try (Core core = Core.start("unknown", Losing::new)) {
            Order order = core.order(core.shop("0123456789ab"));
            core.hear(Ipn.of(ID, order.id(), "waiting"));
            Losing losing = (Losing) core.transactions;
            losing.armed = true;
            losing.tookEffect = tookEffect;

            assertThat(core.hear(Ipn.finished(ID, order.id())).what()).isEqualTo(what);
            core.startTasks();
            core.awaitTasks();

            assertThat(core.count("access.grants")).isEqualTo(1);
            assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
            assertThat(core.count("payments.notification where fate = 'waiting'"))
                    .isZero();
        }
    }
}
