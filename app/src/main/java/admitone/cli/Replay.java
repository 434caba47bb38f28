package admitone.cli;

import admitone.cli.Incident.Trigger;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Plays an incident on a stage, by the doors that {@link By} names, and counts what it did. */
final class Replay {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long STRANGERS = 7_000_000_000L;

    private final Stage stage;
    private final Incident incident;

    Replay(Stage stage, Incident incident) {
        this.stage = stage;
        this.incident = incident;
    }

    /** How the service hears. */
    enum By {
        /** As it was: re-runs of a task, and notifications. */
        MIXED,
        NOTIFICATIONS,
        /** No notification at all; the service asks. */
        SWEEP
    }

    /** The seller's side of the stage. */
    record Shop(String sellerId, String channelId, String planId, String slug) {}

    /** What a trigger did. */
    record Done(String cause, String source, String status, String outcome) {}

    /**
     * What the whole payment did.
     *
     * @param links the distinct ones the buyer was told
     * @param thresholdCrossed a payout would be due; this seller has nowhere to be paid to, so none is made
     */
    record Effects(
            String paymentId,
            int grants,
            int links,
            int messages,
            int accruals,
            BigDecimal accruedUsd,
            boolean thresholdCrossed,
            boolean payerInside,
            boolean strangerInside,
            List<Done> triggers,
            String verdict) {

        boolean isAsItMust(Incident.Must must) {
            return grants == must.grants()
                    && links == must.usableLinks()
                    && accruals == must.accumulations()
                    && accruedUsd.compareTo(new BigDecimal(must.accumulatedUsd())) == 0
                    && thresholdCrossed == must.payouts() > 0
                    && payerInside
                    && !strangerInside;
        }
    }

    Shop openShop() {
        var payment = incident.payment();
        long sellerUser = payment.telegramUserId() + 1;
        stage.provider().put("/rates", Map.of(payment.outcomeCurrency(), payment.rateUsd()));
        stage.messenger().post("/users", Map.of("user_id", sellerUser, "first_name", "Seller"));
        stage.messenger()
                .post(
                        "/chats",
                        Map.of(
                                "chat_id",
                                payment.closedChatId(),
                                "type",
                                "channel",
                                "title",
                                "Sample signals",
                                "bots",
                                List.of(Map.of("bot", Stage.BOT))));
        stage.messenger()
                .post(
                        "/chats",
                        Map.of(
                                "chat_id",
                                payment.openChatId(),
                                "type",
                                "channel",
                                "title",
                                "Sample signals, open to all",
                                "username",
                                "sample_signals",
                                "bots",
                                List.of(Map.of("bot", Stage.BOT))));
        stage.messenger().post("/users/" + sellerUser + "/start", Map.of("bot", Stage.BOT));
        JsonNode seller = stage.api()
                .post(
                        "/api/v1/sellers",
                        Map.of(
                                "name",
                                "Sample seller",
                                "telegram_user_id",
                                sellerUser,
                                "fee_percent",
                                payment.feePercent(),
                                "payout",
                                Map.of(
                                        "mode",
                                        incident.payout().mode(),
                                        "threshold_usd",
                                        incident.payout().thresholdUsd())));
        String sellerId = seller.path("seller_id").stringValue();
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("name", "Monthly");
        plan.put("price_usd", payment.priceAmount());
        plan.put("days", 30);
        JsonNode channel = stage.api()
                .post(
                        "/api/v1/channels",
                        Map.of(
                                "seller_id",
                                sellerId,
                                "chat_id",
                                payment.closedChatId(),
                                "open_chat_id",
                                payment.openChatId(),
                                "title",
                                "Sample signals",
                                "admission",
                                "join_request",
                                "plans",
                                List.of(plan)));
        return new Shop(
                sellerId,
                channel.path("channel_id").stringValue(),
                channel.path("plans").path(0).path("plan_id").stringValue(),
                channel.path("slug").stringValue());
    }

    /** One purchase by {@code buyer}, whose payment gets these triggers in this order. */
    Effects play(Shop shop, long buyer, long paymentId, List<Trigger> triggers, By by) {
        stage.messenger().post("/users", Map.of("user_id", buyer, "first_name", "Buyer"));
        stage.messenger().post("/users/" + buyer + "/start", Map.of("bot", Stage.BOT));
        BigDecimal before = accrued(shop);
        String id = pay(shop, buyer, paymentId, by);
        for (int i = 0; i < triggers.size(); i++) {
            trigger(id, triggers.get(i), by);
            int heard = i + 1;
            await(
                    "trigger " + heard + " to be recorded",
                    () -> timeline(id).path("triggers").intValue() >= heard);
        }
        await("access", () -> !access(id).matches("|preparing|ready"));
        await("the accrual", () -> !lines(id, "accrual").isEmpty());
        return count(shop, buyer, id, before);
    }

    private String access(String paymentId) {
        return stage.api()
                .get("/api/v1/payments/" + paymentId)
                .path("grant")
                .path("access")
                .stringValue("");
    }

