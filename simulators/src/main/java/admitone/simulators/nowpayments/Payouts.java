package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Withdrawals from the account: made in batches, confirmed with a one-time code, paid one by one. */
final class Payouts {
    private static final int MAX_TRIES = 10;
    private static final int DECIMALS = 6;
    private static final int MAX_BATCH = 1000;
    private static final Duration UNVERIFIED_LIFE = Duration.ofHours(1);
    private static final Set<String> STATUSES =
            Set.of("CREATING", "WAITING", "PROCESSING", "SENDING", "FINISHED", "FAILED", "REJECTED", "CANCELLED");
    private static final Map<String, String> FIRST_BALANCES = Map.of("eth", "10", "usdttrc20", "10000", "trx", "10000");
    private static final Map<String, Comparator<Withdrawal>> ORDERS = Map.of(
            "id", Comparator.comparingLong(Withdrawal::id),
            "batchId", Comparator.comparingLong(Withdrawal::batchId),
            "dateCreated", Comparator.comparing(Withdrawal::createdAt),
            "dateRequested",
                    Comparator.comparing(payout -> Objects.requireNonNullElse(payout.requestedAt(), Instant.MIN)),
            "dateUpdated", Comparator.comparing(payout -> Objects.requireNonNullElse(payout.updatedAt(), Instant.MIN)),
            "currency", Comparator.comparing(Withdrawal::currency),
            "status", Comparator.comparing(Withdrawal::status));

    private record Batch(long id, Instant createdAt, boolean verified, int tries) {}

    private final SimClock clock;
    private final Agenda agenda;
    private final Rates rates;
    private final Payments ids;
    private final Notifications notifications;
    private final Supplier<Settings> settings;
    private final Map<Long, Batch> batches = new HashMap<>();
    private final TreeMap<Long, Withdrawal> withdrawals = new TreeMap<>();
    private final Map<String, BigDecimal> free = new TreeMap<>();
    private final Map<String, BigDecimal> pending = new TreeMap<>();
    private final Set<Long> usedSteps = new HashSet<>();

    Payouts(
            SimClock clock,
            Agenda agenda,
            Rates rates,
            Payments ids,
            Notifications notifications,
            Supplier<Settings> settings) {
        this.clock = clock;
        this.agenda = agenda;
        this.rates = rates;
        this.ids = ids;
        this.notifications = notifications;
        this.settings = settings;
        clear();
    }

    Answer answer(Operation operation, List<String> path, Map<String, String> query, Exchange exchange, Settings now) {
        if (now.payoutIpBlocked) {
            throw new ApiError(403, "ENDPOINT_NOT_ALLOWED", "Access denied: Invalid IP");
        }
        return switch (operation) {
            case BALANCE -> balance();
            case VALIDATE_ADDRESS -> validateAddress(Input.of(exchange.body()));
            case CREATE_PAYOUT -> create(Input.of(exchange.body()), now);
            case VERIFY_PAYOUT -> verify(number(path.get(1)), Input.of(exchange.body()), now);
            case GET_PAYOUT -> get(number(path.get(1)), now);
            case LIST_PAYOUTS -> list(query);
            case PAYOUT_MIN_AMOUNT -> minAmount(Api.code(path.get(2)));
            case PAYOUT_FEE -> fee(query);
            case CANCEL_PAYOUT -> cancel(number(path.get(1)));
            default -> throw ApiError.notFound("Endpoint not found");
        };
    }

    synchronized void setBalance(String currency, BigDecimal amount) {
        free.put(Api.code(currency), amount);
    }

    synchronized List<Withdrawal> all() {
        return List.copyOf(withdrawals.values());
    }

    /** Gives a withdrawal a status and tells of it. */
    Withdrawal move(long id, String status, @Nullable String hash, @Nullable String error) {
        Settings.require(STATUSES.contains(status), "status is one of " + STATUSES);
        Withdrawal moved = keep(find(id).moved(status, hash, error, clock.instant()));
        tell(moved);
        return moved;
    }

    synchronized void clear() {
        batches.clear();
        withdrawals.clear();
        usedSteps.clear();
        pending.clear();
        free.clear();
        FIRST_BALANCES.forEach((code, amount) -> free.put(code, new BigDecimal(amount)));
    }

