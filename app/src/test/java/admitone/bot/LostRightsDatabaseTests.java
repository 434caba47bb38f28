package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.checkout.PayOrder;
import admitone.checkout.PayOrder.Outcome;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider.Created;
import admitone.runtime.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bot loses a right in a channel that is on sale. */
class LostRightsDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("rights");
    private final Shop shop = core.shop("0123456789ab");
    private long update = 10;

    @BeforeEach
    void makesPayments() {
        core.provider.onCreate = asked ->
                new Answer.Done<>(new Created("50000000" + ++update, "address", Money.parse("0.1", ETH), null, null));
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void nothingIsSoldWhereTheBotWasDemotedUntilItHasItsRightsAgain() {
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);

        assertThat(isClosed()).isTrue();
        assertThat(pay())
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("cannot_admit"));
        assertThat(core.provider.created).isEmpty();
        assertThat(core.strings("select kind || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly("cannot_admit the bot is no administrator");

        core.messenger.onStanding = core.messenger::standing;
        placed(false, true);

        assertThat(isClosed()).isFalse();
        pay();
        assertThat(core.provider.created).hasSize(1);
        assertThat(core.count("timeline.event where kind in ('rights_lost', 'rights_given_back')"))
                .isEqualTo(2);
    }

    @Test
    void oneRightThatWasTakenIsNoticedAndWhatIsGivenBackUnheardTooInTime() {
        lacks(new Standing(Role.ADMINISTRATOR, true, false));
        placed(true, true);
        assertThat(isClosed()).isTrue();

        core.messenger.onStanding = core.messenger::standing;
        core.clock.advance(Duration.ofMinutes(2));
        core.wakeTasks();
        core.awaitTasks();

        assertThat(isClosed()).isFalse();
    }

    /** The update of the loss is told after that of the gain. */
    @Test
    void whatTelegramAnswersCountsAndNotWhatWasTold() {
        placed(true, false);

        assertThat(isClosed()).isFalse();
        assertThat(core.count("cases.cases")).isZero();
    }

    @Test
    void whatWasGivenBeforeStays() {
        var order = core.order(shop);
        Outcome<Payment> before = core.bean(PayOrder.class).inCoin(order, ETH);
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);

        assertThat(before).isInstanceOf(Outcome.Ready.class);
        assertThat(core.bean(PayOrder.class).inCoin(order, ETH)).isEqualTo(before);
    }

    private boolean isClosed() {
        return core.bean(Catalog.class).isClosed(shop.seller(), shop.channel().id());
    }

    private Outcome<Payment> pay() {
        return core.bean(PayOrder.class).inCoin(core.order(shop), ETH);
    }

    private void lacks(Standing standing) {
        core.messenger.onStanding = _ -> new Answer.Done<>(standing);
    }

    private void placed(boolean ran, boolean runs) {
        BotPlaced placed =
                new BotPlaced(shop.channel().closedChat().value(), "Signals", 1, ran, runs, Language.ENGLISH);
        update++;
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, placed));
        core.startTasks();
        core.awaitTasks();
    }
}
