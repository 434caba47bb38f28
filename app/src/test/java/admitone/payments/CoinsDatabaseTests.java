package admitone.payments;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoinsDatabaseTests {
    private static final Money PRICE = Money.parse("10.00", Asset.USD);

    private final Core core = Core.start("coins");
    private final Coins coins = core.bean(Coins.class);

    @BeforeEach
    void answer() {
        core.provider.onCoins = () -> new Answer.Done<>(List.of(coin("btc"), coin("eth"), coin("xmr")));
        core.provider.onMinimum = coin -> usd("0.50");
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void nothingIsKnownBeforeTheProviderWasAsked() {
        assertThat(coins.areKnown()).isFalse();
        assertThat(coins.payableAt(PRICE)).isEmpty();
    }

    @Test
    void offersWhoseMinimumIsBelowThePriceByFivePercent() {
        core.provider.onMinimum = coin -> switch (coin.code()) {
            case "btc" -> usd("9.52"); // 9.996 with the margin
            case "eth" -> usd("9.53"); // 10.0065
            default -> usd("25.00");
        };

        coins.refresh();

        assertThat(codes(coins)).containsExactly("btc");
    }

    @Test
    void offersAlsoWhoseMinimumWasNotToldYet() {
        core.provider.onMinimum = coin -> new Answer.Unknown<>("HTTP 500");

        coins.refresh();

        assertThat(codes(coins)).containsExactly("btc", "eth", "xmr");
        assertThat(core.provider.minimums)
                .as("asked no further while it does not answer")
                .hasSize(1);
    }

    @Test
    void doesNotOfferWhatTheProviderTellsNoMinimumFor() {
        core.provider.onMinimum =
                coin -> coin.code().equals("eth") ? new Answer.Declined<>("coin_unavailable", "no") : usd("1.00");
        coins.refresh();
        assertThat(codes(coins)).containsExactly("btc", "xmr");

        core.provider.onMinimum = coin -> usd("1.00");
        core.clock.advance(Duration.ofMinutes(31));
        coins.refresh();
        assertThat(codes(coins)).containsExactly("btc", "eth", "xmr");
    }

    @Test
    void refusedKeySaysNothingAboutACoin() {
        core.provider.onMinimum = coin -> new Answer.Declined<>("key_refused", "Invalid api key");

        coins.refresh();

        assertThat(codes(coins)).hasSize(3);
        assertThat(core.provider.minimums).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "below_minimum"})
    void refusalThatIsNotOfTheCoinHidesNone(String code) {
        core.provider.onMinimum = coin -> new Answer.Declined<>(code, "currency_to is not allowed");

        coins.refresh();

        assertThat(codes(coins)).containsExactly("btc", "eth", "xmr");
        assertThat(core.provider.minimums).as("each is asked about").hasSize(3);
    }

    @Test
    void whatWasToldHoldsWhileTheProviderRefusesTheQuestion() {
        core.provider.onMinimum = coin -> coin.code().equals("btc") ? usd("9.90") : usd("1.00");
        coins.refresh();
        core.provider.onMinimum = coin -> new Answer.Declined<>("refused", "currency_to is not allowed");
        core.clock.advance(Duration.ofMinutes(31));

        coins.refresh();

        assertThat(codes(coins)).containsExactly("eth", "xmr");
    }

    @Test
    void whatWasToldOutlivesTheProviderAndTheProcess() {
        core.provider.onMinimum = coin -> coin.code().equals("btc") ? usd("9.90") : usd("1.00");
        coins.refresh();
        core.provider.onCoins = () -> new Answer.NotNow<>(Duration.ofSeconds(5), "no connection");
        core.provider.onMinimum = coin -> new Answer.NotNow<>(Duration.ofSeconds(5), "no connection");
        core.clock.advance(Duration.ofDays(3));

        coins.refresh();
        Coins restarted = another();
        restarted.load();

        assertThat(codes(coins)).containsExactly("eth", "xmr");
        assertThat(codes(restarted)).containsExactly("eth", "xmr");
    }

    @Test
    void disabledCoinIsGoneWithTheNextListAndComesBackWithItsName() {
        core.provider.onCoins =
                () -> new Answer.Done<>(List.of(coin("btc"), new Coin(new Asset("ada"), "Cardano", "ada")));
        coins.refresh();
        core.provider.onCoins = () -> new Answer.Done<>(List.of(coin("btc")));
        core.clock.advance(Duration.ofMinutes(11));
        coins.refresh();
        assertThat(codes(coins)).containsExactly("btc");

        core.provider.onCoins = () -> new Answer.Done<>(List.of(coin("ada"), coin("btc")));
        core.clock.advance(Duration.ofMinutes(11));
        coins.refresh();

        assertThat(coins.payableAt(PRICE)).contains(new Coin(new Asset("ada"), "Cardano", "ada"));
    }

    @Test
    void asksForAMinimumOnceInHalfAnHourOverAllInstances() {
        Coins other = another();
        coins.refresh();
        other.refresh();
        assertThat(core.provider.minimums).hasSize(3);

        core.clock.advance(Duration.ofMinutes(29));
        other.refresh();
        assertThat(core.provider.minimums).hasSize(3);
        core.clock.advance(Duration.ofMinutes(2));
        other.refresh();
        coins.refresh();
        assertThat(core.provider.minimums).hasSize(6);
    }

    @Test
    void asksForTenMinimumsInARound() {
        List<Coin> many =
                IntStream.range(100, 125).mapToObj(i -> coin("coin" + i)).toList();
        core.provider.onCoins = () -> new Answer.Done<>(many);

        coins.refresh();
        assertThat(core.provider.minimums).hasSize(10);
        coins.refresh();
        coins.refresh();
        coins.refresh();
        assertThat(core.provider.minimums).hasSize(25).doesNotHaveDuplicates();
    }

    private Coins another() {
        return new Coins(core.bean(JdbcCoins.class), core.provider, core.clock);
    }

    private static Coin coin(String code) {
        return new Coin(new Asset(code), null, null);
    }

    private static Answer<Money> usd(String amount) {
        return new Answer.Done<>(Money.parse(amount, Asset.USD));
    }

    private static List<String> codes(Coins coins) {
        return coins.payableAt(PRICE).stream().map(Coin::asset).map(Asset::code).toList();
    }
}
