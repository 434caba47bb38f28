package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.ledger.Conversions;
import admitone.ledger.Conversions.Outcome;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Payments come in one coin, the seller is paid in another, and the operator converts between. */
class ConversionDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Paying paying = Paying.start("conversion");

    @BeforeEach
    void aPaymentInEth() {
        paying.core.bean(Rates.class).want(ETH);
        paying.seller(SELLER, "instant", "1");
        paying.paid(SELLER, "0.02", ETH);
    }

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void whatIsConvertedAndPaidOutLeavesEachClearingAsTheProviderHasIt() {
        assertThat(accounts()).contains("market usd none", "provider_clearing eth -0.02");

        assertThat(convert("c-1", "0.02", "80")).isEqualTo(new Outcome.Booked(usd("2.60"), true));
        assertThat(accounts())
                .contains("market usd 2.60", "provider_clearing eth none", "provider_clearing usdttrc20 -80");
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        paying.pass(Duration.ofMinutes(10));

        assertThat(paying.state(payout)).isEqualTo("finished");
        Money left = Money.parse("80", USDT).minus(payout.coins());
        assertThat(accounts())
                .contains("provider_clearing eth none", "provider_clearing usdttrc20 -" + left.text())
                .as("it left at what it had cost")
                .contains("market usd 2.60");
        assertThat(paying.ledger.position(SELLER, ETH).cost()).isEqualTo(usd("0"));
    }

    @Test
    void saidAgainItChangesNothingAndOtherwiseItIsRefused() {
        convert("c-1", "0.01", "40");

        assertThat(convert("c-1", "0.01", "40")).isEqualTo(new Outcome.Booked(usd("1.30"), false));
        assertThat(convert("c-1", "0.01", "41")).isEqualTo(new Outcome.Taken());
        assertThat(convert("c-1", "0.02", "40")).isEqualTo(new Outcome.Taken());

        assertThat(accounts()).contains("provider_clearing eth -0.01", "provider_clearing usdttrc20 -40");
    }

    @Test
    void noMoreThanTheProviderHolds() {
        assertThat(convert("c-1", "0.020000000000000001", "80"))
                .isEqualTo(new Outcome.MoreThanThereIs(Money.parse("0.02", ETH), Money.zero(ETH)));
        assertThat(paying.core.count("ledger.journal where reference like 'conversion:%'"))
                .isZero();
    }

    /** What is in a seller's own wallet is counted as theirs, and the provider cannot convert it. */
    @Test
    void whatIsInTheSellersOwnWalletIsNotConverted() {
        paying.core
                .owner()
                .sql("update ledger.journal set debit = 'own_wallet' where kind = 'settlement'")
                .update();

        assertThat(convert("c-1", "0.01", "40"))
                .isEqualTo(new Outcome.MoreThanThereIs(Money.zero(ETH), Money.zero(ETH)));
    }

    /** Half of it goes back to its buyer: what is sent, and what the provider takes for it, stays what it is. */
    @Test
    void whatAPayoutUnderWayNeedsIsNotConverted() {
        String other = paying.paid(SELLER, "0.01", ETH);
        paying.provider.minimum = coin -> Money.parse("0.001", coin);
        Payout refund = ((PayoutMaking.Made.Done) paying.refunds.ask(
                        SELLER,
                        new RefundMaking.Wanted(other, new Destination.Place(ETH, "B", null), null, null),
                        Paying.TEST))
                .payout();

        assertThat(convert("c-1", "0.020000000000000001", "80"))
                .isEqualTo(new Outcome.MoreThanThereIs(Money.parse("0.03", ETH), Money.parse("0.01", ETH)));

        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, refund.id(), Paying.TEST));
        assertThat(convert("c-1", "0.020000000000000001", "80")).isInstanceOf(Outcome.Booked.class);
    }

    @Test
    void ofManyAtOnceNoneConvertsWhatAnotherHas() throws Exception {
        AtomicInteger number = new AtomicInteger();

        var outcomes = atOnce(8, () -> convert("c-" + number.incrementAndGet(), "0.01", "40"));

        assertThat(outcomes.stream().filter(Outcome.Booked.class::isInstance)).hasSize(2);
        assertThat(accounts()).contains("provider_clearing eth none", "provider_clearing usdttrc20 -80");
    }

    private Outcome convert(String reference, String eth, String usdt) {
        Conversions conversions = paying.core.bean(Conversions.class);
        return paying.core.transactions.run(
                SELLER,
                () -> conversions.book(
                        SELLER,
                        reference,
                        Money.parse(eth, ETH),
                        Money.parse(usdt, USDT),
                        Rate.oneToOne(USDT, paying.core.clock.instant()),
                        coin -> paying.payouts.needed(SELLER, coin)));
    }

    /** Each of a few accounts, with what stands on it. */
    private List<String> accounts() {
        var all = paying.ledger.accounts(SELLER);
        return List.of("market usd", "provider_clearing eth", "provider_clearing usdttrc20").stream()
                .map(name -> name + " "
                        + all.stream()
                                .filter(one -> (one.account().word() + " " + one.asset()).equals(name)
                                        && one.amount().signum() != 0)
                                .map(one -> one.asset().equals(Asset.USD)
                                        ? one.amount().toPlainString()
                                        : one.amount().stripTrailingZeros().toPlainString())
                                .findFirst()
                                .orElse("none"))
                .toList();
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }
}