    synchronized Answer balance() {
        ObjectNode json = JsJson.object();
        free.forEach((code, amount) -> json.putObject(code)
                .put("amount", amount)
                .put("pendingAmount", pending.getOrDefault(code, BigDecimal.ZERO)));
        return Answer.ok(json);
    }

    private Answer validateAddress(Input input) {
        checkAddress(Api.code(input.requiredText("currency")), input.requiredText("address"));
        return new Answer.Plain(200, "OK");
    }

    void checkAddress(String currency, String address) {
        if (!rates.knows(currency)
                || Rates.FIAT.contains(currency)
                || !address.matches(Coin.of(currency).addressRegex())) {
            throw refused("Invalid payout_address: [" + currency + "] [" + address + "]");
        }
    }

    private Answer create(Input input, Settings now) {
        if (input.json().has("payout_description") && !now.payoutRootDescription) {
            throw ApiError.invalid("payout_description is not allowed");
        }
        JsonNode rows = input.json().path("withdrawals");
        if (!(rows instanceof ArrayNode) || rows.isEmpty()) {
            throw ApiError.invalid("withdrawals must contain at least 1 items");
        }
        if (rows.size() > MAX_BATCH) {
            throw ApiError.invalid("withdrawals must contain less than or equal to " + MAX_BATCH + " items");
        }
        Instant executeAt = instant(input, "execute_at");
        long batchId = ids.freshId();
        List<Withdrawal> made = new ArrayList<>();
        for (JsonNode row : rows) {
            if (!(row instanceof ObjectNode object)) {
                throw ApiError.invalid("withdrawals must be an array of objects");
            }
            made.add(withdrawal(new Input(object), input, batchId, executeAt));
        }
        book(batchId, made, now);
        agenda.in(UNVERIFIED_LIFE, () -> rejectUnverified(batchId));
        ArrayNode shown = JsJson.array();
        // the documents' answer says WAITING although nothing waits yet but for the code
        made.forEach(payout -> shown.add(payout.row().put("status", "WAITING")));
        ObjectNode json = JsJson.object().put("id", Long.toString(batchId));
        return Answer.ok(json.set("withdrawals", shown));
    }

    private Withdrawal withdrawal(Input row, Input batch, long batchId, @Nullable Instant executeAt) {
        String currency = Api.code(row.requiredText("currency"));
        String address = row.requiredText("address");
        checkAddress(currency, address);
        List<String> whitelist = settings.get().payoutWhitelist;
        if (!whitelist.isEmpty() && !whitelist.contains(address)) {
            throw refused("Address is not whitelisted: [" + currency + "] [" + address + "]");
        }
        BigDecimal fiatAmount = row.amount("fiat_amount");
        String fiatCurrency = row.text("fiat_currency");
        BigDecimal amount = fiatAmount == null
                ? row.requiredAmount("amount")
                : rates.convert(fiatAmount, Api.code(fiatCurrency == null ? "usd" : fiatCurrency), currency)
                        .setScale(DECIMALS, RoundingMode.DOWN);
        if (amount.stripTrailingZeros().scale() > DECIMALS) {
            throw ApiError.invalid("amount must have no more than " + DECIMALS + " decimal places");
        }
        BigDecimal smallest = smallest(currency);
        if (amount.compareTo(smallest) < 0) {
            throw refused("Invalid amount: min amount is " + smallest.toPlainString());
        }
        String url = row.text("ipn_callback_url");
        String description = row.text("payout_description");
        return new Withdrawal(
                ids.freshId(),
                batchId,
                address,
                currency,
                amount.stripTrailingZeros().scale() < 0
                        ? amount.setScale(0, RoundingMode.UNNECESSARY)
                        : amount.stripTrailingZeros(),
                "CREATING",
                row.text("extra_id"),
                null,
                null,
                url == null ? batch.text("ipn_callback_url") : url,
                description == null ? batch.text("payout_description") : description,
                row.text("unique_external_id"),
                fiatAmount,
                fiatAmount == null ? null : fiatCurrency,
                executeAt,
                clock.instant(),
                null,
                null);
    }

