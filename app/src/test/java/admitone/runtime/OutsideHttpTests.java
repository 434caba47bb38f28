package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import admitone.runtime.OutsideHttp.Reply;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
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
}
