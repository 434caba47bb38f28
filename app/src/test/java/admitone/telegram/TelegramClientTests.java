package admitone.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.TestSettings;
import admitone.messaging.BotMenu;
import admitone.messaging.ChatMoved;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Messenger.ChatKind;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.messaging.Pace;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.Control.Fault;
import admitone.simulators.telegram.FaultKind;
import admitone.simulators.telegram.TelegramSimulator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(Lifecycle.PER_CLASS)
class TelegramClientTests {
    private static final String BOT = "admit_bot";
    private static final long CHANNEL = -1001000000001L;
    private static final long ANN = 41;
    private static final long BEN = 42;

    private final Core core = Core.start("telegram", Map.of("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "0"));
    private final TelegramSimulator telegram = TelegramSimulator.start(0);
    private final List<Object> answers = new ArrayList<>();
    private final List<Object> moved = new ArrayList<>();
    private final TelegramClient client = client(telegram.url(), TestSettings.BOT_TOKEN);

    @BeforeEach
    void world() {
        core.clock.advance(Duration.ofDays(1)); // whatever silence a test before left is over
        telegram.reset();
        telegram.setPaced(false);
        telegram.addBot(TestSettings.BOT_TOKEN, BOT);
        telegram.addUser(1, "Olga");
        telegram.addUser(ANN, "Ann");
        telegram.addUser(BEN, "Ben");
        telegram.addChat(new Control.NewChat(
                CHANNEL, "channel", "Signals", null, 1L, List.of(new Control.BotInChat(BOT)), List.of()));
        telegram.start(ANN, BOT, null);
    }

    @AfterAll
    void stop() {
        telegram.close();
        core.close();
        assertThat(answers)
                .isNotEmpty()
                .allSatisfy(answer ->
                        assertThat(answer.toString()).doesNotContain("canary").doesNotContain("/bot"));
    }

    @Test
    void knowsItself() {
        assertThat(client.self()).isEqualTo(new Answer.Done<>(new admitone.messaging.Messenger.Bot(700, BOT)));
    }

    @Test
    void sendsAMessage() {
        assertThat(send(ANN)).isInstanceOf(Answer.Done.class);

        assertThat(telegram.messages(ANN, BOT).getLast().text()).isEqualTo("Hello");
    }

    @Test
    void knowsWhatSomebodyIsInAChat() {
        assertThat(client.standing(CHANNEL, 700)).isEqualTo(standing(Role.ADMINISTRATOR, true));
        assertThat(client.standing(CHANNEL, 1)).isEqualTo(standing(Role.OWNER, true));
        assertThat(client.standing(CHANNEL, BEN)).isEqualTo(standing(Role.OUTSIDE, false));
        assertThat(client.standing(CHANNEL, 987654321)).isEqualTo(standing(Role.OUTSIDE, false));
        client.ban(CHANNEL, BEN, core.clock.instant());
        assertThat(client.standing(CHANNEL, BEN)).isEqualTo(standing(Role.BANNED, false));
        telegram.setBotInChat(CHANNEL, new Control.BotInChat(BOT, false, false));
        assertThat(client.standing(CHANNEL, 700)).isEqualTo(standing(Role.ADMINISTRATOR, false));
        telegram.setBotInChat(CHANNEL, new Control.BotInChat(BOT).withStatus("kicked"));
        assertDeclined(client.standing(CHANNEL, 700), Refusal.NO_RIGHTS);
        assertDeclined(client.standing(-1009999999999L, 700), Refusal.CHAT_NOT_FOUND);
    }

    @Test
    void knowsWhatKindOfChatOneIs() {
        telegram.addChat(
                new Control.NewChat(-42L, "group", "Basic", null, 1L, List.of(new Control.BotInChat(BOT)), List.of()));
        telegram.addChat(new Control.NewChat(
                -1002000000001L,
                "supergroup",
                "Open",
                "open_chat",
                1L,
                List.of(new Control.BotInChat(BOT)),
                List.of()));

        assertThat(client.kind(CHANNEL))
                .isEqualTo(new Answer.Done<>(new ChatKind(CHANNEL, false, false, "Signals", false)));
        assertThat(client.kind(-42)).isEqualTo(new Answer.Done<>(new ChatKind(-42, true, false, "Basic", true)));
        assertThat(client.kind(-1002000000001L))
                .isEqualTo(new Answer.Done<>(new ChatKind(-1002000000001L, false, true, "Open", true)));
        telegram.setMembersMayAdd(-1002000000001L, false);
        assertThat(client.kind(-1002000000001L))
                .isEqualTo(new Answer.Done<>(new ChatKind(-1002000000001L, false, true, "Open", false)));
        assertDeclined(client.kind(-1009999999999L), Refusal.CHAT_NOT_FOUND);
    }

    private static Answer<Standing> standing(Role role, boolean mayAll) {
        return new Answer.Done<>(new Standing(role, mayAll, mayAll));
    }

    @Test
    void changesAPostAndTakesWhatItSaysAlreadyForDone() {
        Message post = new Message(CHANNEL, new Html("Plans"), List.of(new LinkButton("Month", "https://x.org")));
        long id = client.send(post) instanceof Answer.Done<Long>(Long sent) ? sent : 0;
        Message changed = new Message(CHANNEL, new Html("<b>Plans</b>"), List.of());

        assertThat(client.edit(id, post)).isEqualTo(new Answer.Done<>(true));
        assertThat(client.edit(id, changed)).isEqualTo(new Answer.Done<>(true));
        assertThat(client.edit(id + 1, changed) instanceof Answer.Declined<Boolean>(String code, String _) ? code : "")
                .isEqualTo(Refusal.MESSAGE_GONE);
    }

    @Test
    void answersThePressOfAButtonOnce() {
        Answer<Long> sent = client.send(new Message(
                ANN,
                new Html("Well?"),
                List.of(new PressButton("Yes", "yes:1"), new LinkButton("No", "https://x.org"))));
        long message = ((Answer.Done<Long>) sent).value();
        String press = telegram.tap(ANN, BOT, message, "yes:1");

        assertThat(client.answerPress(press, "Thanks")).isEqualTo(new Answer.Done<>(true));
        assertThat(telegram.taps(ANN, BOT).getLast().text()).isEqualTo("Thanks");
        assertDeclined(client.answerPress(press, "Thanks"), Refusal.OTHER);
    }

    @Test
    void setsItsMenu() {
        var commands = List.of(new BotMenu.Command("help", "What this bot can do"));

        assertThat(client.setCommands(commands, null)).isEqualTo(new Answer.Done<>(true));
        assertThat(client.setCommands(commands, Language.SPANISH)).isEqualTo(new Answer.Done<>(true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "member not found",
                "PARTICIPANT_ID_INVALID",
                "USER_NOT_PARTICIPANT",
                "USER_ID_INVALID",
                "user not found"
            })
    void whoIsNotKnownThereIsOutside(String description) {
        telegram.addFault(Fault.error("getChatMember", 400, "Bad Request: " + description));
        assertThat(client.isMember(CHANNEL, BEN)).isEqualTo(new Answer.Done<>(false));

        telegram.addFault(Fault.error("getChatMember", 400, "Bad Request: " + description));
        assertThat(client.standing(CHANNEL, BEN)).isEqualTo(standing(Role.OUTSIDE, false));
    }

    @Test
    void letsInWhoAsked() {
        String link = link();
        telegram.openLink(ANN, link);

        assertThat(client.isMember(CHANNEL, ANN)).isEqualTo(new Answer.Done<>(false));
        assertThat(client.approveJoin(CHANNEL, ANN)).isEqualTo(new Answer.Done<>(true));
        assertThat(client.isMember(CHANNEL, ANN)).isEqualTo(new Answer.Done<>(true));
        assertThat(telegram.chat(CHANNEL).admitted()).hasSize(1);
    }

    @Test
    void declinesWhoAsked() {
        telegram.openLink(BEN, link());

        assertThat(client.declineJoin(CHANNEL, BEN)).isEqualTo(new Answer.Done<>(true));
        assertThat(telegram.isMember(CHANNEL, BEN)).isFalse();
    }

    @Test
    void tellsRefusalsApart() {
        String link = link();
        assertDeclined(client.approveJoin(CHANNEL, BEN), Refusal.NOT_REQUESTED);
        telegram.openLink(ANN, link);
        client.approveJoin(CHANNEL, ANN);
        assertThat(kept(client.approveJoin(CHANNEL, ANN)))
                .isInstanceOfSatisfying(
                        Answer.Declined.class,
                        declined -> assertThat(declined.code()).isIn(Refusal.ALREADY_MEMBER, Refusal.NOT_REQUESTED));
        assertDeclined(send(BEN), Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND);
        telegram.block(ANN, BOT);
        assertDeclined(send(ANN), Refusal.BLOCKED);
        assertDeclined(client.createRequestLink(-1009999999999L, "x"), Refusal.CHAT_NOT_FOUND);
        telegram.setBotInChat(CHANNEL, new Control.BotInChat(BOT, false, false));
        assertDeclined(client.createRequestLink(CHANNEL, "x"), Refusal.NO_RIGHTS);
        assertDeclined(client.approveJoin(CHANNEL, BEN), Refusal.NO_RIGHTS);
        telegram.setBotInChat(CHANNEL, new Control.BotInChat(BOT).withStatus("kicked"));
        assertDeclined(client.approveJoin(CHANNEL, BEN), Refusal.NO_RIGHTS);
    }

    @Test
    void personInTooManyChannelsIsToldApart() {
        String link = link();
        telegram.openLink(BEN, link);
        telegram.addUser(new Control.NewUser(BEN, "Ben").withChannelCount(1000));

        assertDeclined(client.approveJoin(CHANNEL, BEN), Refusal.TOO_MANY_CHANNELS);
    }

    @ParameterizedTest(name = "{0} {1} is {2}")
    @CsvSource({
        "400, Bad Request: chat not found, chat_not_found",
        "400, Bad Request: HIDE_REQUESTER_MISSING, not_requested",
        "400, Bad Request: USER_ALREADY_PARTICIPANT, already_member",
        "400, Bad Request: USER_CHANNELS_TOO_MUCH, too_many_channels",
        "400, Bad Request: CHANNELS_TOO_MUCH, too_many_channels",
        "400, Bad Request: not enough rights to manage chat join requests, no_rights",
        "400, Bad Request: not enough rights to manage chat invite link, no_rights",
        "400, Bad Request: CHAT_ADMIN_REQUIRED, no_rights",
        "400, Bad Request: need administrator rights in the channel chat, no_rights",
        "400, Bad Request: member list is inaccessible, no_rights",
        "400, Bad Request: user not found, not_a_member",
        "400, Bad Request: message to edit not found, message_gone",
        "400, Bad Request: message can't be edited, message_gone",
        "400, Bad Request: something nobody has seen, refused",
        "401, Unauthorized, token_refused",
        "404, Not Found, token_refused",
        "421, Misdirected Request: unallowed token specified, token_refused",
        "409, Conflict: can't use getUpdates method while webhook is active, webhook_active",
        "409, Conflict: terminated by other getUpdates request; make sure that only one bot instance is running, other_reader",
        "409, Conflict: terminated by setWebhook request, other_reader",
        "403, Forbidden: bot was blocked by the user, blocked_by_user",
        "403, Forbidden: user is deactivated, blocked_by_user",
        "403, Forbidden: bot can't initiate conversation with a user, never_started",
        "403, Forbidden: bot was kicked from the channel chat, no_rights",
        "403, Forbidden: bot is not a member of the channel chat, no_rights",
    })
    void readsTheErrorTexts(int status, String description, String code) {
        telegram.addFault(Fault.error("approveChatJoinRequest", status, description));

        assertDeclined(client.approveJoin(CHANNEL, ANN), code);
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            names = {"DROP_BEFORE_EFFECT", "DROP_AFTER_EFFECT", "STATUS_500_BEFORE", "STATUS_500_AFTER", "BAD_GATEWAY"})
    void lostAnswerIsNotKnowing(FaultKind kind) {
        int before = telegram.messages(ANN, BOT).size();
        telegram.addFault(Fault.of(kind, "sendMessage"));

        assertThat(send(ANN)).isInstanceOf(Answer.Unknown.class);

        boolean happened = kind.name().endsWith("AFTER_EFFECT") || kind == FaultKind.STATUS_500_AFTER;
        assertThat(telegram.messages(ANN, BOT)).hasSize(happened ? before + 1 : before);
        assertThat(telegram.log().counts().get("sendMessage"))
                .as("never repeated by the HTTP client")
                .isEqualTo(1L);
    }

    @Test
    void refusedConnectionIsCertainlyNotSent() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }

        assertThat(kept(client("http://127.0.0.1:" + closed, TestSettings.BOT_TOKEN)
                        .send(new Message(ANN, new Html("Hello"), List.of()))))
                .isInstanceOf(Answer.NotNow.class);
    }

    @Test
    void silenceThatWasAskedForIsKept() {
        telegram.addFault(Fault.flood("sendMessage", 30));

        assertThat(send(ANN))
                .isInstanceOfSatisfying(
                        Answer.NotNow.class,
                        not -> assertThat(not.after()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31)));
        core.clock.advance(Duration.ofSeconds(29));
        assertThat(send(ANN)).isInstanceOf(Answer.NotNow.class);
        assertThat(telegram.log().counts().get("sendMessage")).isEqualTo(1L);
        assertThat(kept(client.approveJoin(CHANNEL, ANN)))
                .as("another chat goes on")
                .isNotInstanceOf(Answer.NotNow.class);

        core.clock.advance(Duration.ofSeconds(2));
        assertThat(send(ANN)).isInstanceOf(Answer.Done.class);
    }

