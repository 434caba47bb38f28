package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.database.Columns;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.hold.Hold;
import admitone.messaging.Incoming;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DuplicateKeyException;

class OneTimeLinkDatabaseTests {
    private static final String ID = "5996609246";
    private static final long BUYER = Core.BUYER;
    private static final long STRANGER = 99;

    private final Core core = Core.start("one-time-link");
    private final Shop shop = core.shopOfOneTimeLinks("0123456789ab");
    private final Admission admission = core.bean(Admission.class);
    private final LinkPool pool = core.bean(LinkPool.class);
    private final AtomicInteger made = new AtomicInteger();
    private boolean stopped;

    {
        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + made.incrementAndGet() + name);
    }

    @AfterEach
    void stop() {
        core.close();
    }

    // the pool

    @Test
    void poolIsFilledAheadUnderNamesOfItsOwn() {
        startFilling();
        core.awaitTasks();
        wakeFill();
        core.awaitTasks();

        assertThat(states()).hasSize(LinkPool.LEAST_FREE).containsOnly("free");
        assertThat(core.messenger.calls).hasSize(LinkPool.LEAST_FREE);
        assertThat(core.strings("select name from access.pool_link"))
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name)
                        .hasSizeLessThanOrEqualTo(32)
                        .startsWith("ap-" + shop.channel().id().toString().substring(24) + "-"));
    }

    @Test
    void moreAreKeptWhereMoreWereUsedInTheLastDay() {
        fill();
        for (int i = 0; i < 25; i++) {
            pay(i, core.order(shop, 1000 + i));
            core.awaitTasks();
        }

        assertThat(pool.free(shop.channel())).isEqualTo(25);
        core.clock.advance(Duration.ofDays(1));
        assertThat(pool.missing(shop.channel())).isEqualTo(LinkPool.LEAST_FREE - 25);
    }

    @Test
    void aLinkWhoseAnswerWasLostIsAbandonedUnderItsName() {
        Set<String> lost = ConcurrentHashMap.newKeySet();
        core.messenger.onLink = name -> {
            if (made.incrementAndGet() % 7 == 0) {
                lost.add(name);
                return new Answer.Unknown<>("timeout");
            }
            return new Answer.Done<>("https://t.me/+" + name);
        };

        startFilling();
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(2)); // less than a lease, or what runs counts as lost too
            return core.tasks("fill_pool").equals(List.of("done"));
        });

        assertThat(lost).isNotEmpty();
        assertThat(core.strings("select name from access.pool_link where state = 'abandoned' and url is null"))
                .containsExactlyInAnyOrderElementsOf(lost);
        assertThat(core.strings("select name from access.pool_link where state = 'free'"))
                .hasSize(LinkPool.LEAST_FREE)
                .doesNotContainAnyElementsOf(lost);
    }

    @Test
    void aBotThatMayNotMakeLinksIsAskedAgainUntilItMay() {
        core.messenger.onLink = name -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        startFilling();
        core.awaitTasks();
        assertThat(states()).isEmpty();

        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + name);
        core.clock.advance(Duration.ofSeconds(2));
        core.awaitTasks();

        assertThat(pool.free(shop.channel())).isEqualTo(LinkPool.LEAST_FREE);
    }

    @Test
    void whatWasMissedIsFoundByTheKeeper() {
        fill();
        core.owner()
                .sql("update access.pool_link set state = 'void' where name <> ''")
                .update();

        core.bean(PoolKeeper.class).round();
        core.awaitTasks();

        assertThat(pool.free(shop.channel())).isEqualTo(LinkPool.LEAST_FREE);
    }

    @Test
    void linksOfAnotherBotAreNeverHandedOut() {
        fill();
        core.owner()
                .sql("update access.pool_link set bot_id = 1 where bot_id > 0")
                .update();
        core.messenger.onLink = name -> new Answer.NotNow<>(Duration.ofMinutes(1), "flood");

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(access()).containsExactly("preparing");
        assertThat(states()).containsOnly("void");
    }

    @Test
    void noneIsHandedOutWhileItIsNotKnownWhichBotThisIs() {
        fill();

        BotIdentity bot = new BotIdentity(core.messenger);
        LinkPool restarted = new LinkPool(
                core.jdbc,
                core.transactions,
                core.bean(Grants.class),
                core.bean(Endings.class),
                core.bean(Tasks.class),
                bot,
                core.bean(Hold.class),
                core.bean(Ids.class),
                core.clock);

        assertThat(taken(restarted)).isEmpty();
        bot.find();
        assertThat(taken(restarted)).hasSize(1);
    }

    private List<PoolLink> taken(LinkPool from) {
        return core.transactions.run(
                shop.seller(), () -> from.lockFree(shop.seller(), shop.channel().id(), 1));
    }

    @Test
    void afterARestoreFreeLinksAreRevokedAndWhatIsAssignedStays() {
        fill();
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(1), "no connection");
        pay(core.order(shop));
        core.awaitTasks();

        String assigned = core.strings("select url from access.pool_link where state = 'assigned'")
                .getFirst();
        List<String> free = core.strings("select url from access.pool_link where state = 'free'");
        core.bean(PoolAfterRestore.class).putRight();
        core.awaitTasks();

        assertThat(free).allMatch(url -> stateOf(url).equals("revoked"));
        assertThat(stateOf(assigned)).isEqualTo("assigned");
        assertThat(core.count("access.pool_link where state = 'free'")).isEqualTo(LinkPool.LEAST_FREE);
    }

    // handing out

    @Test
    void thePaymentAssignsOneAndMintsNone() {
        fillWithoutTasks();

        pay(core.order(shop));

        assertThat(core.messenger.calls).isEmpty();
        assertThat(access()).containsExactly("ready");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(core.strings("select name from access.pool_link where state = 'assigned'"))
                .containsExactly(core.strings("select name from access.pool_link order by link_id")
                        .getFirst());
    }

    @Test
    void expiryIsSetBeforeTheLinkIsTold() {
        fill();
        AtomicBoolean set = new AtomicBoolean();
        AtomicBoolean toldTooSoon = new AtomicBoolean();
        core.messenger.onExpire = url -> {
            set.set(true);
            return new Answer.Done<>(true);
        };
        core.messenger.onSend = message -> {
            toldTooSoon.compareAndSet(false, message.html().contains("t.me") && !set.get());
            return new Answer.Done<>(7L);
        };

        pay(core.order(shop));
        core.awaitTasks();

        String link = livingLink();
        assertThat(toldTooSoon).isFalse();
        assertThat(toldLinks()).containsExactly(link);
        assertThat(access()).containsExactly("delivered");
        assertThat(core.messenger.calls)
                .contains("expire " + link + " " + nameOf(link) + " "
                        + core.clock.instant().plus(Duration.ofDays(7)));
    }

    @ParameterizedTest
    @CsvSource({"P30D, P7D", "P2D, P2D", "PT10S, PT1M", ", P7D"})
    void linkIsGoodForAWeekOrUntilTheGrantEnds(@Nullable String grantLasts, String good) {
        Instant now = core.clock.instant();

        Instant until =
                FreshenLinkTask.goodUntil(grantLasts == null ? null : now.plus(Duration.parse(grantLasts)), now);

        assertThat(until).isEqualTo(now.plus(Duration.parse(good)));
    }

    @Test
    void lostAnswerOfSettingTheExpiryIsRepeated() {
        fill();
        AtomicInteger calls = new AtomicInteger();
        core.messenger.onExpire =
                url -> calls.incrementAndGet() == 1 ? new Answer.Unknown<>("timeout") : new Answer.Done<>(true);

        pay(core.order(shop));
        core.awaitTasks();
        assertThat(toldLinks()).isEmpty();
        core.clock.advance(Duration.ofSeconds(2));
        core.awaitTasks();

        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @Test
    void aLinkThatIsGoneBeforeItWasToldIsReplaced() {
        fill();
        Set<String> gone = ConcurrentHashMap.newKeySet();
        core.messenger.onExpire = url -> gone.isEmpty() && gone.add(url)
                ? new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED")
                : new Answer.Done<>(true);

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(toldLinks()).containsExactly(livingLink()).doesNotContainAnyElementsOf(gone);
    }

    @Test
    void emptyPoolPreparesAndOneIsAssignedWhenThereIs() {
        core.messenger.onLink = name -> new Answer.NotNow<>(Duration.ofMinutes(2), "flood");
        startFilling();
        core.awaitTasks();
        pay(core.order(shop));
        core.awaitTasks();
        assertThat(access()).containsExactly("preparing");
        assertThat(toldLinks()).isEmpty();

        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + name);
        core.clock.advance(Duration.ofMinutes(2));
        core.awaitTasks();

        assertThat(access()).containsExactly("delivered");
        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @Test
    void aLinkThatIsMadeHurriesOneOfThoseWhoWaitInItsChannel() {
        poolStaysEmpty();
        for (int i = 0; i < 3; i++) {
            pay(i, core.order(shop, 1000 + i));
        }
        core.awaitTasks();
        stopTasks();
        UUID elsewhere = UUID.randomUUID();
        Owed ofAnother = Effects.assignLink(elsewhere, elsewhere, "payment");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .owe(
                                shop.seller(),
                                new Owed(
                                        ofAnother.kind(),
                                        ofAnother.subject(),
                                        ofAnother.payload(),
                                        core.clock.instant().plusSeconds(1))));
        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + name);

        for (int made = 1; made <= 3; made++) {
            fillOnce(100 + made);

            assertThat(core.strings(
                            "select subject from tasks.task where kind = 'assign_link' and due_at <= ?",
                            Columns.at(core.clock.instant())))
                    .hasSize(made)
                    .doesNotContain(ofAnother.subject());
        }
    }

    @Test
    void whoIsInsideAlreadyIsAdmittedAndToldSoThoughThePoolIsEmpty() {
        poolStaysEmpty();
        core.messenger.inside.add(BUYER);
        admission.on(1, changed(BUYER, false, true, null)); // by the humans

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted");
        assertThat(toBuyer())
                .singleElement()
                .satisfies(message ->
                        assertThat(message.html()).contains("You are inside").doesNotContain("t.me"));
        assertThat(core.count("timeline.event where kind = 'admitted'")).isEqualTo(1);
    }

    @Test
    void aSecondLivingLinkOfAGrantIsRefused() {
        fillWithoutTasks();
        Order order = core.order(shop);
        pay(order);
        Grant grant = core.bean(Grants.class).ofOrder(shop.seller(), order.id()).orElseThrow();

        assertThatThrownBy(() -> core.transactions.run(
                        shop.seller(),
                        () -> pool.assign(
                                pool.lockFree(shop.seller(), shop.channel().id(), 1)
                                        .getFirst(),
                                grant)))
                .isInstanceOf(DuplicateKeyException.class);
    }

    @Test
    void twentyPaymentsAtOnceGetALinkEach() throws Exception {
        fillWithoutTasks();
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            orders.add(core.order(shop, 1000 + i));
        }

        atOnce(20, n -> pay(n, orders.get(n)));

        assertThat(core.count("access.grants")).isEqualTo(20);
        assertThat(core.count("access.pool_link where state = 'assigned'"))
                .isEqualTo(core.count("access.grants where access = 'ready'"));
        core.startTasks();
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(2));
            return core.count("access.grants where access = 'delivered'") == 20;
        });
        assertThat(core.strings("select url from access.pool_link where state = 'assigned'"))
                .hasSize(20);
        assertThat(allToldLinks()).hasSize(20);
    }

    @Test
    void twentyThreadsThatTakeTheSameLinksShareNone() throws Exception {
        fill();
        List<String> taken = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(5);

        atOnce(
                5,
                n -> core.transactions.run(shop.seller(), () -> {
                    pool.lockFree(shop.seller(), shop.channel().id(), 4).forEach(link -> taken.add(link.address()));
                    all.countDown();
                    awaitUnchecked(all); // nobody lets go before everybody has taken
                }));

        assertThat(taken).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void aRepeatCarriesTheSameLink() {
        fill();
        AtomicInteger sends = new AtomicInteger();
        core.messenger.onSend = message -> message.chatId() == BUYER && sends.incrementAndGet() == 1
                ? new Answer.Unknown<>("timeout")
                : new Answer.Done<>(7L);
        pay(core.order(shop));
        core.awaitTasks();
        core.clock.advance(Duration.ofSeconds(3));
        core.awaitTasks();

        start(9);

        assertThat(toBuyer()).hasSize(3);
        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @ParameterizedTest
    @CsvSource({"unknown, message_unknown", "blocked, buyer_unreachable"})
    void whomNoMessageReachesIsNotSaidToHaveTheLinkOnTheirPage(String answer, String kind) {
        fill();
        core.messenger.onSend = message -> answer.equals("unknown")
                ? new Answer.Unknown<>("timeout")
                : new Answer.Declined<>(Refusal.BLOCKED, "403");
        pay(core.order(shop));
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(3));
            return core.tasks("deliver_access").equals(List.of("dead"));
        });

        assertThat(core.strings("select last_error from tasks.task where kind = 'deliver_access'"))
                .singleElement()
                .asString()
                .contains("/start sends the link")
                .doesNotContain("on the page");
        assertThat(core.count("timeline.event where kind = ?", kind)).isEqualTo(1);
    }

    // coming in

    @Test
    void theFirstJoinRevokesTheLinkAndAdmits() {
        String link = bought();

        joins(1, BUYER, link);
        joins(1, BUYER, link);

        assertThat(core.messenger.calls.stream().filter(call -> call.startsWith("revoke")))
                .containsExactly("revoke " + link);
        assertThat(access()).containsExactly("admitted");
        assertThat(stateOf(link)).isEqualTo("revoked");
        assertThat(core.count("cases.cases")).isZero();
    }

    @Test
    void lostAnswerOfARevocationIsRepeatedAndGoneIsSuccess() {
        String link = bought();
        AtomicInteger calls = new AtomicInteger();
        core.messenger.onRevoke = url -> calls.incrementAndGet() == 1
                ? new Answer.Unknown<>("timeout")
                : new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED");

        joins(1, BUYER, link);
        assertThat(stateOf(link)).isEqualTo("revoking");
        core.clock.advance(Duration.ofSeconds(2));
        core.awaitTasks();

        assertThat(stateOf(link)).isEqualTo("revoked");
        assertThat(calls).hasValue(2);
    }

    @Test
    void aStrangerWhoWasFirstIsRemovedAndTheBuyerGetsAnotherOnceTheOldOneOpensNothing() {
        String link = bought();
        List<String> order = new CopyOnWriteArrayList<>();
        core.messenger.onRevoke = url -> {
            order.add("revoke");
            return new Answer.Done<>(true);
        };
        core.messenger.onBan = user -> {
            order.add("ban");
            return new Answer.Done<>(true);
        };
        core.messenger.onSend = message -> {
            order.add("message");
            return new Answer.Done<>(8L);
        };

        joins(1, STRANGER, link);
        assertThat(toldLinks()).containsExactly(link);
        passes(Duration.ofSeconds(15));

        assertThat(order).startsWith("revoke", "ban").endsWith("message");
        assertThat(core.cases(ID)).containsExactly("stranger_first");
        String another = livingLink();
        assertThat(toldLinks()).containsExactly(link, another);
        assertThat(core.strings("""
                select o.url from access.pool_link n join access.pool_link o on o.seller_id = n.seller_id and o.link_id = n.supersedes
                where n.url = ?
                """, another)).containsExactly(link);
        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(core.messenger.calls)
                .contains("lift " + STRANGER)
                .anySatisfy(call -> assertThat(call).startsWith("ban " + STRANGER));
        joins(2, BUYER, another);
        assertThat(access()).containsExactly("admitted");
    }

    @Test
    void theBanEndsByItselfAndLiftingItIsOwedWithIt() {
        String link = bought();
        stopTasks();

        joins(1, STRANGER, link);

        assertThat(core.tasks("remove_stranger")).hasSize(1);
        assertThat(core.tasks("lift_ban")).hasSize(1);
        core.startTasks();
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(1));
            return core.tasks("lift_ban").equals(List.of("done"));
        });
        List<String> calls = core.messenger.calls;
        String ban = calls.stream()
                .filter(call -> call.startsWith("ban "))
                .findFirst()
                .orElseThrow();
        assertThat(Instant.parse(ban.substring(ban.lastIndexOf(' ') + 1)))
                .isAfter(core.clock.instant().plusSeconds(30));
        assertThat(calls.indexOf("lift " + STRANGER)).isGreaterThan(calls.indexOf(ban));
    }

    @Test
    void aBanThatAPersonMadeIsNotLifted() {
        String link = bought();
        stopTasks();
        joins(1, STRANGER, link);
        admission.on(2, putOut(STRANGER, /* by= */ 5));

        core.startTasks();
        passes(Duration.ofSeconds(15));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("outside");
        assertThat(core.tasks("lift_ban")).containsExactly("done");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("lift"));
    }

    @Test
    void ourBanIsLiftedAlsoWhereTheRemovalIsHeardOfBeforeItsAnswerIsRecorded() {
        String link = bought();
        core.messenger.onBan = user -> {
            admission.on(2, putOut(STRANGER, core.messenger.self.id()));
            return new Answer.Unknown<>("timeout");
        };

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(core.messenger.calls).contains("lift " + STRANGER);
    }

    @Test
    void noBanIsLiftedOnceOursHasEnded() {
        String link = bought();
        core.messenger.onLift = user -> new Answer.NotNow<>(Duration.ofMinutes(2), "flood");

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        core.clock.advance(Duration.ofMinutes(2));
        core.awaitTasks();

        assertThat(core.tasks("lift_ban")).containsExactly("done");
        assertThat(core.messenger.calls).containsOnlyOnce("lift " + STRANGER);
    }

    @Test
    void whoComesBackInTheSecondOfTheirRemovalIsSeenInside() {
        String link = bought();
        core.clock.advance(Duration.ofMillis(700));
        joins(1, STRANGER, link);
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(1));
            core.awaitTasks();
            return core.tasks("lift_ban").equals(List.of("done"));
        });

        admission.on(2, changed(STRANGER, false, true, null));

        assertThat(isSeenInside(STRANGER)).isTrue();
    }

    @Test
    void anotherLinkIsNotToldWhileAStrangerIsInside() {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        joins(1, STRANGER, link);
        for (int minute = 0; minute < 5; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }
        assertThat(toldLinks()).containsExactly(link);

        core.messenger.onBan = user -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(11));
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void anotherLinkIsNotToldWhileTheOldOneIsNotRevoked() {
        String link = bought();
        core.messenger.onRevoke = url -> new Answer.Unknown<>("timeout");
        joins(1, STRANGER, link);
        for (int minute = 0; minute < 5; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }
        assertThat(toldLinks()).containsExactly(link);
    }

    @Test
    void anOlderLinkThatIsNotRevokedButExpiredKeepsNobodyWaiting() {
        String link = bought();
        core.messenger.onRevoke = url -> new Answer.NotNow<>(Duration.ofDays(1), "flood");
        core.clock.advance(Duration.ofDays(7));
        core.awaitTasks();
        assertThat(stateOf(link)).isEqualTo("revoking");

        start(9);

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void lostAnswerOfARemovalIsRepeated() {
        String link = bought();
        AtomicInteger bans = new AtomicInteger();
        core.messenger.onBan =
                user -> bans.incrementAndGet() == 1 ? new Answer.Unknown<>("timeout") : new Answer.Done<>(true);

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(5));

        assertThat(bans).hasValue(2);
        assertThat(core.tasks("remove_stranger")).containsExactly("done");
    }

    @Test
    void whoHasAGrantOfTheirOwnStaysWhicheverLinkTheyUsed() {
        String link = bought();
        pay(1, core.order(shop, STRANGER));
        core.awaitTasks();

        joins(1, STRANGER, link);

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        assertThat(core.strings("select access from access.grants where telegram_user_id = " + STRANGER))
                .containsExactly("admitted");
        assertThat(core.count("access.pool_link where state = 'assigned'"))
                .as("the buyer's new link alone")
                .isEqualTo(1);
    }

    @Test
    void aStrangerWhoPaysWhileBeingRemovedGetsAWayBackIn() {
        String link = bought();
        Order order = core.order(shop, STRANGER);
        core.messenger.onBan = user -> {
            pay(1, order);
            return new Answer.Done<>(true);
        };

        joins(1, STRANGER, link);
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(1));
            return core.strings(
                                    "select l.url from access.pool_link l join access.grants g on g.grant_id = l.grant_id where l.state = 'assigned' and l.ready_at is not null and g.telegram_user_id = "
                                            + STRANGER)
                            .size()
                    == 1;
        });
    }

    @Test
    void anAdministratorIsLeftToTheHumans() {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.ADMINISTRATOR, "user is an administrator");

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(2));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("administrator");
        assertThat(core.cases(ID)).containsExactly("stranger_first");
    }

    @Test
    void afterFiveStrangersAPersonIsAsked() {
        bought();
        for (int n = 0; n < AssignLinkTask.MOST_STRANGERS; n++) {
            joins(10 + n, 2000 + n, livingLink());
            passes(Duration.ofSeconds(15));
        }

        assertThat(core.cases(ID)).containsExactly("stranger_first", "too_many_strangers");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(toldLinks()).hasSize(AssignLinkTask.MOST_STRANGERS);
    }

    @Test
    void whoeverTheHumansLetInStays() {
        bought();

        admission.on(3, changed(STRANGER, false, true, null));
        admission.on(4, changed(STRANGER + 1, false, true, new Incoming.Link("https://t.me/+other...", "ap-x", false)));
        core.awaitTasks();

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban") || call.startsWith("revoke"));
    }

    @Test
    void requestsToJoinAreLeftToTheHumans() {
        bought();

        admission.on(
                3,
                new Incoming.JoinRequested(
                        shop.channel().closedChat().value(),
                        BUYER,
                        BUYER,
                        core.clock.instant(),
                        new Incoming.Link("https://t.me/+x", "ao-0123456789ab-1", true)));
        core.awaitTasks();

        assertThat(core.count("timeline.event where kind = 'join_left_to_humans'"))
                .isEqualTo(1);
        assertThat(core.tasks("approve_join")).isEmpty();
    }

    // the sweep

    @Test
    void whoIsSeenInsideIsAdmittedThoughNoUpdateCame() {
        String link = bought();
        core.messenger.inside.add(BUYER);

        core.clock.advance(Duration.ofMinutes(1));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted");
        assertThat(stateOf(link)).isEqualTo("revoked");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whoLeavesWhileALookSeesThemInsideIsOutside(int secondsLater) {
        bought();
        core.messenger.onMember = user -> {
            admission.on(5, changed(BUYER, true, false, null));
            core.clock.advance(Duration.ofSeconds(secondsLater));
            return new Answer.Done<>(true);
        };

        core.clock.advance(Duration.ofMinutes(1));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted");
        assertThat(isSeenInside(BUYER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whoComesInWhileALookSeesThemOutsideIsInside(int secondsLater) {
        String link = bought();
        joins(1, BUYER, link);
        admission.on(2, changed(BUYER, true, false, null));
        core.messenger.onMember = user -> {
            admission.on(5, changed(BUYER, false, true, null));
            core.clock.advance(Duration.ofSeconds(secondsLater));
            return new Answer.Done<>(false);
        };

        start(9);

        assertThat(isSeenInside(BUYER)).isTrue();
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }

    @Test
    void looksInGrowingPauses() {
        bought();

        for (int minute = 0; minute < 64; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }

        // at 1, 2, 4, 8, 16, 32 and 64 minutes
        assertThat(core.strings("select attempt from tasks.task where kind = 'watch_join'"))
                .containsExactly("7");
    }

    @Test
    void anExpiredLinkIsRevokedAndStartGivesAnother() {
        String link = bought();
        core.clock.advance(Duration.ofDays(7));
        core.awaitTasks();
        assertThat(stateOf(link)).isEqualTo("revoked");

        core.clock.advance(Duration.ofSeconds(4));
        start(9);

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void aRefundRevokesTheLink() {
        fill();
        Order order = core.order(shop);
        pay(order);
        core.awaitTasks();
        String link = livingLink();

        core.hear(Ipn.of(ID, order.id(), "refunded"));
        core.awaitTasks();

        assertThat(stateOf(link)).isEqualTo("revoked");
        joins(1, BUYER, link);
        passes(Duration.ofSeconds(2));
        assertThat(core.messenger.calls).as("no right, no stay").anyMatch(call -> call.startsWith("ban " + BUYER));
    }

    // coming back, buying again

    @Test
    void whoLeftGetsANewLinkByStart() {
        String link = bought();
        joins(1, BUYER, link);
        core.messenger.inside.remove(BUYER);
        admission.on(2, changed(BUYER, true, false, null));
        core.clock.advance(Duration.ofSeconds(4));

        start(9);

        assertThat(toldLinks()).containsExactly(link, livingLink());
        assertThat(core.strings("select access from access.grants")).containsExactly("admitted");
    }

    @Test
    void whoIsInsideIsToldSoByStart() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.clock.advance(Duration.ofSeconds(4));

        start(9);

        assertThat(toBuyer().getLast().html()).contains("You are inside").doesNotContain("t.me");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }

    @Test
    void aRenewalOfOneInsideNeedsNoLink() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);

        pay(1, core.order(shop));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted", "admitted");
        assertThat(core.count("access.pool_link where assigned_at is not null")).isEqualTo(1);
        assertThat(toBuyer().getLast().html()).contains("extended").doesNotContain("t.me");
    }

    @Test
    void aRenewalOfOneWhoseLeavingWasNotHeardGetsALink() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.messenger.inside.remove(BUYER);
        core.clock.advance(Duration.ofSeconds(1));

        pay(1, core.order(shop));
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void aMessageThatFindsNoLinkASecondTimeGetsOneASecondTime() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.messenger.inside.remove(BUYER);
        core.clock.advance(Duration.ofSeconds(1));
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofDays(8), "no connection");
        pay(1, core.order(shop));
        passes(Duration.ofSeconds(5));
        String expired = livingLink();

        core.messenger.onSend = message -> new Answer.Done<>(9L);
        core.clock.advance(Duration.ofDays(8));
        passes(Duration.ofSeconds(5));

        assertThat(toBuyer().getLast().html()).contains(livingLink()).doesNotContain(expired);
    }

    @Test
    void comingInByOneGrantsLinkRevokesThatOfTheOther() {
        String first = bought();
        pay(1, core.order(shop));
        core.awaitTasks();
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(2);

        joins(1, BUYER, first);

        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(core.count("access.pool_link where state = 'revoked'")).isEqualTo(2);
        assertThat(access()).containsExactly("admitted", "admitted");
    }

    // more time by the same payment

    @Test
    void whatAPaymentBroughtTooMuchExtendsByTheSameLink() {
        fill();
        paysTooMuch();
        core.awaitTasks();
        String link = livingLink();

        extend();
        passes(Duration.ofSeconds(3));

        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(toldLinks()).containsExactly(link);
        assertThat(toBuyer()).as("told again, with the longer time").hasSize(2);
        start(9);
        assertThat(toBuyer()).hasSize(3);
        assertThat(toldLinks()).containsExactly(link);
    }

    @Test
    void anExtendedPaymentThatFoundThePoolEmptyGetsOneLink() {
        poolStaysEmpty();
        paysTooMuch();
        extend();
        core.awaitTasks();
        assertThat(core.tasks("assign_link")).hasSize(2);

        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + name);
        core.clock.advance(Duration.ofHours(1));
        passes(Duration.ofSeconds(3));

        assertThat(core.tasks("assign_link")).containsExactly("done", "done");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(toldLinks()).containsExactly(livingLink());
        assertThat(access()).containsExactly("delivered", "admitted");
    }

    @Test
    void anExtendedPaymentsNextLinkIsNotToldWhileTheOneBeforeIsNotRevoked() {
        fill();
        paysTooMuch();
        extend();
        passes(Duration.ofSeconds(3));
        String link = livingLink();
        core.messenger.onRevoke = url -> new Answer.NotNow<>(Duration.ofMinutes(1), "flood");
        joins(1, STRANGER, link);

        start(9);
        assertThat(stateOf(link)).isEqualTo("revoking");
        assertThat(toldLinks()).containsExactly(link);

        core.messenger.onRevoke = url -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(1));
        passes(Duration.ofSeconds(15));
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    // links that nobody was given

    @ParameterizedTest
    @CsvSource({"abandoned", "unheard_of", "void", "free"})
    void whoComesInByALinkNobodyWasGivenIsRemoved(String which) {
        fill();
        String url = "https://t.me/+lost";
        String name = "ap-" + shop.channel().id().toString().substring(24) + "-9999";
        switch (which) {
            case "abandoned" -> pool.abandoned(shop.channel(), 700, name);
            case "void", "free" -> {
                url = core.strings("select url from access.pool_link order by link_id")
                        .getLast();
                name = nameOf(url);
                if (which.equals("void")) {
                    core.owner()
                            .sql("update access.pool_link set state = 'void', why = 'test' where state = 'free'")
                            .update();
                }
            }
            default -> {}
        }

        admission.on(3, changed(STRANGER, false, true, new Incoming.Link(url, name, true)));
        passes(Duration.ofSeconds(5));

        assertThat(stateOf(url)).isEqualTo("revoked");
        assertThat(core.messenger.calls)
                .contains("revoke " + url)
                .anySatisfy(call -> assertThat(call).startsWith("ban " + STRANGER));
        assertThat(core.strings("select kind from cases.cases")).containsExactly("orphan_link");
        assertThat(core.count("timeline.event where kind = 'orphan_link'")).isEqualTo(1);
        assertThat(core.strings("select detail::text from timeline.event where kind = 'orphan_link'"))
                .allSatisfy(detail -> assertThat(detail).doesNotContain("t.me"));
    }

    @Test
    void aBuyerWhoComesInByALostLinkStays() {
        bought();

        admission.on(3, changed(BUYER, false, true, new Incoming.Link("https://t.me/+lost", "ap-lost-1", true)));
        core.awaitTasks();

        assertThat(core.messenger.calls)
                .contains("revoke https://t.me/+lost")
                .noneMatch(call -> call.startsWith("ban"));
        assertThat(access()).containsExactly("admitted");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }

    // what the tests do

    /** Pays for a link, which is told; answers it. */
    private String bought() {
        fill();
        pay(core.order(shop));
        core.awaitTasks();
        return livingLink();
    }

    private void fill() {
        fillWithoutTasks();
        core.startTasks();
    }

    /** As the task would, at once. */
    private void fillWithoutTasks() {
        core.bean(BotIdentity.class).find();
        core.transactions.run(shop.seller(), () -> {
            for (int n = 0; n < LinkPool.LEAST_FREE; n++) {
                String name = LinkPool.name(shop.channel(), 10_000 + n);
                Instant expiresAt = core.clock.instant().plus(LinkPool.LIVES_IN_POOL);
                pool.minted(shop.channel(), 700, name, "https://t.me/+" + name, expiresAt);
            }
        });
    }

    private void poolStaysEmpty() {
        core.messenger.onLink = name -> new Answer.NotNow<>(Duration.ofHours(1), "flood");
        startFilling();
        core.awaitTasks();
    }

    /** One attempt, whatever else waits. */
    private void fillOnce(int attempt) {
        Owed fill = Effects.fillPool(shop.channel().id());
        Result result = core.bean(FillPoolTask.class)
                .attempt(new Task(
                        shop.seller(),
                        UUID.randomUUID(),
                        fill.kind(),
                        fill.subject(),
                        fill.payload(),
                        attempt,
                        /* failures= */ 0,
                        /* unknowns= */ 0,
                        core.clock.instant().plusSeconds(40),
                        /* interrupted= */ false));
        core.transactions.run(shop.seller(), result.record());
    }

    private void startFilling() {
        wakeFill();
        core.startTasks();
    }

    private void wakeFill() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .wake(shop.seller(), Effects.fillPool(shop.channel().id())));
    }

    private void pay(Order order) {
        core.hear(Ipn.finished(ID, order.id()));
        core.bean(Grants.class).knowBuyer(shop.seller(), order.telegramUserId());
    }

    private void pay(int number, Order order) {
        core.hear(Ipn.finished(Long.toString(6_000_000_000L + number), order.id()));
    }

    /** Enough for four days more, which a person may add. */
    private void paysTooMuch() {
        core.hear(Ipn.finished(ID, core.order(shop).id()).paid("0.00034"));
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
    }

    private void extend() {
        UUID overpaid = core.bean(Cases.class)
                .list(shop.seller(), Optional.of("open"), Optional.empty(), 1)
                .getFirst()
                .id();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(shop.seller(), overpaid, new Asked("extend", "a test", null, "seller", "Olga")));
    }

    private void joins(long updateId, long user, String url) {
        admission.on(updateId, changed(user, false, true, new Incoming.Link(url, nameOf(url), true)));
        if (!stopped) {
            core.awaitTasks();
        }
    }

    private Incoming changed(long user, boolean was, boolean is, Incoming.@Nullable Link link) {
        return changed(user, user, was, is, link);
    }

    private Incoming putOut(long user, long by) {
        return changed(user, by, true, false, null);
    }

    /** In whole seconds, as Telegram tells it. */
    private Incoming changed(long user, long by, boolean was, boolean is, Incoming.@Nullable Link link) {
        Instant at = core.clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new Incoming.MembershipChanged(shop.channel().closedChat().value(), user, by, was, is, at, link);
    }

    private boolean isSeenInside(long user) {
        return core.bean(Grants.class).isInside(shop.seller(), shop.channel().id(), user);
    }

    private void start(long updateId) {
        core.clock.advance(Duration.ofSeconds(1));
        admission.on(updateId, new Incoming.Said(BUYER, "/start", core.clock.instant()));
        passes(Duration.ofSeconds(5));
    }

    private void passes(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            core.clock.advance(Duration.ofSeconds(1));
            core.awaitTasks();
        }
    }

    private void stopTasks() {
        core.stopTasks();
        stopped = true;
    }

    private List<Messenger.Message> toBuyer() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .toList();
    }

    /** The distinct links the buyer was told, in order. */
    private List<String> toldLinks() {
        return toBuyer().stream()
                .flatMap(OneTimeLinkDatabaseTests::linksIn)
                .distinct()
                .toList();
    }

    private Set<String> allToldLinks() {
        Set<String> links = new HashSet<>();
        core.messenger.sent.forEach(message -> linksIn(message).forEach(links::add));
        return links;
    }

    private static Stream<String> linksIn(Messenger.Message message) {
        return message.html().lines().filter(line -> line.startsWith("https://t.me/+"));
    }

    private String livingLink() {
        return core.strings("select url from access.pool_link where state = 'assigned' order by assigned_at desc")
                .getFirst();
    }

    private String nameOf(String url) {
        return core.strings("select name from access.pool_link where url = ?", url)
                .getFirst();
    }

    private String stateOf(String url) {
        return core.strings("select state from access.pool_link where url = ?", url)
                .getFirst();
    }

    private List<String> states() {
        return core.strings("select state from access.pool_link order by link_id");
    }

    private List<String> access() {
        return core.strings("select access from access.grants order by grant_id");
    }

    private interface Numbered {
        void run(int n);
    }

    private static void atOnce(int count, Numbered work) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int n = i;
                all.add(threads.submit(() -> {
                    awaitUnchecked(go);
                    work.run(n);
                }));
            }
            go.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
