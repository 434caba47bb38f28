package admitone.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.TestSettings;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider.Batch;
import admitone.payouts.PayoutProvider.Checked;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.nowpayments.Operation;
import admitone.simulators.nowpayments.Settings.PayoutShape;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
class NowPaymentsPayoutsTests {
    private static final String EMAIL = "canary@shop.example";
    private static final String PASSWORD = "canary pass-word";
    private static final String TOTP = "JBSWY3DPEHPK3PXP";
    private static final Asset ETH = Asset.of("eth");
    private static final Place WALLET = new Place(ETH, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", null);
    private static final NewBatch BATCH =
            new NewBatch("po_1", WALLET, Money.parse("0.123456", ETH), "https://shop.example/ipn");

    private final NowPaymentsSimulator provider = NowPaymentsSimulator.start(0);
    private final HandClock clock = new HandClock();
    private final List<Object> answers = new ArrayList<>();

    @BeforeEach
    void reset() {
        provider.reset();
        provider.configure(settings -> {
            settings.apiKey = TestSettings.API_KEY;
            settings.email = EMAIL;
            settings.password = PASSWORD;
            settings.totpSecret = TOTP;
            settings.payoutAuto = false;
        });
        provider.setClock(clock.instant(), true);
    }

    @AfterAll
    void stop() {
        provider.close();
        assertThat(answers)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.toString()).doesNotContain("canary", TOTP));
    }

    @Test
    void createsABatchAndVerifiesItWithTheCodeOfAStep() {
        NowPaymentsPayouts client = client();
        Batch batch = done(client.create(BATCH));

        Seen made = batch.withdrawals().getFirst();
        assertThat(made.batchId()).isEqualTo(batch.batchId());
        assertThat(made.externalId()).isEqualTo("po_1");
        assertThat(made.amount()).isEqualTo(BATCH.coins());
        assertThat(made.address()).isEqualTo(WALLET.address());
        assertThat(made.createdAt()).isEqualTo(clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
        assertThat(done(client.batch(batch.batchId())).orElseThrow().status()).isEqualTo(Status.CREATING);

        assertThat(done(client.verify(batch.batchId(), clock.instant()))).isTrue();

        assertThat(done(client.batch(batch.batchId())).orElseThrow().status()).isEqualTo(Status.WAITING);
        assertThat(provider.withdrawals().getFirst().ipnCallbackUrl()).isEqualTo("https://shop.example/ipn");
    }

    @Test
    void sendsTheMemoThatTheWalletIsFoundBy() {
        Place ripple = new Place(Asset.of("xrp"), "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH", "77");
        provider.balance("xrp", "100");
        provider.rate("xrp", "2");

        done(client().create(
                        new NewBatch("po_1", ripple, Money.parse("3", ripple.currency()), "https://shop.example/ipn")));

        assertThat(provider.withdrawals().getFirst().extraId()).isEqualTo("77");
    }

    @ParameterizedTest
    @EnumSource(PayoutShape.class)
    void readsABatchInEveryShape(PayoutShape shape) {
        provider.configure(settings -> {
            settings.payoutShape = shape;
            settings.payoutCamelCase = shape == PayoutShape.OBJECT;
        });
        NowPaymentsPayouts client = client();
        Batch batch = done(client.create(BATCH));

        Seen seen = done(client.batch(batch.batchId())).orElseThrow();

        assertThat(seen.withdrawalId()).isEqualTo(batch.withdrawals().getFirst().withdrawalId());
        assertThat(seen.createdAt()).isEqualTo(batch.withdrawals().getFirst().createdAt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":7,\"batch_withdrawal_id\":5.0,\"address\":\"0xA\",\"currency\":\"ETH\",\"amount\":0.5,\"status\":\"finished\",\"createdAt\":\"2026-11-23T16:22:19.000Z\",\"extra_id\":77,\"updatedAt\":\"2026-11-23T16:22:20.000Z\"}",
                "[{\"id\":\"7\",\"batch_withdrawal_id\":\"5\",\"address\":\"0xA\",\"currency\":\"eth\",\"amount\":\"0.5\",\"status\":\"FINISHED\",\"created_at\":\"2026-11-23T16:22:19.000Z\",\"extra_id\":\"77\",\"updated_at\":\"2026-11-23T16:22:20.000Z\"}]"
            })
    void readsNumbersOrTextAndASingleRow(String body) throws IOException {
        Seen seen = done(answering(200, body).batch("5")).orElseThrow();

        assertThat(seen)
                .isEqualTo(new Seen(
                        "7",
                        "5",
                        null,
                        "0xA",
                        "77",
                        ETH,
                        Money.parse("0.5", ETH),
                        null,
                        Status.FINISHED,
                        seen.statusWord(),
                        null,
                        null,
                        HandClock.BEGIN,
                        HandClock.BEGIN.plusSeconds(1)));
    }

    @Test
    void anUnknownWordIsKeptAndMeansNothing() throws IOException {
        Seen seen = done(answering(
                                200,
                                "[{\"id\":\"7\",\"batch_withdrawal_id\":\"5\",\"address\":\"0xA\",\"currency\":\"eth\",\"amount\":\"0.5\",\"status\":\"PONDERING\"}]")
                        .batch("5"))
                .orElseThrow();

        assertThat(seen.status()).isEqualTo(Status.UNKNOWN_WORD);
        assertThat(seen.statusWord()).isEqualTo("PONDERING");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{}]",
                "{\"withdrawals\":[]}",
                "nonsense",
                "[{\"id\":\"7\",\"batch_withdrawal_id\":\"6\"}]"
            })
    void whatCannotBeReadIsNotAbsent(String body) throws IOException {
        assertThat(kept(answering(200, body).batch("5"))).isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchThatIsNotThereIsAbsent(boolean byWithdrawal) {
        provider.configure(settings -> settings.payoutByWithdrawal = byWithdrawal);
        done(client().create(BATCH));

        assertThat(done(client().batch("12345"))).isEmpty();
    }

    /** What the id in the address names is not documented. */
    @Test
    void aBatchIsFoundWhereOnlyWithdrawalsAreShown() {
        provider.configure(settings -> settings.payoutByWithdrawal = true);
        NowPaymentsPayouts client = client();
        Batch batch = done(client.create(BATCH));
        done(client.create(BATCH));

        assertThat(done(client.batch(batch.batchId())).orElseThrow().withdrawalId())
                .isEqualTo(batch.withdrawals().getFirst().withdrawalId());
    }

    @Test
    void aCodeIsGoodForOneBatch() {
        NowPaymentsPayouts client = client();
        Batch first = done(client.create(BATCH));
        Batch second = done(client.create(BATCH));
        done(client.verify(first.batchId(), clock.instant()));

        assertThat(declined(client.verify(second.batchId(), clock.instant()))).isEqualTo("code_refused");
        assertThat(declined(client.verify(first.batchId(), clock.instant()))).isEqualTo("not_open");
        assertThat(declined(client.verify("12345", clock.instant()))).isEqualTo("not_open");
    }

    @Test
    void triesComeToAnEnd() {
        NowPaymentsPayouts client = client();
        Batch batch = done(client.create(BATCH));
        for (int i = 0; i < 10; i++) {
            assertThat(declined(client.verify(batch.batchId(), clock.instant().plusSeconds(300 + 30 * i))))
                    .isEqualTo("code_refused");
        }

        assertThat(declined(client.verify(batch.batchId(), clock.instant()))).isEqualTo("attempts_exceeded");
    }

    @Test
    void anExpiredTokenIsExchangedOnce() {
        NowPaymentsPayouts client = client();
        done(client.create(BATCH));
        provider.advance(Duration.ofMinutes(6)); // ours thinks it is still good

        done(client.create(BATCH));

        assertThat(provider.calls().count(Operation.AUTH)).isEqualTo(2);
        assertThat(provider.withdrawals()).hasSize(2);
    }

    @Test
    void withoutATokenNothingWasCalled() {
        provider.fault(Operation.AUTH, Fault.DROP_AFTER_EFFECT, 1);

        assertThat(kept(client().create(BATCH))).isInstanceOf(Answer.NotNow.class);
        assertThat(provider.withdrawals()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTML_429", "HTML_403"})
    void theProxysPageMeansNotNow(Fault fault) {
        provider.fault(Operation.CREATE_PAYOUT, fault, 1);
        NowPaymentsPayouts client = client();

        assertThat(kept(client.create(BATCH))).isInstanceOf(Answer.NotNow.class);
        assertThat(provider.withdrawals()).isEmpty();
        done(client.create(BATCH));
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP_BEFORE_EFFECT", "DROP_AFTER_EFFECT", "STATUS_500_BEFORE", "STATUS_500_AFTER"})
    void aLostAnswerIsUnknownAndTheListTells(Fault fault) {
        provider.fault(Operation.CREATE_PAYOUT, fault, 1);
        NowPaymentsPayouts client = client();

        assertThat(kept(client.create(BATCH))).isInstanceOf(Answer.Unknown.class);

        boolean happened = fault == Fault.DROP_AFTER_EFFECT || fault == Fault.STATUS_500_AFTER;
        List<Seen> listed = done(
                client.list(clock.instant().minusSeconds(60), clock.instant().plusSeconds(60)));
        assertThat(listed.stream().map(Seen::externalId))
                .containsExactlyElementsOf(happened ? List.of("po_1") : List.of());
    }

    @Test
    void aLostVerificationIsUnknownAndTheBatchTells() {
        NowPaymentsPayouts client = client();
        Batch batch = done(client.create(BATCH));
        provider.fault(Operation.VERIFY_PAYOUT, Fault.DROP_AFTER_EFFECT, 1);
        provider.fault(Operation.GET_PAYOUT, Fault.STATUS_500_AFTER, 1);

        assertThat(kept(client.verify(batch.batchId(), clock.instant()))).isInstanceOf(Answer.Unknown.class);
        assertThat(kept(client.batch(batch.batchId()))).isInstanceOf(Answer.Unknown.class);
        assertThat(done(client.batch(batch.batchId())).orElseThrow().status()).isEqualTo(Status.WAITING);
    }

    @Test
    void verifiedIsOnlyWhatSaysOk() throws IOException {
        assertThat(done(answering(200, "OK").verify("5", clock.instant()))).isTrue();
        assertThat(done(answering(200, "\"OK\"\n").verify("5", clock.instant())))
                .isTrue();
        assertThat(kept(answering(200, "<html>").verify("5", clock.instant()))).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void aListIsReadToItsEnd() {
        NowPaymentsPayouts client = client();
        for (int i = 0; i < 3; i++) {
            done(client.create(BATCH));
        }
        NowPaymentsPayouts short2 = new NowPaymentsPayouts(
                new OutsideHttp(),
                JsonMapper.builder().build(),
                token(provider.url() + "/v1"),
                settings(provider.url() + "/v1", login()),
                2,
                50);

        assertThat(done(short2.list(clock.instant(), clock.instant().plusSeconds(1))))
                .hasSize(3);
        assertThat(provider.calls().count(Operation.LIST_PAYOUTS)).isEqualTo(3);
    }

    /** Its documents have milliseconds; ours are finer. */
    @Test
    void aListIsAskedForInMilliseconds() throws IOException {
        List<String> asked = new ArrayList<>();
        NowPaymentsPayouts client = answering(200, uri -> {
            asked.add(uri.getQuery());
            return "{\"payouts\":[]}";
        });

        done(client.list(Instant.parse("2026-11-23T16:22:19.000123Z"), Instant.parse("2026-11-23T16:22:20.000456Z")));

        assertThat(asked)
                .singleElement()
                .asString()
                .contains("date_from=2026-11-23T16:22:19Z", "date_to=2026-11-23T16:22:20.001Z");
    }

    /** The provider may have a limit of its own: only an empty page is the end, and a row that moved to the next page is one. */
    @Test
    void aListWhosePagesAreShorterThanAskedIsReadToItsEnd() throws IOException {
        NowPaymentsPayouts client = answering(200, uri -> {
            Matcher page = Pattern.compile("[?&]page=([0-9]+)").matcher(uri.getQuery());
            return !page.find()
                    ? "{}"
                    : switch (page.group(1)) {
                        case "0" -> "{\"payouts\":[" + row(1) + "," + row(2) + "]}";
                        case "1" -> "{\"payouts\":[" + row(2) + "," + row(3) + "]}";
                        default -> "{\"payouts\":[]}";
                    };
        });

        assertThat(done(client.list(clock.instant(), clock.instant().plusSeconds(1))))
                .extracting(Seen::withdrawalId)
                .containsExactly("1", "2", "3");
    }

    /** Three pages of two rows are six a day at most: more are read hour by hour. */
    @Test
    void aDayOfTooManyPagesIsReadHourByHour() throws IOException {
        List<Instant> made = IntStream.range(0, 9)
                .mapToObj(n -> clock.instant().plus(Duration.ofMinutes(25L * n)))
                .toList();
        String url = serving(200, uri -> {
            Matcher asked = Pattern.compile("page=([0-9]+).*date_from=([^&]+)&date_to=([^&]+)")
                    .matcher(uri.getQuery());
            assertThat(asked.find()).isTrue();
            Instant from = Instant.parse(asked.group(2));
            Instant to = Instant.parse(asked.group(3));
            return IntStream.range(0, made.size())
                    .filter(n -> !made.get(n).isBefore(from) && made.get(n).isBefore(to))
                    .skip(2L * Integer.parseInt(asked.group(1)))
                    .limit(2)
                    .mapToObj(NowPaymentsPayoutsTests::row)
                    .collect(Collectors.joining(",", "{\"payouts\":[", "]}"));
        });
        NowPaymentsPayouts client = new NowPaymentsPayouts(
                new OutsideHttp(), JsonMapper.builder().build(), token(url), settings(url, login()), 2, 3);

        assertThat(done(client.list(clock.instant(), clock.instant().plus(Duration.ofHours(30)))))
                .hasSize(9);
        assertThat(kept(client.list(clock.instant(), clock.instant().plus(Duration.ofHours(1)))))
                .as("an hour of two pages and the empty one")
                .isInstanceOf(Answer.Done.class);
    }

    /** After months without a payout the list since the last is still read in one task. */
    @Test
    void monthsAreReadByTheWeek() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        String url = serving(200, _ -> {
            asked.incrementAndGet();
            return "{\"payouts\":[]}";
        });
        NowPaymentsPayouts client = new NowPaymentsPayouts(
                new OutsideHttp(), JsonMapper.builder().build(), token(url), settings(url, login()), 2, 3);

        done(client.list(clock.instant(), clock.instant().plus(Duration.ofDays(90))));

        assertThat(asked).hasValueLessThanOrEqualTo(13);
    }

    private static String row(int id) {
        return "{\"id\":\"" + id
                + "\",\"batch_withdrawal_id\":\"5\",\"address\":\"0xA\",\"currency\":\"eth\",\"amount\":\"0.5\",\"status\":\"FINISHED\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"payouts\":{}}", "{\"payouts\":[{\"id\":\"1\"}]}", "{\"payouts\":[1]}", "[]"})
    void aListWithSomethingMissingTellsNothing(String body) throws IOException {
        assertThat(kept(answering(200, body).list(clock.instant(), clock.instant())))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({
        "400, BAD_CREATE_WITHDRAWAL_REQUEST, Invalid payout_address: [eth] [x], address_refused",
        "400, BAD_CREATE_WITHDRAWAL_REQUEST, Insufficient balance: [eth], short_of_coin",
        "400, BAD_CREATE_WITHDRAWAL_REQUEST, min amount is 0.1, below_minimum",
        "400, BAD_CREATE_WITHDRAWAL_REQUEST, Address is not whitelisted, not_whitelisted",
        "403, ENDPOINT_NOT_ALLOWED, Access denied: Invalid IP, ip_refused",
        "403, INVALID_API_KEY, Invalid api key, key_refused",
        "400, ANYTHING, else, refused"
    })
    void refusalsHaveNames(int status, String code, String message, String ours) throws IOException {
        NowPaymentsPayouts client = answering(
                status,
                "{\"status\":false,\"statusCode\":%d,\"code\":\"%s\",\"message\":\"%s\"}"
                        .formatted(status, code, message));

        assertThat(declined(client.create(BATCH))).isEqualTo(ours);
    }

    @Test
    void theSimulatorRefusesInTheseWords() {
        NowPaymentsPayouts client = client();
        provider.configure(settings -> settings.payoutWhitelist = List.of("another"));
        assertThat(declined(client.create(BATCH))).isEqualTo("not_whitelisted");
        provider.configure(settings -> settings.payoutWhitelist = List.of());
        provider.balance("eth", "0.1");
        assertThat(declined(client.create(BATCH))).isEqualTo("short_of_coin");
    }

    @Test
    void withoutLoginOrSecondFactorNothingIsSent() {
        NowPaymentsPayouts none = client(provider.url() + "/v1", Map.of());
        Map<String, String> login = new HashMap<>(login());
        login.remove("ADMITONE_NOWPAYMENTS_TOTP_SECRET");
        NowPaymentsPayouts noTotp = client(provider.url() + "/v1", login);

        assertThat(none.canPay()).isFalse();
        assertThat(noTotp.canPay()).isFalse();
        assertThat(client().canPay()).isTrue();
        assertThat(declined(none.create(BATCH))).isEqualTo("no_login");
        assertThat(declined(noTotp.verify("5", clock.instant()))).isEqualTo("no_totp");
        assertThat(provider.withdrawals()).isEmpty();
    }

    @Test
    void tellsMinimumFeeAndBalance() {
        NowPaymentsPayouts client = client(provider.url() + "/v1", Map.of()); // the key is enough to ask
        provider.rate("eth", "4000");
        provider.balance("eth", "2.5");

        assertThat(done(client.minimum(ETH)).isPositive()).isTrue();
        assertThat(done(client.fee(ETH, BATCH.coins()))).isEqualTo(Money.parse("0.00025", ETH));
        assertThat(done(client.balance())).containsEntry(ETH, Money.parse("2.5", ETH));
    }

    @Test
    void looksAtAnAddressBeforeAnythingIsSentThere() {
        NowPaymentsPayouts client = client();

        assertThat(done(client.validate(WALLET))).isEqualTo(new Checked("eth", true));
        assertThat(declined(client.validate(new Place(ETH, "0x5a", null)))).isEqualTo("address_refused");
        assertThat(declined(client.validate(new Place(Asset.of("nocoin"), "0x5a", null))))
                .isEqualTo("coin_unavailable");
        assertThat(declined(client.validate(new Place(ETH, WALLET.address(), "7"))))
                .isEqualTo("memo_refused");
    }

    @Test
    void aMemoIsAskedForWhereTheCoinHasOne() {
        provider.rate("xrp", "2");
        Asset xrp = Asset.of("xrp");
        String address = "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH";
        NowPaymentsPayouts client = client();

        assertThat(declined(client.validate(new Place(xrp, address, null)))).isEqualTo("memo_needed");
        assertThat(declined(client.validate(new Place(xrp, address, "seven")))).isEqualTo("memo_refused");
        assertThat(done(client.validate(new Place(xrp, address, "7"))).byProvider())
                .isTrue();
    }

    @Test
    void withoutOurAddressOnTheirListTheFormMustDo() {
        provider.configure(settings -> settings.payoutIpBlocked = true);

        assertThat(done(client().validate(WALLET))).isEqualTo(new Checked("eth", false));
    }

    @Test
    void readsWhatANotificationSays() {
        PayoutReader reader = new PayoutReader();
        String body =
                "{\"id\":\"123456789\",\"batch_withdrawal_id\":\"987654321\",\"status\":\"CREATING\",\"error\":null,\"currency\":\"usdttrc20\",\"amount\":\"50\",\"address\":\"address\",\"fee\":null,\"extra_id\":null,\"hash\":null,\"ipn_callback_url\":\"callback_url\",\"created_at\":\"2023-07-27T15:29:40.803Z\",\"requested_at\":null,\"updated_at\":null}";

        Optional<Seen> seen = reader.read(body.getBytes(StandardCharsets.UTF_8));

        assertThat(seen.orElseThrow().batchId()).isEqualTo("987654321");
        assertThat(seen.orElseThrow().status()).isEqualTo(Status.CREATING);
        assertThat(seen.orElseThrow().createdAt()).isEqualTo(Instant.parse("2023-07-27T15:29:40.803Z"));
        assertThat(reader.read("{}".getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    private NowPaymentsPayouts client() {
        return client(provider.url() + "/v1", login());
    }

    private NowPaymentsPayouts client(String url, Map<String, String> login) {
        var settings = settings(url, login);
        JsonMapper json = JsonMapper.builder().build();
        var http = new OutsideHttp();
        return new NowPaymentsPayouts(http, json, new AccountToken(http, json, clock, settings), settings);
    }

    private AccountToken token(String url) {
        return new AccountToken(new OutsideHttp(), JsonMapper.builder().build(), clock, settings(url, login()));
    }

    private static admitone.runtime.Settings settings(String url, Map<String, String> login) {
        Map<String, String> environment = new HashMap<>(login);
        environment.put("ADMITONE_NOWPAYMENTS_API_URL", url);
        return TestSettings.with(environment);
    }

    private static Map<String, String> login() {
        return Map.of(
                "ADMITONE_NOWPAYMENTS_EMAIL",
                EMAIL,
                "ADMITONE_NOWPAYMENTS_PASSWORD",
                PASSWORD,
                "ADMITONE_NOWPAYMENTS_TOTP_SECRET",
                TOTP);
    }

    /** Against a provider that answers every call about payouts so. */
    private NowPaymentsPayouts answering(int status, String body) throws IOException {
        return answering(status, uri -> body);
    }

    private NowPaymentsPayouts answering(int status, Function<URI, String> body) throws IOException {
        return client(serving(status, body), login());
    }

    private String serving(int status, Function<URI, String> body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean auth = exchange.getRequestURI().getPath().endsWith("/auth");
            byte[] bytes = (auth ? "{\"token\":\"t\"}" : body.apply(exchange.getRequestURI()))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(auth ? 200 : status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private final List<HttpServer> servers = new ArrayList<>();

    @AfterAll
    void stopServers() {
        servers.forEach(server -> server.stop(0));
    }

    private <T> T kept(T answer) {
        answers.add(answer);
        return answer;
    }

    private <T> T done(Answer<T> answer) {
        if (kept(answer) instanceof Answer.Done<T>(T value)) {
            return value;
        }
        throw new AssertionError(answer);
    }

    private <T> String declined(Answer<T> answer) {
        if (kept(answer) instanceof Answer.Declined<T>(String code, String _)) {
            return code;
        }
        throw new AssertionError(answer);
    }
}