    private String pay(Shop shop, long buyer, long paymentId, By by) {
        var facts = incident.payment();
        JsonNode order = stage.api()
                .post(
                        "/api/v1/orders",
                        Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", buyer));
        if (by == By.SWEEP) {
            // nothing tells the service of a payment it did not make, so here it makes it
            return stage.api()
                    .post(
                            "/api/v1/orders/" + order.path("order_id").stringValue() + "/payment",
                            Map.of("pay_currency", facts.payCurrency()))
                    .path("payment_id")
                    .stringValue();
        }
        stage.provider()
                .post(
                        "/payments",
                        Map.of(
                                "payment_id", paymentId,
                                "order_id", "PGP-" + buyer + "|" + facts.openChatId(),
                                "price_amount", facts.priceAmount(),
                                "price_currency", facts.priceCurrency(),
                                "pay_currency", facts.payCurrency(),
                                "pay_amount", facts.payAmount(),
                                "ipn_callback_url", stage.url() + "/ipn"));
        return Long.toString(paymentId);
    }

    private void trigger(String id, Trigger trigger, By by) {
        var facts = incident.payment();
        boolean notify =
                by == By.NOTIFICATIONS || (by == By.MIXED && trigger.cause().equals("notification"));
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("status", trigger.status());
        change.put("notify", notify);
        if (!trigger.status().equals("waiting")) {
            String asked =
                    stage.provider().get("/payments/" + id).path("pay_amount").stringValue(facts.actuallyPaid());
            change.put("actually_paid", asked);
            // before the end the amounts differed in the last digit
            change.put(
                    "outcome_amount",
                    trigger.status().equals("finished") ? facts.outcomeAmount() : facts.outcomeAmount() + "1");
            change.put("outcome_currency", facts.outcomeCurrency());
        }
        stage.provider().post("/payments/" + id + "/status", change);
        if (!notify) {
            stage.api().post("/api/v1/payments/" + id + (by == By.SWEEP ? "/sweep" : "/look"), Map.of());
        }
    }

    private Effects count(Shop shop, long buyer, String id, BigDecimal before) {
        Set<String> links = new LinkedHashSet<>();
        int messages = 0;
        for (JsonNode message : stage.messenger().get("/users/" + buyer + "/messages?bot=" + Stage.BOT)) {
            boolean withLink = false;
            for (JsonNode link : message.path("links")) {
                withLink |= link.stringValue("").startsWith("https://t.me/+");
                if (link.stringValue("").startsWith("https://t.me/+")) {
                    links.add(link.stringValue());
                }
            }
            messages += withLink ? 1 : 0;
        }
        links.removeIf(link -> !isUsable(link));
        boolean strangerInside = links.stream().anyMatch(link -> opens(STRANGERS + buyer, link));
        boolean payerInside = links.stream().anyMatch(link -> opens(buyer, link));
        if (payerInside) { // or the verdict, a moment too early, would not say so
            await(
                    "the service to know that the buyer is inside",
                    () -> access(id).equals("admitted"));
        }
        JsonNode timeline = timeline(id);
        List<Done> triggers = new ArrayList<>();
        for (JsonNode event : timeline.path("events")) {
            if (event.path("kind").stringValue("").equals("trigger")) {
                triggers.add(new Done(
                        event.path("cause").stringValue(""),
                        event.path("source").stringValue(""),
                        event.path("detail").path("provider_status").stringValue(""),
                        event.path("detail").path("outcome").stringValue("")));
            }
        }
        JsonNode grants =
                stage.api().get("/api/v1/grants?channel_id=" + shop.channelId() + "&telegram_user_id=" + buyer);
        BigDecimal accrued = accrued(shop);
        return new Effects(
                id,
                grants.path("items").size(),
                links.size(),
                messages,
                lines(id, "accrual").size(),
                accrued.subtract(before),
                accrued.subtract(before)
                                .compareTo(new BigDecimal(incident.payout().thresholdUsd()))
                        >= 0,
                payerInside,
                strangerInside,
                triggers,
                timeline(id).path("verdict").stringValue(""));
    }

    private boolean isUsable(String link) {
        for (JsonNode known : stage.messenger()
                .get("/chats/" + incident.payment().closedChatId())
                .path("links")) {
            if (known.path("invite_link").stringValue("").equals(link)) {
                return !known.path("is_revoked").booleanValue(false);
            }
        }
        return false;
    }

    /** Opens the link as this user and waits for the bot's answer; answers whether the user is inside then. */
    private boolean opens(long user, String link) {
        stage.messenger()
                .post("/users", Map.of("user_id", user, "first_name", user >= STRANGERS ? "Stranger" : "Buyer"));
        stage.messenger().post("/users/" + user + "/open-link", Map.of("link", link));
        if (user >= STRANGERS) {
            // a stranger is told what there is to buy, and is not let in
            await(
                    "the answer to a stranger",
                    () -> !stage.messenger()
                            .get("/users/" + user + "/messages?bot=" + Stage.BOT)
                            .isEmpty());
        } else {
            await("the buyer to be let in", () -> isInside(user));
        }
        return isInside(user);
    }

    private boolean isInside(long user) {
        for (JsonNode member : stage.messenger()
                .get("/chats/" + incident.payment().closedChatId())
                .path("members")) {
            if (member.path("user_id").longValue(0) == user) {
                return true;
            }
        }
        return false;
    }

    private List<JsonNode> lines(String paymentId, String kind) {
        return stage.api()
                .get("/api/v1/payments/" + paymentId)
                .path("journal")
                .valueStream()
                .filter(line -> line.path("kind").stringValue("").equals(kind))
                .toList();
    }

    private BigDecimal accrued(Shop shop) {
        return new BigDecimal(stage.api()
                .get("/api/v1/sellers/" + shop.sellerId() + "/balance")
                .path("accrued_usd")
                .stringValue());
    }

    private JsonNode timeline(String paymentId) {
        return stage.api().get("/api/v1/payments/" + paymentId + "/timeline");
    }

    private static void await(String what, Supplier<Boolean> condition) {
        Instant giveUp = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                if (condition.get()) {
                    return;
                }
            } catch (Failure e) {
                if (!String.valueOf(e.getMessage()).contains("(404)")) {
                    throw e;
                }
            }
            if (Instant.now().isAfter(giveUp)) {
                throw new Failure("waited " + PATIENCE.toSeconds() + " s for " + what + " in vain");
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}
