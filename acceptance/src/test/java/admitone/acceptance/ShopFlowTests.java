package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Shop;
import admitone.simulators.telegram.Control;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From a link to the shop page to being inside, as a buyer goes who never heard of us. */
class ShopFlowTests {
    private static final Pattern CONTINUE =
            Pattern.compile("href=\"(https://t\\.me/" + World.BOT + "\\?start=[^\"]+)\"");
    private static final Pattern PAGE = Pattern.compile("/c/[a-z0-9-]+");
    private static final Pattern PAY = Pattern.compile(".*/pay/(ao_[0-9a-z_]+)\\?k=[0-9a-f]+");

    private static World world;

    @BeforeAll
    static void start() {
        world = new World(Map.of());
        world.service.start();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void fromTheShopPageThroughTheBotToBeingInside() {
        Shop shop = world.openShop();
        long buyer = 4_000_000_001L;
        world.telegram.addUser(buyer, "Newcomer");

        world.telegram.openLink(buyer, continueInTelegram(shop));
        World.await("the pay page").until(() -> !ordersTold(buyer).isEmpty());
        String order = ordersTold(buyer).getFirst();
        assertThat(world.service.get("/pay/" + order).body()).contains("1.35 USD", "30 days");

        String payment = world.service
                .ok(world.service.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "eth")))
                .path("payment_id")
                .stringValue();
        world.settle(Long.parseLong(payment), true);
        World.await("the way in").until(() -> !world.links(buyer).isEmpty());
        world.telegram.openLink(buyer, world.newestLink(buyer));

        World.await("inside")
                .until(() -> world.telegram.chat(shop.chatId()).members().stream()
                        .anyMatch(member -> member.userId() == buyer));
    }

    @Test
    void fiveTapsAreOneOrder() {
        Shop shop = world.openShop();
        long buyer = 4_000_000_002L;
        world.telegram.addUser(buyer, "Impatient");
        String link = continueInTelegram(shop);

        for (int i = 0; i < 5; i++) {
            world.telegram.openLink(buyer, link);
        }

        World.await("an answer to each").until(() -> ordersTold(buyer).size() == 5);
        assertThat(ordersTold(buyer).stream().distinct()).hasSize(1);
    }

    @Test
    void chatIsPutOnSaleInTheChatWithTheBot() {
        long owner = 4_000_000_003L;
        long chat = -1_008_000_000_003L; // none of those that the world counts
        world.service.ok(world.service.post(
                "/api/v1/sellers", Map.of("name", "Olga", "telegram_user_id", owner, "fee_percent", "5")));
        world.telegram.addUser(owner, "Olga");
        world.telegram.start(owner, World.BOT, null);
        world.telegram.addChat(new Control.NewChat(
                chat, "channel", "Olga's channel", null, owner, List.of(new Control.BotInChat(World.BOT)), List.of()));

        tap(owner, "9.00 USD, 30 days");
        tap(owner, "They ask to join");
        tap(owner, "Put it on sale");

        Matcher page = World.await("the shop's page")
                .until(() -> PAGE.matcher(String.join(" ", textsTo(owner))), Matcher::find);
        assertThat(world.service.get(page.group()).body()).contains("Olga", "9.00 USD", "30 days");
        World.await("every tap answered")
                .until(() -> world.telegram.taps(owner, World.BOT).stream().allMatch(Control.TapView::answered));
    }

    /** Waits for a message with this button and taps it. */
    private static void tap(long user, String button) {
        Control.MessageView message = World.await("the button " + button)
                .until(
                        () -> world.telegram.messages(user, World.BOT).stream()
                                .filter(shown -> data(shown, button).isPresent())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        world.telegram.tap(
                user, World.BOT, message.messageId(), data(message, button).orElseThrow());
    }

    private static Optional<String> data(Control.MessageView message, String button) {
        return message.keyboard().stream()
                .flatMap(List::stream)
                .filter(shown -> shown.text().equals(button))
                .map(shown -> String.valueOf(shown.callbackData()))
                .findFirst();
    }

    private static List<String> textsTo(long user) {
        return world.telegram.messages(user, World.BOT).stream()
                .map(Control.MessageView::text)
                .toList();
    }

    /** The link of the shop page's only plan. */
    private static String continueInTelegram(Shop shop) {
        String slug = world.service
                .ok(world.service.get("/api/v1/channels/" + shop.channelId()))
                .path("slug")
                .stringValue();
        return World.await("the bot's name")
                .until(() -> CONTINUE.matcher(world.service.get("/c/" + slug).body()), Matcher::find)
                .group(1);
    }

    /** The orders that the bot's messages lead to, one for each message. */
    private static List<String> ordersTold(long buyer) {
        return world.telegram.messages(buyer, World.BOT).stream()
                .flatMap(message -> message.keyboard().stream())
                .flatMap(List::stream)
                .map(button -> PAY.matcher(String.valueOf(button.url())))
                .filter(Matcher::matches)
                .map(link -> link.group(1))
                .toList();
    }
}
