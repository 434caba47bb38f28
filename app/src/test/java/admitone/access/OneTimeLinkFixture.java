package admitone.access;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.messaging.Incoming;
import admitone.messaging.Messenger;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A channel of one-time links, its buyers, and who comes in. */
abstract class OneTimeLinkFixture {
    static final String ID = "5996609246";
    static final long BUYER = Core.BUYER;
    static final long STRANGER = 99;

    final Core core = Core.start("one-time-link");
    final Shop shop = core.shopOfOneTimeLinks("0123456789ab");
    final Admission admission = core.bean(Admission.class);
    final LinkPool pool = core.bean(LinkPool.class);
    final AtomicInteger made = new AtomicInteger();
    boolean stopped;

    {
        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + made.incrementAndGet() + name);
    }

    @AfterEach
    void stop() {
        core.close();
    }

    /** Pays for a link, which is told; answers it. */
    String bought() {
        fill();
        pay(core.order(shop));
        core.awaitTasks();
        return livingLink();
    }

    void fill() {
        fillWithoutTasks();
        core.startTasks();
    }

    /** As the task would, at once. */
    void fillWithoutTasks() {
        core.transactions.run(shop.seller(), () -> {
            for (int n = 0; n < LinkPool.LEAST_FREE; n++) {
                String name = LinkPool.name(shop.channel(), 10_000 + n);
                Instant expiresAt = core.clock.instant().plus(LinkPool.LIVES_IN_POOL);
                pool.minted(shop.channel(), name, "https://t.me/+" + name, expiresAt);
            }
        });
    }

    void poolStaysEmpty() {
        core.messenger.onLink = name -> new Answer.NotNow<>(Duration.ofHours(1), "flood");
        startFilling();
        core.awaitTasks();
    }

    /** One attempt, whatever else waits. */
    void fillOnce(int attempt) {
        Owed fill = Effects.fillPool(shop.channel().id());
        Result result = core.bean(FillPoolTask.class).attempt(attemptOf(fill, attempt));
        core.transactions.run(shop.seller(), result.record());
    }

    Task attemptOf(Owed owed, int attempt) {
        return attemptOf(shop, owed, attempt);
    }

    Task attemptOf(Shop of, Owed owed, int attempt) {
        return new Task(
                of.seller(),
                core.bean(Ids.class).next(),
                owed.kind(),
                owed.subject(),
                owed.payload(),
                attempt,
                /* failures= */ 0,
                /* unknowns= */ 0,
                core.clock.instant().plusSeconds(40),
                /* interrupted= */ false);
    }

    void startFilling() {
        wakeFill();
        core.startTasks();
    }

    void wakeFill() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .wake(shop.seller(), Effects.fillPool(shop.channel().id())));
    }

    void pay(Order order) {
        core.hear(Ipn.finished(ID, order.id()));
        core.bean(Grants.class).knowBuyer(shop.seller(), order.telegramUserId());
    }

    void pay(int number, Order order) {
        core.hear(Ipn.finished(Long.toString(6_000_000_000L + number), order.id()));
    }

    /** Enough for four days more, which a person may add. */
    void paysTooMuch() {
        core.hear(Ipn.finished(ID, core.order(shop).id()).paid("0.00034"));
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
    }

    void extend() {
        UUID overpaid = core.bean(Cases.class)
                .list(shop.seller(), Optional.of("open"), Optional.empty(), 1)
                .getFirst()
                .id();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(shop.seller(), overpaid, new Asked("extend", "a test", null, "seller", "Olga")));
    }

    /** Where a look is to find the buyer, a test puts them inside. */
    void joins(long updateId, long user, String url) {
        if (user != BUYER) {
            core.messenger.inside.add(user);
        }
        admission.on(updateId, changed(user, false, true, new Incoming.Link(url, nameOf(url), true)));
        awaitTasks();
    }

    void awaitTasks() {
        if (!stopped) {
            core.awaitTasks();
        }
    }

    Incoming changed(long user, boolean was, boolean is, Incoming.@Nullable Link link) {
        return changed(user, user, was, is, link);
    }

    Incoming putOut(long user, long by) {
        return changed(user, by, true, false, null);
    }

    /** In whole seconds, as Telegram tells it. */
    Incoming changed(long user, long by, boolean was, boolean is, Incoming.@Nullable Link link) {
        Instant at = core.clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new Incoming.MembershipChanged(shop.channel().closedChat().value(), user, by, was, is, at, link);
    }

    boolean isSeenInside(long user) {
        return core.bean(Grants.class).isInside(shop.seller(), shop.channel().id(), user);
    }

    void start(long updateId) {
        core.clock.advance(Duration.ofSeconds(1));
        admission.on(updateId, new Incoming.Said(BUYER, "/start", core.clock.instant()));
        passes(Duration.ofSeconds(5));
    }

    void passes(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            core.clock.advance(Duration.ofSeconds(1));
            core.awaitTasks();
        }
    }

    void stopTasks() {
        core.stopTasks();
        stopped = true;
    }

    List<Messenger.Message> toBuyer() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .toList();
    }

    /** The distinct links the buyer was told, in order. */
    List<String> toldLinks() {
        return toBuyer().stream()
                .flatMap(OneTimeLinkDatabaseTests::linksIn)
                .distinct()
                .toList();
    }

    Set<String> allToldLinks() {
        Set<String> links = new HashSet<>();
        core.messenger.sent.forEach(message -> linksIn(message).forEach(links::add));
        return links;
    }

    static Stream<String> linksIn(Messenger.Message message) {
        return message.html().lines().filter(line -> line.startsWith("https://t.me/+"));
    }

    String livingLink() {
        return core.strings("select url from access.pool_link where state = 'assigned' order by assigned_at desc")
                .getFirst();
    }

    String nameOf(String url) {
        return core.strings("select name from access.pool_link where url = ?", url)
                .getFirst();
    }

    String stateOf(String url) {
        return core.strings("select state from access.pool_link where url = ?", url)
                .getFirst();
    }

    List<String> states() {
        return core.strings("select state from access.pool_link order by link_id");
    }

    List<String> access() {
        return core.strings("select access from access.grants order by grant_id");
    }

    interface Numbered {
        void run(int n);
    }

    static void atOnce(int count, Numbered work) throws Exception {
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

    static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
