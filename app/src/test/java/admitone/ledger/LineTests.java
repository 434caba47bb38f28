package admitone.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import admitone.HandClock;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineTests {
    private static final Asset ETH = new Asset("eth");
    private static final Asset USDT = new Asset("usdttrc20");
    private static final Rate RATE = new Rate(ETH, new BigDecimal("3870"), HandClock.BEGIN, "test");

    @ParameterizedTest(name = "a fee of {0} % leaves {1} and {2}")
    @CsvSource({"0, 1.06, 0.00", "5, 1.01, 0.05", "10, 0.95, 0.11", "2.5, 1.03, 0.03", "99.99, 0.00, 1.06"})
    void accruesTheIncidentsPayment(String percent, String net, String fee) {
        List<Line> lines =
                Line.accrual(Money.parse("0.0002736", ETH), RATE, new BigDecimal(percent), null, Custody.PROVIDER);

        assertThat(sum(lines, Account.SELLER_PAYABLE)).isEqualTo(Money.parse(net, Asset.USD));
        assertThat(sum(lines, Account.FEE_INCOME)).isEqualTo(Money.parse(fee, Asset.USD));
        assertThat(lines).allMatch(line -> line.debit() == Account.EXCHANGE);
    }

    @Test
    void splitsSoThatPartsAddUpToTheValue() {
        long seed = new Random().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 1_000_000; i++) {
            // up to 10^32 units, far beyond 2^63: a hundred million million coins
            Money outcome = new Money(
                    BigInteger.valueOf(random.nextLong(1L << 53))
                            .multiply(BigInteger.valueOf(random.nextLong(1L << 53))),
                    ETH);
            Rate rate = new Rate(
                    ETH, BigDecimal.valueOf(random.nextLong(1, 1L << 50), random.nextInt(16)), HandClock.BEGIN, "test");
            BigDecimal percent = BigDecimal.valueOf(random.nextInt(10_000), 2);
            Line.Share share =
                    random.nextBoolean() ? new Line.Share("41", BigDecimal.valueOf(random.nextInt(10_000), 2)) : null;

            Money sum = Money.zero(Asset.USD);
            Money referrers = sum;
            Money sellers = sum;
            for (Line line : Line.accrual(outcome, rate, percent, share, Custody.PROVIDER)) {
                sum = line.debit() == Account.EXCHANGE ? sum.plus(line.amount()) : sum;
                sellers = line.credit() == Account.SELLER_PAYABLE ? sellers.plus(line.amount()) : sellers;
                referrers = line.credit() == Account.REFERRER_PAYABLE ? referrers.plus(line.amount()) : referrers;
            }

            if (!sum.equals(rate.value(outcome))
                    || referrers.compareTo(sellers) > 0) { // a matcher each would be most of the time
                throw new AssertionError(
                        "seed " + seed + ": " + outcome + " at " + rate.usd() + ", " + percent + " %, " + share);
            }
        }
    }

    @Test
    void settlesWhatWasNotSetAsideBefore() {
        Money all = Money.parse("0.0003", ETH);
        Money part = Money.parse("0.0001", ETH);

        assertThat(Line.settlement(all, null, Custody.PROVIDER))
                .containsExactly(new Line("settlement", Account.PROVIDER_CLEARING, Account.EXCHANGE, all, null));
        assertThat(Line.settlement(all, part, Custody.PROVIDER))
                .containsExactly(
                        new Line("suspense_release", Account.SUSPENSE, Account.EXCHANGE, part, null),
                        new Line("settlement", Account.PROVIDER_CLEARING, Account.EXCHANGE, all.minus(part), null));
        assertThat(Line.settlement(all, all, Custody.PROVIDER))
                .containsExactly(new Line("suspense_release", Account.SUSPENSE, Account.EXCHANGE, all, null));
    }

    @Test
    void whatTheProviderPaidToTheSellersOwnWalletIsNotPayable() {
        Money all = Money.parse("0.0003", ETH);
        Money part = Money.parse("0.0001", ETH);

        assertThat(Line.settlement(all, part, Custody.SELLER))
                .containsExactly(
                        new Line("suspense_release", Account.SUSPENSE, Account.EXCHANGE, part, null),
                        new Line("direct_coins", Account.OWN_WALLET, Account.PROVIDER_CLEARING, part, null),
                        new Line("settlement", Account.OWN_WALLET, Account.EXCHANGE, all.minus(part), null));
        assertThat(Line.accrual(all, RATE, BigDecimal.TEN, new Line.Share("41", BigDecimal.TEN), Custody.SELLER))
                .extracting(line -> line.kind() + " " + line.debit() + " " + line.credit())
                .containsExactly(
                        "accrual EXCHANGE SELLER_DIRECT",
                        "fee EXCHANGE FEE_INCOME",
                        "referral SELLER_DIRECT REFERRER_PAYABLE");
    }

    @ParameterizedTest(name = "paid at {0}, the coins came at {1}: {2}")
    @CsvSource({
        "10.00, 8.00, market_gain 2.00",
        "10.00, 13.00, market_loss 3.00",
        "10.00, 10.00, nothing",
    })
    void payoutBooksWhatItsCoinsGainedOrLost(String paid, String cost, String difference) {
        Money coins = Money.parse("1", ETH);
        Position position = new Position(coins.plus(coins), usd(cost).plus(usd(cost)));

        List<Line> lines = Line.payout(usd(paid), usd("0.50"), coins, RATE, position);

        assertThat(lines)
                .extracting(line -> line.kind() + " " + line.amount().text())
                .containsAll(List.of("payout " + paid, "payout_fee 0.50", "payout_coins 1"))
                .filteredOn(line -> line.startsWith("market"))
                .isEqualTo(difference.equals("nothing") ? List.of() : List.of(difference));
        assertThat(net(lines, Account.EXCHANGE))
                .as("what the coins had cost leaves the exchange")
                .isEqualTo(usd(cost));
    }

    @Test
    void payoutOfMoreCoinsThanThereAreBooksNoGain() {
        Position position = new Position(Money.parse("0.5", ETH), usd("1.00"));

        assertThat(Line.payout(usd("10"), usd("0"), Money.parse("1", ETH), RATE, position))
                .extracting(Line::kind)
                .containsExactly("payout", "payout_coins");
    }

    @ParameterizedTest(name = "worth {0}, came at {1}: {2}")
    @CsvSource({
        "80.00, 77.40, market_gain 2.60",
        "70, 77.40, market_loss 7.40",
        "77.40, 77.40, nothing",
        "5, 0, market_gain 5.00"
    })
    void conversionMovesCoinsAndTheirCostAndBooksTheDifference(String got, String cost, String difference) {
        Money from = Money.parse("0.02", ETH);
        Money into = Money.parse(got, USDT);

        List<Line> lines = Line.conversion(from, into, usd(cost), Rate.oneToOne(USDT, HandClock.BEGIN));

        assertThat(lines)
                .extracting(line -> line.kind() + " " + line.amount().text())
                .contains("conversion 0.02", "conversion_into " + into.text())
                .filteredOn(line -> line.startsWith("market"))
                .isEqualTo(difference.equals("nothing") ? List.of() : List.of(difference));
        assertThat(costIn(lines, ETH)).isEqualTo(Money.zero(Asset.USD).minus(usd(cost)));
        assertThat(costIn(lines, USDT)).isEqualTo(Money.parse(got, Asset.USD));
    }

    /** What the lines add to the cost of a coin. */
    private static Money costIn(List<Line> lines, Asset coin) {
        return lines.stream()
                .filter(line -> line.rate() != null && line.rate().from().equals(coin))
                .map(line -> line.debit() == Account.EXCHANGE
                        ? line.amount()
                        : Money.zero(Asset.USD).minus(line.amount()))
                .reduce(Money.zero(Asset.USD), Money::plus);
    }

    private static Money net(List<Line> lines, Account account) {
        Money sum = Money.zero(Asset.USD);
        for (Line line : lines) {
            if (line.amount().asset().equals(Asset.USD)) {
                sum = line.credit() == account ? sum.plus(line.amount()) : sum;
                sum = line.debit() == account ? sum.minus(line.amount()) : sum;
            }
        }
        return sum;
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    @Test
    void takesBackEachLineOnce() {
        var booked = new Ledger.Posted(
                UUID.randomUUID(),
                "accrual",
                Account.EXCHANGE,
                Account.SELLER_PAYABLE,
                Money.parse("1.01", Asset.USD),
                RATE,
                HandClock.BEGIN);
        Line back = Line.reversal(List.of(booked)).getFirst();

        assertThat(back)
                .isEqualTo(new Line(
                        "reversal_of_accrual", Account.SELLER_PAYABLE, Account.EXCHANGE, booked.amount(), RATE));
        assertThat(Line.reversal(List.of(new Ledger.Posted(
                        booked.entryId(), back.kind(), back.debit(), back.credit(), back.amount(), RATE, booked.at()))))
                .isEmpty();
    }

    @Test
    void hasAPositiveAmount() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Line("x", Account.EXCHANGE, Account.SUSPENSE, Money.zero(ETH), null));
        assertThat(Line.suspense(Money.zero(ETH))).isEmpty();
    }

    private static Money sum(List<Line> lines, Account credit) {
        return lines.stream()
                .filter(line -> line.credit() == credit)
                .map(Line::amount)
                .reduce(Money.zero(Asset.USD), Money::plus);
    }

    @Test
    void shareComesOutOfTheSellersPartAndAllPartsAddUp() {
        long seed = new java.util.Random().nextLong();
        var random = new java.util.Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Money outcome =
                    new Money(java.math.BigInteger.valueOf(1 + random.nextLong(1_000_000_000_000_000_000L)), ETH);
            BigDecimal fee = BigDecimal.valueOf(random.nextInt(10_000), 2);
            var share = new Line.Share("41", BigDecimal.valueOf(1 + random.nextInt(9_999), 2));

            List<Line> lines = Line.accrual(outcome, RATE, fee, share, Custody.PROVIDER);

            Money sum = Money.zero(Asset.USD);
            Money seller = Money.zero(Asset.USD);
            for (Line line : lines) {
                Money amount = line.amount();
                sum = line.debit() == Account.EXCHANGE ? sum.plus(amount) : sum;
                seller = line.credit() == Account.SELLER_PAYABLE ? seller.plus(amount) : seller;
                seller = line.debit() == Account.SELLER_PAYABLE ? seller.minus(amount) : seller;
            }
            assertThat(sum).as("seed %d", seed).isEqualTo(RATE.value(outcome));
            assertThat(seller.units().signum()).as("seed %d", seed).isNotNegative();
            assertThat(lines)
                    .filteredOn(line -> line.kind().equals(Line.Kind.REFERRAL))
                    .allSatisfy(line -> {
                        assertThat(line.holder()).isEqualTo("41");
                        assertThat(line.debit()).isEqualTo(Account.SELLER_PAYABLE);
                        assertThat(line.credit()).isEqualTo(Account.REFERRER_PAYABLE);
                    });
        }
    }
}
