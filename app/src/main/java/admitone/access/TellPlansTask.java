package admitone.access;

import admitone.catalog.Catalog;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Texts;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells somebody who asked to join without a purchase what there is to buy. */
@Component
class TellPlansTask implements TaskHandler {
    /** So long may a bot write to somebody who asked to join and never started it. */
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private final Catalog catalog;
    private final Observing observing;
    private final Messenger messenger;
    private final Clock clock;
    private final String publicUrl;

    TellPlansTask(Catalog catalog, Observing observing, Messenger messenger, Clock clock, Settings settings) {
        this.catalog = catalog;
        this.observing = observing;
        this.messenger = messenger;
        this.clock = clock;
        this.publicUrl = settings.publicUrl().toString();
    }

    @Override
    public String kind() {
        return Effects.TELL_PLANS;
    }

    @Override
    public Result attempt(Task task) {
        if (Instant.parse(task.need("asked_at")).plus(WINDOW).isBefore(clock.instant())) {
            return Result.done();
        }
        UUID channelId = UUID.fromString(task.need("channel"));
        if (observing.isOn(task.seller(), channelId)) {
            return Result.done(); // it is another bot's to answer them
        }
        var channel = catalog.channel(task.seller(), channelId).orElseThrow();
        AccessTexts texts = TEXTS.in(Language.of(task.payload().get("language")));
        return TellTask.tell(
                messenger,
                new Messenger.Message(
                        Long.parseLong(task.need("chat")),
                        texts.plans(channel.title()),
                        List.of(new Messenger.LinkButton(texts.seePlans(), publicUrl + "/c/" + channel.slug()))));
    }
}
