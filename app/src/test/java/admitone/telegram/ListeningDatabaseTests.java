package admitone.telegram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.TestSettings;
import admitone.hold.Hold;
import admitone.hold.HoldMemory;
import admitone.messaging.BotMenu;
import admitone.messaging.Election;
import admitone.messaging.Office;
import admitone.messaging.Pace;
import admitone.messaging.UpdateInbox;
import admitone.messaging.UpdateProcessor;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.OutsideHttp;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Secret;
import admitone.simulators.telegram.TelegramSimulator;
import admitone.telegram.TelegramClient.Webhook;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a restored database, or the copy of one, takes from the bot. */
class ListeningDatabaseTests {
    private static final String BOT = "admit_bot";
    private static final String OF_THE_ORIGINAL = "http://127.0.0.1:1/telegram/updates?bot=700";
    private static final String OF_THE_COPY = "http://127.0.0.1:2/telegram/updates?bot=700";
    private static final long ANN = 41;

    private final Core core = Core.start("listening");
    private final TelegramSimulator telegram = TelegramSimulator.start(0);
    private final Office office = core.bean(Election.class).standFor(Election.LISTENER);

    @BeforeEach
    void world() {
        telegram.setPaced(false);
        telegram.addBot(TestSettings.BOT_TOKEN, BOT);
        telegram.addUser(ANN, "Ann");
        await().until(office::isHeld);
    }

    @AfterEach
    void stop() {
        office.close();
        telegram.close();
        core.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"copied", "other_system", "new_timeline"})
    void aCopyReadsNothingUntilAPersonResumes(String reason) {
        HoldMemory.begin(core, reason);
        telegram.start(ANN, BOT, null);
        Listening listening = listening("polling");

        listening.fetch(office);
        assertThat(calls("getUpdates")).isZero();

        HoldMemory.lift(core);
        listening.fetch(office);
        assertThat(core.count("messaging.update_inbox")).isEqualTo(1);
    }

    /** A backup that is tried on another machine. */
    @Test
    void aDatabaseThatNobodyHereKnewReadsNothing() {
        HoldMemory.beginByANewInstance(core, "older_timeline");
        telegram.start(ANN, BOT, null);

        listening("polling").fetch(office);

        assertThat(calls("getUpdates")).isZero();
    }

    /** What was said while it was held is answered when it is lifted, and who asks for their channels at once. */
    @ParameterizedTest
    @ValueSource(strings = {"behind", "older_timeline"})
    void aDatabaseThatWentBackInItsPlaceGoesOnReading(String reason) {
        HoldMemory.begin(core, reason);
        telegram.start(ANN, BOT, null);

        listening("polling").fetch(office);

        assertThat(core.count("messaging.update_inbox")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "webhook"})
    void aCopyLeavesTheWebhookOfItsOriginal(String updates) {
        client(settings(updates)).setWebhook(OF_THE_ORIGINAL, new Secret("first-secret-0123456789"));
        HoldMemory.begin(core, "copied");
        Listening listening = listening(updates);

        listening.fetch(office);
        assertThat(webhook()).isEqualTo(OF_THE_ORIGINAL);

        HoldMemory.lift(core);
        listening.fetch(office);
        assertThat(webhook()).isEqualTo(updates.equals("webhook") ? OF_THE_COPY : "");
    }

    /** It may be one. */
    @Test
    void aDatabaseThatNobodyCouldLookAtYetReadsNothing() {
        HoldMemory.blind(core, true);
        Listening listening = listening("polling");
        telegram.start(ANN, BOT, null);

        listening.fetch(office);
        assertThat(calls("getUpdates")).isZero();

        HoldMemory.blind(core, false);
        HoldMemory.look(core);
        listening.fetch(office);
        assertThat(core.count("messaging.update_inbox")).isEqualTo(1);

        HoldMemory.blind(core, true); // what was looked at once is no copy
        telegram.start(ANN, BOT, null);
        listening.fetch(office);
        assertThat(core.count("messaging.update_inbox")).isEqualTo(2);
    }

    private long calls(String method) {
        return Objects.requireNonNullElse(telegram.log().counts().get(method), 0L);
    }

    private String webhook() {
        return client(settings("polling")).webhook() instanceof Answer.Done<Webhook>(Webhook webhook)
                ? webhook.url()
                : "unknown";
    }

    private Listening listening(String updates) {
        Settings settings = settings(updates);
        TelegramClient client = client(settings);
        UpdateInbox inbox = core.bean(UpdateInbox.class);
        Hold hold = core.bean(Hold.class);
        return new Listening(
                core.bean(Election.class),
                new Introduction(client, core.bean(BotMenu.class), hold, core.clock),
                new Poller(client, inbox, FaultPoints.none(), settings),
                new WebhookKeeper(client, core.clock, settings),
                inbox,
                core.bean(UpdateProcessor.class),
                hold,
                settings);
    }

    private TelegramClient client(Settings settings) {
        return new TelegramClient(
                new OutsideHttp(), JsonMapper.builder().build(), core.bean(Pace.class), _ -> {}, settings);
    }

    private Settings settings(String updates) {
        return TestSettings.with(Map.of(
                "ADMITONE_PUBLIC_URL",
                "http://127.0.0.1:2",
                "ADMITONE_TELEGRAM_API_URL",
                telegram.url(),
                "ADMITONE_TELEGRAM_UPDATES",
                updates,
                "ADMITONE_TELEGRAM_WEBHOOK_SECRET",
                "second-secret-0123456789"));
    }
}
