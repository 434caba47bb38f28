package admitone.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.TestSettings;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coin;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.PaymentProvider.Created;
import admitone.payments.PaymentProvider.NewPayment;
import admitone.payments.ProviderStatus;
import admitone.payments.Wallet;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.nowpayments.Operation;
import admitone.simulators.nowpayments.Settings.CoinsShape;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(Lifecycle.PER_CLASS)
class NowPaymentsClientTests {
    private static final Asset ETH = new Asset("eth");
    private static final Trigger TRIGGER = new Trigger(Cause.SWEEP, "test", HandClock.BEGIN);

    private final NowPaymentsSimulator provider = NowPaymentsSimulator.start(0);
    private final List<Object> answers = new ArrayList<>();

    @BeforeEach
    void reset() {
        provider.reset();
        provider.configure(settings -> settings.apiKey = TestSettings.API_KEY);
    }

    @AfterAll
    void stop() {
        provider.close();
        assertThat(answers)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.toString()).doesNotContain("canary"));
    }

    @Test
    void createsAPaymentAndFindsIt() {
        Created created = done(client().create(payment("1.35", "eth")));

        assertThat(created.payAddress()).isNotBlank();
        assertThat(created.payAmount().asset()).isEqualTo(ETH);
        assertThat(created.expiresAt()).isNotNull();
        Heard heard = done(client().find(created.paymentId(), TRIGGER)).orElseThrow();
        assertThat(heard.status()).isEqualTo(ProviderStatus.WAITING);
        assertThat(heard.orderId()).isEqualTo("ao_order");
        assertThat(heard.price()).isEqualTo(Money.parse("1.35", Asset.USD));
        assertThat(heard.payAmount()).isEqualTo(created.payAmount());
        assertThat(provider.payment(Long.parseLong(created.paymentId())).terms().ipnCallbackUrl())
                .isEqualTo("https://shop.example/ipn");
    }

    @Test
    void readsAPaymentThatWasPaid() {
        provider.configure(settings -> {
            settings.apiKey = TestSettings.API_KEY;
            settings.outcomeCurrency = "eth";
        });
        Created created = done(client().create(payment("1.35", "eth")));
        provider.pay(Long.parseLong(created.paymentId()));

        Heard heard = done(client().find(created.paymentId(), TRIGGER)).orElseThrow();

        assertThat(heard.status()).isEqualTo(ProviderStatus.FINISHED);
        assertThat(heard.actuallyPaid()).isEqualTo(created.payAmount());
        assertThat(heard.outcome()).isNotNull();
    }

    @Test
    void unknownPaymentIsNone() {
        assertThat(kept(client().find("1", TRIGGER))).isEqualTo(new Answer.Done<>(Optional.empty()));
    }

    @Test
    void tellsRefusalsApart() {
        assertDeclined(client().create(payment("0.01", "eth")), "below_minimum");
        assertDeclined(client().create(payment("1.35", "nosuchcoin")), "coin_unavailable", "refused");
        assertDeclined(
                client(provider.url() + "/v1", "canary-wrong-key").create(payment("1.35", "eth")), "key_refused");
        assertDeclined(client(provider.url() + "/v1", "canary-wrong-key").find("1", TRIGGER), "key_refused");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DROP_BEFORE_EFFECT", "DROP_AFTER_EFFECT", "STATUS_500_BEFORE", "STATUS_500_AFTER"})
    void lostAnswerOfACreationIsNotKnowingAndNotRepeated(Fault fault) {
        NowPaymentsClient client = client();
        assertThat(kept(client.usdPerUnit(ETH))).isInstanceOf(Answer.Done.class); // the connection is kept alive
        provider.fault(Operation.CREATE_PAYMENT, fault, 1);

        assertThat(kept(client.create(payment("1.35", "eth")))).isInstanceOf(Answer.Unknown.class);

        assertThat(provider.calls().count(Operation.CREATE_PAYMENT)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"HTML_429", "HTML_403"})
    void pageOfTheProxyMeansNotNow(Fault fault) {
        for (Operation operation : List.of(Operation.CREATE_PAYMENT, Operation.GET_PAYMENT, Operation.ESTIMATE)) {
            provider.fault(operation, fault, 1);
        }
        NowPaymentsClient client = client();

        assertThat(kept(client.create(payment("1.35", "eth")))).isInstanceOf(Answer.NotNow.class);
        assertThat(kept(client.find("1", TRIGGER))).isInstanceOf(Answer.NotNow.class);
        assertThat(kept(client.usdPerUnit(ETH))).isInstanceOf(Answer.NotNow.class);
    }

    @Test
    void refusedConnectionIsCertainlyNotSent() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        NowPaymentsClient client = client("http://127.0.0.1:" + closed + "/v1", TestSettings.API_KEY);

        assertThat(kept(client.create(payment("1.35", "eth")))).isInstanceOf(Answer.NotNow.class);
        assertThat(kept(client.find("1", TRIGGER))).isInstanceOf(Answer.NotNow.class);
    }

    @Test
    void keepsTheProvidersLimitOfCreations() {
        NowPaymentsClient client = client();
        for (int i = 0; i < 8; i++) {
            kept(client.create(payment("1.35", "eth")));
        }

        assertThat(provider.calls().count(Operation.CREATE_PAYMENT)).isBetween(3L, 5L);
        assertThat(answers).anyMatch(answer -> answer instanceof Answer.NotNow<?>);
    }

    @Test
    void asksForTheRateOfOneUnit() {
        provider.rate("eth", "3870");

        BigDecimal rate = done(client().usdPerUnit(ETH));

        assertThat(rate).isEqualByComparingTo("3870");
    }

    /** One unit would be told as 0.0000004, or as nothing. */
    @Test
    void aCheapCoinKeepsItsDigits() throws IOException {
        Function<URI, String> millions = uri -> uri.getQuery().contains("amount=1000000&")
                ? "{\"estimated_amount\":\"0.41237\"}"
                : "{\"estimated_amount\":\"0.00000000\"}";

        BigDecimal rate = done(against(200, millions, client -> client.usdPerUnit(new Asset("shib"))));

        assertThat(rate).isEqualByComparingTo("0.00000041237");
    }

    // coins and minimums

    @ParameterizedTest
    @EnumSource(CoinsShape.class)
    void listsTheAccountsCoinsWithTheirNames(CoinsShape shape) {
        provider.configure(settings -> {
            settings.apiKey = TestSettings.API_KEY;
            settings.merchantCoins = shape;
            settings.disabledCurrencies.add("xrp");
        });

        List<Coin> coins = done(client().coins());

        assertThat(coins)
                .contains(
                        new Coin(new Asset("btc"), "Bitcoin", "btc"),
                        new Coin(new Asset("usdttrc20"), "Tether USD (Tron)", "trx"))
                .noneMatch(coin -> coin.asset().code().equals("xrp"));
    }

    @Test
    void listsTheAccountsCoinsWithoutNamesWhereThoseAreNotToBeHad() {
        provider.fault(Operation.FULL_CURRENCIES, Fault.STATUS_500_BEFORE, 1);

        assertThat(done(client().coins())).contains(new Coin(new Asset("btc"), null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"selectedCurrencies\":[]}",
                "{\"selectedCurrencies\":\"BTC\"}",
                "{\"currencies\":[1,null,{},\"two words\"]}",
                "[\"btc\"]"
            })
    void accountWithoutACoinIsNotBelieved(String body) throws IOException {
        assertThat(against(200, body, NowPaymentsClient::coins)).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void coinThatCannotBePaidInNowIsNotListed() throws IOException {
        String body = "{\"selectedCurrencies\":[\"BTC\",\"ETH\",\"XMR\"],\"currencies\":["
                + "{\"code\":\"BTC\",\"name\":\"Bitcoin\",\"network\":\"btc\",\"available_for_payment\":true},"
                + "{\"code\":\"ETH\",\"enable\":false},{\"code\":\"XMR\",\"available_for_payment\":false}]}";

        assertThat(done(against(200, body, NowPaymentsClient::coins)))
                .containsExactly(new Coin(new Asset("btc"), "Bitcoin", "btc"));
    }

    @Test
    void tellsAMinimumInUsdRoundedUpToTheCent() {
        provider.configure(settings -> {
            settings.apiKey = TestSettings.API_KEY;
            settings.minAmounts.put("eth", new BigDecimal("0.0012345")); // 4.777515 USD
        });
        provider.rate("eth", "3870");

        assertThat(done(client().minimum(ETH))).isEqualTo(Money.parse("4.78", Asset.USD));
    }

    @Test
    void minimumOfACoinThatIsNoneIsDeclined() {
        assertDeclined(client().minimum(new Asset("nosuchcoin")), "coin_unavailable");
    }

    @Test
    void minimumRefusedForTheCoinOfThePayoutsIsNotOfTheCoinAskedAbout() {
        NowPaymentsClient client = client(provider.url() + "/v1", TestSettings.API_KEY, "nosuchcoin");

        assertDeclined(client.minimum(ETH), "refused");
        assertDeclined(client.minimum(new Asset("nosuchcoin")), "coin_unavailable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"min_amount\":1}", "{\"fiat_equivalent\":-1}", "{\"fiat_equivalent\":\"1e60\"}"})
    void minimumAnsweredInAnotherShapeIsNotKnowing(String body) throws IOException {
        assertThat(against(200, body, client -> client.minimum(ETH))).isInstanceOf(Answer.Unknown.class);
    }

    /** A minimum of other terms may be half of the one that counts. */
    @Test
    void asksForAMinimumOnTheTermsOfEveryPayment() throws IOException {
        List<String> asked = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI()
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
            NowPaymentsClient client = new NowPaymentsClient(
                    new OutsideHttp(),
                    JsonMapper.builder().build(),
                    new PaymentReader(),
                    TestSettings.with(Map.of(
                            "ADMITONE_NOWPAYMENTS_API_URL", url, "ADMITONE_NOWPAYMENTS_SETTLES_IN", "USDTTRC20")));
            kept(client.create(payment("1.35", "eth")));
            kept(client.minimum(ETH));
        } finally {
            server.stop(0);
        }

        assertThat(asked.getFirst()).contains("\"is_fixed_rate\":false", "\"is_fee_paid_by_user\":false");
        assertThat(asked.getLast())
                .contains(
                        "/v1/min-amount?",
                        "currency_from=eth",
                        "currency_to=usdttrc20",
                        "fiat_equivalent=usd",
                        "is_fixed_rate=false",
                        "is_fee_paid_by_user=false");
    }

    // answers of other shapes

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"payment_id\":5745459419,\"pay_address\":\"a\",\"pay_amount\":\"0.0003\"}|5745459419",
                "{\"payment_id\":\"5745459419\",\"pay_address\":\"a\",\"pay_amount\":0.0003}|5745459419",
                "{\"payment_id\":5.745459419e9,\"pay_address\":\"a\",\"pay_amount\":3e-4}|5745459419",
            })
    void readsIdsAndAmountsAsNumbersOrText(String body, String id) throws IOException {
        Created created = done(against(201, body, client -> client.create(payment("1.35", "eth"))));

        assertThat(created.paymentId()).isEqualTo(id);
        assertThat(created.payAmount()).isEqualTo(Money.parse("0.0003", ETH));
        assertThat(created.expiresAt()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "OK",
                "[]",
                "null",
                "{}",
                "{\"payment_id\":null,\"pay_address\":\"a\",\"pay_amount\":1}",
                "{\"payment_id\":\"abc\",\"pay_address\":\"a\",\"pay_amount\":1}",
                "{\"payment_id\":1,\"pay_address\":null,\"pay_amount\":1}",
                "{\"payment_id\":1,\"pay_address\":\"a\",\"pay_amount\":-1}",
                "{\"payment_id\":1,\"pay_address\":\"a\",\"pay_amount\":1e99}",
                "{\"payment_id\":1,\"pay_addr"
            })
    void creationAnsweredInAnotherShapeIsNotKnowing(String body) throws IOException {
        assertThat(against(201, body, client -> client.create(payment("1.35", "eth"))))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"estimated_amount\":\"many\"}",
                "{\"estimated_amount\":0}",
                "{\"estimated_amount\":-1}",
                "{\"estimated_amount\":\"1e999999999\"}",
                "{\"estimated_amount\":1e-999999999}"
            })
    void rateAnsweredInAnotherShapeIsNotKnowing(String body) throws IOException {
        assertThat(against(200, body, client -> client.usdPerUnit(ETH))).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void answerAboutAnotherPaymentIsNotTaken() throws IOException {
        assertThat(against(
                        200, "{\"payment_id\":2,\"payment_status\":\"finished\"}", client -> client.find("1", TRIGGER)))
                .isInstanceOf(Answer.Unknown.class);
    }

    private <T> Answer<T> against(int status, String body, Function<NowPaymentsClient, Answer<T>> call)
            throws IOException {
        return against(status, _ -> body, call);
    }

    private <T> Answer<T> against(int status, Function<URI, String> body, Function<NowPaymentsClient, Answer<T>> call)
            throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = body.apply(exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            Answer<T> answer = call.apply(
                    client("http://127.0.0.1:" + server.getAddress().getPort() + "/v1", TestSettings.API_KEY));
            answers.add(answer);
            return answer;
        } finally {
            server.stop(0);
        }
    }

    private NowPaymentsClient client() {
        return client(provider.url() + "/v1", TestSettings.API_KEY);
    }

    private static NowPaymentsClient client(String url, String key) {
        return client(url, key, "");
    }

    private static NowPaymentsClient client(String url, String key, String settlesIn) {
        return new NowPaymentsClient(
                new OutsideHttp(),
                JsonMapper.builder().build(),
                new PaymentReader(),
                TestSettings.with(Map.of(
                        "ADMITONE_NOWPAYMENTS_API_URL", url,
                        "ADMITONE_NOWPAYMENTS_API_KEY", key,
                        "ADMITONE_NOWPAYMENTS_SETTLES_IN", settlesIn)));
    }

    @Test
    void isToldWhereItIsSettled() {
        Wallet wallet = new Wallet(new Asset("usdttrc20"), "TQ5NMqJjhpQGK7YJbESKtNCtGPxYrqHYLp", null);

        Created created = done(client().create(settledTo(wallet)));

        var terms = provider.payment(Long.parseLong(created.paymentId())).terms();
        assertThat(terms.payoutAddress()).isEqualTo(wallet.address());
        assertDeclined(client().create(settledTo(new Wallet(wallet.coin(), "0x5a", null))), "refused");
        assertDeclined(client().create(settledTo(new Wallet(wallet.coin(), wallet.address(), "7"))), "refused");
    }

    private static NewPayment settledTo(Wallet wallet) {
        NewPayment plain = payment("20", "eth");
        return new NewPayment(
                plain.orderId(), plain.price(), plain.payCurrency(), plain.description(), plain.notifyUrl(), wallet);
    }

    private static NewPayment payment(String usd, String coin) {
        return new NewPayment(
                "ao_order", Money.parse(usd, Asset.USD), new Asset(coin), "Signals", "https://shop.example/ipn", null);
    }

    private Object kept(Object answer) {
        answers.add(answer);
        return answer;
    }

    private static <T> T done(Answer<T> answer) {
        if (answer instanceof Answer.Done<T>(T value)) {
            return value;
        }
        throw new AssertionError(answer);
    }

    private void assertDeclined(Object answer, String... codes) {
        assertThat(kept(answer))
                .isInstanceOfSatisfying(
                        Answer.Declined.class,
                        declined -> assertThat(declined.code()).isIn((Object[]) codes));
    }
}
