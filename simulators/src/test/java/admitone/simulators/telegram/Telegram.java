package admitone.simulators.telegram;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A simulator with one bot, one channel and two people, and a bot's way to call it. */
final class Telegram implements AutoCloseable {
    static final String TOKEN = "700:AAtest";
    static final String BOT = "admit_bot";
    static final long BOT_ID = 700;
    static final long CHANNEL = -1001000000001L;
    static final long OWNER = 1;
    static final long ANN = 41;
    static final long BEN = 42;
    static final List<String> ALL =
            List.of("message", "callback_query", "my_chat_member", "chat_member", "chat_join_request");

    record Answer(int status, JsonNode body, java.net.http.HttpHeaders headers) {
        JsonNode result() {
            if (status != 200) {
                throw new AssertionError("refused: " + body);
            }
            return body.path("result");
        }

        String error() {
            return body.path("error_code").asInt() + " "
                    + body.path("description").asString();
        }
    }

    final HandClock clock = new HandClock();
    final TelegramSimulator simulator = TelegramSimulator.start(0, clock);
    private final HttpClient client = HttpClient.newHttpClient();

    Telegram() {
        simulator.setPaced(false);
        simulator.addBot(TOKEN, BOT);
        simulator.addUser(OWNER, "Olga");
        simulator.addUser(ANN, "Ann");
        simulator.addUser(BEN, "Ben");
        simulator.addChat(new Control.NewChat(
                CHANNEL, "channel", "Signals", null, OWNER, List.of(new Control.BotInChat(BOT)), List.of()));
        updates(Map.of("offset", -1, "allowed_updates", ALL));
        confirmAll();
    }

    Answer call(String method, Map<String, ?> params) {
        try {
            return callOrDrop(method, params);
        } catch (IOException e) {
            throw new AssertionError("dropped: " + method, e);
        }
    }

    Answer callOrDrop(String method, Map<String, ?> params) throws IOException {
        String body = Json.MAPPER.writeValueAsString(params);
        return send(HttpRequest.newBuilder(URI.create(simulator.url() + "/bot" + TOKEN + "/" + method))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    Answer send(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), Json.MAPPER.readTree(answer.body()), answer.headers());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    List<JsonNode> updates(Map<String, ?> params) {
        return call("getUpdates", params).result().valueStream().toList();
    }

    /** All that waits, confirmed in the same breath. */
    List<JsonNode> news() {
        List<JsonNode> news = updates(Map.of());
        confirmAll();
        return news;
    }

    private void confirmAll() {
        updates(Map.of("offset", Integer.MAX_VALUE));
    }

    JsonNode link(Map<String, ?> settings) {
        var params = new java.util.HashMap<String, Object>(settings);
        params.put("chat_id", CHANNEL);
        return call("createChatInviteLink", params).result();
    }

    String linkUrl(Map<String, ?> settings) {
        return link(settings).path("invite_link").asString();
    }

    String status(long userId) {
        return call("getChatMember", Map.of("chat_id", CHANNEL, "user_id", userId))
                .result()
                .path("status")
                .asString();
    }

    @Override
    public void close() {
        simulator.close();
        client.shutdownNow();
    }
}
