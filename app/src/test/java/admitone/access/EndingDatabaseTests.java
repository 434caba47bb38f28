package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.cases.Case;
import admitone.checkout.Order;
import admitone.fulfillment.CaseButtons;
import admitone.messaging.BotName;
import admitone.messaging.Form;
import admitone.messaging.Incoming;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reminders, the notice of the end, the brake. */
class EndingDatabaseTests extends EndingFixture {
    // reminders

    @Test
    void remindsThreeDaysAndOneDayBeforeTheEndAndTellsTheEnd() {
        admit(BUYER);

        goTo(Duration.ofDays(26));
        assertThat(told(BUYER)).isEmpty();
        goTo(Duration.ofDays(28));
        assertThat(told(BUYER)).containsExactly("ends");
        goTo(Duration.ofDays(29).plusHours(23));
        assertThat(told(BUYER)).containsExactly("ends", "ends");
        goTo(Duration.ofDays(30).plusHours(2));
        assertThat(told(BUYER)).containsExactly("ends", "ends", "ended");
        assertThat(events()).containsSubsequence("reminder_sent", "reminder_sent", "grant_ended", "notice_sent");
        assertThat(core.strings("select ended_why from access.grants")).containsExactly("time_over");
    }

    @Test
    void reminderLeadsToTheSamePlan() {
        core.bean(BotName.class).start();
        admit(BUYER);
        Awaitility.await().until(() -> core.bean(BotName.class).startLink("x").isPresent());

        goTo(Duration.ofDays(28));

        assertThat(messages(BUYER).getLast().buttons())
                .containsExactly(new LinkButton(
                        "Renew", "https://t.me/admit_bot?start=" + shop.plan().handle()));
        core.bean(BotName.class).stop();
    }

    @Test
    void afterAnOutageOnlyTheNewestReminderIsSent() {
        admit(BUYER);

        jumpTo(Duration.ofDays(29).plusHours(20));
        look();
        goTo(Duration.ofDays(29).plusHours(23));

        assertThat(told(BUYER)).containsExactly("ends");
    }

    @Test
    void reminderThatTheNextOneOvertookInTheQueueIsNotSent() {
        admit(BUYER);
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(50), "no connection");
        goTo(Duration.ofDays(27).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onSend = message -> new Answer.Done<>(7L);

        goTo(Duration.ofDays(29).plusHours(20));

        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(events()).contains("reminder_not_needed");
    }

    @Test
    void reminderWhoseAnswerWasLostIsNotRepeated() {
        admit(BUYER);
        core.messenger.onSend = message -> new Answer.Unknown<>("timeout");

        goTo(Duration.ofDays(28));

        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(events()).contains("reminder_unknown");
    }

