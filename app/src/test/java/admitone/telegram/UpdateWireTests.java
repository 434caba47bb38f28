package admitone.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.messaging.Incoming;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Reachability;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class UpdateWireTests {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final UpdateWire wire = new UpdateWire(JSON);

    @Test
    void readsWhatWasSaidAndInWhichLanguage() {
        assertThat(wire.read("""
                {"update_id":5,"message":{"message_id":10,"date":1790000000,"text":"/help",
                 "from":{"id":42,"first_name":"Ann","language_code":"es-AR"},"chat":{"id":42,"type":"private"}}}
                """))
                .isEqualTo(new Said(42, "/help", Instant.ofEpochSecond(1790000000), Language.SPANISH));
    }

    /** The commonest thing that a worried buyer sends is a picture of the transfer. */
    @ParameterizedTest
    @ValueSource(strings = {"photo", "sticker", "voice", "video_note", "document", "location"})
    void whatIsNoTextIsHeardToo(String what) {
        assertThat(wire.read(sent(what)))
                .isEqualTo(new Said(42, "", Instant.ofEpochSecond(1790000000), Language.ENGLISH));
    }

    /** Telegram tells of it, and nobody has said anything. */
    @ParameterizedTest
    @ValueSource(strings = {"pinned_message", "write_access_allowed", "chat_background_set", "something_of_2030"})
    void whatNobodySaidIsOfNoConcern(String what) {
        assertThat(wire.read(sent(what))).isInstanceOf(Incoming.Other.class);
    }

    private static String sent(String what) {
        return """
                {"update_id":5,"message":{"message_id":10,"date":1790000000,"%s":{},"caption":"paid!",
                 "from":{"id":42,"first_name":"Ann","language_code":"en"},"chat":{"id":42,"type":"private"}}}
                """.formatted(what);
    }

    @Test
    void whatIsSaidInAGroupIsOfNoConcern() {
        assertThat(wire.read("""
                {"update_id":5,"message":{"message_id":10,"date":1790000000,"text":"/help@admit_bot",
                 "from":{"id":42,"first_name":"Ann"},"chat":{"id":-100777,"type":"supergroup"}}}
                """)).isInstanceOf(Incoming.Other.class);
    }

    @ParameterizedTest
    @CsvSource({"-42,migrate_to_chat_id,-100777", "-100777,migrate_from_chat_id,-42"})
    void readsThatAGroupBecameASupergroupInEitherOfTheTwo(long here, String field, long other) {
        assertThat(wire.read("""
                {"update_id":5,"message":{"message_id":10,"date":1790000000,"%s":%d,
                 "from":{"id":42,"first_name":"Ann"},"chat":{"id":%d,"type":"group"}}}
                """.formatted(field, other, here))).isEqualTo(new Incoming.Migrated(-42, -100777));
    }

    @Test
    void readsAPressedButton() {
        assertThat(wire.read("""
                {"update_id":5,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":42,"first_name":"Ann"},
                 "message":{"message_id":9,"date":0,"chat":{"id":42,"type":"private"}},"chat_instance":"1","data":"sale:-1001:yes:"}}
                """))
                .isEqualTo(new Pressed(42, "4382bfdwdsb323b2d9", "sale:-1001:yes:", Language.ENGLISH, 9));
    }

    @Test
    void readsThatTheBotWasMadeAnAdministrator() {
        assertThat(wire.read(placed("channel", "administrator")))
                .isEqualTo(new BotPlaced(-100777, "VIP", 42, false, true, Language.SPANISH));
        assertThat(wire.read(placed("channel", "kicked")))
                .isEqualTo(new BotPlaced(-100777, "VIP", 42, false, false, Language.SPANISH));
        assertThat(wire.read(placed("private", "kicked"))).isInstanceOf(Reachability.class);
    }

    private static String placed(String type, String status) {
        return """
                {"update_id":5,"my_chat_member":{"chat":{"id":-100777,"title":"VIP","type":"%s"},"date":1790000000,
                 "from":{"id":42,"first_name":"Ann","language_code":"es"},
                 "old_chat_member":{"status":"left","user":{"id":700}},"new_chat_member":{"status":"%s","user":{"id":700},"can_invite_users":true}}}
                """.formatted(type, status);
    }

    @ParameterizedTest
    @CsvSource({
        "creator,false,OWNER,true,true",
        "administrator,true,ADMINISTRATOR,true,false",
        "member,false,MEMBER,false,false",
        "restricted,false,OUTSIDE,false,false",
        "left,false,OUTSIDE,false,false",
        "kicked,false,BANNED,false,false"
    })
    void readsWhatSomebodyIsInAChat(String status, boolean mayInvite, Role role, boolean invites, boolean removes) {
        var member = JSON.createObjectNode().put("status", status).put("can_invite_users", mayInvite);

        assertThat(UpdateWire.standing(member)).isEqualTo(new Standing(role, invites, removes));
    }
}
