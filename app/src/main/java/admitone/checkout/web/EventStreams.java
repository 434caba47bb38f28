package admitone.checkout.web;

import admitone.checkout.Purchase;
import admitone.checkout.Purchases;
import admitone.checkout.web.EventStream.Next;
import admitone.checkout.web.StreamPlaces.Place;
import admitone.database.Lane;
import admitone.runtime.Loop;
import admitone.runtime.Network;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The open event streams of this instance. One look after the other reads all the purchases that are watched, however many streams
 * watch them, and tells each stream where its purchase stands; the thread of each stream's request writes what is new.
 */
@Component
@EnableConfigurationProperties(StreamLimits.class)
class EventStreams implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventStreams.class);
    static final int LOOKED_AT_IN_ONE_STATEMENT = 500;
    private static final Duration COME_BACK_AFTER = Duration.ofSeconds(3);
    private static final Duration AND_UP_TO = Duration.ofSeconds(5);

    private final Purchases purchases;
    private final BuyerReads reads;
    private final StreamLimits limits;
    private final JsonMapper json;
    private final StreamPlaces places;
    private final Counter refused;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final Loop looks;
    private volatile boolean closing;
    private boolean looksFail;

    EventStreams(Purchases purchases, BuyerReads reads, StreamLimits limits, JsonMapper json, MeterRegistry meters) {
        this.purchases = purchases;
        this.reads = reads;
        this.limits = limits;
        this.json = json;
        this.places = new StreamPlaces(limits);
        this.refused = meters.counter("admitone.event.streams.refused");
        meters.gauge("admitone.event.streams.open", places, StreamPlaces::taken);
        this.looks = Loop.start("event-streams", limits.look(), this::look);
    }

    /** A place for one more stream, if there is one. */
    Optional<Place> place(String orderId, Network network) {
        Optional<Place> place = closing ? Optional.empty() : places.take(orderId, network);
        if (place.isEmpty()) {
            refused.increment();
        }
        return place;
    }

    /** Writes until the final status was said, the reader is gone, the stream is old or the service ends. */
    void write(EventStream stream, OutputStream out) throws IOException {
        open.add(stream);
        try {
            if (closing) {
                return; // or it would have missed its end
            }
            write(out, "retry: " + comeBackAfter().toMillis() + "\n\n");
            long endsAt = System.nanoTime() + limits.longest().toNanos();
            boolean goesOn = true;
            while (goesOn) {
                goesOn = writeNext(stream, out, Duration.ofNanos(endsAt - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(stream);
        }
    }

    private boolean writeNext(EventStream stream, OutputStream out, Duration left)
            throws IOException, InterruptedException {
        if (!left.isPositive()) {
            return false;
        }
        return switch (stream.next(left.compareTo(limits.heartbeat()) < 0 ? left : limits.heartbeat())) {
            case Next.Say(StatusAnswer answer) -> {
                write(out, event(answer));
                yield !answer.isFinal();
            }
            case Next.Beat() -> {
                write(out, "event: beat\ndata:\n\n"); // a comment would reach no script
                yield true;
            }
            case Next.End() -> false;
        };
    }

    private String event(StatusAnswer answer) {
        return "id: " + StatusController.tag(answer) + "\nevent: status\ndata: " + json.writeValueAsString(answer)
                + "\n\n";
    }

    /** Tomcat gives up on a write that gets nowhere for {@code server.tomcat.connection-timeout}. */
    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Readers that were cut off together come back one after the other. */
    private static Duration comeBackAfter() {
        return COME_BACK_AFTER.plusMillis(ThreadLocalRandom.current().nextLong(AND_UP_TO.toMillis()));
    }

    private void look() {
        // before anything is read: a stream that opens from now on has read for itself, and must not be told what is
        // older
        Map<String, List<EventStream>> watched = open.stream().collect(Collectors.groupingBy(EventStream::orderId));
        List<List<String>> windows = watched.keySet().stream()
                .gather(Gatherers.windowFixed(LOOKED_AT_IN_ONE_STATEMENT))
                .toList();
        boolean allRead = true;
        for (List<String> orderIds : windows) {
            allRead &= read(orderIds, watched);
        }
        if (allRead && looksFail) {
            log.info("the event streams go on");
            looksFail = false;
        }
    }

    /** One statement that fails, whyever, keeps no other from its readers. */
    private boolean read(List<String> orderIds, Map<String, List<EventStream>> watched) {
        try {
            Lane.READS
                    .run(() -> purchases.findAll(orderIds))
                    .forEach((orderId, purchase) -> tell(watched.getOrDefault(orderId, List.of()), purchase));
            return true;
        } catch (RuntimeException e) {
            if (!looksFail) {
                log.warn("no news for event streams ({}), next look in {}", e.toString(), limits.look());
            }
            looksFail = true;
            return false;
        }
    }

    private void tell(List<EventStream> streams, Purchase purchase) {
        for (EventStream stream : streams) {
            try {
                stream.tell(StatusAnswer.of(stream.asked(), reads.told(purchase, stream.asker(), stream.language())));
            } catch (RuntimeException e) {
                log.error("an event stream ends, since its purchase cannot be put into words", e);
                stream.end();
            }
        }
    }

    /** Before the web server begins to wait for requests that are under way. */
    @EventListener
    void end(ContextClosedEvent closed) {
        closing = true;
        open.forEach(EventStream::end);
    }

    @Override
    public void close() {
        looks.close();
    }
}