    /** All of the batch or nothing of it. */
    private synchronized void book(long batchId, List<Withdrawal> made, Settings now) {
        for (Withdrawal payout : made) {
            String external = payout.uniqueExternalId();
            boolean known =
                    withdrawals.values().stream().anyMatch(old -> Objects.equals(old.uniqueExternalId(), external));
            if (now.payoutExternalIdUnique && external != null && known) {
                throw refused("unique_external_id already exists");
            }
        }
        Map<String, BigDecimal> needed = new TreeMap<>();
        made.forEach(payout -> needed.merge(payout.currency(), payout.amount(), BigDecimal::add));
        needed.forEach((code, amount) -> {
            BigDecimal have = free.getOrDefault(code, BigDecimal.ZERO);
            if (have.compareTo(amount) < 0) {
                throw refused("Insufficient balance: [" + code + "] requested " + amount.toPlainString()
                        + ", available " + have.toPlainString());
            }
        });
        needed.forEach((code, amount) -> shift(code, amount, amount.negate()));
        batches.put(batchId, new Batch(batchId, clock.instant(), false, 0));
        made.forEach(payout -> withdrawals.put(payout.id(), payout));
    }

    private Answer verify(long batchId, Input input, Settings now) {
        checkCode(batchId, input.requiredText("verification_code"), now);
        ofBatch(batchId).forEach(payout -> {
            Withdrawal waiting = move(payout.id(), "WAITING", null, null);
            if (now.payoutAuto) {
                schedule(waiting, now);
            }
        });
        return new Answer.Plain(200, "OK");
    }

    private synchronized void checkCode(long batchId, String code, Settings now) {
        Batch batch = batches.get(batchId);
        if (batch == null) {
            throw ApiError.notFound("Payout not found");
        }
        boolean open =
                ofBatch(batchId).stream().anyMatch(payout -> payout.status().equals("CREATING"));
        if (batch.verified() || !open) {
            throw badRequest("Payout is already verified or rejected");
        }
        if (batch.tries() >= MAX_TRIES) {
            throw badRequest("Verification attempts exceeded");
        }
        long step = Totp.step(clock.instant());
        boolean good = Stream.of(step, step - 1)
                .filter(candidate -> !usedSteps.contains(candidate))
                .filter(candidate -> same(Totp.code(now.totpSecret, candidate), code))
                .peek(usedSteps::add)
                .findFirst()
                .isPresent();
        batches.put(batchId, new Batch(batchId, batch.createdAt(), good, batch.tries() + 1));
        if (!good) {
            throw badRequest("Invalid verification code");
        }
    }

