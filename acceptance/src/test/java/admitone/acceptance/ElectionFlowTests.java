package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two instances on one database; the second one is there before the first, and listens to the bot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ElectionFlowTests {
    private final World world = World.sharing(2, Map.of());
    private final Service other = world.instance(2);

    @SuppressWarnings("NullAway.Init")
    private Shop shop;

    @BeforeEach
    void start() {
        other.startIfDown();
        if (world.service.isAlive()) {
            world.service.close(); // it hands over what an earlier test left it
        }
        World.await("the second instance is elected")
                .until(() -> !world.listener().isEmpty());
        world.service.start();
        shop = world.openShop();
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void instanceThatSleepsIsReplacedAndDoublesNothingWhenItWakes() {
        String sleeper = world.listener();
        List<Purchase> purchases = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            purchases.add(paid());
        }
        // it sleeps in the middle of its work: requests come in, and it has some of them in hand
        purchases.forEach(this::open);
        other.pause();

        for (Purchase purchase : purchases) {
            World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
        }
        World.await("another holder")
                .until(() -> !world.listener().isEmpty() && !world.listener().equals(sleeper));
        other.goOn();
        Purchase last = paid();
        open(last);
        purchases.add(last);

        for (Purchase purchase : purchases) {
            World.await("the admission on record").until(() -> access(purchase).equals("admitted"));
        }
        assertThat(world.listener()).isNotEqualTo(sleeper);
        World.await("all updates are read")
                .until(() -> world.count("messaging.update_inbox where state <> 'read'") == 0);
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(purchases.size());
        for (Purchase purchase : purchases) {
            assertThat(world.messagesWithLink(purchase.buyer())).isEqualTo(1);
            assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
        }
        assertThat(world.count("access.seat where request_update_id is not null"))
                .isZero();
    }

    /** A term lasts six seconds; who stops in an orderly way does not let the others wait for its end. */
    @Test
    void instanceThatStopsHandsOverAtOnce() {
        String before = world.listener();
        Purchase purchase = paid();
        other.close();
        long stopped = System.nanoTime();

        World.await("the other instance is elected")
                .until(() -> !world.listener().isEmpty() && !world.listener().equals(before));
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(3));
        open(purchase);

        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
    }

    @Test
    void instanceThatIsKilledIsReplacedWhenItsTermEnds() {
        String before = world.listener();
        Purchase purchase = paid();
        other.kill();
        open(purchase);

        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));

        assertThat(world.listener()).isNotEqualTo(before);
        other.start();
        World.await("the admission on record").until(() -> access(purchase).equals("admitted"));
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(1);
    }

    private Purchase paid() {
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        return purchase;
    }

    private void open(Purchase purchase) {
        world.telegram.openLink(
                purchase.buyer(), world.links(purchase.buyer()).iterator().next());
    }

    private String access(Purchase purchase) {
        return world.payment(purchase.paymentId()).path("grant").path("access").stringValue("");
    }
}
