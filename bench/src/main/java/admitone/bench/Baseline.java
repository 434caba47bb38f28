package admitone.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What this machine's disk and PostgreSQL can do at most without any service: durable inserts of one short row each, by plain
 * JDBC, prepared, committed one by one, into a database beside the service's on the same server.
 */
final class Baseline {
    static final List<Integer> CONNECTIONS = List.of(8, 16, 32, 64);
    private static final Duration WARM_UP = Duration.ofMillis(500);
    static final String TABLE = "line";

    private final Server server;
    private final Duration time;

    Baseline(Server server, Duration time) {
        this.server = server;
        this.time = time;
    }

    /** The best over all numbers of connections. */
    record Best(double insertsPerSecond, int connections) {}

    void prepare() throws SQLException {
        try (Connection owner = server.connect();
                Statement statement = owner.createStatement()) {
            try (var there = statement.executeQuery(
                    "select from pg_database where datname = '" + Server.BASELINE_DATABASE + "'")) {
                if (there.next()) {
                    return;
                }
            }
            statement.execute("create database " + Server.BASELINE_DATABASE);
        }
        try (Connection own = server.connect(Server.BASELINE_DATABASE);
                Statement statement = own.createStatement()) {
            statement.execute("create table " + TABLE + " (id uuid primary key, word text not null)");
        }
    }

    Best measure() throws SQLException {
        List<Best> all = new ArrayList<>();
        for (int connections : CONNECTIONS) {
            all.add(new Best(measure(connections), connections));
        }
        return all.stream()
                .max(Comparator.comparingDouble(Best::insertsPerSecond))
                .orElseThrow();
    }

    private double measure(int count) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                connections.add(server.connect(Server.BASELINE_DATABASE));
            }
            return insert(connections);
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private double insert(List<Connection> connections) {
        LongAdder inserted = new LongAdder();
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<@Nullable Exception> fault = new AtomicReference<>();
        List<Thread> threads = connections.stream()
                .map(connection -> Thread.ofPlatform().start(() -> insertUntil(connection, over, inserted, fault)))
                .toList();
        pause(time.compareTo(WARM_UP) < 0 ? time : WARM_UP);
        long before = inserted.sum();
        long began = System.nanoTime();
        pause(time);
        double rate = (inserted.sum() - before) * 1e9 / (System.nanoTime() - began);
        over.set(true);
        threads.forEach(Baseline::join);
        if (fault.get() != null) {
            throw new IllegalStateException("the baseline failed", fault.get());
        }
        return rate;
    }

    private static void insertUntil(
            Connection connection, AtomicBoolean over, LongAdder inserted, AtomicReference<@Nullable Exception> fault) {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into " + TABLE + " (id, word) values (?, ?)")) {
            while (!over.get()) {
                insert.setObject(1, id());
                insert.setString(2, "a few words of text");
                insert.executeUpdate();
                inserted.increment();
            }
        } catch (SQLException e) {
            fault.set(e);
        }
    }

    /** Ordered by time, as the service's are: kind to the index. */
    private static UUID id() {
        long random = ThreadLocalRandom.current().nextLong();
        return new UUID(
                (System.currentTimeMillis() << 16) | 0x7000 | (random & 0xfff),
                (ThreadLocalRandom.current().nextLong() >>> 2) | 0x8000_0000_0000_0000L);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
