package admitone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class InvariantsCommandTests {
    @ParameterizedTest
    @CsvSource({"0, 0", "2, 1", "-1, 1"})
    void endsWithOneWhereAnyDoesNotHoldOrCouldNotBeLookedAt(int violations, int exitCode) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] answer = """
                [{"id": "one", "violations": 0}, {"id": "other", "violations": %d}]
                """.formatted(violations).getBytes(UTF_8);
        server.createContext("/api/v1/invariants", exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://localhost:" + server.getAddress().getPort();
            assertThat(new CommandLine(new Main()).execute("invariants", "--url", url, "--token", "t"))
                    .isEqualTo(exitCode);
        } finally {
            server.stop(0);
        }
    }
}
