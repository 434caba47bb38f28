package admitone.web;

import admitone.database.Lane;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether notifications can be taken in now: the database answers on their lane within a second. However often it is asked, the
 * database is asked once a second, and by one thread at a time.
 */
@Component
class Readiness implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);
    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    private final JdbcClient jdbc;
    private final ApplicationAvailability availability;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable Future<Boolean> asking;
    private long askedAtNanos;
    private boolean answered;

    Readiness(JdbcClient jdbc, ApplicationAvailability availability) {
        this.jdbc = jdbc;
        this.availability = availability;
    }

    boolean isReady() {
        return availability.getReadinessState() != ReadinessState.REFUSING_TRAFFIC && databaseAnswers();
    }

    private synchronized boolean databaseAnswers() {
        long now = System.nanoTime();
        if (askedAtNanos != 0 && now - askedAtNanos < ASK_EVERY.toNanos()) {
            return answered;
        }
        if (asking == null || asking.isDone()) {
            asking = threads.submit(() -> Lane.INTAKE.run(this::ask));
        }
        answered = waitFor(asking);
        askedAtNanos = System.nanoTime();
        return answered;
    }

    private boolean ask() {
        return jdbc.sql("select 1").query(Integer.class).single() == 1;
    }

    private static boolean waitFor(Future<Boolean> answer) {
        try {
            return answer.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
