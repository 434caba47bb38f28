package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NotificationTests {
    private static final String SECRET = "sim-ipn-secret-0001";

    private final NowPaymentsSimulator simulator = NowPaymentsSimulator.start(0);
    private final Merchant merchant = new Merchant();

    @BeforeEach
    void secret() {
        simulator.configure(settings -> {
            settings.ipnSecret = SECRET;
            settings.ipnRetryIntervalMs = 1;
        });
    }

    @AfterEach
    void close() {
        simulator.close();
        merchant.close();
    }

    @Test
    void tellsTheIncidentAsTheProviderDid() {
        simulator.setClock(java.time.Instant.parse("2025-11-02T16:30:31Z"), true);
        Payment payment = simulator.createPayment(request -> {
            request.paymentId = 5996609246L;
            request.purchaseId = "5172103429";
            request.orderId = "PGP-6271402111|-1003268562225";
            request.priceAmount = new BigDecimal("1.35");
            request.payAmount = new BigDecimal("0.000349");
            request.payAddress = "0x1";
            request.ipnCallbackUrl = merchant.url();
        });

        Told told = simulator.status(payment.id(), "finished", change -> {
            change.outcomeAmount = new BigDecimal("0.0002736");
            change.serviceFee = new BigDecimal("0.0000001");
        });

        String body =
                "{\"actually_paid\":0.000349,\"actually_paid_at_fiat\":0,\"fee\":{\"currency\":\"eth\",\"depositFee\":0,"
                        + "\"serviceFee\":1e-7,\"withdrawalFee\":0},\"invoice_id\":null,\"order_description\":null,"
                        + "\"order_id\":\"PGP-6271402111|-1003268562225\",\"outcome_amount\":0.0002736,\"outcome_currency\":\"eth\","
                        + "\"parent_payment_id\":null,\"pay_address\":\"0x1\",\"pay_amount\":0.000349,\"pay_currency\":\"eth\","
                        + "\"payin_extra_id\":null,\"payment_extra_ids\":null,\"payment_id\":5996609246,\"payment_status\":\"finished\","
                        + "\"price_amount\":1.35,\"price_currency\":\"usd\",\"purchase_id\":\"5172103429\",\"updated_at\":1762101031001}";
        assertThat(merchant.heard)
                .containsExactly(new Merchant.Heard(body, Signature.of(SECRET, body), "application/json"));
        assertThat(told.deliveries()).extracting(Delivery::httpStatus).containsExactly(200);
    }

    @Test
    void playsTheArcWithOneNotificationPerStep() {
        Payment payment = payment();

        Told told = simulator.pay(payment.id());

        assertThat(statuses()).containsExactly("confirming", "confirmed", "sending", "finished");
        assertThat(told.payment().status()).isEqualTo("finished");
        assertThat(told.payment().outcomeAmount())
                .isEqualByComparingTo("0.00034535"); // 1 % less than 0.00034884, rounded down
        assertThat(merchant.heard.stream()
                        .map(heard -> json(heard).get("updated_at").longValue()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void endsAShortDepositPartiallyPaid() {
        Payment payment = payment(request -> request.priceAmount = BigDecimal.TEN);

        Told told = simulator.pay(payment.id(), "0.001");

        assertThat(told.payment().status()).isEqualTo("partially_paid");
        assertThat(json(merchant.heard.getLast()).get("actually_paid").decimalValue())
                .isEqualByComparingTo("0.001");
    }

    @Test
    void coversAShortfallWithinThePercent() {
        simulator.configure(settings -> settings.coveringPercent = BigDecimal.TEN);
        Payment payment = payment(request -> request.payAmount = BigDecimal.ONE);

        assertThat(simulator.pay(payment.id(), "0.9").payment().status()).isEqualTo("finished");
    }

    @Test
    void failsADepositBelowTheMinimum() {
        assertThat(simulator.pay(payment().id(), "0.00000001").payment().status())
                .isEqualTo("failed");
        assertThat(statuses()).containsExactly("confirming", "failed");
    }

    @Test
    void passesOnAnyWord() {
        simulator.status(payment().id(), "wrong_asset_confirmed");
        simulator.status(payment().id(), "never_heard_of");

        assertThat(statuses()).containsExactly("wrong_asset_confirmed", "never_heard_of");
    }

    @Test
    void sendsNothingWithoutASecret() {
        simulator.configure(settings -> settings.ipnSecret = null);

        Told told = simulator.status(payment().id(), "finished");

        assertThat(merchant.heard).isEmpty();
        assertThat(told.deliveries()).extracting(Delivery::result).containsExactly(Delivery.Result.NOT_SENT);
    }

    @Test
    void usesTheAccountsAddressWhereThePaymentHasNone() {
        simulator.configure(settings -> settings.ipnCallbackUrl = merchant.url());

        simulator.status(payment(request -> request.ipnCallbackUrl = null).id(), "finished");

        assertThat(statuses()).containsExactly("finished");
    }

    @Test
    void repeatsUntilItIsAccepted() {
        merchant.answers(number -> number < 3 ? 500 : 204);

        Told told = simulator.status(payment().id(), "finished");

        Waiting.until("it is accepted", () -> results().contains(Delivery.Result.ACCEPTED));
        assertThat(told.deliveries()).extracting(Delivery::result).containsExactly(Delivery.Result.REFUSED);
        assertThat(simulator.deliveries()).extracting(Delivery::attempt).containsExactly(1, 2, 3);
        assertThat(simulator.deliveries()).extracting(Delivery::httpStatus).containsExactly(500, 500, 204);
        assertThat(merchant.heard).hasSize(3);
        assertThat(merchant.heard.stream().distinct()).hasSize(1);
    }

    @Test
    void countsARedirectAsRefused() {
        simulator.configure(settings -> settings.ipnRetries = 0);
        merchant.answers(_ -> 302);

        assertThat(simulator.status(payment().id(), "finished").deliveries())
                .extracting(Delivery::result)
                .containsExactly(Delivery.Result.REFUSED);
    }

    @Test
    void givesUpAfterTheSetNumberOfRepetitions() {
        simulator.configure(settings -> {
            settings.ipnRetries = 2;
            settings.ipnRetryIntervalMs = 60_000;
        });
        simulator.setClock(simulator.now(), true);
        merchant.answers(_ -> 500);
        simulator.status(payment().id(), "finished");

        for (int i = 2; i <= 3; i++) {
            int attempts = i;
            simulator.advance(Duration.ofMinutes(1));
            Waiting.until("attempt " + i, () -> simulator.deliveries().size() == attempts);
        }
        simulator.advance(Duration.ofDays(1));

        assertThat(simulator.deliveries()).hasSize(3);
    }

    @Test
    void waitsForAnAnswerOnlySoLong() {
        simulator.configure(settings -> {
            settings.ipnTimeoutMs = 50;
            settings.ipnRetries = 0;
        });
        merchant.answers(_ -> 0);

        assertThat(simulator.status(payment().id(), "finished").deliveries())
                .extracting(Delivery::result)
                .containsExactly(Delivery.Result.TIMEOUT);
    }

    @Test
    void recordsAMerchantThatIsNotThere() {
        simulator.configure(settings -> settings.ipnRetries = 0);
        Payment payment = payment(request -> request.ipnCallbackUrl = "http://127.0.0.1:1/ipn");

        assertThat(simulator.status(payment.id(), "finished").deliveries())
                .extracting(Delivery::result)
                .containsExactly(Delivery.Result.UNREACHABLE);
    }

    @Test
    void tellsOfExpiryAndOfNothingAfterIt() {
        simulator.setClock(simulator.now(), true);
        Payment payment = payment(request -> request.isFixedRate = true);

        simulator.advance(Duration.ofMinutes(20));
        Waiting.until("expiry is told", () -> merchant.heard.size() == 1);
        Told late = simulator.pay(payment.id());

        assertThat(statuses()).containsExactly("expired");
        assertThat(late.payment().status()).isEqualTo("finished");
        assertThat(late.deliveries()).extracting(Delivery::result).containsOnly(Delivery.Result.NOT_SENT);
        assertThat(simulator.payment(payment.id()).actuallyPaid()).isEqualByComparingTo(payment.payAmount());
    }

    @Test
    void mayStayExpiredDespiteALateDeposit() {
        simulator.configure(settings -> settings.lateDepositChangesStatus = false);
        Payment payment = payment();
        simulator.expire(payment.id());

        Told late = simulator.pay(payment.id());

        assertThat(late.payment().status()).isEqualTo("expired");
        assertThat(late.payment().actuallyPaid()).isEqualByComparingTo(payment.payAmount());
    }

    @Test
    void keepsAFloatingRateOpenForSevenDays() {
        simulator.setClock(simulator.now(), true);
        Payment payment = payment();

        simulator.advance(Duration.ofDays(7).minusMillis(1));
        assertThat(simulator.payment(payment.id()).status()).isEqualTo("waiting");
        simulator.advance(Duration.ofMillis(1));

        assertThat(simulator.payment(payment.id()).status()).isEqualTo("expired");
    }

    @Test
    void makesAChildOfASecondDeposit() {
        Payment parent = payment();
        simulator.pay(parent.id());

        Payment child = simulator.pay(parent.id(), "0.0002").payment();

        JsonNode told = json(merchant.heard.getLast());
        assertThat(child.id()).isNotEqualTo(parent.id());
        assertThat(told.get("parent_payment_id").longValue()).isEqualTo(parent.id());
        assertThat(told.get("payment_status").stringValue()).isEqualTo("finished");
        assertThat(told.get("order_id").isNull()).isTrue();
        assertThat(simulator.payment(parent.id()).status()).isEqualTo("finished");
        assertThat(simulator.payment(parent.id()).extraIds()).containsExactly(child.id());
        simulator.notify(parent.id(), 1, false);
        assertThat(merchant.heard.getLast().body()).contains("\"payment_extra_ids\":[" + child.id() + "]");
    }

    @Test
    void givesTheChildTheParentsOrderWhenTold() {
        simulator.configure(settings -> settings.childKeepsOrderId = true);
        Payment parent = payment();

        Payment child = simulator.createPayment(request -> request.parentPaymentId = parent.id());

        assertThat(child.orderId()).contains("order-1");
        assertThat(child.terms().payAddress()).isEqualTo(parent.terms().payAddress());
    }

    @Test
    void treatsAWrongAssetAsSet() {
        Payment payment = payment();
        Told manual = simulator.pay(payment.id(), "3", "usdtbsc");
        simulator.configure(settings -> settings.wrongAsset = Settings.WrongAsset.CHILD);
        Told child = simulator.pay(payment.id(), "3", "usdtbsc");
        simulator.configure(settings -> settings.wrongAsset = Settings.WrongAsset.STATUS);
        Told status = simulator.pay(payment.id(), "3", "usdtbsc");

        assertThat(manual.payment().status()).isEqualTo("waiting");
        assertThat(manual.deliveries()).isEmpty();
        assertThat(child.payment().parentId()).contains(payment.id());
        assertThat(child.payment().terms().payCurrency()).isEqualTo("usdtbsc");
        assertThat(status.payment().status()).isEqualTo("wrong_asset_confirmed");
    }

    @Test
    void sendsNineAtOnce() {
        merchant.awaitTogether(9);
        Payment payment = payment();

        List<Delivery> deliveries = simulator.notify(payment.id(), 9, true);

        assertThat(merchant.mostAtOnce).hasValue(9);
        assertThat(deliveries).hasSize(9).extracting(Delivery::httpStatus).containsOnly(200);
        assertThat(merchant.heard.stream().distinct()).hasSize(1);
    }

    @Test
    void sendsDuplicatesBySwitch() {
        simulator.configure(settings -> settings.ipnDuplicates = 3);

        simulator.status(payment().id(), "finished");

        assertThat(merchant.heard).hasSize(3);
        assertThat(merchant.mostAtOnce).hasValue(1);
    }

    @Test
    void losesAsManyAsTold() {
        simulator.configure(settings -> {
            settings.ipnDrop = 1;
            settings.ipnDropStatuses = List.of("sending");
        });

        simulator.pay(payment().id());

        assertThat(statuses()).containsExactly("confirmed", "finished");
        assertThat(results()).contains(Delivery.Result.DROPPED);
    }

    @Test
    void turnsTheOrderRound() {
        simulator.configure(settings -> settings.ipnReorder = 3);

        simulator.pay(payment().id());
        assertThat(statuses()).containsExactly("sending", "confirmed", "confirming");
        simulator.flushNotifications();

        assertThat(statuses()).containsExactly("sending", "confirmed", "confirming", "finished");
    }

    @Test
    void signsWronglyBySwitch() {
        simulator.configure(settings -> settings.ipnWrongSignature = true);

        simulator.status(payment().id(), "finished");

        Merchant.Heard heard = merchant.heard.getFirst();
        assertThat(heard.signature()).hasSize(128).isNotEqualTo(Signature.of(SECRET, heard.body()));
    }

    @Test
    void sendsTheWireOrderOfTheDocumentsBySwitch() {
        simulator.configure(settings -> settings.ipnUnsorted = true);

        simulator.status(payment().id(), "finished");

        Merchant.Heard heard = merchant.heard.getFirst();
        String sorted = JsJson.stringify(JsJson.sorted(json(heard)));
        assertThat(heard.body()).startsWith("{\"payment_id\":").isNotEqualTo(sorted);
        assertThat(heard.signature()).isEqualTo(Signature.of(SECRET, sorted));
    }

    @Test
    void signsArraysAsObjectsBySwitch() {
        Payment parent = payment();
        Payment child = simulator.createPayment(request -> request.parentPaymentId = parent.id());
        simulator.configure(settings -> settings.ipnArrays = Settings.Arrays.OBJECT);

        simulator.status(parent.id(), "finished");

        Merchant.Heard heard = merchant.heard.getFirst();
        String signed = heard.body().replace("[" + child.id() + "]", "{\"0\":" + child.id() + "}");
        assertThat(heard.body()).contains("[" + child.id() + "]");
        assertThat(heard.signature()).isEqualTo(Signature.of(SECRET, signed));
    }

    @Test
    void variesFieldsBySwitch() {
        simulator.configure(settings -> {
            settings.ipnOmitUpdatedAt = true;
            settings.ipnIdsAsStrings = true;
        });

        simulator.status(payment().id(), "finished");

        JsonNode json = json(merchant.heard.getFirst());
        assertThat(json.has("updated_at")).isFalse();
        assertThat(json.get("payment_id").isString()).isTrue();
        assertThat(json.get("parent_payment_id").isNull()).isTrue();
    }

    @Test
    void tellsIdsAsNumbersButThePurchaseAsText() {
        simulator.status(payment().id(), "confirming");

        JsonNode json = json(merchant.heard.getFirst());
        assertThat(json.get("payment_id").isNumber()).isTrue();
        assertThat(json.get("purchase_id").isString()).isTrue();
        assertThat(json.get("updated_at").isNumber()).isTrue();
        assertThat(json.has("created_at")).isFalse();
    }

    private Payment payment() {
        return payment(_ -> {});
    }

    private Payment payment(Consumer<NewPayment> more) {
        return simulator.createPayment(request -> {
            request.priceAmount = new BigDecimal("1.35");
            request.orderId = "order-1";
            request.ipnCallbackUrl = merchant.url();
            more.accept(request);
        });
    }

    private List<String> statuses() {
        return merchant.heard.stream()
                .map(heard -> json(heard).get("payment_status").stringValue())
                .toList();
    }

    private List<Delivery.Result> results() {
        return simulator.deliveries().stream().map(Delivery::result).toList();
    }

    private static JsonNode json(Merchant.Heard heard) {
        return JsJson.MAPPER.readTree(heard.body());
    }
}
