package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 0.0002736 of 0.0003 eth come for 1.35 USD: worth 1.06 at 3870. */
class DoubtfulRateDatabaseTests {
    private static final String ID = "5996609246";
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("doubtful-rate");
    private final Shop shop = core.shop("0123456789ab");

    @BeforeEach
    void tasks() {
        core.startTasks();
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whatIsTenTimesTooMuchIsNotBookedUntilTheRateIsNear() {
        rate("38700");

        core.hear(Ipn.finished(ID, core.order(shop).id()));
        core.awaitTasks();

        assertThat(core.count("access.grants")).as("the buyer is in").isEqualTo(1);
        assertThat(core.journal(ID)).containsExactly("settlement");
        assertThat(core.cases(ID)).containsExactly("rate_doubtful");
        assertThat(asked().detail()).containsEntry("price", "1.35 usd").containsEntry("worth", "10.59 usd");

        core.clock.advance(Duration.ofMinutes(11));
        rate("3870");
        core.awaitTasks();

        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
        assertThat(asked().decided()).as("it answers itself").isNotNull();
    }

    @Test
    void aPersonMaySayThatItIsRight() {
        rate("38700");
        core.hear(Ipn.finished(ID, core.order(shop).id()));
        core.awaitTasks();

        CaseDecisions decisions = core.bean(CaseDecisions.class);
        core.transactions.run(
                shop.seller(),
                () -> decisions.decide(
                        shop.seller(),
                        asked().id(),
                        new CaseDecisions.Asked("believe", "it is so", null, "operator", "operator")));
        core.awaitTasks();

        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
    }

    /** Who pays ten times as much brings ten times as much; of a small price the provider may take more than half. */
    @ParameterizedTest
    @CsvSource({
        "1.35, 3870, 0.0003, 0.0002736, true",
        "1.35, 9867, 0.0003, 0.0002736, true",
        "1.35, 9870, 0.0003, 0.0002736, false",
        "1.35, 3870, 0.003, 0.002736, true",
        "1.35, 38700, 0.003, 0.002736, false",
        "1.35, 387, 0.0003, 0.0002736, true",
        "13.50, 3870, 0.0003, 0.002736, true",
        "13.50, 2480, 0.0003, 0.002736, true",
        "13.50, 2460, 0.0003, 0.002736, false",
    })
    void isMeasuredByWhatWasAsked(String price, String rate, String paid, String outcome, boolean isBelieved) {
        rate(rate);
        Order order = core.order(shop, Core.BUYER, Money.parse(price, Asset.USD));

        core.hear(Ipn.finished(ID, order.id())
                .with("price_amount", new BigDecimal(price))
                .paid(paid)
                .with("outcome_amount", new BigDecimal(outcome)));
        core.awaitTasks();

        assertThat(core.journal(ID).contains("accrual")).isEqualTo(isBelieved);
        assertThat(core.cases(ID).contains("rate_doubtful")).isEqualTo(!isBelieved);
    }

    private void rate(String usd) {
        core.rates.usd.put("eth", new BigDecimal(usd));
        Rates rates = core.bean(Rates.class);
        rates.want(ETH);
        rates.refresh();
    }

    private Case asked() {
        return core.bean(Cases.class).ofPayment(shop.seller(), ID).stream()
                .filter(one -> one.kind().equals("rate_doubtful"))
                .findFirst()
                .orElseThrow();
    }
}
