package admitone.simulators.telegram;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The updates one bot has not confirmed yet, and the two ways it takes them: long polling or a webhook. Guarded by the world's lock. */
final class Updates {
    static final List<String> ALL_TYPES = List.of(
            "message",
            "edited_message",
            "channel_post",
            "edited_channel_post",
            "inline_query",
            "chosen_inline_result",
            "callback_query",
            "shipping_query",
            "pre_checkout_query",
            "poll",
            "poll_answer",
            "my_chat_member",
            "chat_member",
            "chat_join_request",
            "message_reaction",
            "message_reaction_count",
            "chat_boost",
            "removed_chat_boost");

    private static final Set<String> OFF_BY_DEFAULT =
            Set.of("chat_member", "message_reaction", "message_reaction_count");
    private static final long KEPT_SECONDS = Duration.ofHours(24).toSeconds();
    private static final long WEEK_SECONDS = Duration.ofDays(7).toSeconds();

    /** An update with the queue it must keep its place in. */
    static final class Update {
        final long id;
        final ObjectNode json;
        final long date;
        final String queue;
        int attempts;
        long dueAtMillis;
        boolean replayed;

        Update(long id, ObjectNode json, long date, String queue) {
            this.id = id;
            this.json = json;
            this.date = date;
            this.queue = queue;
        }
    }

    private static final class Poll {
        @Nullable
        String endedBecause;
    }

    private final MovableClock clock;
    final Condition changed;
    private final Deque<Update> pending = new ArrayDeque<>();
    /** Confirmed once already and delivered again, whatever the offset says. */
    private final Deque<Update> replays = new ArrayDeque<>();

    private long lastId = ThreadLocalRandom.current().nextLong(100_000_000, 900_000_000);
    private long lastDate;
    private @Nullable List<String> allowed;
    private @Nullable Poll waiting;
    private long previousOffset = -1;
    private long previousStartNanos = System.nanoTime() - TimeUnit.MINUTES.toNanos(1);
    private boolean closed;
    boolean duplicate;
    boolean reversed;
    boolean held;
    /** Whether the official server's pauses for hasty pollers are kept. */
    boolean paced = true;

    Updates(ReentrantLock lock, MovableClock clock) {
        this.clock = clock;
        this.changed = lock.newCondition();
    }

    void add(String type, ObjectNode content, String queue) {
        boolean wanted = allowed == null ? !OFF_BY_DEFAULT.contains(type) : allowed.contains(type);
        if (!wanted) {
            return;
        }
        long now = clock.unixSeconds();
        forgetOld();
        if (lastDate != 0 && now - lastDate > WEEK_SECONDS && pending.isEmpty()) {
            lastId = ThreadLocalRandom.current().nextLong(100_000_000, 900_000_000);
        }
        lastDate = now;
        ObjectNode json = Json.object().put("update_id", ++lastId);
        json.set(type, content);
        pending.addLast(new Update(lastId, json, now, queue));
        changed.signalAll();
    }

    int pendingCount() {
        forgetOld();
        return pending.size() + replays.size();
    }

    @Nullable
    List<String> allowedTypes() {
        return allowed;
    }

    /** Absent or unreadable leaves the list as it was; an empty one, or one of nothing known, brings the default back. */
    void allow(Params params) {
        JsonNode given = params.structure("allowed_updates").orElse(null);
        if (!(given instanceof ArrayNode names)) {
            return;
        }
        List<String> known = names.valueStream()
                .map(JsonNode::asString)
                .filter(ALL_TYPES::contains)
                .distinct()
                .toList();
        allowed = known.isEmpty() ? null : known;
    }

    void clear() {
        pending.clear();
        replays.clear();
    }

    void close() {
        closed = true;
        changed.signalAll();
    }

    boolean isClosed() {
        return closed;
    }

    void endPoll(String reason) {
        if (waiting != null) {
            waiting.endedBecause = reason;
            waiting = null;
            changed.signalAll();
        }
    }