    /** Paid step by step, a scheduled one from its time on. */
    private void schedule(Withdrawal payout, Settings now) {
        Instant from = payout.executeAt() == null ? clock.instant() : payout.executeAt();
        String hash = "0x" + Long.toHexString(payout.id()).repeat(8);
        List<String> steps = List.of("PROCESSING", "SENDING", "FINISHED");
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            String before = i == 0 ? "WAITING" : steps.get(i - 1);
            agenda.at(from.plusMillis((long) now.payoutStepMs * (i + 1)), () -> {
                if (find(payout.id()).status().equals(before)) {
                    Withdrawal _ = move(payout.id(), step, step.equals("FINISHED") ? hash : null, null);
                }
            });
        }
    }

    private void rejectUnverified(long batchId) {
        ofBatch(batchId).stream()
                .filter(payout -> payout.status().equals("CREATING"))
                .forEach(payout -> move(payout.id(), "REJECTED", null, "Payout was not verified in time"));
    }

    private Answer get(long id, Settings now) {
        List<Withdrawal> found = now.payoutByWithdrawal || ofBatch(id).isEmpty() ? List.of(find(id)) : ofBatch(id);
        ArrayNode rows = rows(found);
        if (now.payoutShape == Settings.PayoutShape.ARRAY) {
            return Answer.ok(rows);
        }
        ObjectNode json = JsJson.object().put("id", Long.toString(id));
        json.put("createdAt", PaymentJson.time(found.getFirst().createdAt()));
        return Answer.ok(json.set("withdrawals", rows));
    }

    private Answer list(Map<String, String> query) {
        Comparator<Withdrawal> order = ORDERS.get(query.getOrDefault("order_by", "id"));
        if (order == null) {
            throw ApiError.invalid("order_by must be one of "
                    + ORDERS.keySet().stream().sorted().toList());
        }
        Comparator<Withdrawal> directed = "desc".equalsIgnoreCase(query.get("order")) ? order.reversed() : order;
        Instant from = PaymentList.date(query, "date_from", 0).orElse(Instant.MIN);
        Instant to = PaymentList.date(query, "date_to", 1).orElse(Instant.MAX);
        int limit = PaymentList.number(query, "limit", 10);
        int page = PaymentList.number(query, "page", 0);
        Predicate<Withdrawal> wanted = payout ->
                (!query.containsKey("batch_id") || query.get("batch_id").equals(Long.toString(payout.batchId())))
                        && (!query.containsKey("status") || payout.status().equalsIgnoreCase(query.get("status")))
                        && !payout.createdAt().isBefore(from)
                        && payout.createdAt().isBefore(to);
        List<Withdrawal> found = all().stream()
                .filter(wanted)
                .sorted(directed)
                .skip((long) page * limit)
                .limit(limit)
                .toList();
        return Answer.ok(JsJson.object().set("payouts", rows(found)));
    }

    private Answer minAmount(String currency) {
        return Answer.ok(JsJson.object().put("success", true).put("result", smallest(currency)));
    }

    private Answer fee(Map<String, String> query) {
        String currency = Api.code(Api.required(query, "currency"));
        Input.parse("amount", Api.required(query, "amount"));
        return Answer.ok(JsJson.object()
                .put("currency", currency.toUpperCase(Locale.ROOT))
                .put("fee", rates.convert(BigDecimal.ONE, "usd", currency)));
    }

    private Answer cancel(long id) {
        Withdrawal payout = find(id);
        Instant executeAt = payout.executeAt();
        if (executeAt == null || !clock.instant().isBefore(executeAt) || payout.isFinal()) {
            throw badRequest("Only scheduled payouts can be cancelled");
        }
        return Answer.ok(move(id, "CANCELLED", null, null).row());
    }

    private synchronized Withdrawal keep(Withdrawal payout) {
        Withdrawal before = find(payout.id());
        if (!before.isFinal() && payout.isFinal()) {
            boolean returned = !payout.status().equals("FINISHED");
            shift(payout.currency(), payout.amount().negate(), returned ? payout.amount() : BigDecimal.ZERO);
        }
        withdrawals.put(payout.id(), payout);
        return payout;
    }

    private void shift(String code, BigDecimal toPending, BigDecimal toFree) {
        pending.merge(code, toPending, BigDecimal::add);
        free.merge(code, toFree, BigDecimal::add);
    }

    private void tell(Withdrawal payout) {
        String url = Objects.requireNonNullElse(payout.ipnCallbackUrl(), "");
        CompletableFuture<List<Delivery>> _ =
                notifications.send(payout.id(), payout.status(), url, payout.notification());
    }

    private synchronized Withdrawal find(long id) {
        Withdrawal payout = withdrawals.get(id);
        if (payout == null) {
            throw ApiError.notFound("Payout not found");
        }
        return payout;
    }

    private synchronized List<Withdrawal> ofBatch(long batchId) {
        return withdrawals.values().stream()
                .filter(payout -> payout.batchId() == batchId)
                .toList();
    }

    private BigDecimal smallest(String currency) {
        Settings now = settings.get();
        return rates.minimum(currency, false, now);
    }

    private ArrayNode rows(List<Withdrawal> payouts) {
        boolean camelCase = settings.get().payoutCamelCase;
        ArrayNode rows = JsJson.array();
        payouts.forEach(payout -> rows.add(camelCase ? payout.camelCaseRow() : payout.row()));
        return rows;
    }

    private static long number(String id) {
        if (!id.matches("[0-9]{1,18}")) {
            throw ApiError.invalid("Payout id must be a number");
        }
        return Long.parseLong(id);
    }

    private static @Nullable Instant instant(Input input, String name) {
        String text = input.text(name);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw ApiError.invalid(name + " must be in ISO 8601 date format");
        }
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static ApiError refused(String message) {
        return new ApiError(400, "BAD_CREATE_WITHDRAWAL_REQUEST", message);
    }

    private static ApiError badRequest(String message) {
        return new ApiError(400, "BAD_REQUEST", message);
    }
}
