package admitone.tasks;

import admitone.tasks.JdbcTasks.Due;
import admitone.tasks.JdbcTasks.Look;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Looks for due tasks: about once a second from the beginning, in between, of each kind, from where that look saw the first, or two seconds ago. Until a
 * table is vacuumed, a big one seldom, its index keeps entries of what is done, and each look would pass over all of them. What is owed further back
 * meanwhile (a later commit, another clock) is seen a second later. For one thread.
 */
final class DueLooks {
    private static final long FROM_THE_BEGINNING_EVERY = Duration.ofSeconds(1).toNanos();
    /** What is owed now is mostly committed by then; what is not waits for a look from the beginning. */
    private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(2);

    private final JdbcTasks rows;
    private final LongSupplier nanoTime;
    private final Map<String, Floor> floors = new HashMap<>();

    /** Nothing of a kind was due before {@code from}, as seen at a look from the beginning; forgotten at {@code until}, by {@code nanoTime}. */
    private record Floor(Instant from, long until) {}

    DueLooks(JdbcTasks rows, LongSupplier nanoTime) {
        this.rows = rows;
        this.nanoTime = nanoTime;
    }

    /** The longest due first, {@code most} in all, and of each kind no more than it has free places: what waits for one hides nothing of another kind. */
    List<Due> look(Instant now, Map<String, Integer> free, int most) {
        long nanos = nanoTime.getAsLong();
        floors.values().removeIf(floor -> floor.until() - nanos <= 0);
        List<Look> looks = free.entrySet().stream()
                .map(one -> new Look(one.getKey(), from(one.getKey()), one.getValue()))
                .toList();
        List<Due> due = rows.due(now, looks, most);
        Instant seenUntil = due.size() < most ? now : due.getLast().at(); // of a kind of which there is none
        free.keySet().stream().filter(kind -> !floors.containsKey(kind)).forEach(kind -> {
            Instant first = due.stream()
                    .filter(one -> one.kind().equals(kind))
                    .map(Due::at)
                    .findFirst()
                    .orElse(seenUntil);
            Instant late = now.minus(COMMITTED_WITHIN);
            floors.put(kind, new Floor(first.isBefore(late) ? first : late, nanos + FROM_THE_BEGINNING_EVERY));
        });
        return due;
    }

    private Instant from(String kind) {
        Floor floor = floors.get(kind);
        return floor == null ? Instant.EPOCH : floor.from();
    }
}
