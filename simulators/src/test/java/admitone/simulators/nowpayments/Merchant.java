package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import admitone.simulators.http.Server;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/** The other side of a notification: remembers what came and answers as it is told. */
final class Merchant implements AutoCloseable {
    record Heard(String body, String signature, String contentType) {}

    final List<Heard> heard = new CopyOnWriteArrayList<>();
    final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final Server server = Server.start(0, this::answer);
    private volatile IntUnaryOperator status = _ -> 200;
    private volatile int awaited = 1;

    String url() {
        return server.url() + "/ipn";
    }

    /** {@code status} gets the number of the notification, from 1; 0 means: never answer. */
    void answers(IntUnaryOperator status) {
        this.status = status;
    }

    /** Holds each answer until so many notifications are here at the same time. */
    void awaitTogether(int count) {
        awaited = count;
    }

    private void answer(Exchange exchange) throws IOException, InterruptedException {
        int now = atOnce.incrementAndGet();
        mostAtOnce.accumulateAndGet(now, Math::max);
        heard.add(new Heard(exchange.text(), header(exchange, "x-nowpayments-sig"), header(exchange, "Content-Type")));
        int number = heard.size();
        Waiting.until("the others are here", () -> mostAtOnce.get() >= awaited);
        atOnce.decrementAndGet();
        int answer = status.applyAsInt(number);
        if (answer == 0) {
            Thread.sleep(60_000);
        }
        exchange.plain(answer, "ok");
    }

    private static String header(Exchange exchange, String name) {
        return Optional.ofNullable(exchange.header(name).orElse(null)).orElse("");
    }

    @Override
    public void close() {
        server.close();
    }
}
