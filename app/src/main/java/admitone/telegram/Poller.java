package admitone.telegram;

import admitone.messaging.Messenger.Refusal;
import admitone.messaging.UpdateInbox;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Settings;
import admitone.telegram.TelegramClient.Conflict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Fetches updates by long polling. An update is stored before the next call tells Telegram that it arrived. */
@Component
class Poller implements UpdateSource {
    private static final Logger log = LoggerFactory.getLogger(Poller.class);
    private static final Duration LONG_POLL = Duration.ofSeconds(20);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private static final int MOST_DOUBLINGS = 4;

    private final TelegramClient client;
    private final UpdateInbox inbox;
    private final FaultPoints faults;
    private final long botId;
    private int refusals;

    /**
     * Tells Telegram that all below it arrived. Null: from the oldest that it keeps, which repeats some and loses none — what is stored says nothing
     * about those before it, where updates came by webhook.
     */
    private @Nullable Long offset;

    Poller(TelegramClient client, UpdateInbox inbox, FaultPoints faults, Settings settings) {
        this.client = client;
        this.inbox = inbox;
        this.faults = faults;
        this.botId = settings.telegram().botId();
    }

    @Override
    public void round(BooleanSupplier elected) {
        switch (client.updates(offset, LONG_POLL)) {
            case Answer.Done<List<JsonNode>>(List<JsonNode> updates) -> {
                refusals = 0;
                keep(updates);
            }
            case Answer.Declined<List<JsonNode>>(String code, String reason) -> {
                if (elected.getAsBoolean()) { // else it was ended by the instance that is
                    refused(code, reason);
                }
            }
            case Answer.NotNow<List<JsonNode>>(Duration after, String reason) -> pause(after);
            case Answer.Unknown<List<JsonNode>>(String reason) -> pause(AFTER_FAILURE);
        }
    }

    void keep(List<JsonNode> updates) {
        if (updates.isEmpty()) {
            offset = null; // all is confirmed; after a week without any, Telegram begins at another number
            return;
        }
        faults.reach(Point.CP16_UPDATE_FETCHED);
        List<UpdateInbox.Raw> raw = updates.stream().map(Poller::raw).toList();
        inbox.store(botId, raw);
        offset = 1 + raw.stream().mapToLong(UpdateInbox.Raw::updateId).max().orElseThrow();
    }

    private void refused(String code, String reason) {
        if (code.equals(Conflict.WEBHOOK_ACTIVE) && client.removeWebhook() instanceof Answer.Done<Boolean>) {
            log.info("the webhook that was set for this bot is removed, since ADMITONE_TELEGRAM_UPDATES is polling");
            return;
        }
        String why = switch (code) {
            case Conflict.OTHER_READER ->
                "another program reads this bot's updates and each takes them from the other: stop it, or make a bot of its own for"
                        + " one of them";
            case Refusal.TOKEN -> "is ADMITONE_TELEGRAM_BOT_TOKEN right?";
            default -> "nothing that this version knows";
        };
        Duration next = AFTER_FAILURE.multipliedBy(1L << Math.min(refusals++, MOST_DOUBLINGS));
        log.warn("Telegram refuses updates ({}): {}; next try in {} s", reason, why, next.toSeconds());
        pause(next);
    }

    @Override
    public void forget() {
        offset = null;
    }

    private static UpdateInbox.Raw raw(JsonNode update) {
        return new UpdateInbox.Raw(update.path("update_id").longValue(), update.toString());
    }

    private static void pause(Duration pause) {
        LockSupport.parkNanos(Math.min(pause.toNanos(), Duration.ofMinutes(1).toNanos()));
    }
}
