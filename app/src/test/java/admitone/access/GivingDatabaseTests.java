package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.AtOnce;
import admitone.Core;
import admitone.HandClock;
import admitone.access.Giving.By;
import admitone.access.Giving.Gift;
import admitone.access.Origin.Given;
import admitone.access.Origin.Kind;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

/** Rights that nobody paid for here: once per reason, and then as any other. */
class GivingDatabaseTests {
    private static final long MEMBER = 77;
    private static final By BY = new By("seller", "seller 1", "a friend");

    private final Core core = Core.start("giving");
    private final Core.Shop shop = core.shop("gggggggggggg");
    private final Giving giving = core.bean(Giving.class);
    private final Grants grants = core.bean(Grants.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void isGivenOnceForOneReference() {
        Gift first = give(MEMBER, 30, "friend-1");
        Gift again = give(MEMBER, 30, "friend-1");
        Gift other = give(MEMBER, 10, "friend-2");

        assertThat(first.isNew()).isTrue();
        assertThat(again.isNew()).isFalse();
        assertThat(again.grant().id()).isEqualTo(first.grant().id());
        assertThat(other.grant().startsAt()).isEqualTo(first.grant().endsAt());
        assertThat(core.count("access.grants")).isEqualTo(2);
        assertThat(core.count("tasks.task where kind = 'deliver_access'")).isEqualTo(2);
    }

    @Test
    void fiftyAtOnceGiveOnce() throws Exception {
        List<Gift> gifts = AtOnce.atOnce(50, () -> give(MEMBER, 30, "friend-1"));

        assertThat(gifts).filteredOn(Gift::isNew).hasSize(1);
        assertThat(core.count("access.grants")).isEqualTo(1);
        assertThat(core.count("tasks.task where kind = 'deliver_access'")).isEqualTo(1);
    }

    /** Whoever finds no lock in common is stopped by the key. */
    @Test
    void oneReferenceIsOneGrantWhoeverItIsFor() {
        assertThatThrownBy(() -> core.transactions.run(shop.seller(), () -> {
                    grants.add(grant(MEMBER));
                    grants.add(grant(MEMBER + 1));
                }))
                .isInstanceOf(DuplicateKeyException.class);
        assertThat(core.count("access.grants")).isZero();
    }

    @Test
    void whoWasGivenAccessIsToldTheWayIn() {
        core.startTasks();
        give(MEMBER, 30, "friend-1");
        core.awaitTasks();

        assertThat(core.messenger.sent).hasSize(1);
        assertThat(core.messenger.sent.getFirst().text().toString()).contains("https://t.me/+");
        assertThat(core.strings("select access || ' ' || given || ' ' || reference from access.grants"))
                .containsExactly("delivered manual friend-1");
        assertThat(core.strings("select kind from timeline.event where subject like 'grant:%' order by at, entry_id"))
                .contains("granted", "message_sent");
    }

    @Test
    void extensionMovesTheEndAndWhatFollows() {
        Grant first = give(MEMBER, 30, "friend-1").grant();
        Grant second = give(MEMBER, 30, "friend-2").grant();
        Grant third = give(MEMBER, null, "friend-3").grant();

        Grant extended = core.transactions
                .run(shop.seller(), () -> giving.extend(first, 5, BY))
                .orElseThrow();

        assertThat(extended.startsAt()).isEqualTo(first.startsAt());
        assertThat(extended.endsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(35)));
        assertThat(found(second).startsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(35)));
        assertThat(found(second).endsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(65)));
        assertThat(found(third).endsAt()).isNull();
        assertThat(core.transactions.run(shop.seller(), () -> giving.extend(third, 5, BY)))
                .isEmpty();
    }

    @Test
    void whoIsToldOfAnExtensionReadsTheEndOfAllTheyHave() {
        Grant first = give(MEMBER, 30, "friend-1").grant();
        give(MEMBER, 30, "friend-2");
        core.startTasks();
        core.awaitTasks();
        core.messenger.sent.clear();

        core.transactions.run(shop.seller(), () -> giving.extend(first, 5, BY));
        core.awaitTasks();

        assertThat(lastTold()).contains(day(65)).doesNotContain(day(35));
    }

    @Test
    void daysGivenToWhomHasThemForLifeAreNoEnd() {
        give(MEMBER, null, "friend-1");
        core.startTasks();
        core.awaitTasks();
        core.messenger.sent.clear();

        give(MEMBER, 30, "friend-2");
        core.awaitTasks();

        assertThat(lastTold()).contains("for life").doesNotContain("until");
    }

    private String lastTold() {
        return core.messenger.sent.getLast().html();
    }

    /** As a message writes it. */
    private static String day(int after) {
        return DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH)
                .format(HandClock.BEGIN.plus(Duration.ofDays(after)).atOffset(ZoneOffset.UTC));
    }

    @Test
    void whatIsOverIsNeitherExtendedNorRevoked() {
        Grant grant = give(MEMBER, 30, "friend-1").grant();
        core.clock.advance(Duration.ofDays(30));

        assertThat(core.transactions.run(shop.seller(), () -> giving.extend(grant, 5, BY)))
                .isEmpty();
        assertThat(core.transactions.run(shop.seller(), () -> giving.revoke(grant, BY)))
                .isFalse();
    }

    @Test
    void revokedEndsOnce() {
        Grant grant = give(MEMBER, 30, "friend-1").grant();

        List<Boolean> revoked = List.of(
                core.transactions.run(shop.seller(), () -> giving.revoke(grant, BY)),
                core.transactions.run(shop.seller(), () -> giving.revoke(grant, BY)));

        assertThat(revoked).containsExactly(true, false);
        assertThat(found(grant).access()).isEqualTo(Grant.Access.ENDED);
        assertThat(core.strings("select ended_why from access.grants")).containsExactly("revoked");
    }

    /** A year and a day bought on top of it: without the year, a day is left. */
    @Test
    void whatFollowsARevokedGrantClosesUp() {
        Grant year = give(MEMBER, 365, "friend-1").grant();
        Grant day = give(MEMBER, 1, "friend-2").grant();
        Grant life = give(MEMBER, null, "friend-3").grant();
        core.clock.advance(Duration.ofDays(3));

        core.transactions.run(shop.seller(), () -> giving.revoke(year, BY));

        assertThat(found(day).startsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(3)));
        assertThat(found(day).endsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(4)));
        assertThat(found(life).startsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(4)));
        assertThat(found(life).endsAt()).isNull();
    }

    @Test
    void whatFollowsTwoOfARefundedPaymentClosesUpToBoth() {
        core.transactions.run(shop.seller(), () -> {
            grants.lockSeat(shop.seller(), shop.channel().id(), MEMBER);
            grants.add(bought("order-1", 0, 30));
            grants.add(bought("order-2", 30, 40));
        });
        Grant third = give(MEMBER, 30, "friend-1").grant();
        core.clock.advance(Duration.ofDays(10));

        core.transactions.run(shop.seller(), () -> grants.endOfPayment(shop.seller(), "1", "refunded"));

        assertThat(found(third).startsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(10)));
        assertThat(found(third).endsAt()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(40)));
    }

    private Grant bought(String order, int fromDay, int untilDay) {
        return new Grant(
                shop.seller(),
                core.bean(admitone.runtime.Ids.class).next(),
                new Origin.Purchase(order, "1"),
                shop.channel().id(),
                MEMBER,
                HandClock.BEGIN.plus(Duration.ofDays(fromDay)),
                HandClock.BEGIN.plus(Duration.ofDays(untilDay)),
                Grant.Access.READY);
    }

    private Gift give(long member, @Nullable Integer days, String reference) {
        return core.transactions.run(
                shop.seller(),
                () -> giving.give(shop.channel(), member, days, new Given(Kind.MANUAL, reference), BY)
                        .orElseThrow());
    }

    private Grant found(Grant grant) {
        return grants.find(grant.seller(), grant.id()).orElseThrow();
    }

    private Grant grant(long member) {
        return new Grant(
                shop.seller(),
                core.bean(admitone.runtime.Ids.class).next(),
                new Given(Kind.GIFT, "code-1"),
                shop.channel().id(),
                member,
                HandClock.BEGIN,
                null,
                Grant.Access.READY);
    }
}
