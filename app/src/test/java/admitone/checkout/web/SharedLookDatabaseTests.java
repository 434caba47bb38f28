package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.checkout.FailingPurchases;
import admitone.checkout.Order;
import admitone.checkout.StatusWords.Asker;
import admitone.messaging.Language;
import admitone.payments.Coins;
import admitone.payments.MoneyUnderWay;
import admitone.payments.Payments;
import admitone.runtime.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

/** The look that all streams of an instance share, where some of it fails. */
@ExtendWith(OutputCaptureExtension.class)
class SharedLookDatabaseTests {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final StreamLimits QUICK =
            new StreamLimits(Duration.ofMillis(50), Duration.ofMinutes(1), Duration.ofMinutes(1), 9, 9, 9);

    private final Core core = Core.start("shared-look");
    private final Shop shop = core.shop("0123456789ab");
    private final FailingPurchases purchases = new FailingPurchases(
            core.jdbc,
            core.bean(Payments.class),
            core.bean(MoneyUnderWay.class),
            core.bean(Catalog.class),
            core.bean(Coins.class));
    private final BuyerReads reads = new BuyerReads(purchases, core.clock, core.bean(Settings.class));
    private final EventStreams streams =
            new EventStreams(purchases, reads, QUICK, JsonMapper.builder().build(), new SimpleMeterRegistry());
    private final List<EventStream> open = new ArrayList<>();

    @AfterEach
    void stop() {
        open.forEach(EventStream::end);
        streams.close();
        core.close();
    }

    @Test
    void aStatementThatFailsKeepsNewsFromNobodyElseAndIsLoggedOnce(CapturedOutput log) {
        List<ByteArrayOutputStream> readers = new ArrayList<>();
        for (int n = 0; n <= EventStreams.LOOKED_AT_IN_ONE_STATEMENT; n++) {
            readers.add(open(core.order(shop, 1000 + n)));
        }
        await().atMost(SOON).until(() -> readers.stream().noneMatch(reader -> reader.size() == 0));
        purchases.fails = orderIds -> orderIds.size() == EventStreams.LOOKED_AT_IN_ONE_STATEMENT;
        // or a look that had read before would put it into words with the new time
        await().atMost(SOON).until(() -> purchases.failures.get() > 0);
        core.clock.advance(Duration.ofHours(25));

        await().atMost(SOON).until(() -> purchases.failures.get() > 5);
        await().atMost(SOON).until(() -> toldExpired(readers) == 1);
        assertThat(log).containsOnlyOnce("no news for event streams");

        purchases.fails = _ -> false;
        await().atMost(SOON).until(() -> toldExpired(readers) == readers.size());
        await().atMost(SOON).untilAsserted(() -> assertThat(log).containsOnlyOnce("the event streams go on"));
    }

    private static long toldExpired(List<ByteArrayOutputStream> readers) {
        return readers.stream()
                .filter(reader -> reader.toString(StandardCharsets.UTF_8).contains("\"expired\""))
                .count();
    }

    /** A stream whose reader knows where the order stands now. */
    private ByteArrayOutputStream open(Order order) {
        StatusAnswer now = StatusAnswer.of(
                order.id(), reads.ours(order.id(), Language.ENGLISH).orElseThrow());
        EventStream stream =
                new EventStream(order.id(), order.id(), Asker.HOLDER, Language.ENGLISH, now, /* seen= */ true);
        open.add(stream);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Thread.ofVirtual().start(() -> write(stream, out));
        return out;
    }

    private void write(EventStream stream, ByteArrayOutputStream out) {
        try {
            streams.write(stream, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
