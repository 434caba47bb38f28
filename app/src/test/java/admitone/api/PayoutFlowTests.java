package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.TestClient;
import admitone.TestService;
import admitone.cli.Main;
import admitone.database.Transactions;
import admitone.ledger.Account;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destinations;
import admitone.payouts.Paying;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Payouts as an operator sees them, over HTTP, with the provider's simulator. Each thirty seconds have one code: of the tests that need one
 * the first goes before, and the others after those that need none.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class PayoutFlowTests {
    private static final String ADDRESS = "TQ5NMqJjhpQGK7YJbESKtNCtGPxYrqHYLp";
    private static final String REASON = "{\"reason\":\"a look first\"}";

    private final TestService service = TestService.start(
            "payouts",
            Map.of(
                    "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
                    "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password",
                    "ADMITONE_NOWPAYMENTS_TOTP_SECRET", "JBSWY3DPEHPK3PXP"));
    private final TestClient api = service.operator();

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    @Order(1)
    void approvedIsSentAndBookedThoughAnAnswerIsLost() {
        service.nowPayments().configure(sim -> sim.payoutStepMs = 50);
        service.nowPayments().fault(Operation.CREATE_PAYOUT, Fault.STATUS_500_AFTER, 1);
        SellerId seller = sellerWho("Ada", "50.00");
        JsonNode made = api.post("/api/v1/sellers/" + seller + "/payouts", null)
                .must(201)
                .json();
        assertThat(made.path("state").stringValue()).isEqualTo("awaiting_approval");
        assertThat(made.path("amount_usd").stringValue()).isEqualTo("49.00");
        assertThat(made.path("fee_usd").stringValue()).isEqualTo("1.00");
        assertThat(balance(seller)).containsExactly("50.00", "50.00", "0.00", "0.00");
        String payout = "/api/v1/payouts/" + made.path("payout_id").stringValue();

        api.post(payout + "/approve", null).must(200);

        Awaitility.await()
                .atMost(Duration.ofSeconds(60)) // another payout may have the code of these thirty seconds
                .pollInterval(Duration.ofMillis(100))
                .until(() -> state(payout).equals("finished"));
        JsonNode whole = api.get(payout).must(200).json();
        assertThat(whole.path("payout").path("hash").stringValue()).startsWith("0x");
        assertThat(whole.path("attempts").size()).isEqualTo(1);
        assertThat(whole.path("events").size()).isGreaterThan(4);
        assertThat(whole.path("events").toString()).as("what is told is heard").contains("\"cause\":\"ipn\"");
        assertThat(api.get("/api/v1/cases").must(200).body()).doesNotContain("unrecognised");
        assertThat(balance(seller)).containsExactly("50.00", "0.00", "50.00", "0.00");
        assertThat(api.get("/api/v1/payouts?state=finished&seller_id=" + seller)
                        .must(200)
                        .json()
                        .path("items")
                        .size())
                .isEqualTo(1);
    }

    /** The seller asks, the operator approves, and the buyer's access ends when it has arrived. */
    @Test
    @Order(Order.DEFAULT + 1)
    void paymentIsGivenBackToItsBuyer() {
        service.nowPayments().configure(sim -> sim.payoutStepMs = 50);
        String seller = service.newSeller("Eve");
        service.sql()
                .sql("update catalog.seller set payout_mode = 'instant' where seller_id = ?")
                .param(seller)
                .update();
        var purchase = service.newPurchase(service.newShop(seller, "500", 30));
        String payment = "/api/v1/payments/" + purchase.paymentId();
        TestService.until(() -> !balance(new SellerId(seller)).getFirst().equals("0.00"));
        Map<String, Object> to =
                Map.of("currency", "eth", "address", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "reason", "unhappy");
        assertThat(api.post(payment + "/refund/payout", Map.of("currency", "eth", "address", "0x5", "reason", "r"))
                        .must(422)
                        .body())
                .contains("address");

        TestClient theirs = service.as(seller);
        JsonNode made = theirs.withKey("refund-1")
                .post(payment + "/refund/payout", to)
                .must(201)
                .json();
        assertThat(theirs.withKey("refund-1")
                        .post(payment + "/refund/payout", to)
                        .must(201)
                        .json())
                .isEqualTo(made);
        assertThat(made.path("kind").stringValue()).isEqualTo("refund");
        assertThat(made.path("payment_id").stringValue()).isEqualTo("" + purchase.paymentId());
        assertThat(made.path("destination_version").isNull()).isTrue();
        assertThat(api.post(payment + "/refund/payout", to).must(409).code()).isEqualTo("refund_under_way");
        assertThat(post(payment + "/refund").must(409).code()).isEqualTo("refund_under_way");
        String payout = "/api/v1/payouts/" + made.path("payout_id").stringValue();
        theirs.post(payout + "/approve", null).must(404);

        api.post(payout + "/approve", null).must(200);

        Awaitility.await()
                .atMost(Duration.ofSeconds(60)) // another payout may have the code of these thirty seconds
                .pollInterval(Duration.ofMillis(100))
                .until(() -> state(payout).equals("finished"));
        assertThat(api.get(payment).must(200).json().path("state").stringValue())
                .isEqualTo("refunded");
        assertThat(balance(new SellerId(seller))).containsExactly("0.00", "0.00", "0.00", "0.00");
        TestService.until(() -> service.telegram().messages(purchase.buyer(), TestService.BOT).stream()
                .anyMatch(message -> message.text().contains("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")));
        assertThat(api.post(payment + "/refund/payout", to).must(409).code()).isEqualTo("nothing_to_give_back");
    }

    @Test
    void heldGoesOnAndIsCancelled() {
        SellerId seller = sellerWho("Bea", "50.00");
        String payout = "/api/v1/payouts/"
                + api.post("/api/v1/sellers/" + seller + "/payouts", null)
                        .must(201)
                        .text("payout_id");

        assertThat(post(payout + "/hold").must(200).text("state")).isEqualTo("held");
        JsonNode held = api.get("/api/v1/payouts?state=held&seller_id=" + seller)
                .must(200)
                .json()
                .path("items");
        assertThat(held).hasSize(1);
        assertThat(held.get(0).path("held_why").asString()).isNotEmpty();
        assertThat(api.get("/api/v1/payouts?state=awaiting_approval&seller_id=" + seller)
                        .must(200)
                        .json()
                        .path("items"))
                .isEmpty();
        assertThat(post(payout + "/resume").must(200).text("state")).isEqualTo("awaiting_approval");
        post(payout + "/hold").must(200);
        assertThat(post(payout + "/release").must(200).text("state")).isEqualTo("awaiting_approval");
        assertThat(post(payout + "/release").must(409).code())
                .as("nothing has failed")
                .isEqualTo("not_possible");
        assertThat(post(payout + "/resume").must(409).code()).isEqualTo("not_possible");
        assertThat(post(payout + "/cancel").must(200).text("state")).isEqualTo("cancelled");
        assertThat(balance(seller)).containsExactly("50.00", "0.00", "0.00", "50.00");
    }

    /** Nobody waits for the code of what is approved at its end. */
    @Test
    @Order(Order.DEFAULT + 2)
    void switchStopsASellersPayouts() {
        SellerId seller = sellerWho("Cleo", "50.00");
        String path = "/api/v1/sellers/" + seller + "/payouts";
        put(path + "/switch", "{\"on\":false,\"reason\":\"a look first\"}").must(200);

        assertThat(api.post(path, null).must(409).code()).isEqualTo("held");
        assertThat(api.get(path + "/limits")
                        .must(200)
                        .json()
                        .path("payouts")
                        .path("on")
                        .booleanValue())
                .isFalse();

        put(path + "/switch", "{\"on\":true,\"reason\":\"looked\"}").must(200);
        put(
                        path + "/limits",
                        "{\"approval\":\"auto\",\"each_usd\":\"100\",\"day_usd\":\"100\",\"destination_usd\":\"100\"}")
                .must(200);
        assertThat(api.post(path, null).must(201).text("state")).isEqualTo("approved");
    }

    @Test
    void nothingPayableIsSaid() {
        assertThat(api.post("/api/v1/sellers/" + sellerWho("Dora", "0.01") + "/payouts", null)
                        .must(409)
                        .code())
                .isEqualTo("fee_too_high");
    }

    /** Nothing told that {@code auto} counts as {@code manual} since then. */
    @Test
    void sinceARestoreTheSwitchTellsThatEachNewOneNeedsAnApproval() {
        String seller = sellerWho("Rea", "50.00").value();
        service.sql().sql("""
                        insert into payouts.safeguard (seller_id, restored_at) values (?, now())
                        on conflict (seller_id) do update set restored_at = excluded.restored_at
                        """).param(SellerId.PLATFORM.value()).update();

        says(0, "each new one needs an approval", "payouts", "switch");
        says(0, "each new one needs an approval", "payouts", "switch", "--seller", seller);
        assertThat(api.get("/api/v1/sellers/" + seller + "/payouts/limits")
                        .must(200)
                        .json()
                        .at("/payouts/restored_at")
                        .isString())
                .isTrue();

        says(0, "Payouts go on.", "payouts", "switch", "on", "--reason", "looked through");
        assertThat(api.get("/api/v1/payouts/switch")
                        .must(200)
                        .json()
                        .path("restored_at")
                        .isNull())
                .isTrue();
    }

    /** What an operator types, from the first look to the last. */
    @Test
    void commandsTellOfASellersMoneyAndMoveIt() {
        String seller = sellerWho("Gil", "50.00").value();
        says(0, "Earned 50.00 USD = paid out 0.00 + reserved 0.00 + available 50.00.", "sellers", "balance", seller);
        says(0, "Earned 0.00 USD", "sellers", "balance", seller, "--at", "2020-01-01T00:00:00Z");
        says(0, ADDRESS, "sellers", "destinations", seller);

        says(1, "say why", "payouts", "switch", "off", "--seller", seller);
        String stopped = "Payouts are stopped by operator: a look first";
        says(0, stopped, "payouts", "switch", "off", "--seller", seller, "--reason", "a look first");
        says(0, stopped, "payouts", "switch", "--seller", seller);
        says(0, "Payouts go on.", "payouts", "switch");
        says(1, "refused (409)", "sellers", "pay", seller);
        says(0, "Payouts go on.", "payouts", "switch", "ON", "--seller", seller, "--reason", "looked");

        String made = says(0, "49 usdttrc20 to " + ADDRESS + ", awaiting_approval.", "sellers", "pay", seller);
        String payout = made.substring(0, made.indexOf(':'));
        says(0, payout, "payouts", "--seller", seller, "--state", "awaiting_approval");
        says(0, "It is held now.", "payouts", "hold", payout, "--reason", "a look first");
        says(0, "It is awaiting_approval now.", "payouts", "resume", payout, "--reason", "looked");
        says(1, "refused (409)", "payouts", "release", payout, "--reason", "nothing has failed");
        String asked = service.sql()
                .sql("select case_id from cases.cases where seller_id = ? and kind = 'payout_awaits_approval'")
                .param(seller)
                .query((row, n) ->
                        new Handle(Handle.CASE, new SellerId(seller), row.getObject(1, UUID.class)).toString())
                .single();
        says(0, asked, "cases");
        says(0, "It goes to the provider.", "cases", "decide", asked);
        says(1, "say why", "cases", "decide", asked, "--as", "cancel");
        says(0, "Decided: cancel.", "cases", "decide", asked, "--as", "cancel", "--reason", "not now");
        says(0, "\"state\" : \"cancelled\"", "payouts", "show", payout);
        says(0, "reversal_of_payout_reserve", "sellers", "statement", seller);
        says(0, "(none)", "sellers", "statement", seller, "--to", "2020-01-01T00:00:00Z");
        says(1, "must be an instant", "sellers", "statement", seller, "--from", "yesterday");
    }

    @Test
    void ledgerVerifyNamesTheRowThatWasAltered() {
        String seller = sellerWho("Hal", "12.34").value();
        TestService.until(() -> service.sql()
                        .sql("select count(*) from ledger.sealed where seller_id = ?")
                        .param(seller)
                        .query(Long.class)
                        .single()
                > 0);
        says(0, "The ledger holds: ", "ledger", "verify");
        assertThat(api.get("/api/v1/ledger/verify").must(200).json().path("ok").asBoolean())
                .isTrue();

        alter(seller, "amount = amount + 1");
        try {
            String told = says(1, "The ledger does NOT hold: seller " + seller + ", entry ", "ledger", "verify");
            assertThat(told).contains("line accrual");
            JsonNode bad = api.get("/api/v1/ledger/verify").must(200).json();
            assertThat(bad.path("ok").asBoolean()).isFalse();
            assertThat(bad.path("first_bad").path("seller_id").stringValue()).isEqualTo(seller);
            says(1, "\"first_bad\"", "ledger", "verify", "--json");
        } finally {
            alter(seller, "amount = amount - 1");
        }
        says(0, "The ledger holds: ", "ledger", "verify");
    }

    private void alter(String seller, String change) {
        service.sql()
                .sql("update ledger.journal set " + change + " where seller_id = ?")
                .param(seller)
                .update();
    }

    /** Of 2,001 lines the last cannot be read: what came before must not look like all. */
    @Test
    void aStatementThatBreaksOffDoesNotEndAsIfItWereWhole() {
        String seller = sellerWho("Kim", "50.00").value();
        String path = "/api/v1/sellers/" + seller + "/ledger?format=csv";
        assertThat(api.get(path).must(200).body().lines()).hasSize(2);
        service.sql().sql("""
                insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at)
                select ?, ('ffffffff-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'accrual', 'broken:' || n,
                  case when n = 2000 then 'nobody' else 'exchange' end, 'seller_payable', 1, 'usd', now()
                from generate_series(1, 2000) n
                """).param(seller).update();
        try {
            assertThatThrownBy(() -> api.get(path)).hasRootCauseInstanceOf(IOException.class);
        } finally {
            for (String table : List.of("mark", "sealed", "seal", "journal")) {
                service.sql()
                        .sql("delete from ledger." + table + " where seller_id = ?")
                        .param(seller)
                        .update();
            }
        }
    }

    @Test
    void aStatementTellsWhatWasAvailableAndEarnedAfterEachLine() {
        SellerId seller = sellerWho("Ida", "50.00");
        String payout = "/api/v1/payouts/"
                + api.post("/api/v1/sellers/" + seller + "/payouts", null)
                        .must(201)
                        .text("payout_id");
        post(payout + "/cancel").must(200);
        String path = "/api/v1/sellers/" + seller + "/ledger";

        List<String> running = running(api.get(path));
        assertThat(running)
                .containsExactly(
                        "reversal_of_payout_reserve 50.00 50.00", "payout_reserve 0.00 50.00", "accrual 50.00 50.00");
        var page = api.get(path + "?limit=2").must(200).json();
        assertThat(running(api.get(
                        path + "?limit=2&cursor=" + page.path("next_cursor").asString())))
                .containsExactly("accrual 50.00 50.00");

        JsonNode items = api.get(path).json().path("items");
        String from = Instant.parse(items.path(1).path("at").stringValue())
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
        assertThat(running(api.get(path + "?from=" + from))).isEqualTo(running.subList(0, 2));
        assertThat(running(api.get(path + "?to=" + from))).isEqualTo(running.subList(2, 3));
        assertThat(api.get(path + "?format=csv&from=" + from)
                        .must(200)
                        .body()
                        .lines()
                        .skip(1))
                .first()
                .asString()
                .contains("payout_reserve")
                .endsWith("\"0.00\",\"50.00\"");
        assertThat(api.get(path + "?from=2026").must(422).code()).isEqualTo("invalid");
        assertThat(api.get("/api/v1/sellers/" + seller + "/balance?at=" + from)
                        .must(200)
                        .json()
                        .path("accrued_usd")
                        .stringValue())
                .isEqualTo("50.00");
        assertThat(api.get("/api/v1/sellers/" + seller + "/balance?at=2020-01-01T00:00:00Z")
                        .must(200)
                        .json()
                        .path("accrued_usd")
                        .stringValue())
                .isEqualTo("0.00");
    }

    /** What is settled to the account is owed to them as to any: nobody would see why it is not sent. */
    @Test
    void balanceOfADirectSellerToldWhyTheyAreNotPaid() {
        SellerId seller = sellerWho("Ida", "50.00");
        service.sql()
                .sql("update catalog.seller set payout_mode = 'direct' where seller_id = ?")
                .param(seller.value())
                .update();
        service.sql()
                .sql("delete from payouts.destination_head where seller_id = ?")
                .param(seller.value())
                .update();
        service.sql().sql("""
                insert into payouts.safeguard (seller_id, not_paid_code, not_paid_why, not_paid_since, not_paid_at)
                values (?, 'no_destination', 'none', now(), now()) on conflict do nothing
                """).param(seller.value()).update();

        assertThat(api.get("/api/v1/sellers/" + seller + "/balance")
                        .must(200)
                        .json()
                        .path("not_paid")
                        .path("code")
                        .stringValue())
                .isNotBlank(); // the keeper that runs beside may have found another reason
    }

    private static List<String> running(TestClient.Reply reply) {
        return reply.must(200)
                .json()
                .path("items")
                .valueStream()
                .map(one -> one.path("kind").stringValue() + " "
                        + one.path("available_usd").stringValue() + " "
                        + one.path("earned_usd").stringValue())
                .toList();
    }

    /** Coins that came as eth and are converted with the provider, so that the seller can be paid in another. */
    @Test
    void whatIsConvertedIsOnTheAccountsOfBothCoins() {
        String seller = service.newSeller("Jan");
        service.sql()
                .sql("update catalog.seller set payout_mode = 'instant' where seller_id = ?")
                .param(seller)
                .update();
        service.newPurchase(service.newShop(seller, "500", 30));
        TestService.until(() -> !balance(new SellerId(seller)).getFirst().equals("0.00"));
        String eth = account(seller, "provider_clearing", "eth").substring(1);
        Map<String, Object> said = Map.of(
                "seller_id", seller,
                "reference", "c-1",
                "from_currency", "eth",
                "from_amount", eth,
                "to_currency", "usdttrc20",
                "to_amount", "490");

        JsonNode booked = api.post("/api/v1/conversions", said).must(200).json();
        assertThat(api.post("/api/v1/conversions", said).must(200).json()).isEqualTo(booked);
        assertThat(account(seller, "provider_clearing", "eth")).isEqualTo("0");
        assertThat(account(seller, "provider_clearing", "usdttrc20")).isEqualTo("-490");
        assertThat(new BigDecimal(account(seller, "market", "usd")))
                .isEqualByComparingTo(booked.path("gain_usd").stringValue());

        String[] more = {"--seller", seller, "--reference", "c-2", "--from", "eth", "--amount", "0.1", "--got", "1"};
        says(1, "By the journal the provider holds 0 eth", "ledger", "convert", "--into", "usdttrc20", more);
        says(1, "must be another coin", "ledger", "convert", "--into", "eth", more);
        more[3] = "c-1";
        says(1, "stands for another conversion", "ledger", "convert", "--into", "usdttrc20", more);
        service.as(seller).post("/api/v1/conversions", said).must(404);
    }

    private String account(String seller, String account, String asset) {
        return api.get("/api/v1/sellers/" + seller + "/accounts")
                .must(200)
                .json()
                .valueStream()
                .filter(one -> one.path("account").stringValue().equals(account)
                        && one.path("asset").stringValue().equals(asset))
                .map(one -> one.path("amount").stringValue())
                .findFirst()
                .orElse("none");
    }

    private void says(int code, String words, String command, String sub, String option, String value, String[] more) {
        says(
                code,
                words,
                Stream.concat(Stream.of(command, sub, option, value), Stream.of(more))
                        .toArray(String[]::new));
    }

    /** What the command prints, on either stream. */
    private String says(int code, String words, String... command) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var printed = new ByteArrayOutputStream();
        var captured = new PrintStream(printed, true, StandardCharsets.UTF_8);
        try {
            System.setOut(captured);
            System.setErr(captured);
            String[] service = {"--url", this.service.url(), "--token", TestService.OPERATOR_TOKEN};
            assertThat(Main.run(Stream.of(command, service).flatMap(Stream::of).toArray(String[]::new)))
                    .as("%s: %s", List.of(command), printed)
                    .isEqualTo(code);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .as(String.join(" ", command))
                .contains(words);
        return printed.toString(StandardCharsets.UTF_8);
    }

    private TestClient.Reply post(String path) {
        return api.call("POST", path, REASON, "application/json");
    }

    private TestClient.Reply put(String path, String body) {
        return api.call("PUT", path, body, "application/json");
    }

    private String state(String payout) {
        return api.get(payout).json().path("payout").path("state").stringValue();
    }

    private List<String> balance(SellerId seller) {
        JsonNode balance =
                api.get("/api/v1/sellers/" + seller + "/balance").must(200).json();
        return List.of(
                balance.path("accrued_usd").stringValue(),
                balance.path("reserved_usd").stringValue(),
                balance.path("paid_out_usd").stringValue(),
                balance.path("available_usd").stringValue());
    }

    /** With a destination that counts already. */
    private SellerId sellerWho(String name, String earned) {
        SellerId seller = new SellerId(service.newSeller(name));
        service.context().getBean(Transactions.class).run(seller, () -> {
            Paying.destination(service.context().getBean(Destinations.class), seller, ADDRESS, Instant.EPOCH);
            service.context()
                    .getBean(Ledger.class)
                    .book(
                            seller,
                            "payment:" + name,
                            List.of(new Line(
                                    Line.Kind.ACCRUAL,
                                    Account.EXCHANGE,
                                    Account.SELLER_PAYABLE,
                                    Money.parse(earned, Asset.USD),
                                    null)));
        });
        return seller;
    }
}