    ArrayNode get(Params params) throws InterruptedException {
        long offset = params.number("offset", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
        long limit = params.number("limit", 100, 1, 100);
        if (limit == 0) {
            limit = 100;
        }
        long timeout = params.number("timeout", 0, 0, 50);
        allow(params);
        endPoll("terminated by other getUpdates request; make sure that only one bot instance is running");
        long now = System.nanoTime();
        if (paced && offset == previousOffset) {
            long since = now - previousStartNanos;
            timeout = timeout < 3 && since < TimeUnit.SECONDS.toNanos(3) ? 3 : timeout;
            limit = since < TimeUnit.MILLISECONDS.toNanos(500) ? 1 : limit;
        }
        previousOffset = offset;
        previousStartNanos = now;
        confirm(offset);
        return await(limit, timeout);
    }

    private void confirm(long offset) {
        if (offset < 0) {
            while (pending.size() > -offset) {
                pending.removeFirst();
            }
            return;
        }
        for (Iterator<Update> each = pending.iterator(); each.hasNext(); ) {
            Update update = each.next();
            if (update.id < offset) {
                each.remove();
                confirmed(update);
            }
        }
    }

    /** The bot has it; with the switch on it will see it once more. */
    private void confirmed(Update update) {
        if (duplicate && !update.replayed) {
            replays.addLast(again(update));
        }
    }

    private Update again(Update update) {
        Update again = new Update(update.id, update.json, update.date, update.queue);
        again.replayed = true;
        return again;
    }

    private ArrayNode await(long limit, long timeoutSeconds) throws InterruptedException {
        Poll poll = new Poll();
        waiting = poll;
        long nanosLeft = TimeUnit.SECONDS.toNanos(timeoutSeconds);
        try {
            while (true) {
                if (poll.endedBecause != null) {
                    throw ApiError.conflict(poll.endedBecause);
                }
                if (closed) {
                    throw ApiError.of(401, "Unauthorized");
                }
                ArrayNode batch = batch(limit);
                if (!batch.isEmpty() || nanosLeft <= 0) {
                    return batch;
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            if (waiting == poll) {
                waiting = null;
            }
        }
    }

    private ArrayNode batch(long limit) {
        forgetOld();
        ArrayNode batch = Json.array();
        if (held) {
            return batch;
        }
        while (!replays.isEmpty() && batch.size() < limit) {
            batch.add(replays.removeFirst().json);
        }
        List<Update> rest = new ArrayList<>();
        for (Update update : pending) {
            if (batch.size() + rest.size() >= limit) {
                break;
            }
            rest.add(update);
        }
        if (reversed) {
            Collections.reverse(rest);
        }
        rest.forEach(update -> batch.add(update.json));
        return batch;
    }

    private void forgetOld() {
        long oldest = clock.unixSeconds() - KEPT_SECONDS;
        pending.removeIf(update -> update.date < oldest);
        replays.removeIf(update -> update.date < oldest);
    }

    /**
     * The updates a webhook may be sent now: the first of each queue that is neither under way nor waiting for its
     * retry, so that order is kept within a queue and nowhere else.
     */
    List<Update> due(Set<String> underWay, int limit) {
        forgetOld();
        if (held) {
            return List.of();
        }
        long now = clock.millis();
        Map<String, Update> heads = new LinkedHashMap<>();
        Set<String> blocked = new HashSet<>(underWay);
        Iterator<Update> all = reversed ? pending.descendingIterator() : pending.iterator();
        for (Update replay : replays) {
            head(replay, now, heads, blocked);
        }
        while (all.hasNext() && heads.size() < limit) {
            head(all.next(), now, heads, blocked);
        }
        return heads.values().stream().limit(limit).toList();
    }

    private static void head(Update update, long now, Map<String, Update> heads, Set<String> blocked) {
        if (blocked.add(update.queue) && update.dueAtMillis <= now) {
            heads.put(update.queue, update);
        }
    }

    void delivered(Update update) {
        boolean first = pending.remove(update);
        if (first || replays.remove(update)) {
            confirmed(update);
        }
        changed.signalAll();
    }

    /** The first retry is at once, the next after 2, 4, 8… s, at most about a minute. */
    void refused(Update update, long retryAfterSeconds) {
        update.attempts++;
        long backoff = update.attempts == 1 ? 0 : Math.min(64, 1L << Math.min(6, update.attempts - 1));
        update.dueAtMillis = clock.millis() + TimeUnit.SECONDS.toMillis(Math.max(backoff, retryAfterSeconds));
        changed.signalAll();
    }
}
