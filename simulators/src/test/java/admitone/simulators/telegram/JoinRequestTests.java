package admitone.simulators.telegram;

import static admitone.simulators.telegram.Telegram.ANN;
import static admitone.simulators.telegram.Telegram.BEN;
import static admitone.simulators.telegram.Telegram.BOT;
import static admitone.simulators.telegram.Telegram.BOT_ID;
import static admitone.simulators.telegram.Telegram.CHANNEL;
import static admitone.simulators.telegram.Telegram.OWNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JoinRequestTests {
    private final Telegram telegram = new Telegram();
    private final TelegramSimulator simulator = telegram.simulator;
    private final String door = telegram.linkUrl(Map.of("creates_join_request", true, "name", "door"));

    @AfterEach
    void close() {
        telegram.close();
    }

    private String approve(long userId) {
        return telegram.call("approveChatJoinRequest", Map.of("chat_id", CHANNEL, "user_id", userId))
                .error();
    }

    private Telegram.Answer write(long userId) {
        return telegram.call("sendMessage", Map.of("chat_id", userId, "text", "hello"));
    }

    @Test
    void approvalLetsInAndNamesTheLink() {
        assertThat(simulator.openLink(ANN, door)).isEqualTo(OpenResult.REQUEST_SENT);
        JsonNode request = telegram.news().getFirst().path("chat_join_request");
        assertThat(request.path("from").path("id").asLong()).isEqualTo(ANN);
        assertThat(request.path("user_chat_id").asLong()).isEqualTo(ANN);
        assertThat(request.path("invite_link").path("invite_link").asString()).isEqualTo(door);
        assertThat(request.path("invite_link")
                        .path("pending_join_request_count")
                        .asInt())
                .isEqualTo(1);
        assertThat(telegram.status(ANN)).isEqualTo("left");

        telegram.call("approveChatJoinRequest", Map.of("chat_id", CHANNEL, "user_id", ANN))
                .result();

        JsonNode joined = telegram.news().getFirst().path("chat_member");
        assertThat(joined.path("from").path("id").asLong()).isEqualTo(BOT_ID);
        assertThat(joined.path("old_chat_member").path("status").asString()).isEqualTo("left");
        assertThat(joined.path("new_chat_member").path("status").asString()).isEqualTo("member");
        assertThat(joined.path("invite_link").path("name").asString()).isEqualTo("door");
        assertThat(joined.has("via_join_request")).isFalse();
        assertThat(approve(ANN)).isEqualTo("400 Bad Request: USER_ALREADY_PARTICIPANT");
    }

    @Test
    void askingAgainWhileItWaitsTellsNobody() {
        simulator.openLink(ANN, door);
        simulator.openLink(ANN, door);

        assertThat(telegram.news()).hasSize(1);
        assertThat(simulator.chat(CHANNEL).pendingRequests()).hasSize(1);
    }

    @Test
    void declineIsSilentAndOnePersonMayAskAgain() {
        simulator.openLink(ANN, door);
        telegram.news();

        telegram.call("declineChatJoinRequest", Map.of("chat_id", CHANNEL, "user_id", ANN))
                .result();

        assertThat(telegram.news()).isEmpty();
        assertThat(approve(ANN)).isEqualTo("400 Bad Request: HIDE_REQUESTER_MISSING");
        simulator.openLink(ANN, door);
        assertThat(telegram.news()).hasSize(1);
    }

    @Test
    void approvalIsRefusedForEachReasonInItsWords() {
        assertThat(approve(999)).isEqualTo("400 Bad Request: USER_ID_INVALID");
        assertThat(approve(BEN)).isEqualTo("400 Bad Request: HIDE_REQUESTER_MISSING");
        assertThat(approve(0)).isEqualTo("400 Bad Request: invalid user_id specified");
        simulator.addUser(new Control.NewUser(BEN, "Ben").withChannelCount(500));
        simulator.openLink(BEN, door);
        assertThat(approve(BEN)).isEqualTo("400 Bad Request: USER_CHANNELS_TOO_MUCH");
        simulator.addUser(new Control.NewUser(BEN, "Ben").withChannelCount(499));
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT, false, true));
        assertThat(approve(BEN)).isEqualTo("400 Bad Request: not enough rights to manage chat join requests");
        simulator.setBotInChat(CHANNEL, new Control.BotInChat(BOT));
        assertThat(approve(BEN)).as("leaving a channel was enough").isEqualTo("0 ");
    }

    @Test
    void lostApprovalHasHappened() {
        simulator.openLink(ANN, door);
        simulator.addFault(Control.Fault.of(FaultKind.DROP_AFTER_EFFECT, "approveChatJoinRequest"));
        Map<String, ?> params = Map.of("chat_id", CHANNEL, "user_id", ANN);

        assertThatThrownBy(() -> telegram.callOrDrop("approveChatJoinRequest", params))
                .isInstanceOf(IOException.class);

        assertThat(telegram.status(ANN)).isEqualTo("member");
        assertThat(approve(ANN)).isEqualTo("400 Bad Request: USER_ALREADY_PARTICIPANT");
        Control.Call lost = simulator.log().calls().stream()
                .filter(call -> call.method().equals("approveChatJoinRequest"))
                .findFirst()
                .orElseThrow();
        assertThat(lost.status()).isNull();
        assertThat(lost.fault()).isEqualTo("drop_after_effect");
    }

    @Test
    void callDroppedBeforeItsEffectDidNothing() {
        simulator.openLink(ANN, door);
        simulator.addFault(Control.Fault.of(FaultKind.DROP_BEFORE_EFFECT, "approveChatJoinRequest"));

        assertThatThrownBy(
                        () -> telegram.callOrDrop("approveChatJoinRequest", Map.of("chat_id", CHANNEL, "user_id", ANN)))
                .isInstanceOf(IOException.class);

        assertThat(telegram.status(ANN)).isEqualTo("left");
        assertThat(approve(ANN)).isEqualTo("0 ");
    }

    @Test
    void humanMayLetInAnybody() {
        simulator.openLink(ANN, door);
        telegram.news();

        simulator.approveByHuman(OWNER, CHANNEL, ANN);

        assertThat(telegram.news()
                        .getFirst()
                        .path("chat_member")
                        .path("from")
                        .path("id")
                        .asLong())
                .isEqualTo(OWNER);
        assertThat(simulator.chat(CHANNEL).links().getFirst().admitted())
                .containsExactly(new Control.Admission(
                        ANN, door, telegram.clock.instant().getEpochSecond(), OWNER));
    }

    @Test
    void requesterMayBeWrittenToForFiveMinutes() {
        simulator.openLink(ANN, door);

        telegram.clock.advance(Duration.ofSeconds(299));
        write(ANN).result();
        telegram.clock.advance(Duration.ofSeconds(1));
        assertThat(write(ANN).error()).isEqualTo("403 Forbidden: bot can't initiate conversation with a user");
    }

    @Test
    void windowClosesWhenTheRequestIsDecided() {
        simulator.openLink(ANN, door);
        approve(ANN);

        assertThat(write(ANN).error()).isEqualTo("403 Forbidden: bot can't initiate conversation with a user");
        simulator.start(ANN, BOT, null);
        write(ANN).result();
    }

    @Test
    void requestByARevokedLinkStillWaits() {
        simulator.openLink(ANN, door);
        telegram.call("revokeChatInviteLink", Map.of("chat_id", CHANNEL, "invite_link", door))
                .result();

        assertThat(approve(ANN)).isEqualTo("0 ");
        assertThat(telegram.status(ANN)).isEqualTo("member");
    }
}
