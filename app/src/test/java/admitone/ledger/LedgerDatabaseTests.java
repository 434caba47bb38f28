package admitone.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.AtOnce;
import admitone.Core;
import admitone.ledger.Ledger.Balance;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

class LedgerDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final SellerId OTHER = new SellerId("zzzzzzzzzzzz");
    private static final Money ONE = Money.parse("1.01", Asset.USD);
    private static final Money ZERO = Money.zero(Asset.USD);
    private static final Line ACCRUAL =
            new Line(Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_PAYABLE, ONE, null);

    private final Core core = Core.start("ledger");
    private final Ledger ledger = core.bean(Ledger.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void balanceIsTheSumOfTheSellersLines() {
        book(SELLER, "payment:1", List.of(ACCRUAL));
        book(SELLER, "payment:2", List.of(ACCRUAL));
        book(OTHER, "payment:3", List.of(ACCRUAL));

        assertThat(ledger.balance(SELLER).available()).isEqualTo(ONE.plus(ONE));
        assertThat(ledger.balance(OTHER).accrued()).isEqualTo(ONE);
        assertThat(ledger.balance(new SellerId("0000000000zz")).available()).isEqualTo(Money.zero(Asset.USD));
    }

    @Test
    void refusesASecondEntryForTheSameReference() {
        book(SELLER, "payment:1", List.of(ACCRUAL));

        assertThatThrownBy(() -> book(SELLER, "payment:1", List.of(ACCRUAL))).isInstanceOf(DuplicateKeyException.class);

        assertThat(ledger.balance(SELLER).available()).isEqualTo(ONE);
    }

    @Test
    void booksAllLinesOrNone() {
        book(SELLER, "payment:1", List.of(ACCRUAL));
        Line fee = new Line(Line.Kind.FEE, Account.EXCHANGE, Account.FEE_INCOME, ONE, null);

        assertThatThrownBy(() -> book(SELLER, "payment:1", List.of(fee, ACCRUAL)))
                .isInstanceOf(DuplicateKeyException.class);

        assertThat(core.journal("1")).containsExactly("accrual");
    }

    @Test
    void reversalTakesTheBalanceBackToZero() {
        book(SELLER, "payment:1", List.of(ACCRUAL));

        book(SELLER, "payment:1", Line.reversal(ledger.of(SELLER, "payment:1")));

        assertThat(ledger.balance(SELLER).available()).isEqualTo(Money.zero(Asset.USD));
        assertThatThrownBy(() -> book(SELLER, "payment:1", Line.reversal(ledger.of(SELLER, "payment:1"))))
                .isInstanceOf(DuplicateKeyException.class);
    }

    @Test
    void keepsEighteenDecimals() {
        Money wei = Money.parse("99999999999999999999.999999999999999999", new Asset("eth"));
        book(
                SELLER,
                "payment:1",
                List.of(new Line("settlement", Account.PROVIDER_CLEARING, Account.EXCHANGE, wei, null)));

        assertThat(ledger.of(SELLER, "payment:1"))
                .singleElement()
                .satisfies(line -> assertThat(line.amount()).isEqualTo(wei));
    }

    @Test
    void balanceSaysWhatBecameOfIt() {
        Money fee = Money.parse("0.10", Asset.USD);
        Money paid = ONE.minus(fee);
        Instant before = core.clock.instant();
        book(SELLER, "payment:1", List.of(ACCRUAL));
        book(SELLER, "payment:2", List.of(ACCRUAL));
        book(
                SELLER,
                "payment:3",
                List.of(new Line(Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_DIRECT, ONE, null)));
        core.clock.advance(Duration.ofHours(1));
        book(SELLER, "payout:1", List.of(Line.payoutReserve(ONE)));

        assertThat(ledger.balance(SELLER)).isEqualTo(Balance.of(ONE, ONE, ONE));
        assertThat(ledger.balance(SELLER).accrued()).isEqualTo(ONE.plus(ONE).plus(ONE));

        Rate rate = new Rate(new Asset("eth"), BigDecimal.TEN, before, "test");
        Money coins = Money.parse("0.09", rate.from());
        book(SELLER, "payout:1", Line.payout(paid, fee, coins, rate, ledger.position(SELLER, rate.from())));

        assertThat(ledger.balance(SELLER)).isEqualTo(Balance.of(ZERO, ONE.plus(ONE), ONE));
        assertThat(ledger.balance(SELLER, before)).isEqualTo(Balance.of(ZERO, ONE, ONE.plus(ONE)));
        assertThat(ledger.balance(SELLER, before.minusMillis(1))).isEqualTo(Balance.of(ZERO, ZERO, ZERO));
    }

    @Test
    void positionIsWhatThereIsOfACoinAndWhatItCost() {
        Asset eth = new Asset("eth");
        Rate rate = new Rate(eth, new BigDecimal("3870"), core.clock.instant(), "test");
        Money came = Money.parse("0.001", eth);
        book(SELLER, "payment:1", Line.settlement(came, null, Custody.PROVIDER));
        book(SELLER, "payment:1", Line.accrual(came, rate, BigDecimal.TEN, null, Custody.PROVIDER));
        book(SELLER, "payment:2", Line.settlement(Money.parse("5", new Asset("usdttrc20")), null, Custody.PROVIDER));

        assertThat(ledger.position(SELLER, eth)).isEqualTo(new Position(came, Money.parse("3.87", Asset.USD)));

        book(
                SELLER,
                "payout:1",
                Line.payout(
                        Money.parse("3.00", Asset.USD),
                        ZERO,
                        Money.parse("0.0005", eth),
                        rate,
                        ledger.position(SELLER, eth)));

        assertThat(ledger.position(SELLER, eth))
                .isEqualTo(new Position(Money.parse("0.0005", eth), Money.parse("1.93", Asset.USD)));
    }

    @Test
    void accountsOfEachAssetComeToNothing() {
        Asset eth = new Asset("eth");
        Rate rate = new Rate(eth, new BigDecimal("3870"), core.clock.instant(), "test");
        Money came = Money.parse("0.001", eth);
        book(SELLER, "payment:1", Line.settlement(came, null, Custody.PROVIDER));
        book(SELLER, "payment:1", Line.accrual(came, rate, BigDecimal.TEN, null, Custody.PROVIDER));

        List<Ledger.Standing> accounts = ledger.accounts(SELLER);

        assertThat(accounts)
                .extracting(one ->
                        one.account() + " " + one.asset() + " " + one.amount().toPlainString())
                .containsExactly(
                        "EXCHANGE eth 0.001000000000000000",
                        "EXCHANGE usd -3.87",
                        "FEE_INCOME usd 0.39",
                        "PROVIDER_CLEARING eth -0.001000000000000000",
                        "SELLER_PAYABLE usd 3.48");
        for (Asset asset : List.of(eth, Asset.USD)) {
            assertThat(accounts.stream()
                            .filter(one -> one.asset().equals(asset))
                            .map(Ledger.Standing::amount)
                            .reduce(BigDecimal.ZERO, BigDecimal::add))
                    .isZero();
        }
    }

    /** What was kept back for who brought buyers is the seller's again when they have paid it, and only then. */
    @Test
    void shareThatWasPaidComesBackToTheBalance() throws Exception {
        Referrers referrers = core.bean(Referrers.class);
        Money share = Money.parse("0.10", Asset.USD);
        Rate rate = Rate.oneToOne(Asset.USD, core.clock.instant());
        var tenth = new Line.Share("41", BigDecimal.TEN);
        book(SELLER, "payment:1", Line.accrual(ONE, rate, BigDecimal.ZERO, tenth, Custody.PROVIDER));
        book(SELLER, "payment:2", Line.accrual(ONE, rate, BigDecimal.ZERO, tenth, Custody.SELLER));
        assertThat(referrers.owedToAll(SELLER)).isEqualTo(share.plus(share));
        assertThat(ledger.balance(SELLER)).isEqualTo(Balance.of(ZERO, ONE.minus(share), ONE.minus(share)));

        assertThat(core.transactions.run(SELLER, () -> referrers.paid(SELLER, "41", ONE, "too much")))
                .isEqualTo(new Referrers.Outcome.MoreThanOwed(share.plus(share)));
        assertThat(AtOnce.atOnce(
                        20,
                        () -> core.transactions.run(
                                SELLER, () -> referrers.paid(SELLER, "41", Money.parse("0.15", Asset.USD), "march"))))
                .hasSize(20);

        assertThat(ledger.balance(SELLER)).isEqualTo(Balance.of(ZERO, ONE, ONE.minus(Money.parse("0.05", Asset.USD))));
        assertThat(ledger.sharesOf(SELLER, List.of("41")))
                .containsEntry("41", new Ledger.Shares(share.plus(share), Money.parse("0.05", Asset.USD)));
        core.transactions.run(SELLER, () -> referrers.paid(SELLER, "41", Money.parse("0.05", Asset.USD), "april"));
        assertThat(referrers.owedToAll(SELLER)).isEqualTo(ZERO);
    }

    private void book(SellerId seller, String reference, List<Line> lines) {
        core.transactions.run(seller, () -> ledger.book(seller, reference, lines));
    }
}
