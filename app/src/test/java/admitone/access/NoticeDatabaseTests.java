package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.cases.Case;
import admitone.catalog.ChannelTexts;
import admitone.fulfillment.CaseButtons;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody is removed without a notice. */
class NoticeDatabaseTests extends EndingFixture {
    @Test
    void nobodyIsRemovedWhoseNoticeIsStillOnItsWay() {
        admit(BUYER);
        jumpTo(Duration.ofDays(29).plusHours(23).plusMinutes(59)); // no reminder was sent either
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(8), "no connection");
        goTo(Duration.ofDays(33));
        assertThat(core.messenger.inside).contains(BUYER);

        core.messenger.onSend = message -> new Answer.Done<>(7L);
        goTo(Duration.ofDays(33).plusHours(23));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(34).plusHours(3));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @ParameterizedTest
    @ValueSource(strings = {Refusal.BLOCKED, Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND})
    void whoCannotBeToldIsRemovedSevenDaysAfterThePostAndTheSellerHearsOfItOnce(String refusal) {
        admit(BUYER);
        admit(BUYER + 1);
        core.messenger.onSend = message ->
                message.chatId() > SELLER ? new Answer.Declined<>(refusal, "refused") : new Answer.Done<>(7L);

        goTo(Duration.ofDays(36).plusHours(23));
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1);
        goTo(Duration.ofDays(38));

        assertThat(core.messenger.inside).doesNotContain(BUYER, BUYER + 1);
        assertThat(messages(SELLER))
                .filteredOn(message -> message.html().contains("could not tell"))
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("about 2", "41, 42", "7 days"));
    }

    @Test
    void channelIsToldOnceADayOfThoseWhoCannotBeToldAndNamesNobody() {
        admit(BUYER);
        goTo(Duration.ofHours(2));
        admit(BUYER + 1); // whose time ends later on the same day
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(31));
        assertThat(inChannel()).singleElement().satisfies(post -> {
            assertThat(post.html()).contains("some members").doesNotContain("41", "42");
            assertThat(post.buttons())
                    .contains(new LinkButton(
                            "See the plans",
                            "http://localhost:8080/c/" + shop.channel().slug()));
        });

        admit(BUYER + 2); // forgets what the channel was told
        goTo(Duration.ofDays(62));

        assertThat(inChannel()).hasSize(1);
        assertThat(core.strings("select posted from access.unreachable_post")).containsExactly("t", "t");
        assertThat(core.messenger.inside).contains(BUYER + 2);
    }

    /** Members taken over from another bot end on all days of a month. */
    @Test
    void channelIsToldOnceAWeekSilentlyAndWhoIsFoundBetweenStaysUntilTheNextPost() {
        admit(BUYER);
        for (int day = 1; day <= 9; day++) {
            goTo(Duration.ofDays(day));
            admit(BUYER + day);
        }
        core.messenger.sent.clear();
        core.messenger.onSend =
                message -> message.chatId() < 0 ? new Answer.Done<>(nextPost++) : onlyBuyersRefuse(message);

        goTo(Duration.ofDays(36).plusHours(20));
        assertThat(inChannel()).singleElement().matches(post -> !post.isSilent());
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1, BUYER + 6);
        goTo(Duration.ofDays(37).plusHours(8));
        assertThat(core.messenger.inside).doesNotContain(BUYER).contains(BUYER + 1, BUYER + 6);
        assertThat(inChannel()).hasSize(2);
        assertThat(inChannel().getLast().isSilent()).isTrue();
        assertThat(core.messenger.calls).contains("delete 70").doesNotContain("delete 71");

        goTo(Duration.ofDays(43).plusHours(20));
        assertThat(core.messenger.inside)
                .as("a week from the post that is for them")
                .contains(BUYER + 1, BUYER + 6);
        goTo(Duration.ofDays(60));

        assertThat(inChannel()).hasSize(3);
        for (int day = 0; day <= 9; day++) {
            assertThat(core.messenger.inside).doesNotContain(BUYER + day);
        }
    }

    private long nextPost = 70;

    /** As where observing another channel of the seller ends, or an operator retries what waits. */
    @Test
    void postIsNotMadeBeforeItsWeekIsOverThoughItsTaskIsWoken() {
        for (int day = 0; day <= 7; day++) {
            goTo(Duration.ofDays(day));
            admit(BUYER + day);
        }
        core.messenger.sent.clear();
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(31).plusHours(12));
        assertThat(inChannel()).hasSize(1);

        core.transactions.run(
                shop.seller(), () -> core.bean(Tasks.class).hurry(shop.seller(), Effects.POST_UNREACHABLE));
        goTo(Duration.ofDays(32).plusHours(12));
        assertThat(inChannel()).as("of the day before").hasSize(1);

        goTo(Duration.ofDays(43).plusHours(20));
        assertThat(inChannel()).hasSize(2);
        assertThat(core.messenger.inside)
                .as("found on the day of the second post, and told by no other")
                .contains(BUYER + 7);
    }

    @Test
    void timeOfThoseWhoCannotBeToldBeginsWithThePostHoweverLateThatIs() {
        admit(BUYER);
        core.messenger.onSend = message ->
                message.chatId() == shop.channel().closedChat().value()
                        ? new Answer.NotNow<>(Duration.ofHours(5), "no connection")
                        : onlyBuyersRefuse(message);
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).as("no post, no removal").contains(BUYER);

        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(46).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(47).plusHours(8));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void whereThePostIsRefusedNobodyIsRemovedUntilAPersonSaysThatTheyWereTold() {
        admit(BUYER);
        goTo(Duration.ofDays(10));
        admit(BUYER + 1); // is asked about anew
        refusePost();
        goTo(Duration.ofDays(39));
        assertThat(core.messenger.inside).as("no notice, no post").contains(BUYER);
        assertThat(core.strings(
                        "select kind || ' ' || (detail ->> 'users') || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly(
                        "members_untold " + BUYER + " no_rights: 400 need administrator rights in the channel chat");

        decide(openCases().getFirst(), "told");
        goTo(Duration.ofDays(45).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(46).plusHours(8));

        assertThat(core.messenger.inside).doesNotContain(BUYER).contains(BUYER + 1);
        assertThat(core.count("cases.cases where state = 'open'")).isEqualTo(1);
    }

    @Test
    void whatWasRefusedIsPostedOnceForAllWhoWaitAsSoonAsItMay() {
        admit(BUYER);
        goTo(Duration.ofDays(2));
        admit(BUYER + 1);
        refusePost();
        goTo(Duration.ofDays(32));
        decide(openCases().getFirst(), "wait");
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1);
        assertThat(core.count("cases.cases"))
                .as("asked again when the second waits too")
                .isEqualTo(2);

        core.messenger.sent.clear();
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(46).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1);
        goTo(Duration.ofDays(47).plusHours(8));

        assertThat(core.messenger.inside).doesNotContain(BUYER, BUYER + 1);
        assertThat(inChannel()).hasSize(1);
        assertThat(core.tasks("post_unreachable")).containsOnly("done");
    }

    @Test
    void caseAboutThemIsSettledByThePost() {
        admit(BUYER);
        refusePost();
        goTo(Duration.ofDays(31));
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(32));

        assertThat(core.strings("select state || ' ' || decision from cases.cases"))
                .containsExactly("decided wait");
    }

    @Test
    void whoIsAskedAboutThemIsAskedOnceThoughTheFirstOfThemRenewsAndNoMoreWhenNobodyWaits() {
        admit(BUYER);
        goTo(Duration.ofDays(1));
        admit(BUYER + 1);
        refusePost();
        goTo(Duration.ofDays(33));
        assertThat(core.count("cases.cases where kind = 'members_untold'")).isEqualTo(1);

        buy(BUYER);
        goTo(Duration.ofDays(35));
        assertThat(core.count("cases.cases where kind = 'members_untold'")).isEqualTo(1);
        assertThat(openCases()).hasSize(1);

        buy(BUYER + 1);
        goTo(Duration.ofDays(36));
        assertThat(core.strings("select decision || ': ' || reason from cases.cases"))
                .containsExactly("wait: settled: nobody waits any more");

        goTo(Duration.ofDays(75));
        assertThat(openCases()).as("the next round").hasSize(1);
    }

    @Test
    void whoPressedWaitIsAskedAgainWhenOthersWaitToo() {
        admit(BUYER);
        goTo(Duration.ofDays(10));
        admit(BUYER + 1);
        refusePost();
        goTo(Duration.ofDays(32));
        decide(openCases().getFirst(), "wait");
        goTo(Duration.ofDays(38));
        assertThat(openCases()).as("nobody new").isEmpty();

        goTo(Duration.ofDays(43));

        assertThat(openCases()).hasSize(1);
        assertThat(core.count("cases.cases where kind = 'members_untold'")).isEqualTo(2);
    }

    @Test
    void twoPostsThatAreRefusedAtOnceAskOnce() throws Exception {
        UntoldCase untold = core.bean(UntoldCase.class);
        var waiting = new UnreachablePosts.Waiting(List.of(BUYER), core.clock.instant());
        Runnable ask = () -> untold.ask(shop.seller(), shop.channel().id(), waiting, "no_rights");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTerms.class)
                        .set(
                                shop.seller(),
                                shop.channel().id(),
                                Terms.DEFAULT)); // or making the row would do for a lock

        core.whileUncommitted(shop.seller(), ask, () -> core.transactions.run(shop.seller(), ask));

        assertThat(openCases()).hasSize(1);
    }

    private void refusePost() {
        core.messenger.onSend = message ->
                message.chatId() == shop.channel().closedChat().value()
                        ? new Answer.Declined<>(Refusal.NO_RIGHTS, "400 need administrator rights in the channel chat")
                        : onlyBuyersRefuse(message);
    }

    /** Of a 502 Telegram posted nothing, of a time-out it may have: neither is a notice. */
    @Test
    void postWhoseAnswersAreLostTellsNobodyAndAPersonIsAsked() {
        admit(BUYER);
        core.messenger.onSend = message ->
                isInChannel(message) ? new Answer.Unknown<>("sendMessage: HTTP 502") : onlyBuyersRefuse(message);
        goTo(Duration.ofDays(31));

        assertThat(inChannel()).as("tried three times, then once a day").hasSize(3);
        assertThat(core.strings("select kind || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly("members_untold whether it was posted is not known: sendMessage: HTTP 502");
        goTo(Duration.ofDays(40));
        assertThat(inChannel()).hasSizeBetween(11, 13);
        assertThat(core.messenger.inside).as("told by nobody").contains(BUYER);

        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(42));
        assertThat(core.strings("select state || ' ' || decision from cases.cases"))
                .containsExactly("decided wait");
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(49));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void sellerIsToldInTheChatOfThoseWhoAreUntoldAndDecidesThereByAButton() {
        admit(BUYER);
        refusePost();
        goTo(Duration.ofDays(32));

        Case one = openCases().getFirst();
        assertThat(messages(SELLER))
                .filteredOn(message -> message.html().contains("cannot be told that their time is over"))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.html())
                            .contains(
                                    "<b>Signals</b>",
                                    "Members: 1 (Telegram users 41)",
                                    "does not let the bot post there")
                            .doesNotContain("no_rights");
                    assertThat(message.buttons())
                            .extracting("text")
                            .containsExactly("I told them: their time runs", "Wait until the bot may post");
                });
        assertThat(press(one, "told")).isEqualTo(CaseButtons.Came.DECIDED);
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void postWhoseAnswerWasLostOnceIsMadeAgain() {
        admit(BUYER);
        AtomicInteger posts = new AtomicInteger();
        core.messenger.onSend = message -> isInChannel(message) && posts.incrementAndGet() == 1
                ? new Answer.Unknown<>("timeout")
                : onlyBuyersRefuse(message);
        goTo(Duration.ofDays(38));

        assertThat(inChannel()).hasSize(2);
        assertThat(core.strings("select why from access.unreachable_post"))
                .singleElement()
                .asString()
                .startsWith("message ");
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void postThatWasCutOffBeforeItsCallIsMadeByTheNextAttempt() {
        admit(BUYER);
        core.messenger.onSend = message -> isInChannel(message)
                ? new Answer.NotNow<>(Duration.ofHours(5), "no connection")
                : onlyBuyersRefuse(message);
        goTo(Duration.ofDays(31));
        core.messenger.sent.clear();
        core.messenger.onSend = this::onlyBuyersRefuse;
        assertThat(core.owner()
                        .sql(
                                "update tasks.task set state = 'running', due_at = ? where kind = 'post_unreachable' and state = 'ready'")
                        .param(core.clock.instant().atOffset(ZoneOffset.UTC))
                        .update())
                .isOne();
        goTo(Duration.ofDays(31).plusHours(3));

        assertThat(inChannel()).hasSize(1);
        assertThat(core.strings("select why from access.unreachable_post"))
                .singleElement()
                .asString()
                .startsWith("message ");
    }

    private boolean isInChannel(Message message) {
        return message.chatId() == shop.channel().closedChat().value();
    }

    /** Two are told of at once while the post is under way: neither is forgotten. */
    @Test
    void whoCannotBeToldWhileThePostIsUnderWayIsRemovedAsWell() {
        for (int i = 0; i < 8; i++) {
            admit(BUYER + i);
        }
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(31));

        assertThat(inChannel()).hasSize(1);
        assertThat(core.count("access.ending where unreachable_at is not null and remove_at is null"))
                .isZero();
        assertThat(core.count("access.ending where unreachable_at is not null")).isEqualTo(8);
    }

    @Test
    void postIsNotSettledWhileSomebodyIsAddedToThoseItIsFor() throws Exception {
        admit(BUYER);
        UUID grant = UUID.fromString(
                core.strings("select grant_id from access.grants").getFirst());
        Ending.Key end = new Ending.Key(
                new Seat.Key(shop.seller(), shop.channel().id(), BUYER), BEGIN.plus(Duration.ofDays(30)));
        Instant now = core.clock.instant();
        Endings endings = core.bean(Endings.class);
        UnreachablePosts posts = core.bean(UnreachablePosts.class);
        var key = UnreachablePosts.Key.at(shop.seller(), shop.channel().id(), now);
        core.transactions.run(shop.seller(), () -> posts.lockPosted(key));

        core.whileUncommitted(
                shop.seller(),
                () -> {
                    endings.open(end, grant);
                    endings.noticed(end, now, Duration.ofDays(1));
                    endings.unreachable(end, now);
                    posts.lockPosted(key);
                },
                () -> core.transactions.run(shop.seller(), () -> {
                    posts.lockPosted(key);
                    posts.posted(key, now, 7, Duration.ofDays(7));
                }));

        assertThat(core.count("access.ending where remove_at is not null")).isEqualTo(1);
    }

    /** The post's task holds its own row while it settles the post. */
    @Test
    void whoCannotBeToldDoesNotWaitCrosswiseWithThePostsTask() throws Exception {
        admit(BUYER);
        UUID grant = UUID.fromString(
                core.strings("select grant_id from access.grants").getFirst());
        jumpTo(Duration.ofDays(30).plusMinutes(1));
        Ending.Key end = new Ending.Key(
                new Seat.Key(shop.seller(), shop.channel().id(), BUYER), BEGIN.plus(Duration.ofDays(30)));
        UnreachablePosts posts = core.bean(UnreachablePosts.class);
        var post = UnreachablePosts.Key.at(shop.seller(), shop.channel().id(), core.clock.instant());
        core.bean(Tasks.class).pause(Effects.POST_UNREACHABLE, true);
        core.transactions.run(shop.seller(), () -> {
            core.bean(Endings.class).open(end, grant);
            posts.lockPosted(post);
            core.bean(Tasks.class).owe(shop.seller(), Effects.postUnreachable(post, core.clock.instant()));
        });
        core.messenger.onSend = this::onlyBuyersRefuse;
        Owed owed = Effects.tellEnd(end, grant, Duration.ofDays(1));
        Result untold = core.bean(TellEndTask.class)
                .attempt(new Task(
                        shop.seller(),
                        core.bean(Ids.class).next(),
                        owed.kind(),
                        owed.subject(),
                        owed.payload(),
                        /* attempt= */ 1,
                        /* failures= */ 0,
                        /* unknowns= */ 0,
                        core.clock.instant().plus(Duration.ofMinutes(1)),
                        /* interrupted= */ false));

        core.whileUncommitted(
                shop.seller(),
                untold.record(),
                () -> core.transactions.run(shop.seller(), () -> {
                    core.jdbc
                            .sql("update tasks.task set attempt = attempt where kind = 'post_unreachable'")
                            .update();
                    posts.lockPosted(post);
                }));

        assertThat(core.count("access.ending where unreachable_at is not null")).isEqualTo(1);
    }

    private Answer<Long> onlyBuyersRefuse(Message message) {
        return message.chatId() > SELLER ? new Answer.Declined<>(Refusal.BLOCKED, "403") : new Answer.Done<>(7L);
    }

    private List<Message> inChannel() {
        return messages(shop.channel().closedChat().value());
    }

    @ParameterizedTest
    @ValueSource(strings = {Refusal.OTHER, Refusal.TOKEN, Refusal.NO_RIGHTS})
    void noticeThatIsRefusedForAnotherReasonIsTriedUntilItIsSent(String refusal) {
        admit(BUYER);
        jumpTo(Duration.ofDays(30));
        core.messenger.onSend = message -> new Answer.Declined<>(refusal, "400 can't parse entities");
        look();
        jumpTo(Duration.ofDays(39));
        look();
        assertThat(core.messenger.inside).contains(BUYER);
        assertThat(core.tasks("tell_end")).containsExactly("ready");
        assertThat(core.tasks("tell_unreachable")).isEmpty();

        core.messenger.onSend = message -> new Answer.Done<>(7L);
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(41).plusHours(3));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeThatComesLateAfterAReminderStillGivesTheGraceItPromises() {
        admit(BUYER);
        goTo(Duration.ofDays(29).plusHours(1));
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(20), "no connection");
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.onSend = message -> new Answer.Done<>(7L);

        goTo(Duration.ofDays(31).plusHours(19));
        assertThat(messages(BUYER).getLast().html()).contains("24 hours");
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(31).plusHours(23));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeIsNotSentToSomebodyWhoIsRemovedAlready() {
        admit(BUYER);
        goTo(Duration.ofDays(29).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onSend = message -> message.html().contains("</b> ended on")
                ? new Answer.NotNow<>(Duration.ofHours(30), "no connection")
                : new Answer.Done<>(7L);
        goTo(Duration.ofDays(31).plusHours(2));
        assertThat(core.messenger.inside).doesNotContain(BUYER); // a reminder told them
        core.messenger.sent.clear();
        core.messenger.onSend = message -> new Answer.Done<>(7L);

        goTo(Duration.ofDays(32));

        assertThat(told(BUYER)).isEmpty();
        assertThat(core.tasks("tell_end")).containsExactly("done");
        assertThat(events()).contains("notice_not_needed");
    }

    @Test
    void whoBlockedTheBotAfterAReminderWasTold() {
        admit(BUYER);
        goTo(Duration.ofDays(28));
        core.messenger.onSend = message -> new Answer.Declined<>(Refusal.BLOCKED, "403");

        goTo(Duration.ofDays(31).plusHours(3));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeWhoseAnswersAreLostIsRepeatedInTheSameWordsThreeTimesAtMost() {
        admit(BUYER);
        jumpTo(Duration.ofDays(30));
        core.messenger.onSend =
                message -> message.chatId() == BUYER ? new Answer.Unknown<>("timeout") : new Answer.Done<>(7L);

        goTo(Duration.ofDays(31));

        assertThat(told(BUYER)).containsExactly("ended", "ended", "ended");
        assertThat(messages(BUYER).stream().skip(1).map(Message::html).distinct())
                .hasSize(1);
        goTo(Duration.ofDays(38));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeEndsWithTheSellersOwnWords() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTexts.class)
                        .set(shop.channel(), ChannelTexts.Kind.EXPIRY, "We will miss <you> & yours."));
        admit(BUYER);

        goTo(Duration.ofDays(30).plusHours(2));

        assertThat(messages(BUYER).getLast().html())
                .contains("ended on")
                .endsWith("We will miss &lt;you&gt; &amp; yours.");
    }

    @Test
    void whoLeftLongAgoIsNotWrittenTo() {
        admit(BUYER);
        core.messenger.inside.remove(BUYER);
        jumpTo(Duration.ofDays(200));

        goTo(Duration.ofDays(202));

        assertThat(told(BUYER)).isEmpty();
        assertThat(outcomes()).containsExactly("outside");
    }
}
