package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coins;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.Operation;
import admitone.simulators.telegram.Control.MessageView;
import admitone.simulators.telegram.OpenResult;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From a seller to a buyer inside, by the API alone. */
class ApiFlowTests {
    private final TestService service = TestService.shared();
    private final TestClient api = service.operator();

    @Test
    void sellsOneAdmission() {
        var shop = service.newShop("9.99", 30);
        long buyer = service.newBuyer();
        String order = service.newOrder(shop, buyer);
        long payment = service.newPayment(order, "eth");

        service.nowPayments().pay(payment);
        assertThat(service.telegram().openLink(buyer, service.linkSentTo(buyer)))
                .isEqualTo(OpenResult.REQUEST_SENT);
        TestService.until(() -> verdict(payment).contains("buyer inside"));
        TestService.until(() -> accruals(payment) == 1);

        JsonNode shown = api.get("/api/v1/orders/" + order).must(200).json();
        assertThat(shown.path("status").asString()).isEqualTo("confirmed");
        assertThat(shown.path("grant").path("access").asString()).isEqualTo("admitted");
        assertThat(shown.path("paid_by").asString()).isEqualTo("" + payment);
        JsonNode paid = api.get("/api/v1/payments/" + payment).must(200).json();
        assertThat(paid.path("price_usd").asString()).isEqualTo("9.99");
        assertThat(paid.path("order_id").asString()).isEqualTo(order);
        assertThat(paid.path("hold").isNull()).isTrue();
        JsonNode timeline = service.timeline(payment);
        assertThat(timeline.path("verdict").asString()).startsWith("Fulfilled once: ");
        assertThat(timeline.path("effects").path("grants").asInt()).isOne();
        assertThat(timeline.path("effects").path("messages").asInt()).isOne();
        assertThat(timeline.path("effects").path("admitted").asBoolean()).isTrue();
        assertThat(timeline.path("events").path(0).path("kind").asString()).isEqualTo("payment_created");
        JsonNode grants = api.get("/api/v1/grants?channel_id=" + shop.channelId() + "&telegram_user_id=" + buyer)
                .must(200)
                .json();
        assertThat(grants.path("items")).hasSize(1);
    }

    @Test
    void keepsWhatASellerSaysToBuyers() {
        var shop = service.newShop("9.99", 30);
        String texts = "/api/v1/channels/" + shop.channelId() + "/texts";

        put(texts, Map.of("welcome", "Hello!\nRead <b>the rules</b>.", "description", "Two calls a day."))
                .must(200);

        JsonNode kept = api.get(texts).must(200).json();
        assertThat(kept.path("welcome").asString()).isEqualTo("Hello!\nRead <b>the rules</b>.");
        assertThat(kept.path("expiry").isNull()).isTrue();
        assertThat(kept.path("description").asString()).isEqualTo("Two calls a day.");
        put(texts, Map.of("welcome", "x".repeat(1001))).must(422);
        JsonNode later = put(texts, Map.of("welcome", "Hello!")).must(200).json();
        assertThat(later.path("description").asString())
                .as("of a client that knows of none")
                .isEqualTo("Two calls a day.");
        assertThat(later.has("describes")).isFalse();
        put(texts, Collections.singletonMap("description", null)).must(200);
        assertThat(api.get(texts).must(200).json().path("description").isNull()).isTrue();

        String notice = "/api/v1/sellers/" + shop.sellerId() + "/notice";
        put(notice, Map.of("support", "@ann")).must(200);
        JsonNode seller =
                api.get("/api/v1/sellers/" + shop.sellerId()).must(200).json();
        assertThat(seller.path("support").asString()).isEqualTo("@ann");
        assertThat(seller.path("terms").isNull()).isTrue();
    }

    @Test
    void anotherTelegramUserIsToBeASeller() {
        String contact = "/api/v1/sellers/" + service.newShop("9.99", 30).sellerId() + "/contact";

        JsonNode asked =
                put(contact, Map.of("telegram_user_id", 777001)).must(200).json();
        assertThat(asked.path("next").asString()).isEqualTo("777001");
        assertThat(asked.path("counts_from").isNull()).isFalse();

        String now = asked.path("telegram_user_id").asString();
        JsonNode off = put(contact, Map.of("telegram_user_id", Long.valueOf(now)))
                .must(200)
                .json();
        assertThat(off.path("next").isNull()).isTrue();
    }

