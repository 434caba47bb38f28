package admitone.telegram;

import admitone.hold.Hold;
import admitone.messaging.BotMenu;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Bot;
import admitone.runtime.Answer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What the elected instance tells Telegram once after its start: which commands this version has, in each language. It sets a state, so a call whose answer
 * was lost is made again; one that is refused is not, the bot works without a menu. After a restore it waits as all that is told
 * to the outside.
 */
@Component
class Introduction {
    private static final Logger log = LoggerFactory.getLogger(Introduction.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    private final TelegramClient client;
    private final BotMenu menu;
    private final Hold hold;
    private final Clock clock;
    private final Queue<Language> untold = new ArrayDeque<>(EnumSet.allOf(Language.class));
    private Instant notBefore = Instant.MIN;
    private boolean named;

    Introduction(TelegramClient client, BotMenu menu, Hold hold, Clock clock) {
        this.client = client;
        this.menu = menu;
        this.hold = hold;
        this.clock = clock;
    }

    /** One step of it, where something is left to tell and it is time. */
    void round() {
        if (!named) {
            named = true;
            if (client.self() instanceof Answer.Done<Bot>(Bot me)) {
                log.info("the bot is @{}", me.username());
            }
        }
        Language language = untold.peek();
        if (language == null || hold.isOn() || clock.instant().isBefore(notBefore)) {
            return;
        }
        // the language of last resort has no code: whoever uses another one sees it too
        boolean isDefault = language == Language.of(null);
        switch (client.setCommands(menu.commands(language), isDefault ? null : language)) {
            case Answer.Done<Boolean> _ -> untold.remove();
            case Answer.Declined<Boolean>(String code, String reason) -> {
                log.warn("the bot's commands are not shown in its menu: Telegram refuses them ({})", reason);
                untold.remove();
            }
            case Answer.NotNow<Boolean>(Duration after, String reason) ->
                notBefore = clock.instant().plus(after);
            case Answer.Unknown<Boolean>(String reason) ->
                notBefore = clock.instant().plus(TRY_AGAIN);
        }
    }
}
