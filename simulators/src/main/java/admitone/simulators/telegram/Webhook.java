package admitone.simulators.telegram;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Sends a bot's updates to its webhook: queues in parallel, order kept within each, retries with back-off. */
final class Webhook implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final long GIVE_UP_GONE_SECONDS = Duration.ofHours(23).toSeconds();

    final String url;
    final String secret;
    final int maxConnections;

    private final ReentrantLock lock;
    private final Updates updates;
    private final MovableClock clock;
    private final HttpClient client;
    private final Set<String> underWay = new HashSet<>();
    private boolean closed;
    private long goneSince;
    long lastErrorDate;

    @Nullable
    String lastErrorMessage;

    Webhook(
            String url,
            String secret,
            int maxConnections,
            ReentrantLock lock,
            Updates updates,
            MovableClock clock,
            HttpClient client) {
        this.url = url;
        this.secret = secret;
        this.maxConnections = maxConnections;
        this.lock = lock;
        this.updates = updates;
        this.clock = clock;
        this.client = client;
    }

    void start() {
        Thread.ofVirtual().name("telegram-webhook").start(this::deliverUntilClosed);
    }

    /** Called with the lock held. */
    @Override
    public void close() {
        closed = true;
        updates.changed.signalAll();
    }

    boolean isClosed() {
        return closed;
    }

    private void deliverUntilClosed() {
        lock.lock();
        try {
            while (!closed && !updates.isClosed()) {
                for (Updates.Update update : updates.due(underWay, maxConnections - underWay.size())) {
                    underWay.add(update.queue);
                    Thread.ofVirtual().name("telegram-webhook-post").start(() -> deliver(update));
                }
                // the clock may be moved from outside without a signal, so look again now and then
                var signalled = updates.changed.await(200, TimeUnit.MILLISECONDS);
                if (!signalled && closed) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void deliver(Updates.Update update) {
        int status = 0;
        long retryAfter = 0;
        String error;
        try {
            HttpResponse<Void> answer = client.send(request(update), HttpResponse.BodyHandlers.discarding());
            status = answer.statusCode();
            retryAfter = answer.headers()
                    .firstValue("Retry-After")
                    .map(Params::leadingNumber)
                    .map(seconds -> Math.clamp(seconds, 0, 3600))
                    .orElse(0);
            error = "Wrong response from the webhook: " + status + " " + reason(status);
        } catch (HttpTimeoutException e) {
            error = "Read timeout expired";
        } catch (ConnectException e) {
            error = "Connection refused";
        } catch (IOException e) {
            error = "Connection closed";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        record(update, status, retryAfter, error);
    }

    private void record(Updates.Update update, int status, long retryAfter, String error) {
        lock.lock();
        try {
            underWay.remove(update.queue);
            if (closed) {
                return;
            }
            if (status / 100 == 2) {
                goneSince = 0;
                updates.delivered(update);
                return;
            }
            lastErrorDate = clock.unixSeconds();
            lastErrorMessage = error;
            goneSince = status != 410 ? 0 : goneSince == 0 ? lastErrorDate : goneSince;
            if (goneSince != 0 && lastErrorDate - goneSince > GIVE_UP_GONE_SECONDS) {
                close();
            }
            updates.refused(update, retryAfter);
        } finally {
            lock.unlock();
        }
    }

    private HttpRequest request(Updates.Update update) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(ANSWER_WITHIN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(update.json.toString()));
        if (!secret.isEmpty()) {
            request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        return request.build();
    }

    private static String reason(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 410 -> "Gone";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "";
        };
    }
}