    /** The menu is told after every start: a service that restarts again and again is silenced for that, and for nothing else. */
    @Test
    void floodOfAMethodSilencesNothingElse() {
        var commands = List.of(new BotMenu.Command("help", "What this bot can do"));
        telegram.addFault(Fault.flood("setMyCommands", 3600));

        assertThat(client.setCommands(commands, null)).isInstanceOf(Answer.NotNow.class);

        assertThat(client.setCommands(commands, null))
                .isInstanceOfSatisfying(
                        Answer.NotNow.class,
                        not -> assertThat(not.after()).isBetween(Duration.ofSeconds(3600), Duration.ofSeconds(3601)));
        assertThat(telegram.log().counts().get("setMyCommands")).isEqualTo(1L);
        assertThat(send(ANN)).isInstanceOf(Answer.Done.class);
        assertThat(client.self()).isInstanceOf(Answer.Done.class);
        assertThat(client.updates(null, Duration.ZERO)).isInstanceOf(Answer.Done.class);

        core.clock.advance(Duration.ofSeconds(3601));
        assertThat(client.setCommands(commands, null)).isEqualTo(new Answer.Done<>(true));
    }

    /** Links are made ahead, so that nobody waits for them; those that are known are to be revoked, and strangers removed, at once. */
    @Test
    void floodOfLinksThatAreMadeLeavesTheRestOfTheChannelAlone() {
        long other = -1001000000002L;
        telegram.addChat(new Control.NewChat(
                other, "channel", "Other", null, 1L, List.of(new Control.BotInChat(BOT)), List.of()));
        String known = link();
        telegram.addFault(Fault.flood("createChatInviteLink", 600));

        assertThat(client.createRequestLink(CHANNEL, "ao-2")).isInstanceOf(Answer.NotNow.class);

        core.clock.advance(Duration.ofSeconds(599));
        assertThat(client.createRequestLink(CHANNEL, "ao-2")).isInstanceOf(Answer.NotNow.class);
        assertThat(client.createRequestLink(other, "ao-1")).isInstanceOf(Answer.Done.class);
        assertThat(client.isMember(CHANNEL, BEN)).isEqualTo(new Answer.Done<>(false));
        assertThat(client.ban(CHANNEL, BEN, core.clock.instant().plusSeconds(600)))
                .isEqualTo(new Answer.Done<>(true));
        assertThat(client.revokeLink(CHANNEL, known)).isEqualTo(new Answer.Done<>(true));

        core.clock.advance(Duration.ofSeconds(2));
        assertThat(client.createRequestLink(CHANNEL, "ao-2")).isInstanceOf(Answer.Done.class);
    }

