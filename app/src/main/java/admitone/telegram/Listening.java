package admitone.telegram;

import admitone.hold.Hold;
import admitone.messaging.Election;
import admitone.messaging.Office;
import admitone.messaging.UpdateInbox;
import admitone.messaging.UpdateProcessor;
import admitone.runtime.Loop;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Updates;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Listens to the bot: one instance at a time, elected in the database, sees to it that updates come into the inbox, and works the inbox off. By
 * webhook any instance stores updates; the order in which they are acted on is still the elected one's. Of a copy whose original may still run
 * nothing is read, and no webhook is set or removed: each update goes to one of the two.
 */
@Component
class Listening implements SmartLifecycle {
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** How soon an update is seen that another instance stored. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final Election election;
    private final Introduction introduction;
    private final UpdateSource source;
    private final UpdateInbox inbox;
    private final UpdateProcessor processor;
    private final Hold hold;
    private final long botId;
    private volatile @Nullable Running running;

    /** What runs between start and stop. */
    private record Running(Office office, List<Loop> loops) {}

    Listening(
            Election election,
            Introduction introduction,
            Poller poller,
            WebhookKeeper webhook,
            UpdateInbox inbox,
            UpdateProcessor processor,
            Hold hold,
            Settings settings) {
        this.election = election;
        this.introduction = introduction;
        this.source = settings.telegram().updates() == Updates.WEBHOOK ? webhook : poller;
        this.inbox = inbox;
        this.processor = processor;
        this.hold = hold;
        this.botId = settings.telegram().botId();
    }

    @Override
    public void start() {
        Office office = election.standFor(Election.LISTENER);
        Loop fetching = Loop.start("telegram-fetch", PAUSE, () -> fetch(office));
        Loop working = Loop.start("telegram-work", Duration.ZERO, () -> workOff(office));
        running = new Running(office, List.of(fetching, working));
    }

    void fetch(Office office) {
        if (!office.isHeld()) {
            source.forget();
            return;
        }
        introduction.round();
        if (hold.mayBeACopy()) {
            source.forget();
        } else {
            source.round(office::isHeld);
        }
    }

    private void workOff(Office office) {
        try {
            inbox.awaitNews(LOOK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (office.isHeld()) {
            BooleanSupplier unbroken = office.unbroken();
            processor.processAll(botId, () -> running != null && unbroken.getAsBoolean());
        }
    }

    @Override
    public void stop() {
        Running stopping = running;
        running = null; // the update under way is the last one
        if (stopping != null) {
            stopping.loops().getFirst().cutOff(); // what was fetched and not stored is sent again
            stopping.loops().getLast().close();
            stopping.office().close();
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
