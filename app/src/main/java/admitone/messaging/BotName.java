package admitone.messaging;

import admitone.messaging.Messenger.Bot;
import admitone.runtime.Answer;
import admitone.runtime.Loop;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The bot's name, for links on web pages that open it. Asked for after the start until it is known, so that no page waits for it. */
@Component
public class BotName implements SmartLifecycle {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private final Messenger messenger;
    private volatile @Nullable String name;
    private volatile @Nullable Loop asking;

    BotName(Messenger messenger) {
        this.messenger = messenger;
    }

    /** A link that opens the bot, which is told {@code token} when its user presses Start: at most 64 of {@code A-Z a-z 0-9 _ -}. Empty: not known yet. */
    public Optional<String> startLink(String token) {
        return link().map(bot -> bot + "?start=" + token);
    }

    /** Opens the chat with the bot. Empty: its name is not known yet. */
    public Optional<String> link() {
        return Optional.ofNullable(name).map(known -> "https://t.me/" + known);
    }

    @Override
    public void start() {
        asking = Loop.start("bot-name", ASK_AGAIN, this::ask);
    }

    private void ask() {
        if (name == null && messenger.self() instanceof Answer.Done<Bot>(Bot me)) {
            name = me.username();
        }
    }

    @Override
    public void stop() {
        Loop loop = asking;
        asking = null;
        if (loop != null) {
            loop.cutOff();
        }
    }

    @Override
    public boolean isRunning() {
        return asking != null;
    }
}
