package admitone.simulators.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlApiTests {
    private final HandClock clock = new HandClock();
    private final TelegramSimulator simulator = TelegramSimulator.start(0, clock);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        simulator.close();
        client.shutdownNow();
    }

    private String ask(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(simulator.url() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    private void prepare() throws Exception {
        assertThat(ask("POST", "/control/bots", "{\"token\":\"700:AA\",\"username\":\"admit_bot\"}"))
                .isEqualTo("200 {\"id\":700,\"username\":\"admit_bot\"}");
        ask("POST", "/control/users", "{\"user_id\":41,\"first_name\":\"Ann\",\"language_code\":\"de\"}");
        assertThat(ask(
                        "POST",
                        "/control/chats",
                        "{\"chat_id\":-1001,\"type\":\"channel\",\"title\":\"Signals\",\"bots\":[{\"bot\":\"admit_bot\","
                                + "\"can_invite_users\":true,\"can_restrict_members\":true}]}"))
                .isEqualTo("200 {\"ok\":true}");
    }

    @Test
    void actsAsAPersonOverHttp() throws Exception {
        prepare();

        assertThat(ask("POST", "/control/users/41/start", "{\"bot\":\"admit_bot\",\"payload\":\"x\"}"))
                .isEqualTo("200 {\"message_id\":1}");
        String link = ask("GET", "/bot700:AA/createChatInviteLink?chat_id=-1001&creates_join_request=1", "")
                .replaceFirst(".*\"invite_link\":\"([^\"]*)\".*", "$1");
        assertThat(ask("POST", "/control/users/41/open-link", "{\"link\":\"" + link + "\"}"))
                .isEqualTo("200 {\"result\":\"request_sent\"}");
        assertThat(ask("GET", "/control/chats/-1001", ""))
                .contains("\"pending_requests\":[{\"user_id\":41,\"invite_link\":\"" + link + "\"");
        long owner = simulator.chat(-1001).members().getFirst().userId();
        ask("POST", "/control/users/" + owner + "/approve-by-human", "{\"chat_id\":-1001,\"user_id\":41}");
        assertThat(simulator.isMember(-1001, 41)).isTrue();
        assertThat(ask("GET", "/control/users/41/messages?bot=admit_bot", "")).contains("\"text\":\"/start x\"");
        assertThat(ask("GET", "/control/log", "")).contains("\"createChatInviteLink\":1");
    }

    @Test
    void mistakesAreNamed() throws Exception {
        prepare();

        assertThat(ask("POST", "/control/users/41/start", "{\"bott\":\"admit_bot\"}"))
                .startsWith("400")
                .contains("bott");
        assertThat(ask("POST", "/control/users/9/leave", "{\"chat_id\":-1001}"))
                .isEqualTo("400 {\"error\":\"no user 9\"}");
        assertThat(ask("POST", "/control/users/41/start", "{}"))
                .isEqualTo("400 {\"error\":\"the body lacks the field for bot\"}");
        assertThat(ask("POST", "/control/nothing", "{}")).startsWith("404");
        assertThat(ask("POST", "/control/users/41/approve-by-human", "{\"chat_id\":-1001,\"user_id\":41}"))
                .startsWith("400");
    }

    @Test
    void faultsClockAndResetAreSwitches() throws Exception {
        prepare();
        ask("POST", "/control/faults", "{\"method\":\"getMe\",\"kind\":\"flood\",\"retry_after\":5}");
        assertThat(ask("GET", "/bot700:AA/getMe", ""))
                .isEqualTo("429 {\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 5\","
                        + "\"parameters\":{\"retry_after\":5}}");
        ask("POST", "/control/faults", "{\"method\":\"*\",\"kind\":\"bad_gateway\",\"times\":-1}");
        assertThat(ask("GET", "/bot700:AA/getMe", "")).startsWith("502 <html>");
        ask("DELETE", "/control/faults", "");
        assertThat(ask("PUT", "/control/clock", "{\"advance_s\":3600}"))
                .isEqualTo("200 {\"now\":\"2026-11-23T11:00:00Z\"}");

        assertThat(ask("POST", "/control/reset", "")).startsWith("200");
        assertThat(ask("GET", "/bot700:AA/getMe", "")).startsWith("401");
    }

    @Test
    void linkOfAWebPageAsksWhoOpensIt() throws Exception {
        prepare();

        assertThat(ask("GET", "/t.me/admit_bot?start=ord_1", ""))
                .contains("value='https://t.me/admit_bot?start=ord_1'", "action='/chat/41/open'");
        assertThat(ask("GET", "/t.me/+AbC_-123", "")).contains("value='https://t.me/+AbC_-123'");
    }

    @Test
    void pagesShowAPersonsPhone() throws Exception {
        prepare();
        assertThat(ask("GET", "/", "")).contains("Ann", "Signals").doesNotContain("src='http");
        String link = ask("GET", "/bot700:AA/createChatInviteLink?chat_id=-1001", "")
                .replaceFirst(".*\"invite_link\":\"([^\"]*)\".*", "$1");

        ask("POST", "/chat/41/open", "bot=&link=https://t.me/admit_bot?start=ord_1");
        assertThat(ask("GET", "/chat/41?bot=admit_bot&payload=ord_1", ""))
                .as("a link to the bot starts nothing by itself")
                .contains(">Start<", "name='payload' value='ord_1'")
                .doesNotContain("/start ord_1");
        assertThat(ask("POST", "/chat/41/start", "bot=admit_bot&payload=ord_1")).startsWith("303");
        assertThat(ask("GET", "/chat/41?bot=admit_bot", "")).contains("/start ord_1");
        ask(
                "GET",
                "/bot700:AA/sendMessage?chat_id=41&parse_mode=HTML&text=%3Cb%3EHi%3C/b%3E%20"
                        + link.replace("+", "%2B"),
                "");
        assertThat(ask("GET", "/chat/41?bot=admit_bot", "")).contains("<b>Hi</b>", "action='/chat/41/open'", link);
        String opened = "bot=admit_bot&link=" + link.replace("+", "%2B");
        assertThat(ask("POST", "/chat/41/open", opened)).startsWith("303");
        assertThat(ask("GET", "/chat/41?" + opened, ""))
                .as("what one would join")
                .contains("Invitation to <b>Signals</b>", "action='/chat/41/join'", ">Join<")
                .doesNotContain("In <b>Signals</b>");
        ask("POST", "/chat/41/join", opened);
        assertThat(ask("GET", "/chat/41?bot=admit_bot", "")).contains("In <b>Signals</b>");
        ask("POST", "/chat/41/leave", "chat_id=-1001");
        assertThat(simulator.isMember(-1001, 41)).isFalse();
    }
}
