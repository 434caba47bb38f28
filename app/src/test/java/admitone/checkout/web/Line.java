package admitone.checkout.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a shop that can be cut, as where its only instance stops, and joined again. */
final class Line implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int shop;
    private volatile boolean isCut;

    private Line(int shop) throws IOException {
        this.shop = shop;
    }

    static Line to(RunningShop shop) throws IOException {
        Line line = new Line(URI.create(shop.url()).getPort());
        Thread.ofVirtual().start(line::accept);
        return line;
    }

    String url() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    void cut() {
        isCut = true;
        open.forEach(Line::end);
    }

    void join() {
        isCut = false;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                connect(door.accept());
            } catch (IOException e) {
                // this one came to nothing
            }
        }
    }

    private void connect(Socket browser) throws IOException {
        open.add(browser);
        if (isCut) {
            end(browser);
            return;
        }
        Socket service = new Socket(InetAddress.getLoopbackAddress(), shop);
        Thread.ofVirtual().start(() -> pass(browser, service));
        Thread.ofVirtual().start(() -> pass(service, browser));
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // closed by one of the two, or cut
        } finally {
            open.remove(from);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }
}
