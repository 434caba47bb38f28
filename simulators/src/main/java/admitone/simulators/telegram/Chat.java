package admitone.simulators.telegram;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A channel, supergroup or basic group. Guarded by the world's lock. */
final class Chat {
    enum Type {
        CHANNEL("channel chat"),
        SUPERGROUP("supergroup chat"),
        GROUP("group chat");

        final String words;

        Type(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Request(long userId, Link link, long date) {}

    final long id;
    final Type type;
    final String title;
    final @Nullable String username;
    final Map<Long, Membership> members = new LinkedHashMap<>();
    final List<Link> links = new ArrayList<>();
    /** Everyone ever let in, in order. */
    final List<Control.Admission> admitted = new ArrayList<>();

    /** Every coming and going, in order. */
    final List<Control.Move> moves = new ArrayList<>();

    final Map<Long, Request> requests = new LinkedHashMap<>();
    final Map<Long, Message> messages = new LinkedHashMap<>();
    long lastMessageId;
    /** Whether every member of a group may add others, which Telegram lets them unless it is switched off. */
    boolean membersMayAdd = true;

    boolean deleted;
    long migratedTo;

    Chat(long id, Type type, String title, @Nullable String username) {
        this.id = id;
        this.type = type;
        this.title = title;
        this.username = username;
    }

    Membership of(long userId, long now) {
        return members.getOrDefault(userId, Membership.NONE).at(now);
    }
}
