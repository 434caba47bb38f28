package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.checkout.Order;
import admitone.database.Columns;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.EndingLoop;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DuplicateKeyException;

/** One-time links made ahead, and handed out. */
class LinkPoolDatabaseTests extends OneTimeLinkFixture {
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
    void onePoolThatCannotBeLookedAtLeavesTheOthersAlone() {
        for (Shop one : List.of(shop, core.shopOfOneTimeLinks("ffffffffffff"))) {
            core.owner().sql("delete from tasks.task").update();
            core.owner().sql("delete from access.round").update();
            core.owner().sql("""
                            create or replace function access.refuse() returns trigger language plpgsql as $$
                            begin if new.seller_id = '%s' then raise exception 'a test'; end if; return new; end $$
                            """.formatted(one.seller().value())).update();
            core.owner()
                    .sql(
                            "create or replace trigger refuse before insert on tasks.task for each row execute function access.refuse()")
                    .update();

            core.bean(PoolKeeper.class).round();

            assertThat(core.strings("select seller_id from tasks.task where kind = 'fill_pool'"))
                    .hasSize(1)
                    .doesNotContain(one.seller().value());
        }
    }

    @Test
    void roundOfAnInstanceThatStopsIsOver() throws Exception {
        List<Integer> looked = new CopyOnWriteArrayList<>();

        EndingLoop.run(ended -> core.bean(Rounds.class).each(List.of(1, 2), one -> {
            looked.add(one);
            ended.run();
        }));

        assertThat(looked).containsExactly(1);
    }

    @Test
    void oneInstanceLooksAtThePoolsInAMinute() {
        core.bean(PoolKeeper.class).round();
        core.owner().sql("delete from tasks.task").update();

        core.bean(PoolKeeper.class).round();
        assertThat(core.tasks("fill_pool")).isEmpty();

        core.clock.advance(Duration.ofMinutes(1));
        core.bean(PoolKeeper.class).round();
        assertThat(core.tasks("fill_pool")).hasSize(1);
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
            core.awaitTasks(); // what runs must not lose its lease
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

    /** Before anybody pays: nobody waits for what can be made ahead. */
    @ParameterizedTest
    @ValueSource(strings = {"bot_id = 1", "expires_at = expires_at - interval '364 days'"})
    void whatCannotBeHandedOutIsReplacedByTheKeeper(String change) {
        fill();
        int all = states().size();
        core.owner().sql("update access.pool_link set " + change).update();
        assertThat(core.bean(LinkPool.class).free(shop.channel())).isZero();

        core.bean(PoolKeeper.class).round();
        core.awaitTasks();

        assertThat(states()).filteredOn("void"::equals).hasSize(all);
        assertThat(states()).filteredOn("free"::equals).hasSize(all);
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

    /** A seller may have hundreds of thousands in many channels: no transaction is about all of them. */
    @Test
    void afterARestoreEachChannelsLinksAreRevokedByThemselves() {
        Channel other = new Channel(
                shop.seller(),
                core.bean(Ids.class).next(),
                new ClosedChatId(-1007777L),
                null,
                "Other",
                "other-0123456789ab",
                Channel.Admission.ONE_TIME_LINK,
                null);
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Catalog.class).add(other, List.of(new Catalog.NewPlan("Month", Core.PRICE, 30))));
        fillWithoutTasks();
        core.transactions.run(
                shop.seller(),
                () -> pool.minted(
                        other,
                        LinkPool.name(other, 1),
                        "https://t.me/+other",
                        core.clock.instant().plus(LinkPool.LIVES_IN_POOL)));
        core.owner().sql("""
                        create function access.refuse() returns trigger language plpgsql as $$
                        begin if new.url = 'https://t.me/+other' then raise exception 'a test'; end if; return new; end $$
                        """).update();
        core.owner()
                .sql(
                        "create trigger refuse before update on access.pool_link for each row execute function access.refuse()")
                .update();

        assertThatThrownBy(() -> core.bean(PoolAfterRestore.class).putRight()).hasMessageContaining("a test");

        assertThat(core.count("access.pool_link where state = 'revoking'")).isEqualTo(LinkPool.LEAST_FREE);
        assertThat(stateOf("https://t.me/+other")).isEqualTo("free");

        core.owner().sql("drop trigger refuse on access.pool_link").update();
        core.bean(PoolAfterRestore.class).putRight();

        assertThat(states()).containsOnly("revoking");
        assertThat(core.tasks("revoke_link")).hasSize(LinkPool.LEAST_FREE + 1);
        assertThat(core.tasks("fill_pool")).hasSize(2);
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
    void grantThatEndsWhileItsLinkIsAssignedGetsNone() throws Exception {
        pay(core.order(shop));
        fillWithoutTasks();
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();
        Owed assign = Effects.assignLink(grant, "payment");

        core.whileUncommitted(
                shop.seller(),
                () -> core.bean(Giving.class).revoke(grant, new Giving.By("test", "test", "")),
                () -> core.bean(AssignLinkTask.class).attempt(attemptOf(assign, 1)));

        assertThat(states()).containsOnly("free");
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
            core.awaitTasks(); // what runs must not lose its lease
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
            core.awaitTasks(); // what runs must not lose its lease
            return core.tasks("deliver_access").equals(List.of("dead"));
        });

