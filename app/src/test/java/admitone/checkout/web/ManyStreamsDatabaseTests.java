package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.Order;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class ManyStreamsDatabaseTests {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Map<String, String> NO_LIMIT =
            Map.of("ADMITONE_STATUS_LIMIT_PER_MINUTE", "0", "ADMITONE_ADDRESS_LIMIT_PER_MINUTE", "0");

    @Test
    void shareOneLook() {
        Statements statements = new Statements();
        Duration look = Duration.ofMillis(300);
        Map<String, Object> properties = Map.of(
                "admitone.event-streams.look", look.toMillis() + "ms",
                "admitone.event-streams.heartbeat", "500ms",
                "admitone.event-streams.most-of-network", "200");
        List<EventReader> readers = new ArrayList<>();
        try (RunningShop shop = RunningShop.start(NO_LIMIT, properties, statements::count)) {
            for (int i = 0; i < 40; i++) {
                Order order = shop.order();
                for (int j = 0; j < 5; j++) {
                    readers.add(EventReader.open(shop, order.id()));
                }
            }
            await().atMost(SOON)
                    .until(() ->
                            readers.stream().noneMatch(reader -> reader.told().isEmpty()));

            long began = System.nanoTime();
            long looksBefore = statements.looks.get();
            long readsBefore = statements.single.get();
            await().atMost(SOON).until(() -> statements.looks.get() >= looksBefore + 5);
            long looks = statements.looks.get() - looksBefore;
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            assertThat(looks).isBetween(5L, took.dividedBy(look) + 2);
            assertThat(statements.single).hasValue(readsBefore);

            readers.forEach(EventReader::close);
            await().atMost(SOON).until(() -> open(shop) == 0);
            long atTheEnd = statements.looks.get() + 1; // one may have been under way
            await().during(look.multipliedBy(4)).atMost(SOON).until(() -> statements.looks.get() <= atTheEnd);
        } finally {
            readers.forEach(EventReader::close);
        }
    }

    @Test
    void areNotHeldUpByAReaderThatNeverReads() throws IOException {
        Map<String, Object> properties = Map.of(
                "admitone.event-streams.look", "60ms",
                "admitone.event-streams.heartbeat", "1ms",
                "server.tomcat.connection-timeout", "8s");
        try (RunningShop shop = RunningShop.start(NO_LIMIT, properties, ManyStreamsDatabaseTests::smallBuffers);
                Socket deaf = new Socket()) {
            Order order = shop.order();
            Payment payment = shop.payment(order);
            deaf.setReceiveBufferSize(1);
            deaf.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(),
                    java.net.URI.create(shop.url()).getPort()));
            deaf.getOutputStream()
                    .write(("GET /api/payment-status/events?order_id=" + order.id()
                                    + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            try (EventReader reader = EventReader.open(shop, order.id())) {
                await().atMost(SOON).until(() -> open(shop) == 2);
                await().atMost(SOON).until(() -> reader.heartbeats() > 2000); // by now the other's buffers are full
                assertThat(open(shop)).isEqualTo(2);

                shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
                await().atMost(Duration.ofSeconds(4))
                        .until(() -> reader.statuses().equals(List.of("awaiting_payment", "confirming")));
                await().atMost(SOON).until(() -> open(shop) == 1);
                assertThat(reader.isOver()).isFalse();
            }
        }
    }

    private static void smallBuffers(GenericApplicationContext context) {
        context.registerBean(
                "smallBuffers",
                Customizer.class,
                () -> factory ->
                        factory.addConnectorCustomizers(connector -> connector.setProperty("socket.txBufSize", "1")));
    }

    private interface Customizer extends WebServerFactoryCustomizer<TomcatServletWebServerFactory> {}

    private static int open(RunningShop shop) {
        return (int) shop.bean(MeterRegistry.class)
                .get("admitone.event.streams.open")
                .gauge()
                .value();
    }

    /** Counts the statements that read orders: those of looks, and those about a single one. */
    private static final class Statements {
        final AtomicLong looks = new AtomicLong();
        final AtomicLong single = new AtomicLong();

        void count(GenericApplicationContext context) {
            context.registerBean("counting", BeanPostProcessor.class, () -> new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource lanes ? counting(lanes) : bean;
                }
            });
        }

        private DataSource counting(DataSource lanes) {
            return new DelegatingDataSource(lanes) {
                @Override
                public Connection getConnection() throws SQLException {
                    return counting(super.getConnection());
                }
            };
        }

        private Connection counting(Connection connection) {
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                        if (arguments != null
                                && arguments[0] instanceof String sql
                                && sql.contains("checkout.orders")) {
                            (sql.contains("unnest") ? looks : single).incrementAndGet();
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }
    }
}
