package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Giving.By;
import admitone.access.Importing.Row;
import admitone.access.Importing.Until;
import admitone.access.Importing.Verdict;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.messaging.BotName;
import admitone.messaging.Incoming;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members whom a seller had before. */
class ImportDatabaseTests {
    private static final By BY = new By("seller", "seller 1", "imported");

    private final Core core = Core.start("import");
    private final Shop shop = core.shop("nnnnnnnnnnnn");
    private final Importing importing = core.bean(Importing.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void dryRunWritesNothing() {
        List<Verdict> verdicts = importing.run(shop.channel(), "members", month(1, 3), true, BY);

        assertThat(verdicts).hasSize(3).allMatch(Verdict.Given.class::isInstance);
        for (String table : List.of(
                "access.grants", "access.seat", "access.reach", "access.buyer_route", "timeline.entry", "tasks.task")) {
            assertThat(core.count(table)).as(table).isZero();
        }
    }

    @Test
    void importedTwiceIsImportedOnce() throws Exception {
        List<Verdict> first = run(month(1, 3));
        List<Verdict> again = run(month(1, 3));
        AtOnce.atOnce(8, () -> run(month(1, 4)));

        assertThat(first).allMatch(Verdict.Given.class::isInstance);
        assertThat(again).allMatch(Verdict.Already.class::isInstance);
        assertThat(core.strings("select reference from access.grants where given = 'import' order by 1"))
                .containsExactly("members:1", "members:2", "members:3", "members:4");
    }

    /** The bot can write to none of them before their end. */
    @Test
    void manyWhoNeverStartedTheBotAreToldOnceInTheChannelIfTheSellerSaysSo() {
        knowsTheBotsName();
        run(month(1, 9));
        assertThat(core.count("cases.cases")).as("few").isZero();
        importing.run(shop.channel(), "members", month(1, 12), true, BY);
        assertThat(core.count("cases.cases")).as("dry run").isZero();
        run(month(1, 12));
        run(month(1, 12));
        core.startTasks();
        core.awaitTasks();

        Case offered = core.bean(Cases.class)
                .list(shop.seller(), Optional.of("open"), Optional.empty(), 10)
                .getFirst();
        assertThat(offered.kind()).isEqualTo("members_not_started");
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.html().contains("they have never started it"))
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("Members: 12"))
                .satisfies(message -> assertThat(message.buttons()).hasSize(2));
        assertThat(inChannel()).as("without their word").isEmpty();

        decide(offered, "post");
        core.awaitTasks();
        run(month(1, 12));
        core.awaitTasks();