        assertThat(core.strings("select last_error from tasks.task where kind = 'deliver_access'"))
                .singleElement()
                .asString()
                .contains("/start sends the link")
                .doesNotContain("on the page");
        assertThat(core.count("timeline.event where kind = ?", kind)).isEqualTo(1);
    }

    /** The one that a payment has just been given opens the old chat. */
    @Test
    void aLinkThatIsAssignedWhileItsChatMovesIsReplacedToo() throws Exception {
        Grant grant = grantedBeforeThereWereLinks();

        core.whileUncommitted(
                shop.seller(),
                () -> pool.assign(firstFree(), grant),
                () -> core.transactions.run(
                        shop.seller(), () -> core.bean(MovedLinks.class).makeAnew(shop.channel())));

        assertThat(states()).hasSize(LinkPool.LEAST_FREE).containsOnly("revoking");
        assertThat(core.strings("select subject from tasks.task where kind = 'assign_link'"))
                .contains(Effects.assignLink(grant, "moved").subject());
    }

    @Test
    void aLinkThatIsAssignedWhileARestoreIsPutRightStaysItsBuyers() throws Exception {
        Grant grant = grantedBeforeThereWereLinks();
        PoolLink link = core.transactions.run(shop.seller(), this::firstFree);

        core.whileUncommitted(
                shop.seller(),
                () -> pool.assign(firstFree(), grant),
                () -> core.bean(PoolAfterRestore.class).putRight());

        assertThat(stateOf(Objects.requireNonNull(link.url()))).isEqualTo("assigned");
    }

    private Grant grantedBeforeThereWereLinks() {
        pay(core.order(shop));
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();
        fillWithoutTasks();
        return grant;
    }

    private PoolLink firstFree() {
        return pool.lockFree(shop.seller(), shop.channel().id(), 1).getFirst();
    }

    /** Locked as by whoever assigns one: the other way round one of two would be thrown back. */
    @Test
    void linksAreLockedBeforeTheTaskThatMakesThemWhereAChatMoves() throws Exception {
        fillWithoutTasks();
        core.transactions.run(
                shop.seller(), () -> wake(Effects.fillPool(shop.channel().id())));
        CountDownLatch has = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var assigned = threads.submit(() -> core.transactions.run(shop.seller(), () -> {
                pool.lockFree(shop.seller(), shop.channel().id(), 1);
                has.countDown();
                waitFor(goesOn);
                wake(Effects.fillPool(shop.channel().id()));
            }));
            await().until(() -> has.getCount() == 0 || assigned.isDone());
            var moved = threads.submit(() -> core.transactions.run(
                    shop.seller(), () -> core.bean(MovedLinks.class).makeAnew(shop.channel())));
            core.awaitLock();
            goesOn.countDown();

            assigned.get();
            moved.get();
        }
        assertThat(states()).containsOnly("revoking");
    }

    /** It holds a seat, which whoever holds the task may wait for. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoAssignsALinkDoesNotWaitForWhoeverWakesTheTaskThatMakesThem(boolean isFree) throws Exception {
        pay(core.order(shop));
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();
        if (isFree) {
            fillWithoutTasks();
        }
        List<String> seen = new CopyOnWriteArrayList<>();

        core.whileUncommitted(
                shop.seller(), () -> wake(Effects.fillPool(shop.channel().id())), () -> {
                    core.bean(AssignLinkTask.class).attempt(attemptOf(Effects.assignLink(grant, "test"), 1));
                    seen.addAll(core.tasks("fill_pool"));
                });

        assertThat(seen).as("what the other has not committed yet").containsExactly("done");
        assertThat(pool.living(grant).isPresent()).isEqualTo(isFree);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoAssignsALinkWakesTheTaskThatMakesThem(boolean isFree) {
        pay(core.order(shop));
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();
        if (isFree) {
            fillWithoutTasks();
        }

        core.bean(AssignLinkTask.class).attempt(attemptOf(Effects.assignLink(grant, "test"), 1));

        assertThat(core.tasks("fill_pool")).containsExactly("ready");
    }

    /** Batches of outcomes, each in the order in which its attempts ended. */
    @Test
    void recordingsOfTwoChannelsCrosswiseDoNotWaitForEachOther() throws Exception {
        Shop other = core.shopOfOneTimeLinks("ba9876543210");
        List<Runnable> here = expiriesSet(shop);
        List<Runnable> there = expiriesSet(other);
        core.owner()
                .sql("update tasks.task set state = 'done' where kind = 'fill_pool'")
                .update();
        CountDownLatch has = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = threads.submit(() -> core.transactions.run(SellerId.PLATFORM, () -> {
                here.getFirst().run();
                has.countDown();
                waitFor(goesOn);
                there.getFirst().run();
            }));
            await().until(() -> has.getCount() == 0 || one.isDone());
            var two = threads.submit(() -> core.transactions.run(SellerId.PLATFORM, () -> {
                there.getLast().run();
                here.getLast().run();
            }));
            await().until(() -> two.isDone() || core.isAnyWaiting());
            goesOn.countDown();

            one.get();
            two.get();
        }
        assertThat(core.tasks("fill_pool")).containsExactly("ready", "ready");
        assertThat(core.count("access.pool_link where ready_at is not null")).isEqualTo(4);
    }

    /** What two attempts that set the expiry of a link of this channel record. */
    private List<Runnable> expiriesSet(Shop of) {
        core.transactions.run(of.seller(), () -> {
            for (int n = 0; n < 2; n++) {
                String name = LinkPool.name(of.channel(), n);
                Instant expiresAt = core.clock.instant().plus(LinkPool.LIVES_IN_POOL);
                pool.minted(of.channel(), name, "https://t.me/+" + name, expiresAt);
            }
            core.bean(Tasks.class)
                    .wake(of.seller(), Effects.fillPool(of.channel().id()));
        });
        List<Runnable> records = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            Order order = core.order(of, BUYER + n);
            pay(made.incrementAndGet(), order);
            Grant grant =
                    core.bean(Grants.class).ofOrder(of.seller(), order.id()).orElseThrow();
            Owed freshen = Effects.freshen(pool.living(grant).orElseThrow().id());
            records.add(core.bean(FreshenLinkTask.class)
                    .attempt(attemptOf(of, freshen, 1))
                    .record());
        }
        return records;
    }

    private void wake(Owed owed) {
        core.bean(Tasks.class).wake(shop.seller(), owed);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited for in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
