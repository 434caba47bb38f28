package admitone.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What stands before several instances: hands a notification to one, and to the next where that one is not there or says that it cannot. */
final class Balancer implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final AtomicInteger turn = new AtomicInteger();
    /** Where to, in this order; several take turns. */
    final List<Service> targets = new CopyOnWriteArrayList<>();

    volatile boolean takesTurns = true;
    /** What the sender was answered. */
    final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    /** How often the first that was asked was not there or could not. */
    final AtomicInteger passedOn = new AtomicInteger();

    Balancer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::pass);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String signature = exchange.getRequestHeaders().getFirst("x-nowpayments-sig");
        int first = takesTurns ? turn.getAndIncrement() : 0;
        int status = 502;
        for (int i = 0; i < targets.size() && (status == 502 || status == 503); i++) {
            status = send(targets.get(Math.floorMod(first + i, targets.size())), body, signature);
            passedOn.addAndGet(i);
        }
        answers.add(status);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private int send(Service target, byte[] body, String signature) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(target.url() + "/ipn"))
                .timeout(Duration.ofSeconds(20))
                .header("x-nowpayments-sig", String.valueOf(signature))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 502;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 502;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
