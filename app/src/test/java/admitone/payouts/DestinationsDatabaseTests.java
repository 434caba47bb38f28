package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.cases.Cases;
import admitone.fulfillment.CaseDecisions;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.money.Asset;
import admitone.payouts.Destination.Place;
import admitone.payouts.Destination.State;
import admitone.payouts.DestinationChanges.Asked;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class DestinationsDatabaseTests {
    private static final Place FIRST = new Place(Asset.of("eth"), "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", null);
    private static final Place OTHER = new Place(Asset.of("xrp"), "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH", "77");
    private static final Place THIRD = new Place(Asset.of("eth"), "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", null);
    /** Of every shop of {@link Core}. */
    private static final long SELLER_USER = 1;

    private final Core core = Core.start("destinations");
    private int shops;
    private SellerId seller = SellerId.PLATFORM;

    @BeforeEach
    void newSeller() {
        seller = core.shop("dest" + String.format("%08d", ++shops)).seller();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    private Asked ask(Place place) {
        return core.transactions.run(
                seller, () -> core.bean(DestinationChanges.class).ask(seller, place, "eth"));
    }

    private Destination added(Place place) {
        return ((Asked.Added) ask(place)).destination();
    }

    private boolean confirm(Destination row) {
        return core.transactions.run(
                seller, () -> core.bean(DestinationChanges.class).confirm(seller, row.id()));
    }

    private boolean withdraw(Destination row) {
        return core.transactions.run(
                seller, () -> core.bean(DestinationChanges.class).withdraw(seller, row.id(), "operator"));
    }

    private Optional<Place> usable() {
        return core.transactions.run(
                seller,
                () -> core.bean(Destinations.class)
                        .usable(seller, core.clock.instant())
                        .map(Destination::place));
    }

    private List<State> states() {
        Destinations destinations = core.bean(Destinations.class);
        return destinations.of(seller).stream()
                .map(row -> destinations.state(row, core.clock.instant()))
                .toList();
    }

    private List<String> cases() {
        return core.strings("select kind from cases.cases where seller_id = ?", seller.value());
    }

    private void byHand(String set) {
        core.owner()
                .sql("update payouts.destination set " + set + " where seller_id = ? and version = "
                        + "(select max(version) from payouts.destination where seller_id = ?)")
                .params(seller.value(), seller.value())
                .update();
    }

    @Test
    void theFirstCountsAtOnce() {
        added(FIRST);

        assertThat(usable()).contains(FIRST);
        assertThat(states()).containsExactly(State.USABLE);
    }

    @Test
    void aChangeCountsWhenItIsConfirmedAndItsTimeHasPassed() {
        added(FIRST);
        Destination other = added(OTHER);
        assertThat(states()).containsExactly(State.WAITING_CONFIRMATION, State.USABLE);
        core.clock.advance(Duration.ofDays(2));
        assertThat(usable()).contains(FIRST);

        assertThat(confirm(other)).isTrue();
        core.clock.advance(Duration.ofHours(24).minusMillis(1));
        assertThat(usable()).contains(FIRST);
        assertThat(states()).containsExactly(State.COOLING_OFF, State.USABLE);

        core.clock.advance(Duration.ofMillis(1));
        assertThat(usable()).contains(OTHER);
        assertThat(states()).containsExactly(State.USABLE, State.REPLACED);
        assertThat(confirm(other)).isFalse();
        assertThat(withdraw(other)).isFalse();
        assertThat(cases()).isEmpty();
    }

    @Test
    void aChangeThatIsWithdrawnNeverCounts() {
        added(FIRST);
        Destination other = added(OTHER);
        confirm(other);

        assertThat(withdraw(other)).isTrue();
        assertThat(withdraw(other)).isFalse();

        core.clock.advance(Duration.ofDays(9));
        assertThat(confirm(other)).isFalse();
        assertThat(usable()).contains(FIRST);
        assertThat(states()).containsExactly(State.WITHDRAWN, State.USABLE);
    }

    @Test
    void aQuestionLiesAboutForThreeDays() {
        added(FIRST);
        Destination other = added(OTHER);
        core.clock.advance(Duration.ofDays(3));

        assertThat(states()).containsExactly(State.LAPSED, State.USABLE);
        assertThat(confirm(other)).isFalse();
        assertThat(ask(THIRD)).isInstanceOf(Asked.Added.class);
    }

    @Test
    void oneChangeIsUnderWayAtATime() {
        added(FIRST);
        Destination other = added(OTHER);

        assertThat(ask(THIRD)).isEqualTo(new Asked.Waits(other));
        withdraw(other);
        assertThat(ask(FIRST)).isInstanceOf(Asked.Same.class);
        assertThat(ask(THIRD)).isInstanceOf(Asked.Added.class);
    }

    @Test
    void manyRequestsAtOnceAddOne() throws Exception {
        List<Asked> all = atOnce(8, () -> ask(FIRST));

        assertThat(all).filteredOn(Asked.Added.class::isInstance).hasSize(1);
        assertThat(states()).containsExactly(State.USABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "address = '0x0000000000000000000000000000000000000001'",
                "currency = 'usdterc20'",
                "extra_id = '1'",
                "network = null",
                "version = 9",
                "usable_from = '2020-01-01T00:00:00Z'",
                "requested_at = requested_at + interval '1 ms'",
                "destination_id = '01900000-0000-7000-8000-000000000001'",
                "mac = ''"
            })
    void aRowThatWasChangedByHandIsNotPaidToAndAPersonIsAsked(String set) {
        added(FIRST);
        byHand(set);

        assertThat(usable()).isEmpty();
        assertThat(usable()).isEmpty();
        assertThat(states()).containsExactly(State.ALTERED);
        assertThat(cases()).containsExactly("destination_altered");
    }

    @Test
    void aRowChangedByHandDoesNotLeadBackToTheOneBefore() {
        added(FIRST);
        Destination other = added(OTHER);
        confirm(other);
        core.clock.advance(Duration.ofDays(1));

        byHand("withdrawn_at = requested_at");

        assertThat(usable()).isEmpty();
    }

    @Test
    void coolingOffIsNotEndedByHand() {
        added(FIRST);
        confirm(added(OTHER));

        byHand("usable_from = usable_from - interval '1 day'");

        assertThat(usable()).isEmpty();
        assertThat(cases()).containsExactly("destination_altered");
    }

    @Test
    void aRowWrittenByHandIsNotPaidTo() {
        added(FIRST);
        core.owner().sql("""
                insert into payouts.destination (seller_id, destination_id, version, currency, network, address, requested_at, usable_from, mac)
                select seller_id, gen_random_uuid(), 2, currency, network, '0x0000000000000000000000000000000000000001', requested_at, usable_from, mac
                from payouts.destination where seller_id = ?
                """).param(seller.value()).update();

        assertThat(usable()).isEmpty();
        assertThat(cases()).containsExactly("destination_altered");
    }

    @Test
    void anotherSellersRowFitsNobodyElse() {
        added(FIRST);
        SellerId victim = core.shop("dest" + String.format("%08d", ++shops)).seller();
        core.owner()
                .sql("update payouts.destination set seller_id = ? where seller_id = ?")
                .params(victim.value(), seller.value())
                .update();
        seller = victim;

        assertThat(usable()).isEmpty();
        assertThat(cases()).containsExactly("destination_altered");
    }

    @Test
    void whatStandsAboveAnAlteredRowCountsWhenItsTimeHasCome() {
        added(FIRST);
        byHand("address = 'x'");

        Destination other = added(OTHER);
        assertThat(states()).containsExactly(State.WAITING_CONFIRMATION, State.ALTERED);
        assertThat(usable()).isEmpty();

        confirm(other);
        core.clock.advance(Duration.ofHours(24));
        assertThat(usable()).contains(OTHER);
    }

    /** The newest is deleted, so that the one before would count again. */
    @Test
    void aVersionThatIsDeletedDoesNotLeadBackToTheOneBefore() {
        added(FIRST);
        confirm(added(OTHER));
        core.clock.advance(Duration.ofDays(1));
        assertThat(usable()).contains(OTHER);

        core.owner()
                .sql("delete from payouts.destination where seller_id = ? and version = 2")
                .param(seller.value())
                .update();

        assertThat(usable()).isEmpty();
        assertThat(usable()).isEmpty();
        assertThat(states()).containsExactly(State.ALTERED);
        assertThat(cases()).containsExactly("destinations_set_back");
    }

    /** Each row is one that we wrote, and not the last that we wrote of it. */
    @Test
    void aWithdrawnVersionThatIsPutBackDoesNotCount() {
        added(FIRST);
        Destination other = added(OTHER);
        confirm(other);
        core.owner()
                .sql(
                        "create table payouts.kept as select * from payouts.destination where seller_id = ? and version = 2")
                .param(seller.value())
                .update();
        withdraw(other);
        core.clock.advance(Duration.ofDays(2));
        assertThat(usable()).contains(FIRST);

        core.owner().sql("""
                update payouts.destination d set withdrawn_at = k.withdrawn_at, usable_from = k.usable_from, mac = k.mac
                from payouts.kept k where k.destination_id = d.destination_id;
                drop table payouts.kept
                """).update();

        assertThat(usable()).isEmpty();
        assertThat(cases()).containsExactly("destinations_set_back");
    }

    @Test
    void allVersionsDeletedLeaveNoFirstOne() {
        added(FIRST);
        core.owner()
                .sql("delete from payouts.destination where seller_id = ?")
                .param(seller.value())
                .update();

        assertThat(usable()).isEmpty();
        Destination other = added(OTHER);

        assertThat(other.version()).isEqualTo(2);
        assertThat(usable()).as("not confirmed").isEmpty();
        confirm(other);
        core.clock.advance(Duration.ofDays(1));
        assertThat(usable()).contains(OTHER);
        assertThat(cases()).containsExactly("destinations_set_back");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from payouts.destination_head where seller_id = ?",
                "update payouts.destination_head set from_version = 2 where seller_id = ?",
                "update payouts.destination_head set newest = 3 where seller_id = ?",
                "update payouts.destination_head set mac = '' where seller_id = ?",
            })
    void whatTellsWhichThereAreIsNotChangedByHand(String harm) {
        added(FIRST);
        core.owner().sql(harm).param(seller.value()).update();

        assertThat(usable()).isEmpty();
        assertThat(cases()).containsExactly("destinations_set_back");
    }

    /** What was there before it was noticed does not count beside what is set anew. */
    @Test
    void onlyWhatIsSetAnewCountsWhereOneIsGone() {
        added(FIRST);
        confirm(added(OTHER));
        core.clock.advance(Duration.ofDays(1));
        core.owner()
                .sql("delete from payouts.destination where seller_id = ? and version = 2")
                .param(seller.value())
                .update();

        Destination third = added(THIRD);
        assertThat(third.version()).isEqualTo(3);
        assertThat(usable()).isEmpty();
        withdraw(third);
        assertThat(usable()).as("the first is not led back to").isEmpty();

        Destination fourth = added(THIRD);
        confirm(fourth);
        core.clock.advance(Duration.ofDays(1));
        assertThat(usable()).contains(THIRD);
    }

    @Test
    void aPersonAcceptsWhatIsThere() {
        added(FIRST);
        confirm(added(OTHER));
        core.clock.advance(Duration.ofDays(1));
        core.owner()
                .sql("delete from payouts.destination_head where seller_id = ?")
                .param(seller.value())
                .update();
        assertThat(usable()).isEmpty();

        decide("seen");
        assertThat(usable()).isEmpty();
        decide("accept");

        assertThat(usable()).contains(OTHER);
        assertThat(added(THIRD).version()).isEqualTo(3);
    }

    private void decide(String decision) {
        core.transactions.run(seller, () -> {
            UUID one = core.bean(Cases.class)
                    .list(seller, Optional.empty(), Optional.empty(), 1)
                    .getFirst()
                    .id();
            var asked = new CaseDecisions.Asked(decision, "looked at", null, "operator", "operator");
            return core.bean(CaseDecisions.class).decide(seller, one, asked);
        });
    }

    @Test
    void theSellerIsAskedInTheChatAndOnlyTheirWordCounts() {
        added(FIRST);
        Destination other = added(OTHER);
        core.startTasks();
        core.awaitTasks();
        Message asked = lastQuestion();
        assertThat(asked.chatId()).isEqualTo(SELLER_USER);
        assertThat(asked.html()).contains(OTHER.address(), "xrp", "77");
        String yes = ((PressButton) asked.buttons().getFirst()).data();

        assertThat(press(SELLER_USER + 1, yes)).isFalse();
        assertThat(states()).startsWith(State.WAITING_CONFIRMATION);
        assertThat(press(SELLER_USER, yes)).isTrue();
        assertThat(press(SELLER_USER, yes)).isFalse();

        core.awaitTasks();
        Message confirmed = lastQuestion();
        assertThat(confirmed).isNotEqualTo(asked);
        assertThat(states()).startsWith(State.COOLING_OFF);
        assertThat(core.bean(Destinations.class)
                        .byId(seller, other.id())
                        .orElseThrow()
                        .usableFrom())
                .isEqualTo(core.clock.instant().plus(Duration.ofHours(24)).truncatedTo(ChronoUnit.MILLIS));
        assertThat(press(SELLER_USER, ((PressButton) confirmed.buttons().getFirst()).data()))
                .isTrue();
        assertThat(states()).startsWith(State.WITHDRAWN);
        core.stopTasks();
    }

    /** To this seller: the tests share one person. */
    private Message lastQuestion() {
        return core.messenger.sent.reversed().stream()
                .filter(message -> message.buttons().stream()
                        .anyMatch(button -> button instanceof PressButton press
                                && press.data().contains(seller.value())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void confirmingAndWithdrawingAtOnceLeavesOneOfBoth() throws Exception {
        added(FIRST);
        Destination other = added(OTHER);

        List<Boolean> did = atOnce(6, () -> withdraw(other) || confirm(other));

        assertThat(did).contains(true);
        assertThat(states()).startsWith(State.WITHDRAWN);
        core.clock.advance(Duration.ofDays(9));
        assertThat(usable()).contains(FIRST);
    }

    /** What is sealed over all of them is over what the other has written too. */
    @Test
    void whoeverChangesOneWaitsForWhoeverChangesAnother() throws Exception {
        added(FIRST);
        Destination other = added(OTHER);
        Destinations all = core.bean(Destinations.class);

        core.whileUncommitted(
                seller,
                () -> all.withdraw(other, now()),
                () -> core.transactions.run(seller, () -> Paying.destination(all, seller, "T" + seller + "0", now())));

        assertThat(states()).doesNotContain(State.ALTERED).containsOnlyOnce(State.USABLE);
    }

    private boolean press(long user, String data) {
        return core.bean(DestinationButtons.class).pressed(new Pressed(user, "press", data, Language.of(null)));
    }

    @Test
    void notBeingOnTheProvidersListIsSeen() {
        Destination first = added(FIRST);
        Destinations destinations = core.bean(Destinations.class);

        core.transactions.run(seller, () -> destinations.notWhitelisted(seller, first.id(), "not whitelisted"));
        assertThat(destinations.byId(seller, first.id()).orElseThrow().notWhitelisted())
                .isEqualTo(new Destination.NotWhitelisted(now(), "not whitelisted"));
        assertThat(usable()).contains(FIRST);

        core.transactions.run(seller, () -> destinations.whitelisted(seller, first.id()));
        assertThat(destinations.byId(seller, first.id()).orElseThrow().notWhitelisted())
                .isNull();
    }

    private Instant now() {
        return core.clock.instant();
    }
}
