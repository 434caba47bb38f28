package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.access.Listed.Word;
import admitone.access.MemberRule.Finding;
import admitone.access.Origin.Given;
import admitone.access.Origin.Kind;
import admitone.access.Origin.Purchase;
import admitone.messaging.Messenger.Role;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MemberRuleTests {
    private static final Instant NOW = Instant.parse("2026-11-23T16:00:00Z");
    private static final Seat.Key SEAT = new Seat.Key(new SellerId("mmmmmmmmmmmm"), new UUID(1, 1), 41);

    @ParameterizedTest
    @CsvSource({
        "MEMBER,        Without",
        "OUTSIDE,       Fine",
        "BANNED,        Fine",
        "ADMINISTRATOR, Fine",
        "OWNER,         Fine"
    })
    void withoutARightOnlyAMemberIsReported(Role role, String finding) {
        assertThat(MemberRule.of(role, List.of(), null, false, NOW).getClass().getSimpleName())
                .isEqualTo(finding);
    }

    @Test
    void whoseEndIsUnderWayIsLeftToIt() {
        assertThat(MemberRule.of(Role.MEMBER, List.of(), null, true, NOW)).isEqualTo(new Finding.Fine());
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void whoIsWhitelistedIsNeverReported(Role role) {
        assertThat(MemberRule.of(role, List.of(), listed(Word.WHITELISTED), false, NOW))
                .isEqualTo(new Finding.Fine());
    }

    @Test
    void whoIsBannedAndInsideIsBarredWhateverTheyHave() {
        Grant grant = bought(Grant.Access.ADMITTED, Duration.ofDays(3));

        assertThat(MemberRule.of(Role.MEMBER, List.of(grant), listed(Word.BANNED), false, NOW))
                .isEqualTo(new Finding.Barred(7));
        assertThat(MemberRule.of(Role.OUTSIDE, List.of(grant), listed(Word.BANNED), false, NOW))
                .isEqualTo(new Finding.Fine());
    }

    @Test
    void whoNeverCameInIsAbsentAfterADay() {
        Grant old = bought(Grant.Access.DELIVERED, Duration.ofHours(24));

        assertThat(MemberRule.of(Role.OUTSIDE, List.of(old), null, false, NOW)).isEqualTo(new Finding.Absent(old));
        assertThat(MemberRule.of(Role.MEMBER, List.of(old), null, false, NOW)).isEqualTo(new Finding.Fine());
        assertThat(outside(bought(Grant.Access.DELIVERED, Duration.ofHours(23))))
                .isEqualTo(new Finding.Fine());
        assertThat(outside(bought(Grant.Access.ADMITTED, Duration.ofDays(3)))).isEqualTo(new Finding.Fine());
    }

    @Test
    void whoWasTakenOverAndIsOutsideIsAbsentAtOnce() {
        Grant imported = grant(Grant.Access.READY, Duration.ofMinutes(1), new Given(Kind.IMPORT, "members:41"));

        assertThat(outside(imported)).isEqualTo(new Finding.Absent(imported));
    }

    private static Finding outside(Grant grant) {
        return MemberRule.of(Role.OUTSIDE, List.of(grant), null, false, NOW);
    }

    private static Grant bought(Grant.Access access, Duration age) {
        return grant(access, age, new Purchase("ao_1", "5996609246"));
    }

    private static Grant grant(Grant.Access access, Duration age, Origin origin) {
        Instant at = NOW.minus(age);
        return new Grant(
                SEAT.seller(),
                Ids.firstAt(at),
                origin,
                SEAT.channelId(),
                SEAT.telegramUserId(),
                at,
                at.plus(Duration.ofDays(30)),
                access);
    }

    private static Listed listed(Word word) {
        return new Listed(SEAT, word, "as agreed", "seller", NOW, 7);
    }
}
