package admitone.telegram;

import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Secret;
import admitone.telegram.TelegramClient.Webhook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Has Telegram send updates here, and looks now and then whether it still does. */
@Component
class WebhookKeeper implements UpdateSource {
    private static final Logger log = LoggerFactory.getLogger(WebhookKeeper.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(30);

    private final TelegramClient client;
    private final Clock clock;
    private final String url;
    private final Secret secret;
    private boolean set;
    private Instant next = Instant.EPOCH;
    private long failureTold;

    WebhookKeeper(TelegramClient client, Clock clock, Settings settings) {
        this.client = client;
        this.clock = clock;
        this.url = url(settings);
        this.secret = settings.telegram().webhookSecret().orElse(new Secret(""));
    }

    /** It names the bot: one that ran here before, with the same secret, may go on sending to its own. */
    static String url(Settings settings) {
        return settings.publicUrl() + "/telegram/updates?bot="
                + settings.telegram().botId();
    }

    @Override
    public void round(BooleanSupplier elected) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(set ? look() : set());
    }

    /** Once in each tenure whatever Telegram shows, since it never shows the secret, and that may be another one. */
    private Duration set() {
        return switch (client.setWebhook(url, secret)) {
            case Answer.Done<Boolean> _ -> {
                set = true;
                log.info("Telegram sends updates to {}", url);
                yield LOOK_EVERY;
            }
            case Answer.Declined<Boolean>(String code, String reason) -> {
                log.warn(
                        "Telegram refuses {} as this bot's webhook ({}), next try in {} s; is ADMITONE_PUBLIC_URL right?",
                        url,
                        reason,
                        AFTER_REFUSAL.toSeconds());
                yield AFTER_REFUSAL;
            }
            case Answer.NotNow<Boolean>(Duration after, String reason) -> after;
            case Answer.Unknown<Boolean>(String reason) -> AFTER_FAILURE;
        };
    }

    private Duration look() {
        if (client.webhook() instanceof Answer.Done<Webhook>(Webhook webhook)) {
            if (!webhook.isAsWanted(url)) {
                log.warn("somebody has changed this bot's webhook: it is set again");
                set = false;
                return Duration.ZERO;
            }
            tellFailure(webhook);
        }
        return LOOK_EVERY;
    }

    private void tellFailure(Webhook webhook) {
        if (webhook.failedAt() > failureTold) {
            failureTold = webhook.failedAt();
            log.warn(
                    "Telegram could not deliver an update to {} at {}: {}; {} wait there and are sent again",
                    url,
                    Instant.ofEpochSecond(webhook.failedAt()),
                    webhook.failure(),
                    webhook.pending());
        }
    }

    @Override
    public void forget() {
        set = false;
        next = Instant.EPOCH;
    }
}
