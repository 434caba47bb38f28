package admitone.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.TestSettings;
import admitone.messaging.Pace;
import admitone.messaging.UpdateInbox;
import admitone.messaging.UpdateInbox.Raw;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.OutsideHttp;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Secret;
import admitone.simulators.telegram.TelegramSimulator;
import admitone.telegram.TelegramClient.Webhook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Both ways in which updates come, against the simulator. */
class UpdateSourceDatabaseTests {
    private static final String BOT = "admit_bot";
    private static final String URL = "http://127.0.0.1:1/telegram/updates?bot=700";
    private static final long ANN = 41;

    private final Core core = Core.start("sources");
    private final TelegramSimulator telegram = TelegramSimulator.start(0);
    private final TelegramClient client = client(settings("first-secret-0123456789"));
    private final UpdateInbox inbox = core.bean(UpdateInbox.class);
    private final Poller poller = new Poller(client, inbox, FaultPoints.none(), settings("first-secret-0123456789"));

    @BeforeEach
    void world() {
        telegram.setPaced(false);
        telegram.addBot(TestSettings.BOT_TOKEN, BOT);
        telegram.addUser(ANN, "Ann");
    }

    @AfterEach
    void stop() {
        telegram.close();
        core.close();
    }

    @Test
    void fetchesAndConfirms() {
        telegram.start(ANN, BOT, null);
        poll();
        telegram.say(ANN, BOT, "hello");
        poll();

        assertThat(stored()).hasSize(2).isSorted();
        assertThat(telegram.log().calls().getLast().params().path("offset").longValue(0))
                .isEqualTo(stored().getFirst() + 1);
    }

    /** By webhook a later update may be stored before an earlier one; a poll that began behind the newest would give that one up. */
    @Test
    void whatTheWebhookLeftBehindIsFetchedAlthoughANewerUpdateIsStored() {
        telegram.start(ANN, BOT, null);
        inbox.store(700, List.of(new Raw(999_999_999, "{}")));

        poll();

        assertThat(stored()).hasSize(2);
    }

    @Test
    void afterAWeekWithoutUpdatesTheirNumbersMayBeginBelow() {
        telegram.start(ANN, BOT, null);
        poll();
        poller.keep(List.of()); // a long poll that ended without any

        telegram.say(ANN, BOT, "a week later");
        poll();

        assertThat(telegram.log().calls().getLast().params().has("offset")).isFalse();
        assertThat(stored()).hasSize(2);
    }

    @Test
    void instanceThatIsElectedAgainConfirmsNothingOfBefore() {
        telegram.start(ANN, BOT, null);
        poll();

        poller.forget();
        poll();

        assertThat(telegram.log().calls().getLast().params().has("offset")).isFalse();
        assertThat(stored()).hasSize(1);
    }

    @Test
    void pollingRemovesTheWebhookThatIsInItsWay() {
        client.setWebhook(URL, new Secret("first-secret-0123456789"));

        poller.round(() -> true);
        assertThat(webhook().url()).isEmpty();
        telegram.start(ANN, BOT, null);
        poll();

        assertThat(stored()).hasSize(1);
    }

    /** Who was replaced while its poll was under way must not undo what the new one does. */
    @Test
    void instanceThatIsNoLongerElectedRemovesNoWebhook() {
        client.setWebhook(URL, new Secret("first-secret-0123456789"));

        poller.round(() -> false);

        assertThat(webhook().url()).isEqualTo(URL);
    }

    @Test
    void keeperSetsTheWebhookOnceAndAgainWhenSomebodyChangedIt() {
        WebhookKeeper keeper = keeper("first-secret-0123456789");
        keeper.round(() -> true);
        keeper.round(() -> true);
        assertThat(webhook().isAsWanted(URL)).isTrue();
        assertThat(telegram.log().counts().get("setWebhook")).isEqualTo(1);

        client.removeWebhook();
        core.clock.advance(Duration.ofMinutes(1));
        keeper.round(() -> true);
        keeper.round(() -> true);

        assertThat(webhook().isAsWanted(URL)).isTrue();
        assertThat(telegram.log().counts().get("setWebhook")).isEqualTo(2);
    }

    /** Telegram never shows the secret: an unchanged address says nothing about it. */
    @Test
    void keeperSetsANewSecretAlthoughTheAddressIsTheSame() {
        keeper("first-secret-0123456789").round(() -> true);

        keeper("second-secret-0123456789").round(() -> true);

        assertThat(telegram.log().counts().get("setWebhook")).isEqualTo(2);
        assertThat(telegram.log().calls().getLast().description()).isNotEqualTo("Webhook is already set");
    }

    private void poll() {
        poller.round(() -> true);
    }

    private List<Long> stored() {
        return core.strings("select update_id from messaging.update_inbox order by update_id").stream()
                .map(Long::valueOf)
                .toList();
    }

    private Webhook webhook() {
        return client.webhook() instanceof Answer.Done<Webhook>(Webhook webhook)
                ? webhook
                : new Webhook("unknown", 0, List.of(), 0, 0, "");
    }

    private WebhookKeeper keeper(String secret) {
        return new WebhookKeeper(client, core.clock, settings(secret));
    }

    private TelegramClient client(Settings settings) {
        return new TelegramClient(
                new OutsideHttp(), JsonMapper.builder().build(), core.bean(Pace.class), _ -> {}, settings);
    }

    private Settings settings(String secret) {
        return TestSettings.with(Map.of(
                "ADMITONE_PUBLIC_URL",
                "http://127.0.0.1:1",
                "ADMITONE_TELEGRAM_API_URL",
                telegram.url(),
                "ADMITONE_TELEGRAM_UPDATES",
                "webhook",
                "ADMITONE_TELEGRAM_WEBHOOK_SECRET",
                secret));
    }
}