    @Test
    void changesHowASellerIsPaidOut() {
        var shop = service.newShop("9.99", 30);
        String seller = "/api/v1/sellers/" + shop.sellerId();

        put(seller + "/payout", Map.of("mode", "threshold", "threshold_usd", "50", "fee_percent", "7.5"))
                .must(200);

        JsonNode kept = api.get(seller).must(200).json();
        assertThat(kept.path("payout").path("mode").asString()).isEqualTo("threshold");
        assertThat(kept.path("payout").path("threshold_usd").asString()).isEqualTo("50.00");
        assertThat(kept.path("fee_percent").asString()).isEqualTo("7.5");
        put(seller + "/payout", Map.of("mode", "instant")).must(200);
        assertThat(api.get(seller).must(200).text("fee_percent")).isEqualTo("7.5");
        put(seller + "/payout", Map.of("mode", "threshold")).must(422);
        put(seller + "/payout", Map.of("fee_percent", "1")).must(422);
    }

    @Test
    void postsThePlansInTheOpenChatAndTellsWhereItStands() {
        Map<String, Object> draft =
                new HashMap<>(TestService.channelBody(service.newSeller("A"), service.newChat(), "5", 30));
        draft.put("open_chat_id", service.newChat());
        String channel = "/api/v1/channels/"
                + api.post("/api/v1/channels", draft).must(201).text("channel_id");
        String post = channel + "/post";
        TestService.until(() -> isPosted(post));
        String message = api.get(post).must(200).text("message_id");

        api.post(channel + "/plans", Map.of("name", "Year", "price_usd", "50", "days", 365))
                .must(201);
        TestService.until(() -> isPosted(post));
        assertThat(api.get(post).text("message_id")).isEqualTo(message);
        put(post, Map.of("on", true)).must(200);
        TestService.until(() -> isPosted(post)); // “message is not modified” is done

        assertThat(put(post, Map.of("on", false)).must(200).text("state")).isEqualTo("off");
        assertThat(api.get(channel).must(200).text("post")).isEqualTo("off");
        put(post, Map.of("on", "yes")).must(422);
        String without = "/api/v1/channels/" + service.newShop("5", 30).channelId() + "/post";
        assertThat(put(without, Map.of("on", true)).must(409).code()).isEqualTo("no_open_chat");
    }

    @Test
    void changesAPlansPriceAndLeavesWhatIsSaidOfItUnlessThatIsSaid() {
        var shop = service.newShop("5", 30);
        String plan = "/api/v1/channels/" + shop.channelId() + "/plans/" + shop.planId();
        put(plan, Map.of("name", "Month", "price_usd", "5", "description", "Two calls a day."))
                .must(200);

        assertThat(put(plan, Map.of("name", "Month", "price_usd", "6"))
                        .must(200)
                        .text("description"))
                .isEqualTo("Two calls a day.");

        Map<String, Object> nothing = new HashMap<>(Map.of("name", "Month", "price_usd", "6"));
        nothing.put("description", null);
        assertThat(put(plan, nothing).must(200).json().path("description").isNull())
                .isTrue();
    }

    @Test
    void planThatNoCoinTakesSaysSoOverRestAndOnItsPage() {
        var shop = service.newShop("5", 30);
        String channel = "/api/v1/channels/" + shop.channelId();
        String plan = channel + "/plans/" + shop.planId();
        String page = "/c/" + api.get(channel).must(200).text("slug");
        service.context() // as if all had been told, of which the service asks ten at a time
                .getBean(JdbcClient.class)
                .sql("update payments.coin set minimum_units = ?, minimum_asset = 'usd' where minimum_units is null")
                .param(new BigDecimal(Money.parse("0.02", Asset.USD).units()))
                .update();
        service.context().getBean(Coins.class).load();
        assertThat(api.get(channel).json().path("plans").path(0).path("warning").isNull())
                .isTrue();
        assertThat(service.anyone().get(page).body())
                .contains("Continue in Telegram")
                .doesNotContain("cannot be bought");

        var changed = put(plan, Map.of("name", "Month", "price_usd", "0.01")).must(200);

        assertThat(new BigDecimal(changed.text("least_price_usd"))).isGreaterThan(new BigDecimal("0.01"));
        assertThat(changed.text("warning")).contains("Nobody can buy this plan", changed.text("least_price_usd"));
        assertThat(api.get(channel).json().path("plans").path(0).path("warning").isNull())
                .isFalse();
        assertThat(service.anyone().get(page).body())
                .contains("cannot be bought at the moment")
                .doesNotContain("Continue in Telegram</a>");
        put(plan, Map.of("name", "Month", "price_usd", "50")).must(200);
        assertThat(service.anyone().get(page).body()).doesNotContain("cannot be bought");
    }

