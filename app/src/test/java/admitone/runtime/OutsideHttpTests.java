package admitone.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import admitone.runtime.OutsideHttp.Reply;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class OutsideHttpTests {
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final OutsideHttp http = new OutsideHttp();

    @Test
    void callsNobodyInsideATransaction() {
        TransactionSynchronizationManager.setActualTransactionActive(true);
        try {
            assertThatIllegalStateException()
                    .isThrownBy(() -> http.call(URI.create("http://127.0.0.1:9/secret"), Map.of(), null, WITHIN))
                    .withMessageNotContaining("secret");
        } finally {
            TransactionSynchronizationManager.setActualTransactionActive(false);
        }
    }

    @Test
    void tellsARefusedConnectionFromALostAnswer() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        assertThat(http.call(URI.create("http://127.0.0.1:" + closed + "/"), Map.of(), new byte[0], WITHIN))
                .isInstanceOf(Reply.NotSent.class);

        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/secret");
            Reply reply = http.call(url, Map.of(), new byte[0], Duration.ofMillis(200));

            assertThat(reply).isInstanceOf(Reply.Lost.class);
            assertThat(reply.toString()).doesNotContain("secret");
        }
    }

    @Test
    void hostThatDoesNotExistWasNotCalled() {
        assertThat(http.call(URI.create("http://no-such-host.invalid/"), Map.of(), null, WITHIN))
                .isInstanceOf(Reply.NotSent.class);
    }

    @Test
    void followsNoRedirectAndReadsNoEndlessBody() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/endless");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                byte[] chunk = new byte[1 << 20];
                for (int i = 0; i < 9; i++) {
                    body.write(chunk);
                }
            }
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();

            assertThat(http.call(URI.create(base + "/moved"), Map.of(), null, WITHIN))
                    .isInstanceOfSatisfying(
                            Reply.Received.class,
                            reply -> assertThat(reply.status()).isEqualTo(302));
            assertThat(http.call(URI.create(base + "/endless"), Map.of(), null, WITHIN))
                    .isInstanceOf(Reply.Lost.class);
        } finally {
            server.stop(0);
        }
    }

    /** As where no thread can be had, or no memory. */
    @Test
    void clientWhoseThreadHasEndedIsReplaced() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder()
                        .executor(work -> {
                            if (Thread.currentThread().getName().endsWith("SelectorManager")) {
                                throw new OutOfMemoryError("unable to create native thread");
                            }
                            threads.execute(work);
                        })
                        .build()) {
            OutsideHttp ends = new OutsideHttp(client);
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            assertThat(ends.call(url, Map.of(), null, WITHIN)).isInstanceOf(Reply.Lost.class);
            assertThat(client.awaitTermination(WITHIN)).isTrue();

            assertThat(ends.call(url, Map.of(), null, WITHIN)).isInstanceOf(Reply.Received.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void bodyThatDribblesEndsWithTheTimeOfTheCall() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/dribbles", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                while (true) { // until nobody reads it any more
                    body.write(' ');
                    body.flush();
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            }
        });
        server.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/dribbles");

            assertThat(http.call(url, Map.of(), null, Duration.ofMillis(300))).isEqualTo(new Reply.Lost("timeout"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void postThatWasLostOnAKeptConnectionIsNotSentAgainByTheClient() throws Exception {
        try (var server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
            var requests = new AtomicInteger();
            Thread.ofVirtual().start(() -> answersTheFirstOnly(server, requests));

            assertThat(http.call(url, Map.of(), new byte[] {'1'}, WITHIN)).isInstanceOf(Reply.Received.class);
            assertThat(http.call(url, Map.of(), new byte[] {'1'}, WITHIN)).isInstanceOf(Reply.Lost.class);

            assertThat(requests).hasValue(2);
        }
    }

    /** Of all requests; the connection of any other is closed. */
    private static void answersTheFirstOnly(ServerSocket server, AtomicInteger requests) {
        while (!server.isClosed()) {
            try (var connection = server.accept()) {
                var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.isEmpty() && requests.incrementAndGet() > 1) {
                        break;
                    }
                    if (line.isEmpty()) {
                        in.read(); // the body
                        connection
                                .getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
                    }
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        }
    }
}
