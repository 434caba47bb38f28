package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import admitone.cli.Main;
import admitone.simulators.telegram.OpenResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whitelist, bans, observe mode and import, over REST and against the simulator of Telegram. */
class MembersFlowTests {
    private static final TestService SERVICE = TestService.shared();
    /** What is done to people and their links. */
    private static final Set<String> DEEDS = Set.of(
            "approveChatJoinRequest",
            "declineChatJoinRequest",
            "banChatMember",
            "unbanChatMember",
            "revokeChatInviteLink");

    private final TestClient api = SERVICE.operator();
    private final TestService.Shop shop = SERVICE.newShop("1.35", 30);
    private final String channel = "/api/v1/channels/" + shop.channelId();
    private final long user = SERVICE.newBuyer();

    /** Also where an address was given before: nothing more is asked for, in words and without a form. */
    @Test
    void whoIsBannedReadsSoOnTheirPageAndIsAskedForNothing() {
        String order = SERVICE.newOrder(shop, user);
        SERVICE.newPayment(order, "eth");
        String page = "/pay/" + order;
        assertThat(SERVICE.anyone().get(page).must(200).body()).contains("<form", "id=\"address\"");

        put(channel + "/bans/" + user, Map.of("reason", "spams")).must(200);

        String words = "The seller has banned you from the channel";
        assertThat(SERVICE.anyone().get(page).must(200).body())
                .contains(words)
                .doesNotContain("<form", "id=\"address\"");
        var status =
                SERVICE.anyone().get("/api/payment-status?order_id=" + order).must(200);
        assertThat(status.text("message")).contains(words, "please send nothing");
    }

    @Test
    void whoIsBannedIsSoldNothingUntilItIsTakenBack() {
        String ban = channel + "/bans/" + user;
        assertThat(api.get(ban).status()).isEqualTo(404);

        put(ban, Map.of("reason", "spams")).must(200);
        put(ban, Map.of("reason", "spams")).must(200);

        assertThat(api.get(ban).must(200).json().path("reason").asString()).isEqualTo("spams");
        assertThat(api.get(channel + "/bans").must(200).json().path("items")).hasSize(1);
        TestClient.Reply refused = api.post("/api/v1/orders", order());
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("buyer_banned");
        TestClient.Reply notGiven = api.post("/api/v1/grants", gift());
        assertThat(notGiven.status()).isEqualTo(409);
        assertThat(notGiven.text("code")).isEqualTo("buyer_banned");
        assertThat(api.delete(channel + "/whitelist/" + user).status()).isEqualTo(404);
        api.delete(ban).must(204);
        assertThat(api.delete(ban).status()).isEqualTo(404);
        api.post("/api/v1/orders", order()).must(201);
        api.post("/api/v1/grants", gift()).must(201);
    }

    private Map<String, Object> gift() {
        return Map.of(
                "channel_id",
                shop.channelId(),
                "telegram_user_id",
                user,
                "days",
                1,
                "origin",
                "manual",
                "reason",
                "a friend");
    }

    @Test
    void whoIsWhitelistedComesIn() {
        put(channel + "/whitelist/" + user, Map.of("reason", "the seller's brother"))
                .must(200);

        assertThat(SERVICE.telegram().openLink(user, link())).isEqualTo(OpenResult.REQUEST_SENT);

        TestService.until(() -> SERVICE.telegram().isMember(shop.chat(), user));
        assertThat(api.get(channel + "/whitelist")
                        .must(200)
                        .json()
                        .path("items")
                        .path(0)
                        .path("telegram_user_id")
                        .asString())
                .isEqualTo("" + user);
    }

