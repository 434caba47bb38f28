package admitone.runtime;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Calls to the outside, each with a time limit and a body limit. Tells apart what was certainly not sent from what was lost. */
public final class OutsideHttp {
    private static final Logger log = LoggerFactory.getLogger(OutsideHttp.class);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);
    private static final long MOST_BYTES = 8 << 20;

    private HttpClient client;

    public OutsideHttp() {
        this(newClient());
    }

    OutsideHttp(HttpClient client) {
        this.client = client;
    }

    private static HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_WITHIN)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    public sealed interface Reply {
        record Received(int status, byte[] body, HttpHeaders headers) implements Reply {}

        /** No connection came about. */
        record NotSent(String reason) implements Reply {}

        /** It was sent, in part at least, and no whole answer came. */
        record Lost(String reason) implements Reply {}
    }

    /**
     * The reason of a reply never holds the URL, which may hold a secret. A null body makes a GET, otherwise a POST of JSON. An answer must
     * begin {@code within} this time, and be there {@link #overAfter within a third more}.
     */
    public Reply call(URI url, Map<String, String> headers, byte @Nullable [] json, Duration within) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a call to the outside inside a transaction: owe it as a task instead");
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).timeout(within).header("Accept", "application/json");
        headers.forEach(request::header);
        if (json != null) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(json));
        }
        // the client's own time limit ends with the headers of an answer, and tells what was not sent; ours is for what
        // follows
        var sent = living().sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
        try {
            var response = sent.get(overAfter(within).toNanos(), TimeUnit.NANOSECONDS);
            return new Reply.Received(response.statusCode(), response.body(), response.headers());
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (TimeoutException e) {
            sent.cancel(true);
            return new Reply.Lost("timeout");
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            return new Reply.Lost("interrupted");
        }
    }

    /** When a call is over whose answer must begin within this time. */
    public static Duration overAfter(Duration within) {
        return within.multipliedBy(4).dividedBy(3);
    }

    /** An error in the client's one thread ends it for good; what it is given from then on is not sent, and looks as if it were lost. */
    private synchronized HttpClient living() {
        if (client.isTerminated()) {
            log.error("the HTTP client for calls to the outside has ended, a new one takes its place");
            client = newClient();
        }
        return client;
    }

    private static Reply failed(@Nullable Throwable cause) {
        return switch (cause) {
            case ConnectException _, HttpConnectTimeoutException _ -> new Reply.NotSent("no connection");
            case IOException e -> new Reply.Lost(e.getClass().getSimpleName());
            case null, default -> new Reply.Lost(String.valueOf(cause));
        };
    }
}