    @Test
    void renewalMovesTheReminders() {
        admit(BUYER);
        goTo(Duration.ofDays(28));
        buy(BUYER);
        core.messenger.sent.clear();

        goTo(Duration.ofDays(56));
        assertThat(told(BUYER)).isEmpty();
        assertThat(core.strings("select access from access.grants order by grant_id")
                        .getFirst())
                .isEqualTo("ended");
        goTo(Duration.ofDays(58));
        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void otherRemindersMakeOnlyThoseDueWhomTheyConcern() {
        admit(BUYER);
        goTo(Duration.ofDays(10));
        admit(BUYER + 1);
        goTo(Duration.ofDays(25));
        assertThat(told(BUYER)).isEmpty();

        remindAt(Duration.ofDays(8), Duration.ofHours(2));

        assertThat(core.strings(
                        "select telegram_user_id from access.grants where look_at <= ?",
                        core.clock.instant().atOffset(java.time.ZoneOffset.UTC)))
                .containsExactly(Long.toString(BUYER));
        goTo(Duration.ofDays(25).plusHours(1));
        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(told(BUYER + 1)).isEmpty();
        goTo(Duration.ofDays(32).plusHours(1));
        assertThat(told(BUYER + 1)).containsExactly("ends");
    }

    private void remindAt(Duration before, Duration grace) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTerms.class)
                        .set(
                                shop.seller(),
                                shop.channel().id(),
                                new Terms(List.of(before), grace, Duration.ofDays(2), 20, 10)));
    }

    @Test
    void otherTermsOfAChannelHold() {
        admit(BUYER);
        remindAt(Duration.ofDays(10), Duration.ofHours(2));

        goTo(Duration.ofDays(20).plusHours(1));
        assertThat(told(BUYER)).containsExactly("ends");
        goTo(Duration.ofDays(30).plusHours(1));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(30).plusHours(4));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(told(BUYER)).containsExactly("ends", "ended");
    }

    @Test
    void catchesUpInOrderAndWithoutAFlood() {
        int buyers = TimeKeeper.MOST_SEATS + 20;
        int later = 20; // by an hour
        for (long buyer = 1000L + later; buyer < 1000 + buyers; buyer++) {
            buy(buyer);
        }
        jumpTo(Duration.ofHours(1));
        for (long buyer = 1000; buyer < 1000 + later; buyer++) {
            buy(buyer);
        }
        core.startTasks();
        core.awaitTasks();
        core.messenger.sent.clear();
        jumpTo(Duration.ofDays(28));

        round();
        assertThat(reminded()).isEqualTo(TimeKeeper.MOST_SEATS);
        assertThat(told(1000)).as("the longest due come first").isEmpty();
        round();
        assertThat(reminded()).isEqualTo(buyers);
        assertThat(told(1000)).containsExactly("ends");
    }

    @Test
    void afterAnOutageOfDaysEachIsToldOnlyWhatHoldsNowAndNobodyIsRemovedUnheard() {
        long over = BUYER + 1; // and would have been removed by now
        long justOver = BUYER + 2;
        long ending = BUYER + 3;
        admit(over);
        goTo(Duration.ofDays(2));
        admit(justOver);
        goTo(Duration.ofDays(4));
        admit(ending);

        jumpTo(Duration.ofDays(32).plusHours(12));
        look();

        assertThat(told(over)).containsExactly("ended");
        assertThat(told(justOver)).containsExactly("ended");
        assertThat(told(ending)).containsExactly("ends");
        goTo(Duration.ofDays(33).plusHours(11));
        assertThat(core.messenger.inside)
                .as("the grace begins when they are told")
                .contains(over, justOver, ending);
        goTo(Duration.ofDays(33).plusHours(14));
        assertThat(core.messenger.inside).doesNotContain(over, justOver).contains(ending);
        goTo(Duration.ofDays(34).plusHours(2));
        assertThat(told(over)).containsExactly("ended");
        assertThat(told(ending)).containsExactly("ends", "ends", "ended");
    }

    @Test
    void oneInstanceDoesARound() {
        admit(BUYER);
        core.owner().sql("update access.grants set look_at = starts_at").update();
        assertThat(core.bean(TimeKeeper.class).look()).isTrue();

        core.owner().sql("update access.grants set look_at = starts_at").update();
        assertThat(core.bean(TimeKeeper.class).look()).isFalse();
        core.clock.advance(Duration.ofSeconds(10));
        assertThat(core.bean(TimeKeeper.class).look()).isTrue();
    }

    @Test
    void nothingIsWrittenWhereNothingIsDue() {
        assertThat(core.bean(TimeKeeper.class).look()).isFalse();
        assertThat(core.count("access.round")).isZero();
    }

    // the brake

    @ParameterizedTest
    @CsvSource({"go_on, 0", "keep, 25"})
    void manyRemovalsWaitForAPerson(String decision, int inside) {
        buyAndComeIn(1000, 25);
        core.startTasks();
        goTo(Duration.ofDays(33));
        assertThat(core.messenger.inside).hasSize(25);
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        Case one = openCases().getFirst();
        assertThat(openCases()).hasSize(1);
        assertThat(one.kind()).isEqualTo("many_removals");
        assertThat(one.detail()).containsEntry("removals_due_within_an_hour", "25");

        decide(one, decision);
        goTo(Duration.ofDays(35));

        assertThat(core.messenger.inside).hasSize(inside);
        assertThat(openCases()).isEmpty();
        assertThat(core.count("timeline.event where kind in ('removals_go_on', 'removals_called_off')"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"go_on, 0, they are removed", "keep, 25, they stay inside until they buy again"})
    void sellerIsToldInTheChatThatRemovalsWaitAndDecidesThereByAButton(String decision, int inside, String became) {
        buyAndComeIn(1000, 25);
        core.startTasks();
        goTo(Duration.ofDays(33));

        assertThat(messages(SELLER))
                .filteredOn(message -> message.html().contains("all removals from the channel wait for you"))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.html())
                            .contains("<b>Signals</b>", "within an hour: 25")
                            .doesNotContain("Each button decides it for good");
                    assertThat(message.buttons())
                            .extracting("text")
                            .containsExactly("Remove them", "They stay inside, for good");
                });
        assertThat(press(openCases().getFirst(), decision)).isEqualTo(CaseButtons.Came.DECIDED);
        goTo(Duration.ofDays(35));

        assertThat(core.messenger.inside).hasSize(inside);
        assertThat(core.messenger.edited)
                .last()
                .satisfies(message -> assertThat(message.html()).contains(became));
    }

    @ParameterizedTest
    @CsvSource({"go_on, 30", "keep, 55"})
    void decisionIsOnlyAboutThoseThatItWasAskedAbout(String decision, int inside) {
        buyAndComeIn(1000, 25);
        core.startTasks();
        jumpTo(Duration.ofDays(2));
        buyAndComeIn(2000, 30);
        jumpTo(Duration.ofDays(30).plusHours(1));
        look();
        goTo(Duration.ofDays(33).plusHours(5)); // nobody answers, and the others become due
        Case stale = openCases().getFirst();
        assertThat(stale.detail()).containsEntry("removals_due_within_an_hour", "25");

        decide(stale, decision);
        look();

        assertThat(core.messenger.inside).hasSize(inside);
        Case next = openCases().getFirst();
        assertThat(next.detail()).containsEntry("removals_due", "30");
        decide(next, "go_on");
        look();
        assertThat(core.messenger.inside).hasSize(inside - 30);
    }

    @Test
    void renewalWhileTheRemovalsWaitStays() {
        buyAndComeIn(1000, 25);
        core.startTasks();
        goTo(Duration.ofDays(32));
        buy(1003);

        decide(openCases().getFirst(), "go_on");
        goTo(Duration.ofDays(33));

        assertThat(core.messenger.inside).containsExactly(1003L);
    }

    @Test
    void fewRemovalsFromASmallChannelAskNobody() {
        buyAndComeIn(1000, 3);
        core.startTasks();

        goTo(Duration.ofDays(32));

        assertThat(core.messenger.inside).isEmpty();
    }

    // renewal where they ask to join

    @ParameterizedTest
    @ValueSource(ints = {10, 30}) // before the end, and in the grace period
    void renewalOfSomebodyInsideNeedsNoRequest(int day) {
        admit(BUYER);
        joins(BUYER);
        goTo(Duration.ofDays(day).plusHours(3));
        core.messenger.sent.clear();

        Order renewal = buy(BUYER);
        core.awaitTasks();
        assertThat(access(renewal)).as("as soon as they are seen").containsExactly("admitted");

        assertThat(messages(BUYER))
                .singleElement()
                .satisfies(message -> assertThat(message.html())
                        .startsWith("Your payment arrived.")
                        .contains("You need no link")
                        .doesNotContain("https://t.me/+"));
    }

    /** Their removal waits for a person: what they were told of is over. */
    @Test
    void offerToWhoeverRenewsLateSaysTheSpanThatTheyGet() {
        admit(BUYER);
        joins(BUYER);
        goTo(Duration.ofDays(30).plusHours(3));
        jumpTo(Duration.ofDays(34));

        picks();
        String offer = messages(BUYER).getLast().html();
        buy(BUYER);

        assertThat(
                        core.strings(
                                "select (starts_at at time zone 'UTC')::text from access.grants order by grant_id desc limit 1"))
                .singleElement()
                .asString()
                .startsWith(BEGIN.plus(Duration.ofDays(33)).toString().substring(0, 10));
        Form form = Form.in(Language.ENGLISH);
        assertThat(core.bean(Grants.class).active(shop.seller(), shop.channel().id(), BUYER))
                .singleElement()
                .satisfies(grant -> assertThat(offer)
                        .contains("begins on " + form.moment(grant.startsAt()))
                        .contains("until " + form.moment(Objects.requireNonNull(grant.endsAt()))));
    }

    @Test
    void offerToWhoeverIsOutsideSaysNothingOfASpan() {
        admit(BUYER);
        joins(BUYER);
        goTo(Duration.ofDays(33));
        assertThat(core.messenger.inside).doesNotContain(BUYER);

        picks();

        assertThat(messages(BUYER).getLast().html()).doesNotContain("Paid now");
    }

    private void picks() {
        var start = new Incoming.Said(BUYER, "/start " + shop.plan().handle(), core.clock.instant());
        core.beans(IncomingListener.class).forEach(one -> one.on(updates.incrementAndGet(), start));
        core.awaitTasks();
    }

    /** The notice of the version before said nothing of where a renewal begins. */
    @Test
    void renewalAfterAnEndThatWasRecordedBeforeBeginsWhenItIsPaid() {
        admit(BUYER);
        joins(BUYER);
        goTo(Duration.ofDays(30).plusHours(3));
        core.owner().sql("update access.ending set renews_from_end = false").update();

        buy(BUYER);

        assertThat(core.bean(Grants.class).active(shop.seller(), shop.channel().id(), BUYER))
                .singleElement()
                .satisfies(grant -> assertThat(grant.startsAt()).isEqualTo(core.clock.instant()));
    }

    @Test
    void renewalOfSomebodyWhoLeftUnheardHasTheLink() {
        admit(BUYER);
        joins(BUYER);
        core.messenger.inside.remove(BUYER);
        core.clock.advance(Duration.ofMinutes(1));
        core.messenger.sent.clear();

        Order renewal = buy(BUYER);
        core.awaitTasks();

        assertThat(messages(BUYER)).singleElement().satisfies(this::hasTheLink);
        assertThat(access(renewal)).containsExactly("delivered");
        assertThat(insideAsHeard()).containsExactly("false");
    }

    /** What is seen counts, though no message reaches them. */
    @ParameterizedTest
    @CsvSource({"true, admitted", "false, ready"})
    void renewalOfSomebodyWhoBlockedTheBotTellsWhereTheyAre(boolean inside, String access) {
        admit(BUYER);
        joins(BUYER);
        if (!inside) {
            core.messenger.inside.remove(BUYER);
        }
        core.clock.advance(Duration.ofMinutes(1));
        core.messenger.onSend = _ -> new Answer.Declined<>(Refusal.BLOCKED, "blocked");

        Order renewal = buy(BUYER);
        core.awaitTasks();

        assertThat(access(renewal)).containsExactly(access);
        assertThat(insideAsHeard()).containsExactly(Boolean.toString(inside));
    }

    @Test
    void whereNobodyAnswersWhetherTheyAreInsideTheyHaveTheLink() {
        admit(BUYER);
        joins(BUYER);
        core.messenger.onMember = user -> new Answer.Unknown<>("timeout");
        core.messenger.sent.clear();

        buy(BUYER);
        core.awaitTasks();

        assertThat(messages(BUYER)).singleElement().satisfies(this::hasTheLink);
    }

    @Test
    void whoBuysAfterTheirRemovalHasTheLink() {
        admit(BUYER);
        joins(BUYER);
        goTo(Duration.ofDays(32));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
        core.messenger.sent.clear();

        Order again = buy(BUYER);
        assertThat(access(again)).containsExactly("ready");
        core.awaitTasks();

        assertThat(messages(BUYER)).singleElement().satisfies(this::hasTheLink);
    }

    @Test
    void whoIsInsideWithoutARightAndBuysNeedsNoRequest() {
        joins(BUYER);

        Order order = buy(BUYER);
        core.startTasks();
        core.awaitTasks();

        assertThat(messages(BUYER))
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("You need no link"));
        assertThat(access(order)).containsExactly("admitted");
    }

    private void hasTheLink(Message message) {
        assertThat(message.html()).contains("https://t.me/+standing");
    }

    private List<String> insideAsHeard() {
        return core.strings("select inside::text from access.seat where telegram_user_id = ?", BUYER);
    }

    private List<String> access(Order order) {
        return core.strings("select access from access.grants where order_id = ?", order.id());
    }

    // one-time links

    @Test
    void oneTimeLinkIsRevokedBeforeTheRemovalAndAPurchaseAfterItHasAnother() {
        oneTimeLinks();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        // came in by other means: the link still opens
        core.messenger.inside.add(BUYER);
        core.owner()
                .sql("update tasks.task set due_at = due_at + interval '400 days' where kind = 'watch_join'")
                .update();
        core.owner()
                .sql("update access.pool_link set expires_at = expires_at + interval '400 days'")
                .update();
        core.messenger.calls.clear();

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(core.messenger.calls.stream()
                        .map(call -> call.substring(0, call.indexOf(' ')))
                        .toList())
                .containsSubsequence("revoke", "ban", "lift");

        core.messenger.sent.clear();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        assertThat(messages(BUYER).getLast().html()).contains("https://t.me/+");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30}) // before the end, and in the grace period
    void renewalOfSomebodyInsideHasNoLink(int day) {
        oneTimeLinks();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        joins(BUYER);
        goTo(Duration.ofDays(day).plusHours(3));
        core.messenger.sent.clear();
        long links = core.count("access.pool_link where grant_id is not null");

        buy(BUYER);
        passes(Duration.ofSeconds(5));

        assertThat(messages(BUYER))
                .isNotEmpty()
                .noneMatch(message -> message.html().contains("https://t.me/+"));
        assertThat(core.count("access.pool_link where grant_id is not null")).isEqualTo(links);
        goTo(Duration.ofDays(day + 28));
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void renewalOfSomebodyWhomThePersonLetStayHasNoLink() {
        oneTimeLinks();
        buyAndComeIn(1000, 25);
        goTo(Duration.ofDays(33));
        decide(openCases().getFirst(), "keep");
        goTo(Duration.ofDays(34));
        core.messenger.sent.clear();
        long links = core.count("access.pool_link where grant_id is not null");

        buy(1000);
        passes(Duration.ofSeconds(5));

        assertThat(messages(1000))
                .isNotEmpty()
                .noneMatch(message -> message.html().contains("https://t.me/+"));
        assertThat(core.count("access.pool_link where grant_id is not null")).isEqualTo(links);
    }

    @Test
    void purchaseDuringTheCallGetsALink() {
        oneTimeLinks();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        joins(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            buy(BUYER);
            return new Answer.Done<>(true);
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.calls).contains("lift " + BUYER);
        assertThat(messages(BUYER)).anyMatch(message -> message.html().contains("https://t.me/+"));
    }
}