    @Test
    void observedChannelIsLeftAloneAndWhatIsStillDueIsDoneAfterwards() {
        assertThat(api.get(channel + "/members").must(200).body())
                .contains("\"observe\":false", "\"unknown_members\":\"report\"");
        put(channel + "/members", Map.of("observe", true)).must(200);
        api.post(
                        "/api/v1/grants",
                        Map.of(
                                "channel_id",
                                shop.channelId(),
                                "telegram_user_id",
                                user,
                                "days",
                                30,
                                "reason",
                                "a friend"))
                .must(201);
        long stranger = SERVICE.newBuyer();

        SERVICE.telegram().openLink(user, link());
        SERVICE.telegram().openLink(stranger, link());
        TestService.until(() ->
                api.get(channel + "/observed").must(200).json().path("items").size() == 2);

        assertThat(api.get(channel + "/observed").must(200).body()).contains("\"approve\"", "\"decline\"");
        assertThat(deeds()).isEmpty();
        assertThat(put(channel + "/members", Map.of("unknown_members", "report"))
                        .must(422)
                        .body())
                .contains("observe", "is missing: true or false");
        assertThat(api.get(channel + "/members").must(200).body()).contains("\"observe\":true");
        put(channel + "/members", Map.of("observe", false)).must(200);
        TestService.until(() -> SERVICE.telegram().isMember(shop.chat(), user));
        assertThat(deeds()).containsOnly("approveChatJoinRequest");
    }

    @Test
    void membersAreTakenOverFromAFile() {
        String file = "member;until\n" + user + ";2027-01-31\n@ann;2027-01-31\n" + user + ";2026-12-31\n";
        String path = channel + "/import?user_column=member&ends_at_column=until";

        JsonNode dry = csv(path, file).must(200).json();
        assertThat(dry.path("dry_run").asBoolean()).isTrue();
        assertThat(dry.path("counts").toString()).isEqualTo("{\"faulty\":1,\"superseded\":1,\"would_be_granted\":1}");
        assertThat(dry.path("lines").path(1).toString()).contains("\"line\":3", "positive whole number");
        assertThat(grants()).isEmpty();

        csv(path + "&dry_run=false", file).must(200);
        JsonNode again = csv(path + "&dry_run=false", file).must(200).json();

        assertThat(again.path("counts").toString()).isEqualTo("{\"already\":1,\"faulty\":1,\"superseded\":1}");
        assertThat(grants()).hasSize(1);
        assertThat(grants().path(0).path("origin").asString()).isEqualTo("import");
        assertThat(grants().path(0).path("reachable").asBoolean())
                .as("has started the bot")
                .isTrue();
        assertThat(csv(path + "&key=a%20b", file).body()).contains("key");
        assertThat(csv(path + "&dry_run=no", file).body()).contains("true or false");
        assertThat(csv(path, "x".repeat(1024 * 1024 + 1)).status()).isEqualTo(413);
        assertThat(SERVICE.as(SERVICE.newSeller("Other"))
                        .call("POST", path, file, "text/csv")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void commandTakesMembersOverWhenToldToApply(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("members.csv"), "who,days\n" + user + ",30\n");

        assertThat(command(file)).isZero();
        assertThat(grants()).isEmpty();
        assertThat(command(file, "--apply")).isZero();
        assertThat(grants()).hasSize(1);
        Files.writeString(file, "who,days\n@ann,30\n");
        assertThat(command(file, "--apply")).isEqualTo(1);
    }

    private int command(Path file, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "grants",
                "import",
                file.toString(),
                "--channel",
                shop.channelId(),
                "--column",
                "user=who",
                "--url",
                SERVICE.url(),
                "--token",
                TestService.OPERATOR_TOKEN));
        arguments.addAll(List.of(more));
        return new CommandLine(new Main()).execute(arguments.toArray(String[]::new));
    }

    private JsonNode grants() {
        return api.get("/api/v1/grants?channel_id=" + shop.channelId())
                .must(200)
                .json()
                .path("items");
    }

    private Map<String, Object> order() {
        return Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", user);
    }

    private String link() {
        return SERVICE.sql()
                .sql("select standing_link from catalog.channel where closed_chat_id = ?")
                .param(shop.chat())
                .query(String.class)
                .single();
    }

    private List<String> deeds() {
        return SERVICE.telegram().log().calls().stream()
                .filter(call -> call.params().path("chat_id").asString("").equals("" + shop.chat()))
                .map(call -> call.method())
                .filter(DEEDS::contains)
                .toList();
    }

    private TestClient.Reply put(String path, Map<String, Object> body) {
        return api.call("PUT", path, JsonMapper.shared().writeValueAsString(body), "application/json");
    }

    private TestClient.Reply csv(String path, String file) {
        return api.call("POST", path, file, "text/csv");
    }
}