    @Test
    void revokedTokenIsTold() {
        assertDeclined(client(telegram.url(), "701:AAcanary_other").self(), Refusal.TOKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ok\":true}",
                "{\"ok\":true,\"result\":{}}",
                "{\"ok\":true,\"result\":{\"message_id\":\"seven\"}}",
                "{\"ok\":true,\"result\":[]}",
                "{\"ok\":true,\"result\":null}",
                "{}",
                "[]",
                "null",
                "\"ok\"",
                "",
                "<html>",
                "{\"ok\":tr"
            })
    void answerOfAnotherShapeIsNotKnowing(String body) throws IOException {
        assertThat(answered(200, body)).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void refusalWithStatus200IsARefusal() throws IOException {
        assertThat(answered(200, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}"))
                .isEqualTo(new Answer.Declined<>(Refusal.CHAT_NOT_FOUND, "200 Bad Request: chat not found"));
    }

    @Test
    void pageOfAProxyThatSaysTooManyWasNotSent() throws IOException {
        assertThat(answered(429, "<html>429</html>")).isInstanceOf(Answer.NotNow.class);
    }

    private Object answered(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            return kept(client("http://127.0.0.1:" + server.getAddress().getPort(), TestSettings.BOT_TOKEN)
                    .send(new Message(ANN, new Html("Hello"), List.of())));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void callAboutAGroupThatBecameASupergroupIsFollowedOnceAndTold() {
        long group = -43;
        long now = -1002000000043L;
        telegram.addChat(
                new Control.NewChat(group, "group", "Old", null, 1L, List.of(new Control.BotInChat(BOT)), List.of()));
        moved.clear();

        telegram.migrateChat(group, now);

        assertThat(client.kind(group)).isEqualTo(new Answer.Done<>(new ChatKind(now, false, false, "Old", true)));
        assertThat(client.createRequestLink(group, "ao-1")).isInstanceOf(Answer.Done.class);
        assertThat(client.send(new Message(group, new Html("Hello"), List.of())))
                .isInstanceOf(Answer.Done.class);
        assertThat(moved).containsOnly(new ChatMoved(group, now)).hasSize(3);

        telegram.migrateChat(now, -1002000000044L); // as no group does: nobody is led on and on
        assertDeclined(client.kind(group), Refusal.OTHER);
    }

    private TelegramClient client(String url, String token) {
        return new TelegramClient(
                new OutsideHttp(),
                JsonMapper.builder().build(),
                core.bean(Pace.class),
                moved::add,
                TestSettings.with(Map.of("ADMITONE_TELEGRAM_API_URL", url, "ADMITONE_TELEGRAM_BOT_TOKEN", token)));
    }

    private String link() {
        return client.createRequestLink(CHANNEL, "ao-1") instanceof Answer.Done<String>(String link) ? link : "";
    }

    private Object send(long user) {
        return kept(client.send(new Message(user, new Html("Hello"), List.of())));
    }

    private Object kept(Object answer) {
        answers.add(answer);
        return answer;
    }

    private void assertDeclined(Object answer, String... codes) {
        assertThat(kept(answer))
                .isInstanceOfSatisfying(
                        Answer.Declined.class,
                        declined -> assertThat(declined.code()).isIn((Object[]) codes));
    }
}
