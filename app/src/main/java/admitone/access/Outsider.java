package admitone.access;

import admitone.tasks.Task;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Somebody who was seen inside without a right; with {@code foundAt} begins this stay of theirs. */
record Outsider(Seat.Key seat, Instant foundAt) {
    /** What makes whatever is done about this stay be done once. */
    String subject() {
        return "outsider:" + seat.channelId() + ":" + seat.telegramUserId() + ":" + foundAt;
    }

    /** As {@link #of} reads it. */
    Map<String, String> told() {
        Map<String, String> told = new HashMap<>(seat.told());
        told.put("found_at", foundAt.toString());
        return told;
    }

    static Outsider of(Task task) {
        return of(task.seller(), task.payload());
    }

    static Outsider of(admitone.runtime.SellerId seller, Map<String, String> told) {
        return new Outsider(
                new Seat.Key(seller, UUID.fromString(need(told, "channel")), Long.parseLong(need(told, "user"))),
                Instant.parse(need(told, "found_at")));
    }

    private static String need(Map<String, String> told, String name) {
        return Objects.requireNonNull(told.get(name), name);
    }
}
