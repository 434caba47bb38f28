package admitone.simulators.telegram;

import static admitone.simulators.telegram.Telegram.ANN;
import static admitone.simulators.telegram.Telegram.BEN;
import static admitone.simulators.telegram.Telegram.BOT;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.simulators.http.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(20)
class UpdateTests {
    private final Telegram telegram = new Telegram();
    private final TelegramSimulator simulator = telegram.simulator;

    @AfterEach
    void close() {
        telegram.close();
    }

    private static List<String> texts(List<JsonNode> updates) {
        return updates.stream()
                .map(update -> update.path("message").path("text").asString())
                .toList();
    }

    private void say(String... texts) {
        for (String text : texts) {
            simulator.say(ANN, BOT, text);
        }
    }

    @Test
    void staysUntilConfirmedByAHigherOffset() {
        say("a", "b", "c");
        List<JsonNode> first = telegram.updates(Map.of("limit", 2));
        assertThat(texts(first)).containsExactly("a", "b");
        assertThat(texts(telegram.updates(Map.of()))).containsExactly("a", "b", "c");

        long second = first.get(1).path("update_id").asLong();
        assertThat(second).isEqualTo(first.get(0).path("update_id").asLong() + 1);
        assertThat(texts(telegram.updates(Map.of("offset", second)))).containsExactly("b", "c");
        assertThat(texts(telegram.updates(Map.of("offset", second + 1)))).containsExactly("c");
        assertThat(texts(telegram.updates(Map.of()))).containsExactly("c");
    }

    @Test
    void negativeOffsetForgetsAllButTheLast() {
        say("a", "b", "c");

        assertThat(texts(telegram.updates(Map.of("offset", -2)))).containsExactly("b", "c");
        assertThat(texts(telegram.updates(Map.of()))).containsExactly("b", "c");
    }

    @Test
    void oldOnesAreForgottenAfterADay() {
        say("a");
        telegram.clock.advance(Duration.ofHours(23));
        say("b");
        telegram.clock.advance(Duration.ofMinutes(61));

        assertThat(texts(telegram.updates(Map.of()))).containsExactly("b");
        simulator.advance(Duration.ofHours(24));
        assertThat(telegram.updates(Map.of())).isEmpty();
    }

    @Test
    void membershipIsNotInTheDefaultSetButRequestsAre() {
        telegram.updates(Map.of("allowed_updates", List.of()));
        simulator.openLink(ANN, telegram.linkUrl(Map.of()));
        simulator.openLink(BEN, telegram.linkUrl(Map.of("creates_join_request", true)));

        List<JsonNode> news = telegram.news();

        assertThat(news).hasSize(1);
        assertThat(news.getFirst().has("chat_join_request")).isTrue();
    }

    @Test
    void listOfAllowedOnesPersistsAndDoesNotTouchTheQueue() {
        say("a");
        telegram.updates(Map.of("allowed_updates", List.of("chat_member")));
        say("b");
        simulator.openLink(ANN, telegram.linkUrl(Map.of()));

        List<JsonNode> news = telegram.updates(Map.of("allowed_updates", "garbage"));

        assertThat(texts(news)).containsExactly("a", "");
        assertThat(news.get(1).has("chat_member")).isTrue();
        assertThat(telegram.call("getWebhookInfo", Map.of())
                        .result()
                        .path("allowed_updates")
                        .toString())
                .isEqualTo("[\"chat_member\"]");
    }

    @Test
    void longPollIsWokenByAnUpdate() throws Exception {
        CompletableFuture<List<JsonNode>> poll =
                CompletableFuture.supplyAsync(() -> telegram.updates(Map.of("timeout", 50)));
        say("a");

        assertThat(texts(poll.get(10, TimeUnit.SECONDS))).containsExactly("a");
    }

    @Test
    void secondPollerEndsTheFirst() throws Exception {
        CompletableFuture<Telegram.Answer> first =
                CompletableFuture.supplyAsync(() -> telegram.call("getUpdates", Map.of("timeout", 50)));
        while (!first.isDone()) {
            telegram.call("getUpdates", Map.of());
        }

        assertThat(first.get().error())
                .isEqualTo("409 Conflict: terminated by other getUpdates request; make sure that only one bot instance"
                        + " is running");
    }

