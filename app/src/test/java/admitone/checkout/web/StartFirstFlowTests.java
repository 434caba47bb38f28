package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestService;
import admitone.TestService.Shop;
import org.junit.jupiter.api.Test;

/** An order made over REST, for somebody whom the bot may not write to. */
class StartFirstFlowTests {
    private final TestService service = TestService.shared();

    @Test
    void payPageAsksThemToStartTheBotUntilTheyHave() {
        Shop shop = service.newShop("10.00", 30);
        long buyer = service.newPerson();
        String order = service.newOrder(shop, buyer);

        TestService.until(() -> page(order).contains("press Start in the bot"));
        assertThat(page(order)).contains("href=\"https://t.me/" + TestService.BOT + "\"");

        service.telegram().start(buyer, TestService.BOT, null);
        TestService.until(() -> !page(order).contains("press Start in the bot"));
    }

    private String page(String order) {
        return service.anyone().get("/pay/" + order).body();
    }
}
