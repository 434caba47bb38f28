package admitone.simulators.telegram;

import static admitone.simulators.telegram.Telegram.ANN;
import static admitone.simulators.telegram.Telegram.BEN;
import static admitone.simulators.telegram.Telegram.BOT;
import static admitone.simulators.telegram.Telegram.CHANNEL;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class MessageTests {
    private final Telegram telegram = new Telegram();
    private final TelegramSimulator simulator = telegram.simulator;

    @AfterEach
    void close() {
        telegram.close();
    }

    private Telegram.Answer write(long chatId, String text) {
        return telegram.call("sendMessage", Map.of("chat_id", chatId, "text", text, "parse_mode", "HTML"));
    }

    @Test
    void eachKindOfSilenceHasItsWords() {
        assertThat(write(ANN, "hi").error()).isEqualTo("400 Bad Request: chat not found");
        simulator.openLink(ANN, telegram.linkUrl(Map.of()));
        assertThat(write(ANN, "hi").error()).isEqualTo("403 Forbidden: bot can't initiate conversation with a user");
        simulator.start(ANN, BOT, null);
        write(ANN, "hi").result();
        simulator.block(ANN, BOT);
        assertThat(write(ANN, "hi").error()).isEqualTo("403 Forbidden: bot was blocked by the user");
        simulator.unblock(ANN, BOT);
        simulator.addUser(new Control.NewUser(ANN, "Ann").asDeactivated());
        assertThat(write(ANN, "hi").error()).isEqualTo("403 Forbidden: user is deactivated");
    }

    @Test
    void chatTheBotIsOutOfSaysWhy() {
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT).withStatus("kicked"));
        assertThat(write(CHANNEL, "hi").error()).isEqualTo("403 Forbidden: bot was kicked from the channel chat");
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT).withStatus("left"));
        assertThat(write(CHANNEL, "hi").error()).isEqualTo("403 Forbidden: bot is not a member of the channel chat");
        simulator.addChat(new Control.NewChat(-7, "group", "G", new Control.BotInChat(BOT)));
        simulator.deleteChat(-7);
        assertThat(write(-7, "hi").error()).isEqualTo("403 Forbidden: the group chat was deleted");
    }

    @Test
    void blockingAndUnblockingIsHeardOf() {
        simulator.start(ANN, BOT, null);
        telegram.news();

        simulator.block(ANN, BOT);
        simulator.unblock(ANN, BOT);

        assertThat(telegram.news())
                .extracting(update -> update.path("my_chat_member")
                        .path("new_chat_member")
                        .path("status")
                        .asString())
                .containsExactly("kicked", "member");
    }

    @Test
    void startCarriesThePayload() {
        simulator.openLink(ANN, "https://t.me/" + BOT + "?start=ord_7f3a");

        JsonNode message = telegram.news().getFirst().path("message");
        assertThat(message.path("text").asString()).isEqualTo("/start ord_7f3a");
        assertThat(message.path("from").path("id").asLong()).isEqualTo(ANN);
        assertThat(message.path("chat").path("type").asString()).isEqualTo("private");
        assertThat(message.path("entities").path(0).toString())
                .isEqualTo("{\"offset\":0,\"length\":6,\"type\":\"bot_command\"}");
    }

    @Test
    void htmlBecomesTextAndEntities() {
        simulator.start(ANN, BOT, null);

        JsonNode sent = write(ANN, "🏟 <b>A &amp; <i>B</i></b> <a href=\"https://t.me/+abc\">in</a> https://x.org/y.")
                .result();

        assertThat(sent.path("text").asString()).isEqualTo("🏟 A & B in https://x.org/y.");
        assertThat(sent.path("entities").toString())
                .isEqualTo(
                        "[{\"offset\":3,\"length\":5,\"type\":\"bold\"},{\"offset\":7,\"length\":1,\"type\":\"italic\"},"
                                + "{\"offset\":9,\"length\":2,\"type\":\"text_link\",\"url\":\"https://t.me/+abc\"},"
                                + "{\"offset\":12,\"length\":15,\"type\":\"url\"}]");
        assertThat(simulator.messages(ANN, BOT).getLast().links())
                .containsExactly("https://t.me/+abc", "https://x.org/y");
    }

    /** TDLib's own cases. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    🏟 🏟&lt;<abacaba               | Unclosed start tag at byte offset 13
                    🏟 🏟&lt;<abac aba>             | Unsupported start tag "abac" at byte offset 13
                    🏟 🏟&lt;<i   =aba>             | Empty attribute name in the tag "i" at byte offset 13
                    🏟 🏟&lt;<i    aba>             | Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13
                    ~🏟 🏟&lt;<i    aba  =  ~       | Unclosed start tag "i" at byte offset 13
                    🏟 🏟&lt;<i    aba  =  190azAz-., | Unexpected end of name token at byte offset 27
                    🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;> | Unclosed start tag at byte offset 13
                    🏟 🏟&lt;</                     | Unexpected end tag at byte offset 13
                    🏟 🏟&lt;<b></b></              | Unexpected end tag at byte offset 20
                    a < b                           | Unsupported start tag "" at byte offset 2
                    <a href                         | Unclosed start tag "a" at byte offset 0
                    <span>x</span>                  | Tag "span" must have class "tg-spoiler" at byte offset 0
                    <b>x</b                         | Unclosed end tag at byte offset 4
                    <b>x</i>                        | Unmatched end tag at byte offset 4, expected "</b>", found "</i>"
                    <b>x                            | Can't find end tag corresponding to start tag "b"
                    """)
    void brokenHtmlIsRefusedInTheServersWords(String html, String error) {
        assertThat(write(ANN, html).error()).isEqualTo("400 Bad Request: can't parse entities: " + error);
    }

    @Test
    void textHasToBeThereAndNotTooLong() {
        simulator.start(ANN, BOT, null);

        assertThat(write(ANN, "  ").error()).isEqualTo("400 Bad Request: message text is empty");
        assertThat(write(ANN, "<b></b>").error()).isEqualTo("400 Bad Request: message text is empty");
        write(ANN, "<b>" + "x".repeat(4096) + "</b>").result();
        assertThat(write(ANN, "x".repeat(4097)).error()).isEqualTo("400 Bad Request: message is too long");
    }

    @Test
    void buttonsAreChecked() {
        simulator.start(ANN, BOT, null);

        assertThat(withButton(Map.of("text", "x", "callback_data", "é".repeat(33)))
                        .error())
                .isEqualTo("400 Bad Request: BUTTON_DATA_INVALID");
        assertThat(withButton(Map.of("text", "x")).error())
                .isEqualTo("400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the"
                        + " inline keyboard");
        assertThat(withButton(Map.of("text", "x", "url", "ftp://example.com")).error())
                .isEqualTo("400 Bad Request: inline keyboard button URL 'ftp://example.com' is invalid: Unsupported"
                        + " URL protocol");
        withButton(Map.of("text", "x", "callback_data", "d".repeat(64))).result();
    }

    private Telegram.Answer withButton(Map<String, ?> button) {
        return telegram.call(
                "sendMessage",
                Map.of(
                        "chat_id",
                        ANN,
                        "text",
                        "t",
                        "reply_markup",
                        Map.of("inline_keyboard", List.of(List.of(button)))));
    }

    @Test
    void tapIsAnsweredOnceAndInTime() {
        simulator.start(ANN, BOT, null);
        long message = withButton(Map.of("text", "Go", "callback_data", "go"))
                .result()
                .path("message_id")
                .asLong();
        String first = simulator.tap(ANN, BOT, message, "go");
        String second = simulator.tap(ANN, BOT, message, "go");

        telegram.call("answerCallbackQuery", Map.of("callback_query_id", first, "text", "done"))
                .result();
        telegram.clock.advance(Duration.ofSeconds(16));

        String late = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";
        assertThat(telegram.call("answerCallbackQuery", Map.of("callback_query_id", first))
                        .error())
                .isEqualTo(late);
        assertThat(telegram.call("answerCallbackQuery", Map.of("callback_query_id", second))
                        .error())
                .isEqualTo(late);
        assertThat(simulator.taps(ANN, BOT)).extracting(Control.TapView::text).containsExactly("done", null);
    }

    @Test
    void editChangesTheMessageOrIsRefused() {
        simulator.start(ANN, BOT, null);
        long id = write(ANN, "one").result().path("message_id").asLong();

        JsonNode edited = telegram.call("editMessageText", Map.of("chat_id", ANN, "message_id", id, "text", "two"))
                .result();

        assertThat(edited.path("text").asString()).isEqualTo("two");
        assertThat(telegram.call("editMessageText", Map.of("chat_id", ANN, "message_id", id, "text", "two"))
                        .error())
                .startsWith("400 Bad Request: message is not modified: specified new message content");
        assertThat(telegram.call("editMessageText", Map.of("chat_id", ANN, "message_id", 999, "text", "two"))
                        .error())
                .isEqualTo("400 Bad Request: message to edit not found");
    }

    @Test
    void floodNamesItsSecondsTwice() {
        simulator.addFault(Control.Fault.flood("sendMessage", 7).times(2));
        simulator.start(BEN, BOT, null);

        Telegram.Answer answer = write(BEN, "hi");

        assertThat(answer.error()).isEqualTo("429 Too Many Requests: retry after 7");
        assertThat(answer.body().path("parameters").path("retry_after").asInt()).isEqualTo(7);
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
        assertThat(write(BEN, "hi").status()).isEqualTo(429);
        assertThat(write(BEN, "hi").status()).isEqualTo(200);
    }

    @Test
    void outcomeBehindA500DependsOnWhenItStruck() {
        simulator.start(BEN, BOT, null);
        simulator.addFault(Control.Fault.of(FaultKind.STATUS_500_BEFORE, "sendMessage"));
        assertThat(write(BEN, "first").error()).isEqualTo("500 Internal Server Error");
        simulator.addFault(Control.Fault.of(FaultKind.STATUS_500_AFTER, "sendMessage"));
        assertThat(write(BEN, "second").error()).isEqualTo("500 Internal Server Error");

        assertThat(simulator.messages(BEN, BOT))
                .extracting(Control.MessageView::text)
                .containsExactly("/start", "second");
    }

    @Test
    void callMayComeAsQueryFormOrMultipart() throws Exception {
        simulator.start(ANN, BOT, null);
        URI uri = URI.create(simulator.url() + "/bot" + Telegram.TOKEN + "/SENDmessage");

        Telegram.Answer query = telegram.send(HttpRequest.newBuilder(URI.create(uri + "?chat_id=41&text=a%20b"))
                .build());
        Telegram.Answer form = telegram.send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "chat_id=41&text=c+d&reply_markup=%7B%22inline_keyboard%22%3A%5B%5B%7B%22text%22%3A%22x%22%2C"
                                + "%22callback_data%22%3A%22y%22%7D%5D%5D%7D"))
                .build());
        Telegram.Answer multipart = telegram.send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "multipart/form-data; boundary=XX")
                .POST(HttpRequest.BodyPublishers.ofString(
                        multipart("chat_id", "41") + multipart("text", "é") + "--XX--\r\n"))
                .build());

        assertThat(query.result().path("text").asString()).isEqualTo("a b");
        assertThat(form.result()
                        .path("reply_markup")
                        .path("inline_keyboard")
                        .path(0)
                        .path(0)
                        .path("text")
                        .asString())
                .isEqualTo("x");
        assertThat(multipart.result().path("text").asString()).isEqualTo("é");
    }

    private static String multipart(String name, String value) {
        return "--XX\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n".formatted(name, value);
    }

    @ParameterizedTest
    @CsvSource({
        "/bot700:wrong/getMe, 401 Unauthorized",
        "/botgarbage/getMe, 401 Unauthorized: invalid token specified",
        "/botx:y/getMe, 421 Misdirected Request: unallowed token specified",
        "/bot700:AAtest/getNothing, 404 Not Found: method not found",
        "/nothing, 404 Not Found",
    })
    void wrongPathsAreToldApart(String path, String error) throws Exception {
        Telegram.Answer answer = telegram.send(
                HttpRequest.newBuilder(URI.create(simulator.url() + path)).build());

        assertThat(answer.error()).isEqualTo(error);
        assertThat(Integer.toString(answer.status())).isEqualTo(error.substring(0, 3));
    }

    @Test
    void newTokenShutsTheOldOneOut() {
        simulator.addBot("700:AAnew", BOT);

        assertThat(telegram.call("getMe", Map.of()).error()).isEqualTo("401 Unauthorized");
    }

    @Test
    void logKeepsNoToken() {
        telegram.call("getMe", Map.of());

        assertThat(Json.MAPPER.writeValueAsString(simulator.log()))
                .contains("getMe")
                .doesNotContain("AAtest");
    }

    @Test
    void messagesToACrowdAreCountedAndTimedByPerson() {
        simulator.addCrowd(new Control.NewCrowd(BOT, 5_000, 3));

        long before = simulator.timerUs();
        write(5_001, "one").result();
        long after = simulator.timerUs();
        write(5_001, "two").result();
        Telegram.Answer refused = write(5_003, "to nobody");

        long firstAtUs = simulator.receipts(5_000).firstAtUs().get(1);
        assertThat(firstAtUs).isBetween(before, after);
        assertThat(refused.error()).isEqualTo("400 Bad Request: chat not found");
        assertThat(simulator.crowds()).containsExactly(new Control.CrowdView(5_000, 3, 1, 2, firstAtUs));
        assertThat(simulator.receipts(5_000))
                .isEqualTo(new Control.Receipts(5_000, List.of(0, 2, 0), List.of(0L, firstAtUs, 0L)));
    }
}
