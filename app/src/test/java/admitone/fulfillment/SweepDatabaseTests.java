package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.checkout.Order;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the sweep and the tasks of the flow do when the provider does not answer, or not what is needed. */
class SweepDatabaseTests {
    private static final String ID = "5996609246";

    private final Core core = Core.start("sweep", Map.of("ADMITONE_CONFIRM_ABOVE_USD", "1"));
    private final Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void aQuestionWithoutAnAnswerDoesNotCount() {
        core.hear(Ipn.of(ID, core.order(shop).id(), "waiting"));
        core.provider.onFind = (id, trigger) -> new Answer.Unknown<>("timeout");
        core.clock.advance(Duration.ofMinutes(1));
        Sweep sweep = core.bean(Sweep.class);

        sweep.start();
        await().until(() -> core.provider.found.size() == 1);
        await().until(() -> core.count("payments.payment where asked = 0 and next_ask_at is not null") == 1);
        core.clock.advance(Duration.ofSeconds(31));
        await().until(() -> core.provider.found.size() == 2);
        sweep.stop();
    }

    @Test
    void askingBeforeGrantingGoesOnUntilTheProviderCallsItSettled() {
        Order order = core.order(shop);
        core.provider.onFind = (id, trigger) ->
                new Answer.Done<>(Optional.of(core.heard(Ipn.of(ID, order.id(), "sending"), trigger.cause())));
        core.hear(Ipn.finished(ID, order.id()));
        core.startTasks();
        await().until(() -> core.count("tasks.task where kind = 'look' and state = 'ready' and attempt = 1") == 1);
        assertThat(core.count("access.grants")).isZero();

        core.provider.onFind = (id, trigger) -> new Answer.Done<>(
                Optional.of(core.heard(Ipn.finished(ID, order.id()).with("updated_at", "1"), trigger.cause())));
        core.clock.advance(Duration.ofSeconds(31));
        core.awaitTasks();

        assertThat(core.count("access.grants")).isEqualTo(1);
    }

    @Test
    void aKeptNotificationThatCannotBeReadHoldsUpNoneBehindIt() {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "waiting"));
        core.owner().sql("""
                        insert into payments.notification
                          (seller_id, payment_id, digest, body, provider_status, cause, source, received_at, fate)
                        select seller_id, payment_id, decode('00', 'hex'), decode('7b', 'hex'), 'x', 'ipn', 'test',
                          timestamptz '2020-01-01T00:00:00Z', 'waiting'
                        from payments.payment
                        """).update();
        core.owner()
                .sql("alter table payments.payment add constraint broken check (state = 'waiting')")
                .update();
        assertThat(core.hear(Ipn.of(ID, order.id(), "confirming")).what()).isEqualTo("kept for later");
        core.owner().sql("alter table payments.payment drop constraint broken").update();

        core.startTasks();
        await().until(() -> core.count("tasks.task where kind = 'decide' and failures = 1") == 1);

        assertThat(core.state(ID)).isEqualTo("confirming");
        assertThat(core.count("payments.notification where fate = 'waiting'")).isEqualTo(1);
    }
}
