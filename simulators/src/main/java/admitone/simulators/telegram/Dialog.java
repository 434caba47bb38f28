package admitone.simulators.telegram;

import java.util.LinkedHashMap;
import java.util.Map;

/** The private chat of one person and one bot. Guarded by the world's lock. */
final class Dialog {
    boolean started;
    boolean blocked;
    final Map<Long, Message> messages = new LinkedHashMap<>();
    /** By chat: until when a join request there lets the bot write first. */
    final Map<Long, Long> requestWindows = new LinkedHashMap<>();

    boolean isOpenTo(long now) {
        return started || requestWindows.values().stream().anyMatch(until -> now < until);
    }
}
