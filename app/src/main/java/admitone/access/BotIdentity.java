package admitone.access;

import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Bot;
import admitone.runtime.Answer;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Which bot this process is. Asked once: a process keeps its token. */
@Component
class BotIdentity {
    private static final long UNKNOWN = 0;

    private final Messenger messenger;
    private final AtomicLong known = new AtomicLong(UNKNOWN);

    BotIdentity(Messenger messenger) {
        this.messenger = messenger;
    }

    /** Asks nobody. */
    OptionalLong known() {
        long id = known.get();
        return id == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(id);
    }

    /** Asks the messenger unless it is known. */
    Answer<Long> find() {
        long id = known.get();
        if (id != UNKNOWN) {
            return new Answer.Done<>(id);
        }
        Answer<Long> answer = messenger.self().map(Bot::id);
        if (answer instanceof Answer.Done<Long>(Long found)) {
            known.set(found);
        }
        return answer;
    }
}
