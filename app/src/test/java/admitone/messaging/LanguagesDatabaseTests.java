package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.database.Reads;
import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Languages.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanguagesDatabaseTests {
    private static final long ANA = 51;
    private static final long ANN = 52;

    private final Core core = Core.start("languages");
    private final Languages languages = core.bean(Languages.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whoWasNeverHeardIsTalkedToInEnglish() {
        assertThat(languages.at(ANA, core.clock.instant())).isEqualTo(Language.ENGLISH);
    }

    @Test
    void languageIsRememberedFromWhatSomebodySaid() {
        says(ANA, Language.SPANISH);
        core.clock.advance(Duration.ofSeconds(15));

        assertThat(languages.at(ANA, core.clock.instant())).isEqualTo(Language.SPANISH);
        assertThat(languages.at(ANN, core.clock.instant())).isEqualTo(Language.ENGLISH);
    }

    /** As by a purchase within seconds of the first Start. */
    @Test
    void firstLanguageThatIsHeardCountsAtOnceAndAnotherOneLater() {
        says(ANA, Language.SPANISH);
        says(ANN, Language.ENGLISH);
        core.clock.advance(Duration.ofSeconds(1));
        assertThat(languages.at(ANA, core.clock.instant())).isEqualTo(Language.SPANISH);

        core.clock.advance(Duration.ofHours(2));
        says(ANN, Language.SPANISH);
        core.clock.advance(Duration.ofSeconds(14));
        assertThat(languages.at(ANN, core.clock.instant())).isEqualTo(Language.ENGLISH);
        core.clock.advance(Duration.ofSeconds(1));
        assertThat(languages.at(ANN, core.clock.instant())).isEqualTo(Language.SPANISH);
    }

    @Test
    void languageIsRememberedFromARequestToJoin() {
        tell(new JoinRequested(Core.CLOSED_CHAT, ANA, ANA, core.clock.instant(), null, Language.SPANISH));
        core.clock.advance(Duration.ofSeconds(15));

        assertThat(languages.at(ANA, core.clock.instant())).isEqualTo(Language.SPANISH);
    }

    @Test
    void whatIsKnownOfAMomentStaysWhateverIsHeardLater() {
        Instant owed = core.clock.instant();
        says(ANA, Language.SPANISH);
        core.clock.advance(Duration.ofHours(2));
        Instant owedLater = core.clock.instant();
        says(ANA, Language.ENGLISH);
        core.clock.advance(Duration.ofHours(2));

        assertThat(languages.at(ANA, owed)).isEqualTo(Language.ENGLISH);
        assertThat(languages.at(ANA, owedLater)).isEqualTo(Language.SPANISH);
        assertThat(languages.at(ANA, core.clock.instant())).isEqualTo(Language.ENGLISH);
    }

    @Test
    void sameLanguageHeardAgainIsNotStoredAgainAndAChangeAtMostOncePerHour() {
        says(ANA, Language.SPANISH);
        says(ANA, Language.SPANISH);
        says(ANA, Language.ENGLISH);
        core.clock.advance(Duration.ofMinutes(59));
        says(ANA, Language.SPANISH);
        says(ANA, Language.ENGLISH);
        assertThat(rows()).isEqualTo(1);

        core.clock.advance(Duration.ofMinutes(2));
        says(ANA, Language.ENGLISH);
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void severalAreAskedAboutAtOnce() {
        says(ANA, Language.SPANISH);
        Told before = new Told(ANA, core.clock.instant());
        core.clock.advance(Duration.ofSeconds(15));
        Told after = new Told(ANA, core.clock.instant());
        Told other = new Told(ANN, core.clock.instant());

        Reads reads = core.bean(Reads.class);
        assertThat(reads.one(languages.at(List.of(before, after, other, after))))
                .isEqualTo(Map.of(after, Language.SPANISH));
        assertThat(reads.one(languages.at(List.of()))).isEmpty();
    }

    private void says(long user, Language language) {
        tell(new Said(user, "hello", core.clock.instant(), language));
    }

    private void tell(Incoming incoming) {
        core.bean(LanguageHeard.class).on(1, incoming);
    }

    private int rows() {
        return core.strings("select code from messaging.language").size();
    }
}
