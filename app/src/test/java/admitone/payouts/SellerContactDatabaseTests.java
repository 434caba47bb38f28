package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewContact;
import admitone.catalog.Catalog.RouteKind;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A seller's Telegram account is lost, or was mistyped. */
class SellerContactDatabaseTests {
    private static final long OLD = 1;
    private static final long NEW = 77;

    private final Core core = Core.start("seller-contact");
    private final Shop shop = core.shop("0123456789ab");
    private final Catalog catalog = core.bean(Catalog.class);

    @BeforeEach
    void ask() {
        catalog.claimRoute(RouteKind.TELEGRAM_USER, Long.toString(OLD), shop.seller());
        core.startTasks();
        ask(NEW);
        core.awaitTasks();
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void countsAfterTheCoolingOffAndBothAreTold() {
        assertThat(told(OLD)).isEqualTo(1);
        core.clock.advance(Duration.ofHours(24).minusMillis(1));
        core.awaitTasks();
        assertThat(contact()).as("not yet").isEqualTo(OLD);

        core.clock.advance(Duration.ofMillis(1));
        core.awaitTasks();
        assertThat(contact()).as("a no may be on its way").isEqualTo(OLD);
        isHeard();
        core.awaitTasks();

        assertThat(contact()).isEqualTo(NEW);
        assertThat(catalog.isSeller(OLD)).as("by the chat neither").isFalse();
        assertThat(told(OLD)).isEqualTo(2);
        assertThat(told(NEW)).isEqualTo(1);
        assertThat(core.strings("select kind from timeline.event where kind like 'contact_%' order by at"))
                .containsExactly("contact_asked", "contact_changed");
    }

    @Test
    void whoItIsNowMaySayNo() {
        assertThat(press(NEW)).as("not theirs to say").isFalse();
        assertThat(press(OLD)).isTrue();
        assertThat(press(OLD)).as("again").isFalse();

        core.clock.advance(Duration.ofHours(25));
        core.awaitTasks();

        assertThat(contact()).isEqualTo(OLD);
        assertThat(told(NEW)).isZero();
    }

    @Test
    void whatTheOperatorTakesBackOrAsksOtherwiseDoesNotCount() {
        core.clock.advance(Duration.ofHours(1));
        ask(78);
        core.clock.advance(Duration.ofHours(23));
        core.awaitTasks();
        assertThat(contact()).as("another was asked for").isEqualTo(OLD);

        ask(OLD);
        core.clock.advance(Duration.ofHours(25));
        core.awaitTasks();
        assertThat(contact()).isEqualTo(OLD);
    }

    /** It cannot be asked for longer than the cooling-off: whoever it is now must have had the time to say no. */
    @ParameterizedTest
    @ValueSource(strings = {"lost", "down", "token"})
    void theTimeBeginsWhenWhoItIsNowWasAsked(String answer) {
        core.messenger.onSend = message -> switch (answer) {
            case "lost" -> new Answer.Unknown<>("timeout");
            case "down" -> new Answer.NotNow<>(Duration.ofHours(1), "down");
            default -> new Answer.Declined<>(Messenger.Refusal.TOKEN, "401");
        };
        core.clock.advance(Duration.ofHours(1));
        ask(78);
        for (int hours = 0; hours < 30; hours++) {
            core.awaitTasks();
            core.clock.advance(Duration.ofHours(1));
        }
        core.awaitTasks();
        assertThat(contact()).as("never asked").isEqualTo(OLD);

        core.messenger.onSend = message -> new Answer.Done<>(5L);
        core.clock.advance(Duration.ofHours(2));
        core.awaitTasks();
        assertThat(catalog.newContact(shop.seller()))
                .contains(new NewContact(78, core.clock.instant().plus(Duration.ofHours(24))));
        core.clock.advance(Duration.ofHours(24).minusMillis(1));
        core.awaitTasks();
        assertThat(contact()).as("not yet").isEqualTo(OLD);

        core.clock.advance(Duration.ofMillis(1));
        core.awaitTasks();
        isHeard();
        assertThat(contact()).isEqualTo(78);
    }

    /** What they pressed in time lies at Telegram while nobody listens, and comes when it answers again. */
    @Test
    void aNoThatWasSaidInTimeIsHeardBeforeTheChangeCounts() {
        var answering = core.messenger.onSelf;
        core.messenger.onSelf = () -> new Answer.Unknown<>("timeout");
        core.clock.advance(Duration.ofHours(25));
        core.awaitTasks();
        isHeard();
        isHeard();
        assertThat(contact()).isEqualTo(OLD);

        core.messenger.onSelf = answering;
        isHeard();
        assertThat(contact()).isEqualTo(OLD);
        assertThat(press(OLD)).isTrue();

        isHeard();
        assertThat(contact()).isEqualTo(OLD);
    }

    private void isHeard() {
        core.clock.advance(Duration.ofMinutes(5));
        core.awaitTasks();
    }

    /** Since the backup they have said no, of which nothing is left. */
    @Test
    void afterARestoreWhoItIsNowIsAskedAgain() {
        core.clock.advance(Duration.ofHours(23));
        core.bean(PayoutsAfterRestore.class).putRight();
        core.awaitTasks();
        assertThat(told(OLD)).as("asked again").isEqualTo(2);

        core.clock.advance(Duration.ofHours(2));
        core.awaitTasks();
        assertThat(contact()).isEqualTo(OLD);
        assertThat(press(OLD)).isTrue();

        core.clock.advance(Duration.ofHours(25));
        core.awaitTasks();
        assertThat(contact()).isEqualTo(OLD);
    }

    @Test
    void whoRepeatsTheRequestPutsNothingOff() {
        var before = catalog.newContact(shop.seller());
        core.clock.advance(Duration.ofHours(1));

        ask(NEW);
        core.awaitTasks();

        assertThat(catalog.newContact(shop.seller())).isEqualTo(before);
        assertThat(told(OLD)).isEqualTo(1);
    }

    /** Whoever says no at the last moment meets what changes it. */
    @Test
    void theNoAndTheOperatorAtOnceWaitForEachOther() throws Exception {
        SellerContact contact = core.bean(SellerContact.class);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> no = core.transactions.run(shop.seller(), () -> {
                catalog.lockSeller(shop.seller());
                Future<Boolean> pressed = threads.submit(() -> press(OLD));
                core.awaitLock();
                contact.ask(shop.seller(), 78, "operator");
                return pressed;
            });

            assertThat(no.get()).as("to the later one").isTrue();
        }
        assertThat(catalog.newContact(shop.seller())).isEmpty();
    }

    private void ask(long user) {
        core.transactions.run(
                shop.seller(), () -> core.bean(SellerContact.class).ask(shop.seller(), user, "operator"));
    }

    private boolean press(long user) {
        return core.bean(SellerContact.class)
                .pressed(new Pressed(user, "press", "contact:no:" + shop.seller(), Language.ENGLISH));
    }

    private long contact() {
        return catalog.seller(shop.seller()).orElseThrow().telegramUserId();
    }

    private long told(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .count();
    }
}
