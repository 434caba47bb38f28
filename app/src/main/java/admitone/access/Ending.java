package admitone.access;

import admitone.access.Schedule.Stage;
import admitone.tasks.Task;
import java.time.Instant;
import java.util.UUID;

/** One end of somebody's time in a channel. A refund ends it early, a purchase before the end makes it another one. */
record Ending(Key key, UUID grantId, Stage stage) {

    /** Which end. */
    record Key(Seat.Key seat, Instant endsAt) {
        /** What makes an effect about this end be owed once. */
        String subject() {
            return "end:" + seat.channelId() + ":" + seat.telegramUserId() + ":" + endsAt;
        }

        /** As {@link Effects} wrote it into a task. */
        static Key of(Task task) {
            return new Key(Seat.Key.of(task), Instant.parse(task.need("ends_at")));
        }
    }

    /** What became of it. */
    enum Outcome {
        REMOVED,
        /** They left, or a person put them out. */
        OUTSIDE,
        RENEWED,
        /** No bot may remove them: a person is asked. */
        ADMINISTRATOR,
        /** A person decided that they stay. */
        KEPT;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
