package admitone.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.TestSettings;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.InvoiceProvider.NewInvoice;
import admitone.payments.InvoiceProvider.Page;
import admitone.payments.NotificationReader.Reading;
import admitone.payments.ProviderStatus;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.nowpayments.Operation;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class NowPaymentsInvoicesTests {
    private static final String EMAIL = "canary@shop.example";
    private static final String PASSWORD = "canary pass-word";
    private static final Trigger TRIGGER = new Trigger(Cause.SWEEP, "test", HandClock.BEGIN);
    private static final NewInvoice INVOICE = new NewInvoice(
            "ao_order",
            Money.parse("1.35", Asset.USD),
            "Signals",
            "https://shop.example/ipn",
            "https://shop.example/success?order_id=ao_order",
            "https://shop.example/pay/ao_order");

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
        });
    }

    @AfterAll
    void stop() {
        provider.close();
        assertThat(answers)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.toString()).doesNotContain("canary"));
    }

    @Test
    void makesAnInvoiceAndListsEveryPaymentThatWasMadeByIt() {
        NowPaymentsInvoices client = client();
        Page page = done(client.make(INVOICE));
        done(client.make(INVOICE));
        long first = pick(page, "eth");
        long second = pick(page, "btc");
        provider.pay(second);

        List<Heard> heard = done(client.paymentsBy(page.invoiceId(), TRIGGER));

        assertThat(page.url().toString()).startsWith(provider.url() + "/payment/?iid=");
        assertThat(heard.stream().map(Heard::paymentId)).containsExactly("" + first, "" + second);
        assertThat(heard.stream().map(Heard::status)).containsExactly(ProviderStatus.WAITING, ProviderStatus.FINISHED);
        assertThat(heard).allSatisfy(one -> {
            assertThat(one.orderId()).isEqualTo("ao_order");
            assertThat(one.price()).isEqualTo(INVOICE.price());
            assertThat(one.trigger()).isEqualTo(TRIGGER);
        });
        assertThat(provider.payment(first).terms().ipnCallbackUrl()).isEqualTo("https://shop.example/ipn");
    }

    /** By invoices or not, the newest first, in pages of a hundred; older ones are left out. */
    @Test
    void listsAllPaymentsMadeSinceAnInstant() {
        NowPaymentsInvoices client = client();
        provider.setClock(HandClock.BEGIN, true);
        made("too old");
        provider.advance(Duration.ofDays(1));
        Instant since = provider.now();
        for (int i = 0; i < 101; i++) {
            made("ao_" + i);
            provider.advance(Duration.ofSeconds(1));
        }

        Listed first = done(client.madeSince(since, 0, TRIGGER));
        Listed second = done(client.madeSince(since, 1, TRIGGER));

        assertThat(first.last()).isFalse();
        assertThat(first.payments()).hasSize(100).first().satisfies(heard -> {
            assertThat(heard.orderId()).isEqualTo("ao_100");
            assertThat(heard.status()).isEqualTo(ProviderStatus.WAITING);
            assertThat(heard.trigger()).isEqualTo(TRIGGER);
            assertThat(first.madeAt()).containsEntry(heard.paymentId(), since.plusSeconds(100));
        });
        assertThat(second.last()).isTrue();
        assertThat(second.payments())
                .singleElement()
                .satisfies(heard -> assertThat(heard.orderId()).isEqualTo("ao_0"));
    }

    @Test
    void aListThatIsNotHadIsNotAnEmptyOne() {
        NowPaymentsInvoices client = client();
        provider.fault(Operation.LIST_PAYMENTS, Fault.STATUS_500_BEFORE, 1);
        assertThat(kept(client.madeSince(HandClock.BEGIN, 0, TRIGGER))).isInstanceOf(Answer.Unknown.class);

        provider.fault(Operation.LIST_PAYMENTS, Fault.HTML_429, 1);
        assertThat(kept(client.madeSince(HandClock.BEGIN, 0, TRIGGER))).isInstanceOf(Answer.NotNow.class);
    }

    private void made(String order) {
        provider.createPayment(payment -> {
            payment.orderId = order;
            payment.priceAmount = new BigDecimal("1.35");
            payment.priceCurrency = "usd";
            payment.payCurrency = "eth";
        });
    }

    @Test
    void whatIsKeptOfARowReadsAsTheRow() {
        NowPaymentsInvoices client = client();
        Page page = done(client.make(INVOICE));
        provider.pay(pick(page, "eth"));

        Heard heard = done(client.paymentsBy(page.invoiceId(), TRIGGER)).getFirst();
        Heard again = ((Reading.Understood) new PaymentReader().read(heard.body(), TRIGGER)).heard();

        assertThat(again).usingRecursiveComparison().isEqualTo(heard);
    }

    @Test
    void oneTokenServesManyListsAndIsExchangedOnceWhenItIsRefused() {
        NowPaymentsInvoices client = client();
        String invoice = done(client.make(INVOICE)).invoiceId();
        done(client.paymentsBy(invoice, TRIGGER));
        done(client.paymentsBy(invoice, TRIGGER));
        assertThat(provider.calls().count(Operation.AUTH)).isEqualTo(1);

        provider.advance(Duration.ofMinutes(6)); // ours stands still: it is only heard by the 401
        done(client.paymentsBy(invoice, TRIGGER));
        assertThat(provider.calls().count(Operation.AUTH)).isEqualTo(2);
        assertThat(provider.calls().count(Operation.LIST_PAYMENTS)).isEqualTo(4);
    }

    @Test
    void tokenIsExchangedBeforeItIsTooOld() {
        NowPaymentsInvoices client = client();
        String invoice = done(client.make(INVOICE)).invoiceId();
        done(client.paymentsBy(invoice, TRIGGER));
        clock.advance(Duration.ofMinutes(4));

        done(client.paymentsBy(invoice, TRIGGER));

        assertThat(provider.calls().count(Operation.AUTH)).isEqualTo(2);
        assertThat(provider.calls().count(Operation.LIST_PAYMENTS)).isEqualTo(2);
    }

    @Test
    void wrongPasswordIsToldWithoutItAndNotTriedAgainSoon(CapturedOutput log) {
        provider.configure(settings -> settings.password = "another");
        NowPaymentsInvoices client = client();

        for (int i = 0; i < 2; i++) {
            assertThat(kept(client.paymentsBy("1", TRIGGER)))
                    .isInstanceOfSatisfying(
                            Answer.NotNow.class,
                            later -> assertThat(later.after()).isEqualTo(Duration.ofMinutes(5)));
        }

        assertThat(client.isLoginRefused()).isTrue();
        assertThat(kept(client.logIn())).isInstanceOf(Answer.Declined.class);
        assertThat(provider.calls().count(Operation.AUTH)).isEqualTo(1);
        assertThat(provider.calls().count(Operation.LIST_PAYMENTS)).isZero();
        assertThat(log.getAll()).contains("ADMITONE_NOWPAYMENTS_EMAIL").doesNotContain("canary");
        provider.configure(settings -> settings.password = PASSWORD);
        clock.advance(Duration.ofMinutes(5));
        assertThat(kept(client.paymentsBy("1", TRIGGER))).isEqualTo(new Answer.Done<>(List.of()));
        assertThat(client.isLoginRefused()).isFalse();
    }

    @Test
    void loginWithoutAnAnswerIsNotRefused() {
        NowPaymentsInvoices client = client();
        provider.fault(Operation.AUTH, Fault.STATUS_500_BEFORE, 1);

        assertThat(kept(client.logIn())).isInstanceOf(Answer.Unknown.class);
        assertThat(client.isLoginRefused()).isFalse();
        assertThat(kept(client.logIn())).isEqualTo(new Answer.Done<>(true));
    }

    @Test
    void freshTokenThatIsRefusedTooIsNotExchangedForEver() throws IOException {
        List<String> called = new ArrayList<>();
        HttpServer server = server(exchange -> {
            called.add(exchange.getRequestURI().getPath());
            return exchange.getRequestURI().getPath().endsWith("/auth")
                    ? new Said(200, "{\"token\":\"a.b.c\"}")
                    : new Said(401, "{\"code\":\"AUTH_REQUIRED\"}");
        });
        try {
            assertThat(kept(client(url(server)).paymentsBy("1", TRIGGER))).isInstanceOf(Answer.Declined.class);
        } finally {
            server.stop(0);
        }

        assertThat(called).containsExactly("/v1/auth", "/v1/payment/", "/v1/auth", "/v1/payment/");
    }

    @Test
    void withoutALoginNothingIsListed() {
        NowPaymentsInvoices client = client(provider.url() + "/v1", Map.of());

        assertThat(client.canList()).isFalse();
        assertThat(kept(client.paymentsBy("1", TRIGGER))).isInstanceOf(Answer.Declined.class);
        assertThat(provider.calls().count(Operation.AUTH)).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DROP_AFTER_EFFECT", "STATUS_500_AFTER"})
    void lostAnswerOfAnInvoiceIsNotKnowingAndNotRepeated(Fault fault) {
        NowPaymentsInvoices client = client();
        provider.fault(Operation.CREATE_INVOICE, fault, 1);

        assertThat(kept(client.make(INVOICE))).isInstanceOf(Answer.Unknown.class);

        assertThat(provider.calls().count(Operation.CREATE_INVOICE)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"HTML_429", "HTML_403"})
    void pageOfTheProxyMeansNotNow(Fault fault) {
        NowPaymentsInvoices client = client();
        for (Operation operation : List.of(Operation.CREATE_INVOICE, Operation.LIST_PAYMENTS, Operation.AUTH)) {
            provider.fault(operation, fault, 1);
        }

        assertThat(kept(client.make(INVOICE))).isInstanceOf(Answer.NotNow.class);
        assertThat(kept(client.paymentsBy("1", TRIGGER))).isInstanceOf(Answer.NotNow.class); // of the login
        assertThat(kept(client.paymentsBy("1", TRIGGER))).isInstanceOf(Answer.NotNow.class); // of the list
        assertThat(kept(client.paymentsBy("1", TRIGGER))).isInstanceOf(Answer.Done.class);
    }

    @Test
    void readsAListOverItsPages() {
        NowPaymentsInvoices client = client();
        Page page = done(client.make(INVOICE));
        for (int i = 0; i < 101; i++) {
            pick(page, "eth");
        }

        assertThat(done(client.paymentsBy(page.invoiceId(), TRIGGER))).hasSize(101);
        assertThat(provider.calls().count(Operation.LIST_PAYMENTS)).isEqualTo(2);
    }

    @Test
    void readsOfAnEndlessListTheNewestOnly() throws IOException {
        String row = "{\"payment_id\":1,\"invoice_id\":7,\"payment_status\":\"waiting\"}";
        List<String> called = new ArrayList<>();
        HttpServer server = server(exchange -> {
            called.add(exchange.getRequestURI().toString());
            return exchange.getRequestURI().getPath().endsWith("/auth")
                    ? new Said(200, "{\"token\":\"a.b.c\"}")
                    : new Said(200, "{\"data\":[" + (row + ",").repeat(99) + row + "]}");
        });
        long began = System.nanoTime();
        try {
            assertThat(done(client(url(server)).paymentsBy("7", TRIGGER))).hasSize(500);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("each page counts for our own limit, three a second")
                    .isGreaterThan(Duration.ofMillis(600));
        } finally {
            server.stop(0);
        }

        assertThat(called).hasSize(6);
        assertThat(called.get(1)).isEqualTo("/v1/payment/?limit=100&page=0&sortBy=created_at&orderBy=desc&invoiceId=7");
    }

    @Test
    void rowsOfOtherInvoicesAreLeftAloneHoweverTheListWasFiltered() throws IOException {
        String rows = "{\"payment_id\":1,\"invoice_id\":\"7\",\"payment_status\":\"waiting\"},"
                + "{\"payment_id\":2,\"invoice_id\":8,\"payment_status\":\"finished\"},"
                + "{\"payment_id\":3,\"invoice_id\":null,\"payment_status\":\"finished\"},"
                + "{\"payment_id\":4,\"invoice_id\":null,\"parent_payment_id\":1,\"payment_status\":\"finished\"},"
                + "{\"payment_id\":5,\"parent_payment_id\":2,\"payment_status\":\"finished\"},"
                + "{\"payment_id\":\"x\",\"invoice_id\":7,\"payment_status\":\"finished\"},7,null";
        HttpServer server =
                server(exchange -> exchange.getRequestURI().getPath().endsWith("/auth")
                        ? new Said(200, "{\"token\":\"a.b.c\"}")
                        : new Said(200, "{\"data\":[" + rows + "]}"));
        try {
            assertThat(done(client(url(server)).paymentsBy("7", TRIGGER)).stream()
                            .map(Heard::paymentId))
                    .containsExactly("4", "1");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"data\":7}", "[]", "OK", ""})
    void listInAnotherShapeIsNotKnowing(String body) throws IOException {
        HttpServer server =
                server(exchange -> exchange.getRequestURI().getPath().endsWith("/auth")
                        ? new Said(200, "{\"token\":\"a.b.c\"}")
                        : new Said(200, body));
        try {
            assertThat(kept(client(url(server)).paymentsBy("7", TRIGGER))).isInstanceOf(Answer.Unknown.class);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://nowpayments.io/payment/?iid=7, true",
        "https://sandbox.nowpayments.io/payment/?iid=7, true",
        "http://nowpayments.io/payment/?iid=7, false",
        "https://nowpayments.io:8443/payment/?iid=7, false",
        "https://nowpayments.io.evil.example/?iid=7, false",
        "https://evilnowpayments.io/?iid=7, false",
        "https://nowpayments.io@evil.example/?iid=7, false",
        "https://me@nowpayments.io/?iid=7, false",
        "//nowpayments.io/payment/?iid=7, false",
        "/payment/?iid=7, false",
        "javascript:alert(1), false",
        "https://evil.example/?next=nowpayments.io, false",
        "https://nowpayments.io/a b, false"
    })
    void buyersAreSentToTheProvidersPagesOnly(String page, boolean taken) throws IOException {
        HttpServer server = server(exchange -> new Said(201, "{\"id\":\"7\",\"invoice_url\":\"" + page + "\"}"));
        try {
            assertThat(kept(client(url(server)).make(INVOICE)) instanceof Answer.Done<?>)
                    .isEqualTo(taken);
        } finally {
            server.stop(0);
        }
    }

    private record Said(int status, String body) {}

    @FunctionalInterface
    private interface Saying {
        Said to(com.sun.net.httpserver.HttpExchange exchange);
    }

    private static HttpServer server(Saying saying) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            Said said = saying.to(exchange);
            byte[] bytes = said.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(said.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** As a buyer does who chooses a coin on the page. */
    private long pick(Page page, String coin) {
        return provider.createPayment(payment -> {
                    payment.invoiceId = Long.parseLong(page.invoiceId());
                    payment.orderId = INVOICE.orderId();
                    payment.priceAmount = new BigDecimal("1.35");
                    payment.payCurrency = coin;
                    payment.ipnCallbackUrl = INVOICE.notifyUrl();
                })
                .id();
    }

    private NowPaymentsInvoices client() {
        return client(provider.url() + "/v1");
    }

    private NowPaymentsInvoices client(String url) {
        return client(url, Map.of("ADMITONE_NOWPAYMENTS_EMAIL", EMAIL, "ADMITONE_NOWPAYMENTS_PASSWORD", PASSWORD));
    }

    private NowPaymentsInvoices client(String url, Map<String, String> login) {
        Map<String, String> environment = new HashMap<>(login);
        environment.put("ADMITONE_NOWPAYMENTS_API_URL", url);
        var settings = TestSettings.with(environment);
        var http = new OutsideHttp();
        JsonMapper json = JsonMapper.builder().build();
        return new NowPaymentsInvoices(
                http, json, new PaymentReader(), new AccountToken(http, json, clock, settings), settings);
    }

    private Object kept(Object answer) {
        answers.add(answer);
        return answer;
    }

    private <T> T done(Answer<T> answer) {
        kept(answer);
        if (answer instanceof Answer.Done<T>(T value)) {
            return value;
        }
        throw new AssertionError(answer);
    }
}