        assertThat(inChannel()).singleElement().satisfies(post -> {
            assertThat(post.html()).contains("Press <b>Start</b>");
            assertThat(post.buttons()).hasSize(1);
        });
    }

    private void knowsTheBotsName() {
        core.bean(BotName.class).start();
        Awaitility.await().until(() -> core.bean(BotName.class).startLink("x").isPresent());
        core.bean(BotName.class).stop();
    }

    private void decide(Case offered, String decision) {
        core.transactions.run(shop.seller(), () -> {
            Case decided = core.bean(Cases.class)
                    .decide(shop.seller(), offered.id(), decision, "as offered", "seller")
                    .orElseThrow();
            core.bean(NotStartedCase.class).decided(shop.seller(), decided, decision, "seller");
        });
    }

    private List<Case> offered() {
        return core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 10);
    }

    /** As the operator sees it in the queue. */
    @Test
    void postThatIsRefusedIsMadeOnceItMayBe() {
        knowsTheBotsName();
        run(month(1, 12));
        core.messenger.onSend = message -> message.chatId() < 0
                ? new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights")
                : new Answer.Done<>(7L);
        decide(offered().getFirst(), "post");
        core.startTasks();
        core.awaitTasks();
        assertThat(core.strings("select last_error from tasks.task where kind = 'post_start' and state <> 'done'"))
                .singleElement()
                .asString()
                .contains("not enough rights");

        core.messenger.sent.clear();
        core.messenger.onSend = message -> new Answer.Done<>(7L);
        core.clock.advance(Duration.ofHours(1));
        core.wakeTasks();
        core.awaitTasks();

        assertThat(inChannel()).hasSize(1);
        assertThat(core.tasks("post_start")).containsExactly("done");
    }

    @Test
    void postThatMayStandIsNotMadeAgain() {
        knowsTheBotsName();
        run(month(1, 12));
        decide(offered().getFirst(), "post");
        core.owner()
                .sql("update tasks.task set state = 'running' where kind = 'post_start'")
                .update();
        core.clock.advance(Duration.ofHours(1));

        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();

        assertThat(core.tasks("post_start")).containsExactly("done");
        assertThat(inChannel()).isEmpty();
    }

    /** An import is made once more right before observing ends. */
    @Test
    void whoHasAnsweredIsNotAskedAgainByTheNextImportOfTheSame() {
        run(month(1, 12));
        decide(offered().getFirst(), "dismiss");

        importing.run(shop.channel(), "once more", month(1, 12), false, BY);
        assertThat(offered()).isEmpty();

        core.clock.advance(Duration.ofDays(31));
        importing.run(shop.channel(), "much later", month(1, 12), false, BY);
        assertThat(offered()).hasSize(1);
    }

    @Test
    void onlyThoseWhoAreTakenOverAreCounted() {
        run(month(1, 9));
        Instant sooner = core.clock.instant().plus(Duration.ofDays(5));

        importing.run(
                shop.channel(),
                "other",
                LongStream.rangeClosed(1, 12)
                        .mapToObj(user -> new Row(user, new Until.At(sooner)))
                        .toList(),
                false,
                BY);

        assertThat(offered()).as("nine of them are covered").isEmpty();
    }

    private List<Messenger.Message> inChannel() {
        return core.messenger.sent.stream()
                .filter(message ->
                        message.chatId() == shop.channel().closedChat().value())
                .toList();
    }

    @Test
    void endsWhenTheFileSays() {
        Instant now = core.clock.instant();
        Instant end = now.plus(Duration.ofDays(90));

        List<Verdict> verdicts = run(List.of(
                new Row(1, new Until.Days(30)),
                new Row(2, new Until.At(end)),
                new Row(3, new Until.ForLife()),
                new Row(4, new Until.At(now))));

        assertThat(verdicts)
                .containsExactly(
                        new Verdict.Given(now.plus(Duration.ofDays(30))),
                        new Verdict.Given(end),
                        new Verdict.Given(null),
                        new Verdict.Over());
    }

    @Test
    void followsWhatTheyHaveAndRepeatsNothingTheyHave() {
        run(List.of(new Row(1, new Until.Days(30)), new Row(2, new Until.ForLife())));
        Instant end = core.clock.instant().plus(Duration.ofDays(30));

        assertThat(importing.run(shop.channel(), "more", List.of(new Row(1, new Until.Days(5))), false, BY))
                .containsExactly(new Verdict.Given(end.plus(Duration.ofDays(5))));
        assertThat(importing.run(
                        shop.channel(),
                        "again",
                        List.of(new Row(1, new Until.At(end)), new Row(2, new Until.Days(5))),
                        false,
                        BY))
                .containsExactly(new Verdict.Covered(), new Verdict.Covered());
    }

    /** Taking over takes weeks, and meanwhile members renew with the other bot: the second export tells it. */
    @Test
    void theSameImportWithALaterEndIsGivenToo() {
        Instant end = core.clock.instant().plus(Duration.ofDays(20));
        Instant renewed = end.plus(Duration.ofDays(30));
        run(List.of(new Row(1, new Until.At(end)), new Row(2, new Until.At(end)), new Row(3, new Until.At(end))));

        List<Row> export = List.of(
                new Row(1, new Until.At(renewed)), new Row(2, new Until.ForLife()), new Row(3, new Until.At(end)));
        List<Verdict> second = run(export);
        List<Verdict> again = run(export);

        assertThat(second).containsExactly(new Verdict.Given(renewed), new Verdict.Given(null), new Verdict.Already());
        assertThat(again).allMatch(Verdict.Already.class::isInstance);
    }

    /** Who was put out before their time was over is not given the rest again by the file they came with. */
    @Test
    void whoseGrantWasEndedIsNotGivenItAgain() {
        Instant end = core.clock.instant().plus(Duration.ofDays(20));
        run(List.of(new Row(1, new Until.At(end))));
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Giving.class)
                        .revoke(
                                core.bean(Grants.class)
                                        .active(shop.seller(), shop.channel().id(), 1)
                                        .getFirst(),
                                BY));

        assertThat(run(List.of(new Row(1, new Until.At(end))))).containsExactly(new Verdict.Already());
    }

    /** The reference of an import by the version before names no end, and a date was over at midnight. */
    @Test
    void whoseGrantOfAnImportFromBeforeWasEndedIsNotGivenItAgain() {
        Instant end = core.clock.instant().plus(Duration.ofDays(20));
        run(List.of(new Row(1, new Until.At(end)), new Row(2, new Until.ForLife()), new Row(3, new Until.At(end))));
        core.owner()
                .sql("update access.grants set reference = 'members:' || telegram_user_id where given = 'import'")
                .update();
        core.transactions.run(
                shop.seller(),
                () -> List.of(1L, 2L)
                        .forEach(user -> core.bean(Giving.class)
                                .revoke(
                                        core.bean(Grants.class)
                                                .active(
                                                        shop.seller(),
                                                        shop.channel().id(),
                                                        user)
                                                .getFirst(),
                                        BY)));

        Instant now = end.plus(Duration.ofHours(7));
        Instant renewed = end.plus(Duration.ofDays(30));
        assertThat(run(List.of(
                        new Row(1, new Until.At(now)), new Row(2, new Until.ForLife()), new Row(3, new Until.At(end)))))
                .containsExactly(new Verdict.Already(), new Verdict.Already(), new Verdict.Covered());
        assertThat(run(List.of(new Row(1, new Until.At(renewed)))))
                .as("who has renewed with the other bot since")
                .containsExactly(new Verdict.Given(renewed));
    }

    @Test
    void whoIsBannedIsLeftOut() {
        core.transactions.run(shop.seller(), () -> core.bean(Listing.class).ban(shop.channel(), 2, BY));

        assertThat(run(month(1, 3)).get(1)).isEqualTo(new Verdict.Banned());
        assertThat(core.count("access.grants")).isEqualTo(2);
    }

    @Test
    void whoseRequestWaitsIsLetIn() {
        core.messenger.pending.addAll(List.of(1L, 2L));
        for (long user = 1; user <= 2; user++) {
            core.bean(Admission.class)
                    .on(
                            100 + user,
                            new Incoming.JoinRequested(
                                    shop.channel().closedChat().value(),
                                    user,
                                    user,
                                    core.clock.instant(),
                                    new Incoming.Link("https://t.me/+standing", "", true)));
        }

        run(month(1, 1));
        core.startTasks();
        core.awaitTasks();

        assertThat(core.messenger.inside).as("and nobody else").containsExactly(1L);
    }

    /** Batches of five hundred, whatever the size of the file: it takes seconds and no more memory than its rows. */
    @Test
    void twentyThousandMembersAreTakenOverInBatches() {
        int all = 20_000;

        assertThat(run(month(1, all))).hasSize(all).allMatch(Verdict.Given.class::isInstance);

        assertThat(core.count("access.grants")).isEqualTo(all);
        assertThat(core.strings("select kind from tasks.task"))
                .as("no member is written to")
                .containsExactly("tell_case");
        assertThat(core.owner()
                        .sql("select count(distinct xmin::text) from access.grants")
                        .query(Integer.class)
                        .single())
                .isEqualTo(all / 500);
    }

    @Test
    void whoIsInsideIsWrittenNothingAndWhoIsOutsideIsToldTheWay() {
        run(month(1, 2));
        core.messenger.inside.add(1L);

        look();

        assertThat(core.messenger.sent).hasSize(1);
        assertThat(core.messenger.sent.getFirst().chatId()).isEqualTo(2);
        assertThat(core.strings("select access from access.grants order by telegram_user_id"))
                .containsExactly("admitted", "delivered");
        assertThat(unreachable()).as("who got a message can be reached").containsExactly("1");
    }

    /** Another bot still sells there: who was told to pay us would pay twice. */
    @Test
    void nobodyIsRemindedToRenewHereWhileTheChannelIsOnlyObserved() {
        observe(true);
        core.bean(Reach.class).started(1);
        run(month(1, 1));
        core.messenger.inside.add(1L);
        core.hear(Ipn.finished("5996609246", core.order(shop, 2).id())); // an own buyer
        core.messenger.inside.add(2L);
        days(29);
        assertThat(reminded()).containsExactly(2L, 2L);

        observe(false);
        days(0.5);

        assertThat(reminded()).containsExactly(2L, 2L, 1L);
    }

    private void observe(boolean on) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Memberships.class)
                        .set(
                                shop.seller(),
                                shop.channel().id(),
                                new Membership(on, Membership.UnknownMembers.REPORT),
                                "seller",
                                "seller 1"));
    }

    private void days(double count) {
        for (int hour = 0; hour < count * 24; hour += 3) {
            core.clock.advance(Duration.ofHours(3));
            core.bean(TimeKeeper.class).look();
            core.startTasks();
            core.wakeTasks();
            core.awaitTasks();
        }
    }

    private List<Long> reminded() {
        return core.messenger.sent.stream()
                .filter(message -> message.html().contains("</b> ends on"))
                .map(Messenger.Message::chatId)
                .toList();
    }

    @Test
    void whoNeverStartedTheBotIsOutOfReachUntilTheyDoAndNoDeadLetter() {
        run(month(1, 1));
        core.messenger.onSend = message -> new Answer.Declined<>(Refusal.NOT_STARTED, "403");
        look();
        assertThat(unreachable()).containsExactly("1");
        assertThat(core.tasks("deliver_access")).containsExactly("done");

        core.messenger.onSend = message -> new Answer.Done<>(7L);
        core.clock.advance(Duration.ofMinutes(1));
        core.bean(Admission.class).on(900, new Incoming.Said(1, "/start", core.clock.instant()));
        core.awaitTasks();

        assertThat(unreachable()).isEmpty();
        assertThat(core.strings("select access from access.grants")).containsExactly("delivered");
    }

    @Test
    void whoHasStartedTheBotIsInReachOfAnImport() {
        Admission admission = core.bean(Admission.class);
        admission.on(1, new Incoming.Said(1, "/plans", core.clock.instant()));
        admission.on(2, new Incoming.Reachability(2, false, core.clock.instant()));
        admission.on(3, new Incoming.Said(3, "/plans", core.clock.instant()));
        admission.on(4, new Incoming.Reachability(3, true, core.clock.instant()));
        core.startTasks();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Giving.class)
                        .give(shop.channel(), 4, 1, new Origin.Given(Origin.Kind.MANUAL, "friend"), BY));
        core.awaitTasks(); // who got a message

        run(month(1, 5));

        assertThat(unreachable()).containsExactly("3", "5");
    }

    private List<Verdict> run(List<Row> rows) {
        return importing.run(shop.channel(), "members", rows, false, BY);
    }

    private static List<Row> month(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(user -> new Row(user, new Until.Days(30)))
                .toList();
    }

    private List<String> unreachable() {
        return core.strings(
                "select telegram_user_id from access.reach where not reachable and seller_id = ? order by telegram_user_id",
                shop.seller().value());
    }

    private void look() {
        core.bean(MemberKeeper.class).look();
        core.startTasks();
        core.awaitTasks();
    }
}