    @Test
    void changesAPlanForOrdersToComeAndClosesItForAllButThoseWhoHaveIt() {
        var shop = service.newShop("5", 30);
        String channel = "/api/v1/channels/" + shop.channelId();
        String plan = channel + "/plans/" + shop.planId();
        String slug = api.get(channel).must(200).text("slug");
        String before = service.newOrder(shop, service.newBuyer());

        var changed =
                put(plan, Map.of("name", "One month", "price_usd", "7.50")).must(200);
        assertThat(changed.text("price_usd")).isEqualTo("7.50");
        assertThat(changed.json().path("days").asInt()).isEqualTo(30);
        assertThat(api.get("/api/v1/orders/" + before).must(200).text("price_usd"))
                .isEqualTo("5.00");
        String after = service.newOrder(shop, service.newBuyer());
        assertThat(api.get("/api/v1/orders/" + after).must(200).text("price_usd"))
                .isEqualTo("7.50");
        assertThat(service.anyone().get("/c/" + slug).must(200).body()).contains("One month", "7.50 USD");
        put(plan, Map.of("name", "x")).must(422);
        put(plan, Map.of("name", "x", "price_usd", "0")).must(422);

        api.delete(plan).must(204);
        api.delete(plan).must(204);

        assertThat(api.get(channel).must(200).json().path("plans")).isEmpty();
        assertThat(service.anyone().get("/c/" + slug).must(200).body()).doesNotContain("One month");
        assertThat(put(plan, Map.of("name", "x", "price_usd", "1")).must(409).code())
                .isEqualTo("plan_closed");
        assertThat(api.post(
                                "/api/v1/orders",
                                Map.of(
                                        "channel_id",
                                        shop.channelId(),
                                        "plan_id",
                                        shop.planId(),
                                        "telegram_user_id",
                                        service.newBuyer()))
                        .must(409)
                        .code())
                .isEqualTo("plan_closed");
        api.post(channel + "/gifts", Map.of("plan_id", shop.planId())).must(422);
        api.post("/api/v1/orders/" + before + "/payment", Map.of("pay_currency", "eth"))
                .must(201);
        String other = service.newShop("5", 30).channelId();
        api.delete("/api/v1/channels/" + other + "/plans/" + shop.planId()).must(404);
    }

    /** Who names a chat in a request has not shown that it is theirs. */
    @Test
    void botPostsInNoChatByASellersWordAlone() {
        String sellerId = service.newSeller("A");
        TestClient seller = service.as(sellerId);
        Map<String, Object> draft = new HashMap<>(TestService.channelBody(sellerId, service.newChat(), "5", 30));
        draft.put("open_chat_id", service.newChat());
        String channel = "/api/v1/channels/"
                + seller.post("/api/v1/channels", draft).must(201).text("channel_id");

        assertThat(seller.get(channel).must(200).text("post")).isEqualTo("off");
        seller.post(channel + "/plans", Map.of("name", "Year", "price_usd", "50", "days", 365))
                .must(201);
        assertThat(seller.get(channel + "/post").must(200).text("state")).isEqualTo("off");
        var on = seller.call("PUT", channel + "/post", "{\"on\":true}", "application/json");
        assertThat(on.must(409).code()).isEqualTo("open_chat_not_proved");
        put(channel + "/post", Map.of("on", true)).must(200);
        TestService.until(() -> isPosted(channel + "/post"));
    }

    private boolean isPosted(String post) {
        return api.get(post).must(200).text("state").equals("posted");
    }

