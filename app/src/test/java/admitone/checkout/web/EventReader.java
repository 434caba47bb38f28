package admitone.checkout.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads one event stream on a thread of its own and keeps what it was told. */
final class EventReader implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpResponse<Stream<String>> response;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicLong heartbeats = new AtomicLong();
    private final Thread thread;

    private EventReader(String url, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        this.response = client.send(request.build(), BodyHandlers.ofLines());
        this.thread = Thread.ofVirtual().start(this::read);
    }

    /** Returns when the headers of the answer are here. */
    static EventReader open(RunningShop shop, String orderId, String... headers) {
        try {
            return new EventReader(shop.url() + "/api/payment-status/events?order_id=" + orderId, headers);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (Stream<String> body = response.body()) {
            body.forEach(line -> {
                if (line.equals("event: beat")) {
                    heartbeats.incrementAndGet();
                } else if (!line.isEmpty() && !line.equals("data:")) {
                    lines.add(line);
                }
            });
        } catch (java.io.UncheckedIOException e) {
            lines.add("broken");
        }
    }

    HttpResponse<?> response() {
        return response;
    }

    /** All that was sent but heartbeats and what divides events. */
    List<String> lines() {
        return lines;
    }

    /** What the events said, oldest first. */
    List<JsonNode> told() {
        return lines.stream()
                .filter(line -> line.startsWith("data: "))
                .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
                .toList();
    }

    List<String> statuses() {
        return told().stream().map(event -> event.get("status").asString()).toList();
    }

    /** The id of the newest event. */
    String lastId() {
        return lines.stream()
                .filter(line -> line.startsWith("id: "))
                .toList()
                .getLast()
                .substring("id: ".length());
    }

    long heartbeats() {
        return heartbeats.get();
    }

    /** The stream has come to its proper end. */
    boolean isOver() {
        return !thread.isAlive() && !lines.contains("broken");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