    @Test
    void pollingIsRefusedWhileAWebhookIsSet() {
        telegram.call("setWebhook", Map.of("url", "https://example.invalid/hook"))
                .result();
        assertThat(telegram.call("getUpdates", Map.of()).error())
                .isEqualTo("409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to"
                        + " delete the webhook first");
        assertThat(telegram.call("deleteWebhook", Map.of())
                        .body()
                        .path("description")
                        .asString())
                .isEqualTo("Webhook was deleted");
        assertThat(telegram.call("deleteWebhook", Map.of())
                        .body()
                        .path("description")
                        .asString())
                .isEqualTo("Webhook is already deleted");
        assertThat(telegram.updates(Map.of())).isEmpty();
    }

    @Test
    void webhookIsChecked() {
        assertThat(webhook(Map.of("url", "http://example.org/")))
                .isEqualTo("400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
        assertThat(webhook(Map.of("url", "https://example.org:8080/")))
                .isEqualTo("400 Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
        assertThat(webhook(Map.of("url", "::"))).isEqualTo("400 Bad Request: invalid webhook URL specified");
        assertThat(webhook(Map.of("url", "https://example.org/", "secret_token", "a b")))
                .isEqualTo("400 Bad Request: secret token contains unallowed characters");
    }

    private String webhook(Map<String, ?> params) {
        return telegram.call("setWebhook", params).error();
    }

    @Test
    void webhookKeepsOrderRetriesAndShowsItsSecret() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        var refusals = new java.util.concurrent.atomic.AtomicInteger(2);
        try (Server app = Server.start(0, exchange -> {
            String secret = exchange.header("X-Telegram-Bot-Api-Secret-Token").orElse("none");
            String text = Json.MAPPER
                    .readTree(exchange.text())
                    .path("message")
                    .path("text")
                    .asString();
            heard.add(secret + " " + text);
            exchange.plain(refusals.getAndDecrement() > 0 ? 500 : 200, "");
        })) {
            telegram.call("setWebhook", Map.of("url", app.url() + "/hook", "secret_token", "s3"))
                    .result();
            say("a", "b");

            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("s3 a");
            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .as("the first retry is at once")
                    .isEqualTo("s3 a");
            assertThat(telegram.call("getWebhookInfo", Map.of())
                            .result()
                            .path("last_error_message")
                            .asString())
                    .isEqualTo("Wrong response from the webhook: 500 Internal Server Error");
            String third = heard.poll();
            while (third == null) {
                telegram.clock.advance(Duration.ofSeconds(70));
                third = heard.poll(50, TimeUnit.MILLISECONDS);
            }
            assertThat(third).isEqualTo("s3 a");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("s3 b");
        }
    }

    @Test
    void switchesRepeatHoldAndReverse() {
        simulator.setUpdates(new Control.UpdateSwitches(null, true, "reversed", true));
        say("a", "b");
        assertThat(telegram.updates(Map.of())).isEmpty();

        simulator.setUpdates(new Control.UpdateSwitches(BOT, null, null, false));
        List<JsonNode> first = telegram.updates(Map.of());
        assertThat(texts(first)).containsExactly("b", "a");

        long last = first.getFirst().path("update_id").asLong();
        assertThat(texts(telegram.updates(Map.of("offset", last + 1)))).containsExactly("a", "b");
        assertThat(telegram.updates(Map.of("offset", last + 1))).isEmpty();
    }

    @Test
    void idsStartAnewAfterAQuietWeek() {
        say("a");
        long before = telegram.news().getFirst().path("update_id").asLong();
        telegram.clock.advance(Duration.ofDays(8));
        say("b");

        long after = telegram.updates(Map.of()).getFirst().path("update_id").asLong();
        assertThat(after).isNotEqualTo(before + 1);
    }
}
