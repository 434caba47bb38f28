package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.FakePayoutProvider.Lie;
import admitone.money.Asset;
import admitone.money.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A seller is paid in a coin that is worth something else the day after. */
class QuoteDatabaseTests {
    private static final Asset ETH = new Asset("eth");
    private static final Duration LATER = Payout.QUOTED_FOR.plusMinutes(1);

    private final Paying paying = Paying.start("quote");

    @AfterEach
    void stop() {
        paying.close();
    }

    /** Whether a person has made it or the service: what they approved is another amount of coins. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsApprovedTooLateIsMadeAnewAtTheRateOfThen(boolean byHand) {
        paidInEth();
        Payout old = byHand ? byHand() : paying.made(SELLER);
        paying.core.clock.advance(LATER);
        paying.core.rates.usd.put("eth", new BigDecimal("1935"));

        paying.approve(old);
        paying.work();

        assertThat(paying.state(old)).isEqualTo("cancelled");
        Payout anew = newest();
        assertThat(anew.id()).isNotEqualTo(old.id());
        assertThat(anew.state().word()).isEqualTo("awaiting_approval");
        assertThat(anew.madeBy()).isEqualTo(old.madeBy());
        assertThat(anew.reserved()).isEqualTo(old.reserved());
        assertThat(anew.rate().usd()).isEqualByComparingTo("1935");
        assertThat(anew.coins().isMoreThanPercentOf(new BigDecimal("190"), old.coins()))
                .isTrue();
        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.openCases()).containsExactly("payout_awaits_approval");
        assertThat(paying.core.messenger.sent).anyMatch(sent -> sent.html().contains("made anew at the rate of today"));

        paying.approve(anew);
        paying.pass(Duration.ofMinutes(10));
        assertThat(paying.provider.rows)
                .singleElement()
                .satisfies(row -> assertThat(row.asked.coins()).isEqualTo(anew.coins()));
    }

    @Test
    void whatIsHeldIsLeftAsItIs() {
        paidInEth();
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        paying.core.transactions.run(SELLER, () -> paying.flow.hold(SELLER, payout.id(), Paying.TEST));

        paying.pass(LATER);
        boolean calledOff = calledOff(payout);

        assertThat(calledOff).isFalse();
        assertThat(paying.now(payout).status()).isEqualTo("held");
    }

    /** Of what they asked for before, a person need not have been heard. */
    @Test
    void isMadeAnewBesideOneThatAwaitsApproval() {
        paidInEth();
        Payout old = paying.made(SELLER);
        paying.provider.balance.put(ETH, Money.parse("0", ETH));
        paying.approve(old);
        paying.work();
        paying.earn(SELLER, "500");
        Payout other = paying.made(SELLER);
        assertThat(paying.state(other)).isEqualTo("awaiting_approval");
        paying.core.clock.advance(LATER);

        paying.provider.balance.put(ETH, Money.parse("10", ETH));
        paying.work();

        assertThat(paying.state(old)).isEqualTo("cancelled");
        Payout anew = newest();
        assertThat(anew.id()).isNotEqualTo(other.id());
        assertThat(anew.reserved()).isEqualTo(old.reserved());
        assertThat(paying.balance(SELLER)).isEqualTo("1500.00 = 0.00 + 1500.00 + 0.00");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCannotBeMadeAnewStaysAndSaysWhy(boolean isForFee) {
        paidInEth();
        Payout old = byHand();
        paying.core.clock.advance(LATER);
        BigDecimal rate = isForFee ? null : paying.core.rates.usd.remove("eth");
        paying.provider.fee = coin -> Money.parse(isForFee ? "5" : "0.0001", coin);

        paying.approve(old);
        paying.work();

        assertThat(paying.state(old)).isEqualTo("approved");
        assertThat(paying.now(old).reason()).startsWith("its rate is too old, and it cannot be made anew: ");
        assertThat(paying.core.messenger.sent).noneMatch(sent -> sent.html().contains("made anew"));

        if (rate != null) {
            paying.core.rates.usd.put("eth", rate);
        }
        paying.provider.fee = coin -> Money.parse("0.0001", coin);
        paying.pass(Duration.ofMinutes(11));
        assertThat(paying.state(old)).isEqualTo("cancelled");
        assertThat(newest().state().word()).isEqualTo("awaiting_approval");
    }

    /** Nobody is asked to approve it: somebody must see that it is never sent, and its seller need not read it each day. */
    @ParameterizedTest
    @ValueSource(strings = {"short_of_coin", "not_whitelisted"})
    void whatWaitsForDaysIsAskedAboutAndToldOnceThoughItIsMadeAnew(String what) {
        try (Paying auto = new Paying("quote-auto", Map.of("ADMITONE_PAYOUTS_APPROVAL", "auto"))) {
            paidInEth(auto);
            if (what.equals("short_of_coin")) {
                auto.provider.balance.put(ETH, Money.parse("0", ETH));
            } else {
                auto.provider.declinedAs = what;
                auto.provider.lies = operation -> operation.equals("create") ? Lie.DECLINED : Lie.NONE;
            }
            auto.made(SELLER);
            auto.pass(Duration.ofDays(4));

            assertThat(auto.openCases()).containsExactly("payout_not_made");
            assertThat(told(auto, "could not be sent yet")).isEqualTo(1);
            assertThat(told(auto, "made anew")).isLessThanOrEqualTo(1);
            assertThat(told(auto, "is being sent")).isEqualTo(1);

            auto.provider.lies = operation -> Lie.NONE;
            auto.provider.balance.put(ETH, Money.parse("10", ETH));
            auto.pass(Duration.ofHours(3));
            assertThat(auto.balance(SELLER)).isEqualTo("1000.00 = 1000.00 + 0.00 + 0.00");
            assertThat(auto.openCases()).isEmpty();
        }
    }

    private static long told(Paying paying, String words) {
        return paying.core.messenger.sent.stream()
                .filter(sent -> sent.html().contains(words))
                .count();
    }

    /** It may be there. */
    @Test
    void whatIsBegunIsNotMadeAnew() {
        paidInEth();
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        while (!paying.state(payout).equals("created")) {
            paying.workOne();
        }
        paying.core.clock.advance(LATER);

        boolean calledOff = calledOff(payout);

        assertThat(calledOff).isFalse();
        assertThat(paying.state(payout)).isEqualTo("created");
    }

    /** What is one to one today is so tomorrow. */
    @Test
    void stableCoinsAreSentAsTheyWereQuoted() {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "100");
        Payout payout = paying.made(SELLER);
        paying.core.clock.advance(LATER);

        paying.approve(payout);
        paying.pass(Duration.ofMinutes(10));

        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    private boolean calledOff(Payout payout) {
        return paying.core.transactions.run(
                SELLER, () -> paying.core.bean(CallingOff.class).quotedTooLongAgo(SELLER, payout.id(), Paying.TEST));
    }

    private void paidInEth() {
        paidInEth(paying);
    }

    private static void paidInEth(Paying paying) {
        paying.seller(SELLER, "instant", "1");
        paying.core.clock.advance(Duration.ofDays(1));
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Destinations.class)
                        .add(SELLER, 2, new Destination.Place(ETH, "0xabc", null), null, paying.core.clock.instant())
                        .orElseThrow());
        paying.provider.balance.put(ETH, Money.parse("10", ETH));
        paying.provider.fee = coin -> Money.parse("0.0001", coin);
        paying.provider.minimum = coin -> Money.parse("0.0001", coin);
        paying.earn(SELLER, "1000");
    }

    private Payout byHand() {
        return ((PayoutMaking.Made.Done) paying.making.byHand(SELLER, "operator")).payout();
    }

    private Payout newest() {
        List<Payout> all = paying.payouts.list(Optional.of(SELLER), Optional.empty(), Optional.empty(), 10);
        return all.getFirst();
    }
}