    @Test
    void makesGiftsThatAreRedeemedOnceWithTheBot() {
        var shop = service.newShop("5", 30);
        String gifts = "/api/v1/channels/" + shop.channelId() + "/gifts";
        JsonNode made = api.post(gifts, Map.of("plan_id", shop.planId(), "count", 2))
                .must(201)
                .json()
                .path("gifts");
        long ann = service.newBuyer();

        String code = made.path(0).path("code").asString();
        assertThat(made.path(0).path("link").asString()).endsWith("?start=" + code);
        service.telegram().start(ann, TestService.BOT, code);
        TestService.until(() -> question(ann).isPresent());
        MessageView question = question(ann).orElseThrow();
        service.telegram()
                .tap(
                        ann,
                        TestService.BOT,
                        question.messageId(),
                        Objects.requireNonNull(
                                question.keyboard().getFirst().getFirst().callbackData()));
        service.linkSentTo(ann);

        JsonNode listed = api.get(gifts).must(200).json().path("items");
        assertThat(listed).hasSize(2);
        assertThat(listed.path(0).path("state").asString()).isEqualTo("open");
        assertThat(listed.path(1).path("state").asString()).isEqualTo("redeemed");
        assertThat(listed.path(1).path("redeemed_by").asString()).isEqualTo("" + ann);
        assertThat(listed.toString()).doesNotContain(code);
        String open = gifts + "/" + listed.path(0).path("gift_id").asString();
        assertThat(api.delete(open).must(200).text("state")).isEqualTo("revoked");
        String redeemed = gifts + "/" + listed.path(1).path("gift_id").asString();
        assertThat(api.delete(redeemed).must(409).code()).isEqualTo("gift_redeemed");
        TestClient keyed = api.withKey("gifts-" + shop.channelId());
        keyed.post(gifts, Map.of("days", 3)).must(201);
        assertThat(keyed.post(gifts, Map.of("days", 3)).must(409).code()).isEqualTo("codes_shown_once");
        TestClient ofPlan = api.withKey("plan-gifts-" + shop.channelId());
        ofPlan.post(gifts, Map.of("plan_id", shop.planId())).must(201);
        api.delete("/api/v1/channels/" + shop.channelId() + "/plans/" + shop.planId());
        assertThat(ofPlan.post(gifts, Map.of("plan_id", shop.planId()))
                        .must(409)
                        .code())
                .as("the plan was closed since")
                .isEqualTo("codes_shown_once");
        api.post(gifts, Map.of("days", 30, "count", 101)).must(422);
        api.post(gifts, Map.of("count", 1)).must(422);
    }

    private Optional<MessageView> question(long user) {
        return service.telegram().messages(user, TestService.BOT).stream()
                .filter(message -> !message.keyboard().isEmpty())
                .findFirst();
    }

    private TestClient.Reply put(String path, Map<String, ?> body) {
        return api.call("PUT", path, JsonMapper.shared().writeValueAsString(body), "application/json");
    }

    @Test
    void showsRepeatsAsAbsorbed() {
        var purchase = service.newPurchase(service.newShop("5", null));
        int before = service.timeline(purchase.paymentId()).path("triggers").asInt();

        service.nowPayments().notify(purchase.paymentId(), 9, true);
        TestService.until(
                () -> service.timeline(purchase.paymentId()).path("triggers").asInt() == before + 9);

        JsonNode timeline = service.timeline(purchase.paymentId());
        assertThat(timeline.path("absorbed").asInt()).isGreaterThanOrEqualTo(9);
        assertThat(timeline.path("effects").path("grants").asInt()).isOne();
    }

