package admitone.hold;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.hold.Finding.Doubted;
import admitone.hold.Finding.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SightTests {
    private static final Instant NOW = Instant.parse("2026-11-23T16:22:19Z");
    private static final UUID INSTANCE = new UUID(0, 1);
    private static final UUID EPOCH = new UUID(0, 2);
    private static final UUID EARLIER = new UUID(0, 3);
    private static final Server SERVER = new Server("7001/16384", 4);
    private static final Optional<Identity> RECORDED = Optional.of(new Identity(EPOCH, SERVER, null));

    /** What the instance remembers (whose epoch, beat), what the database knows of it, and the finding. */
    @ParameterizedTest
    @CsvSource({
        "now,     10, 10, false, Same",
        "now,     10, 11, false, Same", // the last one's answer was lost
        "now,     10,  9, false, BEHIND",
        "now,     10,  0, false, BEHIND", // it does not know the instance at all
        "earlier, 10,  3, true,  Same", // a person has let effects go on since
        "earlier, 10, 10, false, BEHIND", // an epoch that this database never had
        "none,     0,  0, false, Same"
    })
    void comparesWhatWasSeenWithWhatIsThere(String epoch, long seen, long there, boolean knows, String finding) {
        Optional<Witness> remembered = switch (epoch) {
            case "none" -> Optional.empty();
            case "now" -> Optional.of(witness(EPOCH, seen, NOW));
            default -> Optional.of(witness(EARLIER, seen, NOW));
        };

        assertThat(word(new Sight(SERVER, null, RECORDED, remembered, true, there, knows)))
                .isEqualTo(finding);
    }

    /** The server recorded and now, how old the instance's memory is, and the finding. */
    @ParameterizedTest
    @CsvSource({
        "7001/16384, 4, fresh, Same",
        "7002/16384, 4, fresh, OTHER_SYSTEM",
        "7001/16385, 4, fresh, OTHER_SYSTEM", // dropped and loaded again in the same cluster
        "7001/16384/31, 4, fresh, Same", // recorded by an older version
        "7002/16384/31, 4, fresh, OTHER_SYSTEM",
        "7001/16385/31, 4, fresh, OTHER_SYSTEM",
        "7001/16384, 3, fresh, OLDER_TIMELINE",
        "7001/16384, 5, fresh, TakenOver",
        "7001/16384, 5, stale, NEW_TIMELINE", // others may have committed since
        "7001/16384, 5, none,  NEW_TIMELINE",
        "'',         0, fresh, Same" // a server that does not tell
    })
    void comparesTheServerWithTheOneOnRecord(String system, long timeline, String memory, String finding) {
        Optional<Witness> remembered = switch (memory) {
            case "none" -> Optional.empty();
            case "fresh" -> Optional.of(witness(EPOCH, 10, NOW.minus(Duration.ofMinutes(9))));
            default -> Optional.of(witness(EPOCH, 10, NOW.minus(Duration.ofMinutes(11))));
        };

        assertThat(word(new Sight(new Server(system, timeline), null, RECORDED, remembered, true, 10, false)))
                .isEqualTo(finding);
    }

    @Test
    void takesOverNothingThatItWasNotThereToSee() {
        var remembered = Optional.of(witness(EPOCH, 10, NOW));

        assertThat(word(new Sight(new Server(SERVER.system(), 5), null, RECORDED, remembered, false, 10, false)))
                .isEqualTo("NEW_TIMELINE");
    }

    @Test
    void takesOverNothingThatIsBehind() {
        var remembered = Optional.of(witness(EPOCH, 10, NOW));

        assertThat(word(new Sight(new Server(SERVER.system(), 5), null, RECORDED, remembered, true, 9, false)))
                .isEqualTo("BEHIND");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"11/7, 11/7, Same", "11/7, 12/7, COPIED", "11/7, 11/8, COPIED", "-, 11/7, Same", "11/7, -, Same"})
    void tellsACopyOfAnEmbeddedServersFiles(String before, String now, String finding) {
        var recorded = Optional.of(new Identity(EPOCH, SERVER, before));

        assertThat(word(new Sight(SERVER, now, recorded, Optional.empty(), true, 0, false)))
                .isEqualTo(finding);
    }

    @ParameterizedTest
    @CsvSource({"7001/16384, BEHIND", "7002/16384, New", "'', New"})
    void believesADatabaseWithoutRecordUnlessItWasSeenBefore(String seenSystem, String finding) {
        var remembered = Optional.of(new Witness(INSTANCE, seenSystem, EARLIER, 10, NOW));

        assertThat(word(new Sight(SERVER, null, Optional.empty(), remembered, true, 0, false)))
                .isEqualTo(finding);
    }

    private static Witness witness(UUID epoch, long beat, Instant at) {
        return new Witness(INSTANCE, SERVER.system(), epoch, beat, at);
    }

    private static String word(Sight sight) {
        return switch (sight.judge(NOW)) {
            case Doubted(Reason reason, String _) -> reason.name();
            case Finding other -> other.getClass().getSimpleName();
        };
    }
}
