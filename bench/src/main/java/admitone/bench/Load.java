package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests that were made beforehand over connections that are kept, from one thread; it shares the machine with what it
 * measures and must cost little. An answer of 503 asks for the same request again, as the provider would send it.
 */
final class Load implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(40);
    private static final int NOT_NOW = 503;
    private static final long SPIN_NANOS = 1_500_000;

    /** What to send next, or null when there is no more. */
    @FunctionalInterface
    interface Requests {
        byte @Nullable [] next();
    }

    /** A request and when it is to be sent, in nanoseconds from the start. */
    record Timed(byte[] request, long atNanos) {}

    /**
     * What came of a load.
     *
     * @param startedAt by {@link System#nanoTime}
     * @param byStatus how many answers of each status
     */
    record Answers(long startedAt, Duration took, Map<Integer, Integer> byStatus) {
        int ok() {
            return byStatus.getOrDefault(200, 0);
        }

        int askedAgain() {
            return byStatus.getOrDefault(NOT_NOW, 0);
        }

        /** Answers that are neither. */
        int wrong() {
            return byStatus.values().stream().mapToInt(Integer::intValue).sum() - ok() - askedAgain();
        }
    }

    private static final class Connection {
        final SocketChannel channel;
        final SelectionKey key;
        final ResponseParser parser = new ResponseParser();
        byte @Nullable [] sent;

        @Nullable
        ByteBuffer unsent;

        Connection(SocketChannel channel, SelectionKey key) {
            this.channel = channel;
            this.key = key;
        }
    }

    private final InetSocketAddress address;
    private final Selector selector;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<byte[]> again = new ArrayDeque<>();
    private final Map<Integer, Integer> byStatus = new TreeMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final int connections;
    private int waiting;
    private long lastAnswer;

    Load(int port, int connections) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.connections = connections;
        try {
            this.selector = Selector.open();
            for (int i = 0; i < connections; i++) {
                idle.add(connect());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int connections() {
        return connections;
    }

    private Connection connect() throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Connection connection = new Connection(channel, key);
        key.attach(connection);
        return connection;
    }

    /** Each connection sends the next request when it has the answer to the one before. */
    Answers closed(Requests requests) {
        return run(_ -> {
            while (!idle.isEmpty()) {
                byte[] next = again.isEmpty() ? requests.next() : again.pop();
                if (next == null) {
                    return waiting == 0 ? -1 : Long.MAX_VALUE;
                }
                send(idle.pop(), next);
            }
            return Long.MAX_VALUE;
        });
    }

    /** Each request is sent at its time, whether or not earlier ones are answered, as long as a connection is free. */
    Answers paced(List<Timed> schedule) {
        Deque<Timed> left = new ArrayDeque<>(schedule);
        return run(start -> {
            while (!idle.isEmpty() && !again.isEmpty()) {
                send(idle.pop(), again.pop());
            }
            while (true) {
                Timed next = left.peek();
                if (next == null) {
                    return waiting == 0 ? -1 : Long.MAX_VALUE;
                }
                long ahead = start + next.atNanos() - System.nanoTime();
                if (ahead > 0 || idle.isEmpty()) {
                    return Math.max(ahead, 0);
                }
                send(idle.pop(), left.pop().request());
            }
        });
    }

    /** Sends what is due, {@code start} being the moment 0 of all times; answers in how many nanoseconds to look again, or -1 when all is over. */
    private interface Sender {
        long send(long start) throws IOException;
    }

    private Answers run(Sender sender) {
        byStatus.clear();
        long start = System.nanoTime();
        lastAnswer = start;
        try {
            for (long ahead = sender.send(start); ahead >= 0; ahead = sender.send(start)) {
                await(ahead);
                requireProgress(start);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the service broke off a connection", e);
        }
        return new Answers(start, Duration.ofNanos(lastAnswer - start), new TreeMap<>(byStatus));
    }

    private void await(long ahead) throws IOException {
        if (ahead < SPIN_NANOS) {
            selector.selectNow(this::ready);
            Thread.onSpinWait();
        } else {
            selector.select(this::ready, Math.min(TimeUnit.NANOSECONDS.toMillis(ahead - SPIN_NANOS) + 1, 1000));
        }
    }

    private void requireProgress(long start) {
        long now = System.nanoTime();
        if (now - start > LONGEST.toNanos() || (waiting > 0 && now - lastAnswer > LONGEST_SILENCE.toNanos())) {
            throw new IllegalStateException("no answer to " + waiting + " requests; answers so far: " + byStatus);
        }
    }

    private void ready(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            ByteBuffer unsent = connection.unsent;
            if (unsent != null && key.isWritable()) {
                write(connection, unsent);
            }
            if (key.isReadable()) {
                read(connection);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the service broke off a connection", e);
        }
    }

    private void send(Connection connection, byte[] request) throws IOException {
        if (waiting++ == 0) {
            lastAnswer = Math.max(lastAnswer, System.nanoTime());
        }
        connection.sent = request;
        write(connection, ByteBuffer.wrap(request));
    }

    private static void write(Connection connection, ByteBuffer bytes) throws IOException {
        connection.channel.write(bytes);
        boolean whole = !bytes.hasRemaining();
        connection.unsent = whole ? null : bytes;
        connection.key.interestOps(SelectionKey.OP_READ | (whole ? 0 : SelectionKey.OP_WRITE));
    }

    private void read(Connection connection) throws IOException {
        buffer.clear();
        if (connection.channel.read(buffer) < 0) {
            drop(connection);
            return;
        }
        buffer.flip();
        if (connection.parser.read(buffer)) {
            answered(connection);
        }
    }

    /** A connection that idled too long is replaced; one that was to bring an answer must not be. */
    private void drop(Connection connection) throws IOException {
        connection.channel.close();
        if (connection.sent != null) {
            throw new IOException("closed instead of an answer");
        }
        idle.remove(connection);
        idle.add(connect());
    }

    private void answered(Connection connection) throws IOException {
        byte[] request = connection.sent;
        if (request == null) {
            throw new IOException("an answer that nobody asked for");
        }
        connection.sent = null;
        waiting--;
        lastAnswer = System.nanoTime();
        int status = connection.parser.status();
        byStatus.merge(status, 1, Integer::sum);
        if (status == NOT_NOW) {
            again.add(request);
        }
        if (connection.parser.closes()) {
            connection.channel.close();
            idle.add(connect());
        } else {
            idle.add(connection);
        }
    }

    /** A GET of a path. */
    static byte[] get(int port, String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        List<SelectionKey> keys = new ArrayList<>(selector.keys());
        try {
            for (SelectionKey key : keys) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
