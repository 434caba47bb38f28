package admitone.telegram;

import admitone.messaging.Election;
import admitone.messaging.Messenger.Bot;
import admitone.messaging.UpdateInbox;
import admitone.messaging.UpdateProcessor;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Loop;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Fetches updates by long polling; one instance at a time, elected in the database. An update is stored before the next call
 * tells Telegram that it arrived.
 */
@Component
class Poller implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Poller.class);
    private static final String OFFICE = "telegram_poller";
    private static final Duration TERM = Duration.ofSeconds(6);
    private static final Duration RENEW_EVERY = Duration.ofSeconds(2);
    private static final Duration LONG_POLL = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final TelegramClient client;
    private final UpdateInbox inbox;
    private final UpdateProcessor processor;
    private final Election election;
    private final FaultPoints faults;
    private volatile boolean elected;
    private volatile @Nullable Bot bot;
    private int failures;
    private volatile @Nullable Loop renewing;
    private volatile @Nullable Loop polling;

    Poller(TelegramClient client, UpdateInbox inbox, UpdateProcessor processor, Election election, FaultPoints faults) {
        this.client = client;
        this.inbox = inbox;
        this.processor = processor;
        this.election = election;
        this.faults = faults;
    }

    private void renew() {
        try {
            elected = election.holds(OFFICE, TERM);
        } catch (RuntimeException e) {
            elected = false;
            throw e;
        }
    }

    private void round() {
        if (!elected) {
            return;
        }
        Bot me = bot;
        if (me == null) {
            me = identify();
            if (me == null) {
                return;
            }
        }
        processor.processAll(me.id());
        OptionalLong newest = inbox.newest(me.id());
        switch (client.updates(newest.isPresent() ? newest.getAsLong() + 1 : null, LONG_POLL)) {
            case Answer.Done<List<JsonNode>>(List<JsonNode> updates) -> {
                if (!updates.isEmpty()) {
                    faults.reach(Point.CP16_UPDATE_FETCHED);
                    inbox.store(me.id(), updates.stream().map(Poller::raw).toList());
                    processor.processAll(me.id());
                }
            }
            case Answer.Declined<List<JsonNode>>(String code, String reason) -> {
                log.warn("Telegram refuses updates ({}), next try in {}", reason, AFTER_FAILURE);
                pause(AFTER_FAILURE);
            }
            case Answer.NotNow<List<JsonNode>>(Duration after, String reason) -> pause(after);
            case Answer.Unknown<List<JsonNode>>(String reason) -> pause(AFTER_FAILURE);
        }
    }

    private @Nullable Bot identify() {
        String why = switch (client.self()) {
            case Answer.Done<Bot>(Bot me) -> {
                log.info("the bot is @{}", me.username());
                bot = me;
                yield "";
            }
            case Answer.Declined<Bot>(String code, String reason) ->
                code + ": " + reason + "; is ADMITONE_TELEGRAM_BOT_TOKEN right?";
            case Answer.NotNow<Bot>(Duration after, String reason) -> reason;
            case Answer.Unknown<Bot>(String reason) -> reason;
        };
        if (bot == null) {
            Duration next = AFTER_FAILURE.multipliedBy(1L << Math.min(failures++, 5));
            log.warn("Telegram does not say who the bot is ({}), next try in {} s", why, next.toSeconds());
            pause(next);
        }
        return bot;
    }

    private static UpdateInbox.Raw raw(JsonNode update) {
        return new UpdateInbox.Raw(update.path("update_id").longValue(), update.toString());
    }

    private static void pause(Duration pause) {
        LockSupport.parkNanos(Math.min(pause.toNanos(), Duration.ofMinutes(1).toNanos()));
    }

    @Override
    public void start() {
        renewing = Loop.start("telegram-election", RENEW_EVERY, this::renew);
        polling = Loop.start("telegram-poll", PAUSE, this::round);
    }

    @Override
    public void stop() {
        Loop renew = renewing;
        Loop poll = polling;
        if (renew != null) {
            renew.close();
        }
        if (poll != null) {
            poll.close();
        }
        renewing = null;
        polling = null;
        if (elected) {
            elected = false;
            election.leave(OFFICE);
        }
    }

    @Override
    public boolean isRunning() {
        return polling != null;
    }
}
