package admitone.telegram.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.TestService;
import admitone.TestSettings;
import admitone.hold.Hold;
import admitone.hold.HoldMemory;
import admitone.messaging.UpdateInbox;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import tools.jackson.databind.json.JsonMapper;

/** The door for updates, over HTTP. */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class UpdatesDatabaseTests {
    private static final String ADDRESS = "/telegram/updates";
    private static final String SECRET = "webhook-secret-of-the-tests_0123";

    private final TestService service = TestService.start(
            "updates door",
            Map.of(
                    "ADMITONE_TELEGRAM_UPDATES", "webhook",
                    "ADMITONE_TELEGRAM_WEBHOOK_SECRET", SECRET,
                    "ADMITONE_ADDRESS_LIMIT_PER_MINUTE", "3"));

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void updateIsStoredThen200AndActedOnOnce() throws Exception {
        long user = service.newPerson();
        String update = start(9_000_001, user);

        assertThat(post(update, SECRET).statusCode()).isEqualTo(200);
        assertThat(post(update, SECRET).statusCode()).isEqualTo(200);

        TestService.until(() -> state(9_000_001).equals("read"));
        assertThat(count("messaging.update_inbox where update_id = 9000001")).isEqualTo(1);
        assertThat(count("tasks.task where kind = 'answer_start' and subject = 'update-9000001'"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wrong-secret-of-the-tests_012345",
                "webhook-secret-of-the-tests_012",
                "webhook-secret-of-the-tests_0123 x",
                "WEBHOOK-SECRET-OF-THE-TESTS_0123"
            })
    void forgedUpdateIsRefusedAndLeavesNothing(String secret) throws Exception {
        HttpResponse<String> answer = post(start(9_100_001, 1), secret);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("secret_refused").doesNotContain(SECRET);
        assertThat(count("messaging.update_inbox where update_id = 9100001")).isZero();
    }

    @Test
    void ofTwoSecretsNeitherCounts() throws Exception {
        assertThat(post(start(9_200_001, 1), SECRET, SECRET).statusCode()).isEqualTo(401);
        assertThat(post(start(9_200_001, 1)).statusCode()).isEqualTo(401);

        assertThat(count("messaging.update_inbox where update_id = 9200001")).isZero();
    }

    /** It may still be an administrator of the channels: what it hears is not what the bot of now hears, and comes under other numbers. */
    @Test
    void whatTheBotBeforeGoesOnDeliveringIsRefusedAndLeavesNothing() throws Exception {
        HttpResponse<String> answer = postTo(ADDRESS + "?bot=699", start(9_700_001, 1), SECRET);

        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.body()).contains("other_bot");
        assertThat(count("messaging.update_inbox where update_id = 9700001")).isZero();
        assertThat(postTo(ADDRESS + "?bot=700100", start(9_700_001, 1), SECRET).statusCode())
                .isEqualTo(200);
    }

    @Test
    void whoDoesNotKnowTheSecretLearnsOfNoBot() throws Exception {
        assertThat(postTo(ADDRESS + "?bot=699", start(9_800_001, 1), "wrong").statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "7",
                "{\"update_id\":",
                "{\"update_id\":\"7\"}",
                "{\"update_id\":7.5}",
                "{\"update_id\":99999999999999999999}",
                "[{\"update_id\":7}]"
            })
    void bodyThatIsNoUpdateIsToldSo(String body) throws Exception {
        HttpResponse<String> answer = post(body, SECRET);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("malformed");
    }

    @Test
    void moreThanAMebibyteIsTooMuch() throws Exception {
        String body = "{\"update_id\":9300001,\"x\":\"" + "x".repeat(1 << 20) + "\"}";

        assertThat(post(body, SECRET).statusCode()).isEqualTo(413);
        assertThat(count("messaging.update_inbox where update_id = 9300001")).isZero();
    }

    @Test
    void updateThatCannotBeStoredIsAskedForAgain() throws Exception {
        try (Connection other = service.connection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("lock table messaging.update_inbox in exclusive mode");

            HttpResponse<String> answer = post(start(9_400_001, 1), SECRET);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            other.rollback();
        }
        assertThat(post(start(9_400_001, 1), SECRET).statusCode()).isEqualTo(200);
    }

    /** Its original would miss what it confirmed. */
    @Test
    void aCopyConfirmsNothingUntilAPersonResumes() throws IOException {
        try (Core core = Core.start("updates_copy")) {
            UpdatesController door = door(core);
            HoldMemory.begin(core, "copied");

            assertThat(door.update(request(start(9_600_001, 1))).getStatusCode().value())
                    .isEqualTo(503);
            assertThat(core.count("messaging.update_inbox")).isZero();

            HoldMemory.lift(core);
            assertThat(door.update(request(start(9_600_001, 1))).getStatusCode().value())
                    .isEqualTo(200);
            assertThat(core.count("messaging.update_inbox")).isEqualTo(1);
        }
    }

    @Test
    void whoseWebhookIsToBeDeletedIsInTheLog(CapturedOutput output) throws IOException {
        try (Core core = Core.start("updates_of_another")) {
            MockHttpServletRequest request = request(start(9_900_001, 1));
            request.setParameter("bot", "699");

            door(core).update(request);
        }
        assertThat(output).contains("sent to another bot").contains("call deleteWebhook with its token");
    }

    private static UpdatesController door(Core core) {
        return new UpdatesController(
                core.bean(UpdateInbox.class),
                core.bean(Hold.class),
                core.bean(JsonMapper.class),
                core.clock,
                new SimpleMeterRegistry(),
                TestSettings.with(Map.of("ADMITONE_TELEGRAM_WEBHOOK_SECRET", SECRET)));
    }

    private static MockHttpServletRequest request(String body) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", ADDRESS);
        request.addHeader("X-Telegram-Bot-Api-Secret-Token", SECRET);
        request.setContent(body.getBytes(StandardCharsets.UTF_8));
        return request;
    }

    @Test
    void telegramsAddressIsNeverLimited() {
        assertThat(IntStream.range(0, 30).parallel().mapToObj(i -> {
                    try {
                        return post(start(9_500_000 + i, 1), SECRET).statusCode();
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }))
                .containsOnly(200);
    }

    private static String start(long updateId, long user) {
        return """
                {"update_id":%d,"message":{"message_id":1,"from":{"id":%d,"is_bot":false,"first_name":"Ann"},
                "chat":{"id":%d,"type":"private"},"date":1790000000,"text":"/start"}}
                """.formatted(updateId, user, user);
    }

    private HttpResponse<String> post(String body, String... secrets) throws IOException, InterruptedException {
        return postTo(ADDRESS, body, secrets);
    }

    private HttpResponse<String> postTo(String address, String body, String... secrets)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.url() + address))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        List.of(secrets).forEach(secret -> request.header("X-Telegram-Bot-Api-Secret-Token", secret));
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }

    private String state(long updateId) {
        return service.sql()
                .sql("select state from messaging.update_inbox where update_id = ?")
                .param(updateId)
                .query(String.class)
                .single();
    }

    private long count(String fromWhere) {
        return service.sql()
                .sql("select count(*) from " + fromWhere)
                .query(Long.class)
                .single();
    }
}
