package admitone.simulators.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on the loopback address, a virtual thread per request. Port 0 takes a free one. */
public final class Server implements AutoCloseable {

    /** Answers an exchange; what it throws becomes a 500 with the error's text, since a simulator hides nothing. */
    @FunctionalInterface
    public interface Handler {
        void handle(Exchange exchange) throws IOException, InterruptedException;
    }

    static {
        // The JDK's server closes connections that idle 30 s and those beyond 200: a client that reuses one at that
        // moment would see a lost answer that no test asked for.
        System.setProperty("sun.net.httpserver.idleInterval", "3600");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "4000");
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer http;
    private final ExecutorService threads;

    private Server(HttpServer http, ExecutorService threads) {
        this.http = http;
        this.threads = threads;
    }

    public static Server start(int port, Handler handler) {
        try {
            HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            http.setExecutor(threads);
            http.createContext("/", raw -> handleSafely(handler, new Exchange(raw)));
            http.start();
            return new Server(http, threads);
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port + " cannot be listened on: " + e.getMessage(), e);
        }
    }

    private static void handleSafely(Handler handler, Exchange exchange) throws IOException {
        try {
            handler.handle(exchange);
        } catch (RuntimeException e) {
            if (!exchange.isAnswered()) {
                exchange.plain(500, "simulator fault: " + e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.drop();
        }
    }

    public int port() {
        return http.getAddress().getPort();
    }

    /** {@code http://127.0.0.1:PORT}, without a trailing slash. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
