package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.telegram.OpenResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The real process dies at each named point of a channel of one-time links, as by kill -9. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneTimeLinkCrashFlowTests {
    @SuppressWarnings("NullAway.Init")
    private World world;

    @BeforeAll
    void open() {
        world = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h"));
    }

    @BeforeEach
    void start() {
        world.service.startIfDown();
        // what sellers are told comes some seconds later, and would reach a point before its time
        world.service.ok(world.service.post("/api/v1/queues/tell_seller/pause", Map.of()));
    }

    @AfterAll
    void close() {
        world.close();
    }

    static Stream<Arguments> fulfilling() {
        Stream<Arguments> own = CrashRounds.of(List.of(
                "CP04_BEFORE_COMMIT",
                "CP07_BEFORE_CALL",
                "CP09_BEFORE_RECORD",
                "CP12_BEFORE_MESSAGE",
                "CP14_AFTER_MESSAGE",
                "CP35_LINK_MINTED",
                "CP36_EXPIRY_SET"));
        // in one build they are tried with the other way in
        return CrashRounds.areAskedFor()
                ? Stream.concat(
                        own,
                        CrashRounds.of(
                                List.of("CP01_HEARD", "CP02_BEFORE_ANSWER", "CP05_AFTER_COMMIT", "CP06_BEFORE_CLAIM")))
                : own;
    }

    static Stream<Arguments> comingIn() {
        return CrashRounds.of(List.of("CP16_UPDATE_FETCHED", "CP37_LINK_REVOKED"));
    }

    static Stream<Arguments> strangers() {
        return CrashRounds.of(
                List.of("CP07_BEFORE_CALL", "CP16_UPDATE_FETCHED", "CP37_LINK_REVOKED", "CP38_STRANGER_REMOVED"));
    }

    @ParameterizedTest
    @MethodSource("fulfilling")
    void killedWhileFulfilling(String point, int round) {
        Shop shop = world.openShop("one_time_link");
        Purchase purchase = world.buy(shop, world.newBuyer());
        World.await("quiet queues").until(world.service::nothingIsOwed);

        dies(point, () -> world.settle(purchase.id(), true));

        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        comesIn(shop, purchase);
        assertThat(world.links(purchase.buyer())).hasSize(1);
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("comingIn")
    void killedWhenTheBuyerCameIn(String point, int round) {
        Shop shop = world.openShop("one_time_link");
        Purchase purchase = world.buy(shop, world.newBuyer());
        String link = world.linkOf(purchase);
        World.await("delivered").until(() -> world.access(purchase).equals("delivered"));
        World.await("quiet queues").until(world.service::nothingIsOwed);

        dies(point, () -> world.telegram.openLink(purchase.buyer(), link));

        isInsideExactlyOnce(shop, purchase);
        assertThat(world.links(purchase.buyer())).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void killedWhenAStrangerWasFirst(String point, int round) {
        Shop shop = world.openShop("one_time_link");
        Purchase purchase = world.buy(shop, world.newBuyer());
        String link = world.linkOf(purchase);
        World.await("delivered").until(() -> world.access(purchase).equals("delivered"));
        World.await("quiet queues").until(world.service::nothingIsOwed);
        long stranger = world.newBuyer();

        dies(point, () -> world.telegram.openLink(stranger, link));

        World.await("another link").until(() -> world.links(purchase.buyer()).size() == 2);
        assertThat(world.telegram.isMember(shop.chatId(), stranger)).isFalse();
        assertThat(world.link(shop, link).isRevoked()).isTrue();
        comesIn(shop, purchase);
        assertThat(world.cases(shop)).containsExactly("stranger_first");
        World.await("not banned")
                .until(() -> world.telegram.chat(shop.chatId()).members().stream()
                        .noneMatch(member -> member.status().equals("kicked")));
    }

    private void dies(String point, Runnable cause) {
        world.service.dieAt(point);
        cause.run();
        world.service.awaitDeath();
        world.service.start();
    }

    private void comesIn(Shop shop, Purchase purchase) {
        assertThat(world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer())))
                .isEqualTo(OpenResult.JOINED);
        isInsideExactlyOnce(shop, purchase);
    }

    private void isInsideExactlyOnce(Shop shop, Purchase purchase) {
        World.await("the admission on record")
                .until(() -> world.access(purchase).equals("admitted"));
        World.await("a shut link")
                .until(() ->
                        world.link(shop, world.newestLink(purchase.buyer())).isRevoked());
        World.await("quiet queues").until(world.service::nothingIsOwed);
        assertThat(world.telegram.isMember(shop.chatId(), purchase.buyer())).isTrue();
        assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
        assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
        for (var invariant : world.service.ok(world.service.get("/api/v1/invariants"))) {
            assertThat(invariant.path("violations").intValue())
                    .as(invariant.path("title").stringValue())
                    .isZero();
        }
    }
}