    @Test
    void handsOutTheSamePaymentForTheSameOrderAndCoin() {
        var shop = service.newShop("20", 30);
        String order = service.newOrder(shop, service.newBuyer());
        long first = service.newPayment(order, "eth");

        TestClient.Reply again = api.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "ETH"));

        assertThat(again.must(201).text("payment_id")).isEqualTo("" + first);
        assertThat(again.json().propertyNames())
                .contains("payment_id", "pay_address", "pay_amount", "pay_currency", "payin_extra_id", "expires_at");
        assertThat(service.newPayment(order, "btc")).isNotEqualTo(first);
        assertThat(service.nowPayments().paymentsOfOrder(order)).hasSize(2);
    }

    @Test
    void tellsTheSamePaymentAlsoOfAnOrderThatIsPaid() {
        var purchase = service.newPurchase(service.newShop("20", 30));
        String path = "/api/v1/orders/" + purchase.orderId() + "/payment";

        var again = api.post(path, Map.of("pay_currency", "eth")).must(201);
        var onThePage = service.anyone()
                .call("POST", "/pay/" + purchase.orderId(), "pay_currency=eth", "application/x-www-form-urlencoded");

        assertThat(again.text("payment_id")).isEqualTo("" + purchase.paymentId());
        assertThat(onThePage.must(303).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/pay/" + purchase.orderId() + "?coin=eth"));
        assertThat(api.post(path, Map.of("pay_currency", "btc")).must(409).code())
                .isEqualTo("already_paid");
        assertThat(service.nowPayments().paymentsOfOrder(purchase.orderId())).hasSize(1);
    }

    @Test
    void tellsTheSamePaymentAlsoOfAnOrderThatExpired() {
        String order = service.newOrder(service.newShop("20", 30), service.newPerson());
        long first = service.newPayment(order, "eth");
        expire(order);
        String path = "/api/v1/orders/" + order + "/payment";

        var again = api.post(path, Map.of("pay_currency", "eth")).must(201);

        assertThat(again.text("payment_id")).isEqualTo("" + first);
        assertThat(api.post(path, Map.of("pay_currency", "btc")).must(409).code())
                .isEqualTo("order_expired");
        assertThat(service.nowPayments().paymentsOfOrder(order)).hasSize(1);
    }

    @Test
    void tellsSellersAndBuyersTheSameStatusOfAnOrder() {
        String order = service.newOrder(service.newShop("20", 30), service.newPerson());
        long failed = service.newPayment(order, "eth");
        service.newPayment(order, "btc");
        service.nowPayments().status(failed, "failed");
        TestService.until(
                () -> api.get("/api/v1/payments/" + failed).text("status").equals("failed"));
        String whileOpen = api.get("/api/v1/orders/" + order).text("status");
        expire(order);

        assertThat(whileOpen).isEqualTo("awaiting_payment");
        assertThat(api.get("/api/v1/orders/" + order).text("status"))
                .isEqualTo(service.anyone()
                        .get("/api/payment-status?order_id=" + order)
                        .text("status"))
                .isEqualTo("expired");
    }

    @Test
    void tellsWhetherTheBotCanWriteToTheBuyerOfAnOrder() {
        var shop = service.newShop("9.99", 30);
        long started = service.newBuyer();
        String order = service.newOrder(shop, started);
        String unknown = service.newOrder(shop, service.newPerson());

        TestService.until(() -> reachable(order).equals("true"));
        assertThat(reachable(unknown)).isEqualTo("null");

        service.telegram().block(started, TestService.BOT);
        TestService.until(() -> reachable(order).equals("false"));
        assertThat(api.get("/api/v1/orders?seller_id=" + shop.sellerId())
                        .must(200)
                        .json()
                        .path("items")
                        .valueStream()
                        .map(one -> one.path("buyer_reachable").toString()))
                .containsExactlyInAnyOrder("false", "null");
        service.telegram().start(started, TestService.BOT, null);
        TestService.until(() -> reachable(order).equals("true"));
    }

    private String reachable(String order) {
        return api.get("/api/v1/orders/" + order)
                .must(200)
                .json()
                .path("buyer_reachable")
                .toString();
    }

    private void expire(String order) {
        service.sql()
                .sql("update checkout.orders set expires_at = created_at where order_id = ?")
                .param(order)
                .update();
    }

    @Test
    void makesALostPaymentAnewAndAdoptsTheLostOneWhenItIsPaid() {
        try (TestService own = TestService.start("lost creation")) {
            var shop = own.newShop("20", 30);
            String order = own.newOrder(shop, own.newBuyer());
            own.nowPayments().fault(Operation.CREATE_PAYMENT, Fault.DROP_AFTER_EFFECT, 1);

            long shown = own.newPayment(order, "eth");
            long lost = own.nowPayments().paymentsOfOrder(order).getFirst().id();
            own.nowPayments().pay(lost);

            assertThat(lost).isNotEqualTo(shown);
            TestService.until(() ->
                    own.operator().get("/api/v1/orders/" + order).text("status").equals("confirmed"));
            assertThat(own.operator().get("/api/v1/orders/" + order).text("paid_by"))
                    .isEqualTo("" + lost);
        }
    }

    @Test
    void asksToTryAgainWhenTheProviderIsDown() {
        try (TestService own = TestService.start("provider down")) {
            String order = own.newOrder(own.newShop("20", 30), own.newBuyer());
            own.nowPayments().fault(Operation.CREATE_PAYMENT, Fault.STATUS_500_BEFORE, 1000);

            var refused = own.operator().post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "eth"));

            assertThat(refused.must(503).code()).isEqualTo("provider_not_ready");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            own.nowPayments().clearFaults();
            own.newPayment(order, "eth");
        }
    }

    @Test
    void keepsWhatAPersonMustDecideAndRecordsTheDecision() {
        var shop = service.newShop("50", 30);
        long payment = service.newPayment(service.newOrder(shop, service.newBuyer()), "eth");
        service.payHalf(payment);
        TestService.until(() -> cases(payment).size() == 1);

        JsonNode one = cases(payment).path(0);
        String id = one.path("case_id").asString();
        assertThat(one.path("kind").asString()).isEqualTo("underpaid");
        assertThat(verdict(payment)).startsWith("Held for a person, underpaid");
        assertThat(api.post("/api/v1/cases/" + id + "/decide", Map.of("decision", "accept", "reason", "ok"))
                        .must(422)
                        .code())
                .isEqualTo("not_possible");
        Map<String, String> dismiss = Map.of("decision", "dismiss", "reason", "the buyer was told");
        var decided = api.withKey("dismiss-" + id)
                .post("/api/v1/cases/" + id + "/decide", dismiss)
                .must(200);
        var repeated = api.withKey("dismiss-" + id)
                .post("/api/v1/cases/" + id + "/decide", dismiss)
                .must(200);

        assertThat(decided.json().path("decided").path("by").asString()).isEqualTo("operator");
        assertThat(repeated.body()).isEqualTo(decided.body());
        assertThat(api.post("/api/v1/cases/" + id + "/decide", dismiss)
                        .must(409)
                        .code())
                .isEqualTo("already_decided");
        assertThat(api.get("/api/v1/cases?state=open&seller_id=" + shop.sellerId())
                        .json()
                        .path("items"))
                .isEmpty();
        assertThat(api.get("/api/v1/cases?state=decided&seller_id=" + shop.sellerId())
                        .json()
                        .path("items"))
                .hasSize(1);
    }

    @Test
    void sendsTheSameWayInAgain() {
        var purchase = service.newPurchase(service.newShop("5", 30));
        String link = service.linkSentTo(purchase.buyer());
        String grant = api.get("/api/v1/payments/" + purchase.paymentId())
                .json()
                .path("grant")
                .path("grant_id")
                .asString();

        var first = api.withKey("resend")
                .post("/api/v1/grants/" + grant + "/resend", null)
                .must(202);
        var again = api.withKey("resend")
                .post("/api/v1/grants/" + grant + "/resend", null)
                .must(202);
        TestService.until(() -> service.timeline(purchase.paymentId())
                        .path("effects")
                        .path("messages")
                        .asInt()
                == 2);

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(service.linkSentTo(purchase.buyer())).isEqualTo(link);
    }

    @Test
    void looksAtAPaymentThatNoNotificationToldOf() {
        var shop = service.newShop("5", 30);
        String order = service.newOrder(shop, service.newBuyer());
        long payment = service.newPayment(order, "eth");
        service.nowPayments().status(payment, "finished", change -> {
            change.actuallyPaid = service.nowPayments().payment(payment).payAmount();
            change.notify = false;
        });

        api.post("/api/v1/payments/" + payment + "/look", null).must(202);

        TestService.until(() -> verdict(payment).startsWith("Fulfilled once"));
    }

    @Test
    void looksAtAPaymentItNeverHeardOf() {
        long stranger = service.nowPayments()
                .createPayment(asked -> asked.priceAmount = new java.math.BigDecimal("3"))
                .id();

        api.post("/api/v1/payments/" + stranger + "/look", null).must(202);

        TestService.until(() -> api.get("/api/v1/payments/" + stranger).status() == 200);
        assertThat(cases(stranger)).hasSize(1);
    }

    @Test
    void tellsBalanceAndStatement() {
        service.newSeller("Another", "0");
        String seller = service.newSeller("With a fee", "10");
        var purchase = service.newPurchase(service.newShop(seller, "100", 30));
        TestService.until(() -> accruals(purchase.paymentId()) == 1);

        JsonNode balance =
                api.get("/api/v1/sellers/" + seller + "/balance").must(200).json();
        JsonNode ledger =
                api.get("/api/v1/sellers/" + seller + "/ledger").must(200).json();
        var csv = api.call("GET", "/api/v1/sellers/" + seller + "/ledger", null, null, "Accept", "text/csv");

        assertThat(balance.path("accrued_usd").asString()).isEqualTo("89.10");
        assertThat(balance.path("available_usd").asString())
                .as("among several sellers the account is the operator's")
                .isEqualTo("89.10");
        assertThat(balance.path("paid_out_usd").asString()).isEqualTo("0.00");
        assertThat(balance.path("threshold_crossed").asBoolean()).isFalse();
        assertThat(ledger.path("items")).hasSize(3);
        assertThat(csv.must(200).headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/csv");
        assertThat(csv.body().lines()).hasSize(4);
        var page = api.get("/api/v1/sellers/" + seller + "/ledger?limit=2").json();
        var rest = api.get("/api/v1/sellers/" + seller + "/ledger?limit=2&cursor="
                        + page.path("next_cursor").asString())
                .must(200)
                .json();
        assertThat(page.path("items")).hasSize(2);
        assertThat(rest.path("items")).hasSize(1);
        assertThat(rest.path("next_cursor").isNull()).isTrue();
    }

    @Test
    void tellsWhenAThresholdIsCrossed() {
        String seller = api.post(
                        "/api/v1/sellers",
                        Map.of(
                                "name",
                                "Threshold",
                                "telegram_user_id",
                                service.newBuyer(),
                                "payout",
                                Map.of("mode", "threshold", "threshold_usd", "2.00")))
                .must(201)
                .text("seller_id");
        JsonNode before = api.get("/api/v1/sellers/" + seller + "/balance").json();
        var purchase = service.newPurchase(service.newShop(seller, "100", 30));
        TestService.until(() -> accruals(purchase.paymentId()) == 1);

        assertThat(before.path("threshold_crossed").asBoolean()).isFalse();
        assertThat(before.path("threshold_usd").asString()).isEqualTo("2.00");
        assertThat(api.get("/api/v1/sellers/" + seller + "/balance")
                        .json()
                        .path("threshold_crossed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void listsByPages() {
        var shop = service.newShop("5", 30);
        for (int i = 0; i < 5; i++) {
            service.newOrder(shop, service.newPerson());
        }

        JsonNode first = api.get("/api/v1/orders?limit=3&seller_id=" + shop.sellerId())
                .must(200)
                .json();
        JsonNode second = api.get("/api/v1/orders?limit=3&seller_id=" + shop.sellerId() + "&cursor="
                        + first.path("next_cursor").asString())
                .must(200)
                .json();

        assertThat(first.path("items")).hasSize(3);
        assertThat(second.path("items")).hasSize(2);
        assertThat(first.path("items").path(2).path("order_id").asString())
                .isGreaterThan(second.path("items").path(0).path("order_id").asString());
        assertThat(api.get("/api/v1/payments?limit=1")
                        .must(200)
                        .json()
                        .path("items")
                        .size())
                .isLessThanOrEqualTo(1);
        assertThat(api.get("/api/v1/channels?seller_id=" + shop.sellerId())
                        .json()
                        .path("items"))
                .hasSize(1);
    }

    @Test
    void showsQueuesAndRunsADoneTaskAgainWhereThatDoesNoHarm() {
        var purchase = service.newPurchase(service.newShop("5", 30));
        api.post("/api/v1/payments/" + purchase.paymentId() + "/look", null).must(202);
        String done = "/api/v1/queues/look/tasks?state=done&subject=payment:" + purchase.paymentId();
        TestService.until(() -> api.get(done).json().path("items").size() == 1);
        String task = api.get(done).json().path("items").path(0).path("task_id").asString();
        String shop = "/api/v1/queues/standing_link/tasks?state=done&subject=" + service.newestDone("standing_link");

        api.post("/api/v1/queues/look/tasks/" + task + "/retry", null).must(202);

        TestService.until(
                () -> api.get(done).json().path("items").path(0).path("attempt").asInt() == 2);
        assertThat(api.get(shop).must(200).body())
                .contains("\"may_retry\":false")
                .doesNotContain("\"may_retry\":true");
        JsonNode queues = api.get("/api/v1/queues").must(200).json();
        assertThat(queues.valueStream().map(queue -> queue.path("name").asString()))
                .contains("deliver_access", "look", "accrue");
    }

    /** All that was ever done is too much to keep in an order. */
    @Test
    void tasksThatAreDoneAreListedByWhatTheyAreAboutOnly() {
        var refused = api.get("/api/v1/queues/look/tasks?state=done");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("detail").asString()).contains("add subject");
        api.get("/api/v1/queues/look/tasks?state=dead").must(200);
    }

    @Test
    void pausesAndResumesAQueue() {
        try (TestService own = TestService.start("paused")) {
            var operator = own.operator();
            operator.withKey("p")
                    .post("/api/v1/queues/tell_seller/pause", Map.of())
                    .must(200);
            assertThat(paused(operator, "tell_seller")).isTrue();
            operator.post("/api/v1/queues/tell_seller/resume", null).must(200);
            operator.withKey("p")
                    .post("/api/v1/queues/tell_seller/pause", Map.of())
                    .must(200); // repeated: no effect

            assertThat(paused(operator, "tell_seller")).isFalse();
            assertThat(operator.post("/api/v1/queues/nonsense/pause", null).status())
                    .isEqualTo(404);
        }
    }

    private static boolean paused(TestClient operator, String name) {
        return operator.get("/api/v1/queues")
                .must(200)
                .json()
                .valueStream()
                .filter(queue -> queue.path("name").asString().equals(name))
                .anyMatch(queue -> queue.path("paused").asBoolean());
    }

    @Test
    void findsNoBrokenInvariantAndNamesOneThatIs() {
        try (TestService own = TestService.start("invariants")) {
            var purchase = own.newPurchase(own.newShop("5", 30));
            TestService.until(() -> own.operator()
                    .get("/api/v1/payments/" + purchase.paymentId())
                    .json()
                    .path("journal")
                    .valueStream()
                    .anyMatch(line -> line.path("kind").asString().equals("accrual")));

            assertThat(own.operator()
                            .get("/api/v1/invariants")
                            .must(200)
                            .json()
                            .valueStream()
                            .filter(one -> one.path("violations").asInt() != 0))
                    .isEmpty();

            own.sql().sql("delete from access.grants").update();
            assertThat(own.operator()
                            .get("/api/v1/invariants")
                            .json()
                            .valueStream()
                            .filter(one -> one.path("violations").asInt() != 0)
                            .map(one -> one.path("id").asString() + " "
                                    + one.path("examples").path(0).asString()))
                    .containsExactly("paid_is_granted " + purchase.paymentId());
        }
    }

    /** Whoever gave up and asks again and again would keep every list waiting. */
    @Test
    void looksAtAllInvariantsForOneCallerAtATime() throws Exception {
        try (TestService own = TestService.start("invariants once");
                Connection other = own.connection();
                var statement = other.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            statement.execute("lock table access.stranger in access exclusive mode");
            var first = threads.submit(() -> own.operator().get("/api/v1/invariants"));
            TestService.until(() -> own.sql().sql("""
                            select exists (select from pg_stat_activity
                              where wait_event_type = 'Lock' and query like 'select count(*) as violations%')
                            """).query(Boolean.class).single());

            var second = own.operator().get("/api/v1/invariants");

            assertThat(second.status()).isEqualTo(409);
            assertThat(second.json().path("code").asString()).isEqualTo("looked_at_now");
            other.rollback();
            assertThat(first.get().status()).isEqualTo(200);
            own.operator().get("/api/v1/invariants").must(200);
        }
    }

    @Test
    void makesTheOperatorsTokenAtFirstStartAndKeepsIt() throws Exception {
        try (TestService own = TestService.start("token made", Map.of("ADMITONE_API_TOKEN", ""))) {
            var file = own.dataDir().resolve("api-token");
            String token = Files.readString(file).strip();

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            own.anyone().withToken(token).get("/api/v1/queues").must(200);
            own.restart();
            own.anyone().withToken(token).get("/api/v1/queues").must(200);
        }
    }

    @Test
    void describesItselfWithoutAToken() {
        JsonNode openapi =
                service.anyone().get("/api/v1/openapi.json").must(200).json();

        assertThat(openapi.path("paths").propertyNames())
                .contains("/api/v1/orders/{orderId}/payment", "/api/v1/payments/{paymentId}/timeline");
        assertThat(openapi.path("components")
                        .path("schemas")
                        .path("NewOrder")
                        .path("properties")
                        .propertyNames())
                .contains("channel_id", "plan_id", "telegram_user_id");
        assertThat(openapi.toString()).doesNotContain("\"caller\"");
    }

    private String verdict(long payment) {
        return service.timeline(payment).path("verdict").asString();
    }

    private JsonNode cases(long payment) {
        return api.get("/api/v1/payments/" + payment).json().path("cases");
    }

    private long accruals(long payment) {
        return api.get("/api/v1/payments/" + payment)
                .json()
                .path("journal")
                .valueStream()
                .filter(line -> line.path("kind").asString().equals("accrual"))
                .count();
    }
}
