package admitone.simulators.telegram;

import static admitone.simulators.telegram.Telegram.ANN;
import static admitone.simulators.telegram.Telegram.BEN;
import static admitone.simulators.telegram.Telegram.BOT;
import static admitone.simulators.telegram.Telegram.CHANNEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class InviteLinkTests {
    private final Telegram telegram = new Telegram();
    private final TelegramSimulator simulator = telegram.simulator;

    @AfterEach
    void close() {
        telegram.close();
    }

    @Test
    void limitOfOneIsASeatThatLeavingFrees() {
        String url = telegram.linkUrl(Map.of("member_limit", 1));

        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.JOINED);
        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.ALREADY);
        assertThat(simulator.openLink(BEN, url)).isEqualTo(OpenResult.FULL);
        simulator.leave(ANN, CHANNEL);
        assertThat(simulator.openLink(BEN, url)).isEqualTo(OpenResult.JOINED);

        Control.LinkView link = simulator.chat(CHANNEL).links().getFirst();
        assertThat(link.admitted()).extracting(Control.Admission::userId).containsExactly(ANN, BEN);
        assertThat(link.seats()).isEqualTo(1);
    }

    @Test
    void memberOfAGroupAddsOthersUnlessThatIsSwitchedOff() {
        long group = -1001000000077L;
        simulator.addChat(new Control.NewChat(
                group, "supergroup", "Friends", null, null, List.of(new Control.BotInChat(BOT)), List.of(ANN)));
        assertThat(permissions(group).path("can_invite_users").asBoolean()).isTrue();

        simulator.addByHuman(ANN, group, BEN);
        assertThat(simulator.chat(group).members())
                .extracting(Control.MemberView::userId)
                .contains(BEN);

        simulator.leave(BEN, group);
        simulator.setMembersMayAdd(group, false);
        assertThatThrownBy(() -> simulator.addByHuman(ANN, group, BEN)).hasMessageContaining("no administrator");
        assertThat(permissions(group).path("can_invite_users").asBoolean()).isFalse();
        assertThat(permissions(CHANNEL).isMissingNode()).isTrue();
    }

    private JsonNode permissions(long chat) {
        return telegram.call("getChat", Map.of("chat_id", chat)).result().path("permissions");
    }

    @Test
    void oneSeatAdmitsOneOfManyAtOnce() throws Exception {
        String url = telegram.linkUrl(Map.of("member_limit", 1));
        List<Long> crowd = LongStream.range(1000, 1200).boxed().toList();
        crowd.forEach(id -> simulator.addUser(id, "U" + id));

        List<Future<OpenResult>> results;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            results = threads.invokeAll(crowd.stream()
                    .<Callable<OpenResult>>map(id -> () -> simulator.openLink(id, url))
                    .toList());
        }

        assertThat(results.stream().map(Future::resultNow).filter(OpenResult.JOINED::equals))
                .hasSize(1);
    }

    @Test
    void linkHasTheShapeOfTelegrams() {
        JsonNode link = telegram.link(Map.of("name", "  ord \n 7f3a " + "x".repeat(40), "member_limit", 1));

        assertThat(link.path("invite_link").asString()).matches("https://t\\.me/\\+[A-Za-z0-9_-]{16}");
        assertThat(link.path("name").asString()).hasSize(32).startsWith("ord 7f3a x");
        assertThat(link.propertyNames())
                .containsExactly(
                        "invite_link",
                        "name",
                        "creator",
                        "member_limit",
                        "creates_join_request",
                        "is_primary",
                        "is_revoked");
    }

    @Test
    void numbersAreReadLenientlyAndNeverRefused() {
        JsonNode link =
                telegram.link(Map.of("member_limit", "-1", "expire_date", "soon", "creates_join_request", "no"));

        assertThat(link.has("member_limit")).isFalse();
        assertThat(link.has("expire_date")).isFalse();
        assertThat(link.path("creates_join_request").asBoolean()).isFalse();
    }

    @Test
    void creationIsRefusedInTheServersOrder() {
        var wrong = new java.util.HashMap<String, Object>(
                Map.of("creates_join_request", true, "member_limit", 100_000, "expire_date", 1));
        assertThat(create(wrong)).isEqualTo("400 Bad Request: chat_id is empty");
        wrong.put("chat_id", -5);
        assertThat(create(wrong)).isEqualTo("400 Bad Request: chat not found");
        wrong.put("chat_id", CHANNEL);
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT, false, true));
        assertThat(create(wrong))
                .isEqualTo("400 Bad Request: member limit can't be specified for links requiring administrator"
                        + " approval");
        wrong.remove("creates_join_request");
        assertThat(create(wrong)).isEqualTo("400 Bad Request: not enough rights to manage chat invite link");
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT));
        assertThat(create(wrong)).isEqualTo("400 Bad Request: EXPIRE_DATE_INVALID");
        wrong.remove("expire_date");
        assertThat(create(wrong)).isEqualTo("400 Bad Request: USAGE_LIMIT_INVALID");
        simulator.start(ANN, BOT, null);
        wrong.put("chat_id", ANN);
        assertThat(create(wrong)).isEqualTo("400 Bad Request: can't invite members to a private chat");
    }

    private String create(Map<String, ?> params) {
        return telegram.call("createChatInviteLink", params).error();
    }

    @Test
    void expiresAtItsDate() {
        long date = telegram.clock.instant().getEpochSecond() + 60;
        String url = telegram.linkUrl(Map.of("expire_date", date));

        telegram.clock.advance(Duration.ofSeconds(59));
        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.JOINED);
        telegram.clock.advance(Duration.ofSeconds(1));
        assertThat(simulator.openLink(BEN, url)).isEqualTo(OpenResult.EXPIRED);
        assertThat(telegram.status(ANN)).isEqualTo("member");
    }

    @Test
    void editClearsWhatItLeavesOut() {
        String url = telegram.linkUrl(Map.of("name", "order", "member_limit", 1));

        JsonNode edited = telegram.call(
                        "editChatInviteLink", Map.of("chat_id", CHANNEL, "invite_link", url, "name", "new"))
                .result();

        assertThat(edited.path("name").asString()).isEqualTo("new");
        assertThat(edited.has("member_limit")).isFalse();
    }

    @Test
    void revocationIsForGood() {
        String url = telegram.linkUrl(Map.of());
        Map<String, ?> named = Map.of("chat_id", CHANNEL, "invite_link", url);

        assertThat(telegram.call("revokeChatInviteLink", named)
                        .result()
                        .path("is_revoked")
                        .asBoolean())
                .isTrue();

        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.EXPIRED);
        assertThat(telegram.call("revokeChatInviteLink", named).error())
                .isEqualTo("400 Bad Request: INVITE_HASH_EXPIRED");
        assertThat(telegram.call("editChatInviteLink", named).error())
                .isEqualTo("400 Bad Request: INVITE_HASH_EXPIRED");
        assertThat(telegram.call("revokeChatInviteLink", Map.of("chat_id", CHANNEL))
                        .error())
                .isEqualTo("400 Bad Request: invite link must be non-empty");
    }

    @Test
    void ownerRevokesTheBotsLinkUnheard() {
        String url = telegram.linkUrl(Map.of("creates_join_request", true));
        telegram.news();

        simulator.revokeByHuman(Telegram.OWNER, url);

        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.EXPIRED);
        assertThat(telegram.news()).isEmpty();
        assertThat(telegram.call("editChatInviteLink", Map.of("chat_id", CHANNEL, "invite_link", url))
                        .error())
                .isEqualTo("400 Bad Request: INVITE_HASH_EXPIRED");
    }

    @Test
    void primaryLinkIsReplacedAndNeverEdited() {
        String first = telegram.call("exportChatInviteLink", Map.of("chat_id", CHANNEL))
                .result()
                .asString();
        String second = telegram.call("exportChatInviteLink", Map.of("chat_id", CHANNEL))
                .result()
                .asString();

        assertThat(simulator.openLink(ANN, first)).isEqualTo(OpenResult.EXPIRED);
        assertThat(simulator.openLink(ANN, second)).isEqualTo(OpenResult.JOINED);
        assertThat(telegram.call("editChatInviteLink", Map.of("chat_id", CHANNEL, "invite_link", second))
                        .error())
                .isEqualTo("400 Bad Request: CHAT_INVITE_PERMANENT");
        assertThat(telegram.call("getChat", Map.of("chat_id", CHANNEL))
                        .result()
                        .path("invite_link")
                        .asString())
                .isEqualTo(second);
    }

    @Test
    void anothersLinkIsShownCutAndCannotBeChanged() throws IOException {
        simulator.addBot("701:AAother", "other_bot");
        simulator.setBotInChat(CHANNEL, new Control.BotInChat("other_bot"));
        telegram.news();
        var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                        simulator.url() + "/bot701:AAother/createChatInviteLink?chat_id=" + CHANNEL))
                .build();
        String url = telegram.send(request).result().path("invite_link").asString();

        simulator.openLink(ANN, url);

        JsonNode joined = telegram.news().getFirst().path("chat_member");
        assertThat(joined.path("invite_link").path("invite_link").asString())
                .isEqualTo(url.substring(0, url.length() - 8) + "...");
        assertThat(telegram.call("revokeChatInviteLink", Map.of("chat_id", CHANNEL, "invite_link", url))
                        .error())
                .isEqualTo("400 Bad Request: CHAT_ADMIN_REQUIRED");
    }

    @Test
    void lostAnswerLeavesALinkNobodyKnows() {
        simulator.addFault(Control.Fault.of(FaultKind.DROP_AFTER_EFFECT, "createChatInviteLink"));
        Map<String, ?> params = Map.of("chat_id", CHANNEL, "name", "order", "member_limit", 1);

        assertThatThrownBy(() -> telegram.callOrDrop("createChatInviteLink", params))
                .isInstanceOf(IOException.class);
        telegram.call("createChatInviteLink", params).result();

        List<Control.LinkView> links = simulator.chat(CHANNEL).links();
        assertThat(links).hasSize(2);
        simulator.openLink(ANN, links.getFirst().inviteLink());
        JsonNode link = telegram.news().getFirst().path("chat_member").path("invite_link");
        assertThat(link.path("name").asString()).isEqualTo("order");
        assertThat(link.path("invite_link").asString())
                .isEqualTo(links.getFirst().inviteLink());
    }

    @Test
    void bannedPersonCannotJoinUntilTheBanIsLifted() {
        String url = telegram.linkUrl(Map.of());
        telegram.call("banChatMember", Map.of("chat_id", CHANNEL, "user_id", ANN))
                .result();

        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.BANNED);
        telegram.call("unbanChatMember", Map.of("chat_id", CHANNEL, "user_id", ANN, "only_if_banned", true))
                .result();
        assertThat(simulator.openLink(ANN, url)).isEqualTo(OpenResult.JOINED);
    }

    @Test
    void banWithADateEndsByItself() {
        long now = telegram.clock.instant().getEpochSecond();
        telegram.call("banChatMember", Map.of("chat_id", CHANNEL, "user_id", ANN, "until_date", now + 60))
                .result();
        telegram.call("banChatMember", Map.of("chat_id", CHANNEL, "user_id", BEN, "until_date", now + 29))
                .result();

        telegram.clock.advance(Duration.ofMinutes(2));

        assertThat(telegram.status(ANN)).isEqualTo("left");
        assertThat(telegram.status(BEN)).as("too short a ban is for ever").isEqualTo("kicked");
    }

    @Test
    void unbanRemovesAMemberUnlessToldOtherwise() {
        simulator.openLink(ANN, telegram.linkUrl(Map.of()));
        telegram.news();

        telegram.call("unbanChatMember", Map.of("chat_id", CHANNEL, "user_id", ANN, "only_if_banned", true))
                .result();
        assertThat(telegram.status(ANN)).isEqualTo("member");
        telegram.call("unbanChatMember", Map.of("chat_id", CHANNEL, "user_id", ANN))
                .result();

        assertThat(telegram.status(ANN)).isEqualTo("left");
        assertThat(telegram.news())
                .extracting(update -> update.path("chat_member")
                        .path("new_chat_member")
                        .path("status")
                        .asString())
                .containsExactly("kicked", "left");
    }

    @Test
    void removalIsRefusedForOwnersAndWithoutRights() {
        Map<String, ?> owner = Map.of("chat_id", CHANNEL, "user_id", Telegram.OWNER);
        assertThat(telegram.call("banChatMember", owner).error()).isEqualTo("400 Bad Request: can't remove chat owner");
        assertThat(telegram.call("banChatMember", Map.of("chat_id", CHANNEL)).error())
                .isEqualTo("400 Bad Request: invalid user_id specified");
        assertThat(telegram.call("banChatMember", Map.of("chat_id", CHANNEL, "user_id", 999))
                        .error())
                .isEqualTo("400 Bad Request: PARTICIPANT_ID_INVALID");
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT, true, false));
        assertThat(telegram.call("banChatMember", Map.of("chat_id", CHANNEL, "user_id", ANN))
                        .error())
                .isEqualTo("400 Bad Request: not enough rights to restrict/unrestrict chat member");
    }

    @Test
    void personInTooManyChannelsCannotJoin() {
        simulator.addUser(new Control.NewUser(ANN, "Ann").withChannelCount(500));

        assertThat(simulator.openLink(ANN, telegram.linkUrl(Map.of()))).isEqualTo(OpenResult.TOO_MANY);
        assertThat(simulator.openLink(ANN, "https://t.me/+AAAAAAAAAAAAAAAA")).isEqualTo(OpenResult.INVALID);
    }

    @Test
    void basicGroupsRefuseUnbanAndMayMigrate() {
        long group = -77;
        simulator.addChat(new Control.NewChat(group, "group", "Old", new Control.BotInChat(BOT)));
        assertThat(telegram.call("unbanChatMember", Map.of("chat_id", group, "user_id", ANN))
                        .error())
                .isEqualTo("400 Bad Request: method is available for supergroup and channel chats only");

        String link = telegram.call("createChatInviteLink", Map.of("chat_id", group))
                .body()
                .path("result")
                .path("invite_link")
                .asString();

        simulator.migrateChat(group, -1001000000099L);

        assertThat(simulator.openLink(ANN, link)).isEqualTo(OpenResult.EXPIRED);

        Telegram.Answer answer = telegram.call("createChatInviteLink", Map.of("chat_id", group));
        assertThat(answer.error()).isEqualTo("400 Bad Request: group chat was upgraded to a supergroup chat");
        assertThat(answer.body().path("parameters").path("migrate_to_chat_id").asLong())
                .isEqualTo(-1001000000099L);
    }
}
