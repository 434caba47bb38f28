package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The control API under {@code /control}: for a test in another process, and for a demonstration. */
final class Control {
    /** What was asked for is no control request: 400 with the reason. */
    private static final class Mistaken extends RuntimeException {
        Mistaken(String message) {
            super(message);
        }
    }

    private record Repeat(@Nullable Integer times, @Nullable Boolean concurrent) {}

    private record Deposit(
            @Nullable BigDecimal amount,
            @Nullable String currency,
            @JsonProperty("wait") @Nullable Boolean waits) {}

    private record WithdrawalChange(
            @Nullable String status,
            @Nullable String hash,
            @Nullable String error) {}

    private record FaultPlan(
            @Nullable String operation,
            @Nullable String kind,
            @Nullable Integer times,
            @Nullable Long delayMs) {}

    private record ClockChange(
            @Nullable Instant now,
            @Nullable Boolean frozen,
            @Nullable Long advanceMs,
            @Nullable Boolean base) {}

    private final NowPaymentsSimulator simulator;

    Control(NowPaymentsSimulator simulator) {
        this.simulator = simulator;
    }

    Answer answer(Exchange exchange, List<String> path) {
        try {
            return route(exchange, path);
        } catch (ApiError e) {
            return e.answer();
        } catch (IllegalArgumentException | JacksonException | Mistaken e) {
            return Answer.json(400, JsJson.object().put("error", String.valueOf(e.getMessage())));
        }
    }

    private Answer route(Exchange exchange, List<String> path) {
        String what = path.isEmpty() ? "" : path.getFirst();
        String call = exchange.method() + " " + what;
        return switch (path.size()) {
            case 1 ->
                switch (call) {
                    case "GET settings" -> Answer.ok(simulator.settings().shown());
                    case "PUT settings" -> changeSettings(exchange);
                    case "GET rates" -> rates();
                    case "PUT rates" -> changeRates(exchange);
                    case "POST payments" -> createPayment(exchange);
                    case "GET payments" -> payments(exchange.query());
                    case "POST faults" -> planFault(exchange);
                    case "DELETE faults" -> clearFaults();
                    case "GET log" -> log();
                    case "GET deliveries" -> deliveriesOf(exchange.query());
                    case "POST flush" -> Answer.ok(deliveries(simulator.flushNotifications()));
                    case "GET clock" -> clock();
                    case "PUT clock" -> changeClock(exchange);
                    case "PUT balances" -> changeBalances(exchange);
                    case "GET balances" -> simulator.payouts().balance();
                    case "GET payouts" -> withdrawals();
                    case "POST reset" -> reset();
                    default -> throw unknown(exchange);
                };
            case 2, 3 -> ofPayment(exchange, path);
            default -> throw unknown(exchange);
        };
    }

    private Answer ofPayment(Exchange exchange, List<String> path) {
        if (path.getFirst().equals("payouts")
                && path.size() == 3
                && exchange.method().equals("POST")) {
            return moveWithdrawal(exchange, path);
        }
        if (!path.getFirst().equals("payments") || !path.get(1).matches("[0-9]{1,18}")) {
            throw unknown(exchange);
        }
        long id = Long.parseLong(path.get(1));
        String call = exchange.method() + (path.size() == 3 ? " " + path.get(2) : "");
        return switch (call) {
            case "GET" -> Answer.ok(PaymentJson.control(simulator.payment(id)));
            case "POST status" -> told(simulator.status(id, read(exchange, StatusChange.class)));
            case "POST notify" -> notifyAgain(id, read(exchange, Repeat.class));
            case "POST pay" -> pay(id, read(exchange, Deposit.class));
            default -> throw unknown(exchange);
        };
    }

    private Answer changeSettings(Exchange exchange) {
        JsonNode changes = JsJson.MAPPER.readTree(exchange.body());
        Settings.require(changes.isObject(), "a JSON object is expected");
        simulator.configure(changes);
        return Answer.ok(simulator.settings().shown());
    }

    private Answer rates() {
        ObjectNode json = JsJson.object();
        simulator.rates().all().forEach((code, usd) -> json.put(code, usd.toPlainString()));
        return Answer.ok(json);
    }

    private Answer changeBalances(Exchange exchange) {
        JsonNode changes = JsJson.MAPPER.readTree(exchange.body());
        changes.properties()
                .forEach(entry ->
                        simulator.balance(entry.getKey(), entry.getValue().asString()));
        return simulator.payouts().balance();
    }

    private Answer withdrawals() {
        ArrayNode rows = JsJson.array();
        simulator.withdrawals().forEach(payout -> rows.add(payout.row()));
        return Answer.ok(JsJson.object().set("payouts", rows));
    }

    private Answer moveWithdrawal(Exchange exchange, List<String> path) {
        if (!path.get(2).equals("status") || !path.get(1).matches("[0-9]{1,18}")) {
            throw unknown(exchange);
        }
        WithdrawalChange change = read(exchange, WithdrawalChange.class);
        String status = Optional.ofNullable(change.status()).orElseThrow(() -> new Mistaken("status is missing"));
        long id = Long.parseLong(path.get(1));
        return Answer.ok(simulator
                .withdrawalStatus(id, status.toUpperCase(Locale.ROOT), change.hash(), change.error())
                .row());
    }

