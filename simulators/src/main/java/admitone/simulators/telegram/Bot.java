package admitone.simulators.telegram;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A bot and what it has seen. Guarded by the world's lock. */
final class Bot {
    /** A tap on a button that waits for the bot's answer. */
    static final class Tap {
        final String id;
        final long userId;
        final long messageId;
        final String data;
        final long date;
        boolean answered;

        @Nullable
        String text;

        Tap(String id, long userId, long messageId, String data, long date) {
            this.id = id;
            this.userId = userId;
            this.messageId = messageId;
            this.data = data;
            this.date = date;
        }
    }

    final long id;
    final String username;
    final String firstName;
    final Updates updates;
    final Map<Long, Dialog> dialogs = new LinkedHashMap<>();
    final Map<String, Tap> taps = new LinkedHashMap<>();
    final Map<String, JsonNode> commands = new LinkedHashMap<>();
    /** People the bot has met: others are {@code chat not found} to it. */
    final Set<Long> met = new HashSet<>();

    String token;
    long lastMessageId;

    @Nullable
    Webhook webhook;

    long webhookSetNanos;

    Bot(long id, String token, String username, String firstName, Updates updates) {
        this.id = id;
        this.token = token;
        this.username = username;
        this.firstName = firstName;
        this.updates = updates;
    }

    Dialog dialog(long userId) {
        return dialogs.computeIfAbsent(userId, _ -> new Dialog());
    }
}
