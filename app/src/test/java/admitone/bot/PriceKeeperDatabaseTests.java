package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.money.Asset;
import admitone.money.Money;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The least price rises above that of a plan. */
class PriceKeeperDatabaseTests {
    private final Core core = Core.start("prices");
    private final Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    private void looks(String least) {
        core.clock.advance(Duration.ofMinutes(31));
        core.coinsTakeAtLeast(least);
        core.bean(PriceKeeper.class).round();
        core.startTasks();
        core.awaitTasks();
    }

    private List<Case> cases(String state) {
        return core.bean(Cases.class).list(shop.seller(), Optional.of(state), Optional.empty(), 10).stream()
                .filter(one -> one.kind().equals("price_too_low"))
                .toList();
    }

    private List<String> told() {
        return core.messenger.sent.stream()
                .map(message -> message.html())
                .filter(html -> html.contains("cannot be bought any more"))
                .toList();
    }

    @Test
    void sellerIsToldOnceOfAPlanThatNoCoinTakes() {
        looks("1.00");
        assertThat(told()).isEmpty();

        looks("9.00");
        looks("9.50");
        core.clock.advance(Duration.ofDays(3));
        looks("9.00");

        assertThat(cases("open")).hasSize(1);
        assertThat(told())
                .singleElement()
                .asString()
                .contains("Signals", "1.35 USD", "The least that can be paid: 9.45 USD");
    }

    @Test
    void caseIsClosedWhenThePlanCanBeBoughtAgainAndOpenedWhenItCannotOnceMore() {
        looks("9.00");
        looks("1.00");
        assertThat(cases("open")).isEmpty();
        assertThat(cases("decided"))
                .extracting(one -> Objects.requireNonNull(one.decided()).decision())
                .containsExactly("sold_again");

        looks("9.00");
        assertThat(cases("open")).as("not twice a day").isEmpty();
        core.clock.advance(Duration.ofDays(1));
        looks("9.00");

        assertThat(cases("open")).hasSize(1);
    }

    @Test
    void whatTheSellerHasNotedIsNotAskedAgainBeforeItCouldBeBought() {
        looks("9.00");
        Case one = cases("open").getFirst();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Cases.class).decide(shop.seller(), one.id(), "dismiss", "noted", "telegram:1"));
        core.clock.advance(Duration.ofDays(2));
        looks("9.00");
        assertThat(cases("open")).isEmpty();

        looks("1.00");
        core.clock.advance(Duration.ofDays(2));
        looks("9.00");

        assertThat(cases("open")).hasSize(1);
    }

    @Test
    void higherPriceClosesItToo() {
        looks("9.00");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Catalog.class).change(shop.plan(), "Month", Money.parse("12", Asset.USD)));

        looks("9.00");

        assertThat(cases("open")).isEmpty();
    }
}