    private Answer changeRates(Exchange exchange) {
        JsonNode changes = JsJson.MAPPER.readTree(exchange.body());
        changes.properties()
                .forEach(
                        entry -> simulator.rate(entry.getKey(), entry.getValue().asString()));
        return rates();
    }

    private Answer createPayment(Exchange exchange) {
        return Answer.json(201, PaymentJson.control(simulator.createPayment(read(exchange, NewPayment.class))));
    }

    private Answer payments(Map<String, String> query) {
        String order = query.get("order_id");
        List<Payment> found = order == null ? simulator.payments() : simulator.paymentsOfOrder(order);
        ArrayNode rows = JsJson.array();
        found.stream().map(PaymentJson::control).forEach(rows::add);
        return Answer.ok(JsJson.object().set("payments", rows));
    }

    private Answer notifyAgain(long id, Repeat asked) {
        int times = asked.times() == null ? 1 : asked.times();
        boolean concurrent = asked.concurrent() != null && asked.concurrent();
        return Answer.ok(deliveries(simulator.notify(id, times, concurrent)));
    }

    private Answer pay(long id, Deposit deposit) {
        boolean wait = deposit.waits() == null || deposit.waits();
        return told(simulator.pay(id, deposit.amount(), deposit.currency(), wait));
    }

    private Answer planFault(Exchange exchange) {
        FaultPlan plan = read(exchange, FaultPlan.class);
        String word = Optional.ofNullable(plan.operation()).orElse("any");
        Operation operation = word.equals("any")
                ? null
                : Operation.named(word).orElseThrow(() -> new Mistaken("no operation " + word));
        String kind = Optional.ofNullable(plan.kind()).orElseThrow(() -> new Mistaken("kind is missing"));
        int times = plan.times() == null ? 1 : plan.times();
        Fault fault = Fault.valueOf(kind.toUpperCase(Locale.ROOT));
        simulator.fault(operation, fault, times, Duration.ofMillis(plan.delayMs() == null ? 0 : plan.delayMs()));
        return Answer.ok(JsJson.object().put("ok", true));
    }

    private Answer clearFaults() {
        simulator.clearFaults();
        return Answer.ok(JsJson.object().put("ok", true));
    }

    private Answer log() {
        Calls calls = simulator.calls();
        ObjectNode counts = JsJson.object();
        calls.counts().forEach(counts::put);
        ArrayNode last = JsJson.array();
        calls.last()
                .forEach(call -> last.addObject()
                        .put("operation", call.operation().word())
                        .put("method", call.method())
                        .put("path", call.path())
                        .put("status", call.status())
                        .put("at", PaymentJson.time(call.at())));
        ObjectNode json = JsJson.object();
        json.set("counts", JsJson.sorted(counts));
        json.set("last", last);
        return Answer.ok(json);
    }

    private Answer deliveriesOf(Map<String, String> query) {
        String id = query.get("payment_id");
        return Answer.ok(deliveries(id == null ? simulator.deliveries() : simulator.deliveries(Long.parseLong(id))));
    }

    private Answer clock() {
        return Answer.ok(
                JsJson.object().put("now", PaymentJson.time(simulator.now())).put("frozen", simulator.isClockFrozen()));
    }

    private Answer changeClock(Exchange exchange) {
        ClockChange change = read(exchange, ClockChange.class);
        if (change.base() != null && change.base()) {
            simulator.followBaseClock();
        }
        Instant now = change.now();
        Boolean frozen = change.frozen();
        if (now != null || frozen != null) {
            simulator.setClock(
                    now == null ? simulator.now() : now, frozen == null ? simulator.isClockFrozen() : frozen);
        }
        if (change.advanceMs() != null) {
            simulator.advance(Duration.ofMillis(change.advanceMs()));
        }
        return clock();
    }

    private Answer reset() {
        simulator.reset();
        return Answer.ok(JsJson.object().put("ok", true));
    }

    private static Answer told(Told told) {
        ObjectNode json = deliveries(told.deliveries());
        json.set("payment", PaymentJson.control(told.payment()));
        return Answer.ok(json);
    }

    private static ObjectNode deliveries(List<Delivery> deliveries) {
        ArrayNode rows = JsJson.array();
        deliveries.forEach(delivery -> rows.addObject()
                .put("payment_id", delivery.paymentId())
                .put("payment_status", delivery.status())
                .put("url", delivery.url())
                .put("body", delivery.body())
                .put("signature", delivery.signature())
                .put("attempt", delivery.attempt())
                .put("http_status", delivery.httpStatus())
                .put("result", delivery.result().name().toLowerCase(Locale.ROOT))
                .put("detail", delivery.detail())
                .put("at", PaymentJson.time(delivery.at())));
        return JsJson.object().set("deliveries", rows);
    }

    private static <T> T read(Exchange exchange, Class<T> type) {
        byte[] body = exchange.body().length == 0 ? new byte[] {'{', '}'} : exchange.body();
        return JsJson.MAPPER.readValue(body, type);
    }

    private static Mistaken unknown(Exchange exchange) {
        return new Mistaken("no such control: " + exchange.method() + " " + exchange.path());
    }
}
