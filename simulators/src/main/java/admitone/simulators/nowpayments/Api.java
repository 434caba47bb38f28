package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The provider's API under {@code /v1}: who may call, what may go wrong, and every answer in its documented form. */
final class Api {
    private static final Set<Operation> OPEN = Set.of(Operation.STATUS, Operation.AUTH);
    private static final Set<Operation> WITH_TOKEN =
            Set.of(Operation.LIST_PAYMENTS, Operation.CREATE_PAYOUT, Operation.VERIFY_PAYOUT);
    private static final Set<String> SANDBOX_CASES = Set.of("success", "common", "failed", "partially_paid");
    private static final Set<String> INVOICE_URLS = Set.of("success_url", "cancel_url", "partially_paid_url");

    /** Told of every payment made here; with what the sandbox is to play on it, or an empty word. */
    interface Births {
        void born(Payment payment, String playedCase);
    }

    private final Supplier<Settings> settings;
    private final SimClock clock;
    private final Rates rates;
    private final Payments payments;
    private final Payouts payouts;
    private final Faults faults;
    private final CallLog log;
    private final Tokens tokens;
    private final Limits limits;
    private final Births births;

    Api(
            Supplier<Settings> settings,
            SimClock clock,
            Rates rates,
            Payments payments,
            Payouts payouts,
            Faults faults,
            CallLog log,
            Births births) {
        this.settings = settings;
        this.clock = clock;
        this.rates = rates;
        this.payments = payments;
        this.payouts = payouts;
        this.faults = faults;
        this.log = log;
        this.births = births;
        this.tokens = new Tokens(clock);
        this.limits = new Limits(clock);
    }

    /** {@code path} is what follows {@code /v1}; a trailing slash does not count. */
    Answer answer(Exchange exchange, List<String> path) throws InterruptedException {
        Operation operation = Operation.of(exchange.method(), path);
        Answer answer = throughFaults(operation, exchange, path);
        log.add(operation, exchange.method(), exchange.path(), answer.statusCode(), clock.instant());
        return answer;
    }

    private Answer throughFaults(Operation operation, Exchange exchange, List<String> path)
            throws InterruptedException {
        Optional<Faults.Due> due = faults.take(operation);
        if (due.isEmpty()) {
            return checked(operation, exchange, path);
        }
        return switch (due.get().kind()) {
            case DROP_BEFORE_EFFECT -> new Answer.Dropped();
            case STATUS_400 -> ApiError.invalid("Refused by a fault").answer();
            case STATUS_500_BEFORE -> internalError();
            case HTML_429 -> Answer.proxyPage(429, "Too Many Requests");
            case HTML_403 -> Answer.proxyPage(403, "Forbidden");
            case DROP_AFTER_EFFECT -> afterEffect(operation, exchange, path, new Answer.Dropped());
            case STATUS_500_AFTER -> afterEffect(operation, exchange, path, internalError());
            case SLOW -> {
                Answer late = checked(operation, exchange, path);
                Thread.sleep(due.get().delayMs());
                yield late;
            }
        };
    }

    private Answer afterEffect(Operation operation, Exchange exchange, List<String> path, Answer instead) {
        checked(operation, exchange, path);
        return instead;
    }

    private Answer checked(Operation operation, Exchange exchange, List<String> path) {
        Settings now = settings.get();
        if (now.rateLimits && !limits.allow(operation)) {
            return Answer.proxyPage(429, "Too Many Requests");
        }
        try {
            String key = exchange.header("x-api-key").orElse("");
            if (!OPEN.contains(operation) && !isKey(key, now)) {
                throw new ApiError(403, "INVALID_API_KEY", "Invalid api key");
            }
            if (WITH_TOKEN.contains(operation)) {
                tokens.require(exchange.header("Authorization").orElse(null));
            }
            return effect(operation, exchange, path, key, now);
        } catch (ApiError e) {
            return e.answer();
        }
    }

    private static boolean isKey(String key, Settings settings) {
        return settings.anyKey ? !key.isBlank() : key.equals(settings.apiKey);
    }

    private Answer effect(Operation operation, Exchange exchange, List<String> path, String key, Settings now) {
        Map<String, String> query = exchange.query();
        return switch (operation) {
            case STATUS -> Answer.ok(JsJson.object().put("message", "OK"));
            case CURRENCIES -> currencies();
            case FULL_CURRENCIES -> fullCurrencies(now);
            case MERCHANT_COINS -> merchantCoins(now);
            case MIN_AMOUNT -> minAmount(query, now);
            case ESTIMATE -> estimate(query);
            case AUTH -> auth(Input.of(exchange.body()), now);
            case CREATE_PAYMENT -> createPayment(Input.of(exchange.body()), key, now);
            case LIST_PAYMENTS -> PaymentList.answer(payments.all(payment -> payment.isReadableWith(key)), query);
            case GET_PAYMENT -> getPayment(path.get(1), key, now);
            case UPDATE_ESTIMATE -> updateEstimate(path.get(1), key, now);
            case CREATE_INVOICE -> createInvoice(Input.of(exchange.body()), exchange, key);
            case CREATE_INVOICE_PAYMENT -> createInvoicePayment(Input.of(exchange.body()), key, now);
            case BALANCE,
                    VALIDATE_ADDRESS,
                    CREATE_PAYOUT,
                    LIST_PAYOUTS,
                    PAYOUT_FEE,
                    PAYOUT_MIN_AMOUNT,
                    VERIFY_PAYOUT,
                    CANCEL_PAYOUT,
                    GET_PAYOUT -> payouts.answer(operation, path, query, exchange, now);
            case UNKNOWN -> throw ApiError.notFound("Endpoint not found");
        };
    }

    private Answer currencies() {
        ArrayNode codes = JsJson.array();
        rates.coins().forEach(codes::add);
        return Answer.ok(JsJson.object().set("currencies", codes));
    }

    private Answer fullCurrencies(Settings now) {
        ArrayNode all = JsJson.array();
        int priority = 100;
        for (String code : rates.coins()) {
            Coin coin = Coin.of(code);
            String upper = code.toUpperCase(Locale.ROOT);
            boolean enabled = !now.disabledCurrencies.contains(code);
            ObjectNode row = all.addObject();
            row.put("id", coin.id()).put("code", upper).put("name", coin.name()).put("enable", true);
            row.put("wallet_regex", coin.addressRegex()).put("priority", priority++);
            row.put("extra_id_exists", coin.memo()).put("extra_id_regex", coin.memo() ? "^[0-9]{1,10}$" : null);
            row.put("logo_url", "/images/coins/" + code + ".svg")
                    .put("track", true)
                    .put("cg_id", code);
            row.put("is_maxlimit", false).put("network", coin.network());
            row.putNull("smart_contract").putNull("network_precision");
            row.put("ticker", code).put("precision", coin.precision()).put("is_popular", coin.id() <= 6);
            row.put("is_stable", code.startsWith("usd")).put("is_defi", false);
            row.put("available_for_payment", enabled).put("available_for_to_conversion", enabled);
        }
        return Answer.ok(JsJson.object().set("currencies", all));
    }

    private Answer merchantCoins(Settings now) {
        ArrayNode codes = JsJson.array();
        boolean live = now.merchantCoins == Settings.CoinsShape.LIVE;
        rates.coins().stream()
                .filter(code -> !now.disabledCurrencies.contains(code))
                .map(code -> live ? code.toUpperCase(Locale.ROOT) : code)
                .forEach(codes::add);
        return Answer.ok(JsJson.object().set(live ? "selectedCurrencies" : "currencies", codes));
    }

    private Answer minAmount(Map<String, String> query, Settings now) {
        String from = code(required(query, "currency_from"));
        String to = code(
                query.getOrDefault("currency_to", now.outcomeCurrency.equals("same") ? from : now.outcomeCurrency));
        rates.usd(to);
        boolean fixed = flag(query, "is_fixed_rate") || flag(query, "is_fee_paid_by_user");
        BigDecimal minimum = rates.minimum(from, fixed, now);
        ObjectNode answer = JsJson.object();
        answer.put("currency_from", from).put("currency_to", to).put("min_amount", minimum);
        if (query.containsKey("fiat_equivalent")) {
            answer.put("fiat_equivalent", rates.convert(minimum, from, code(required(query, "fiat_equivalent"))));
        }
        return Answer.ok(answer);
    }

    private Answer estimate(Map<String, String> query) {
        BigDecimal amount = Input.parse("amount", required(query, "amount"));
        String from = code(required(query, "currency_from"));
        String to = code(required(query, "currency_to"));
        ObjectNode answer = JsJson.object();
        answer.put("currency_from", from).put("amount_from", amount).put("currency_to", to);
        answer.put("estimated_amount", rates.convert(amount, from, to));
        return Answer.ok(answer);
    }

    private Answer auth(Input input, Settings now) {
        String email = input.requiredText("email");
        String password = input.requiredText("password");
        if (!now.anyKey && !(email.equals(now.email) && password.equals(now.password))) {
            throw new ApiError(403, "ACCESS_DENIED", "Invalid login or password");
        }
        return Answer.ok(JsJson.object().put("token", tokens.issue()));
    }

    private Answer createPayment(Input input, String key, Settings now) {
        NewPayment asked = asked(input, key);
        asked.payCurrency = code(input.requiredText("pay_currency"));
        asked.payAmount = input.amount("pay_amount");
        asked.purchaseId = input.text("purchase_id");
        settles(asked, input);
        return Answer.json(201, PaymentJson.created(create(asked, input, now)));
    }

    private Answer createInvoice(Input input, Exchange exchange, String key) {
        for (String name : List.of("payout_address", "payout_currency", "payout_extra_id")) {
            if (input.json().has(name)) {
                throw ApiError.invalid(name + " is not allowed");
            }
        }
        NewPayment asked = asked(input, key);
        String coin = input.text("pay_currency");
        if (coin != null) {
            asked.payCurrency = code(coin);
            rates.usd(asked.payCurrency);
        }
        asked.priceCurrency = input.requiredText("price_currency"); // told back in the case it came in
        rates.usd(code(asked.priceCurrency));
        Map<String, String> urls = new HashMap<>();
        INVOICE_URLS.forEach(name -> {
            String url = url(input, name);
            if (url != null) {
                urls.put(name, url);
            }
        });
        Payments.Invoice invoice = payments.createInvoice(asked, urls);
        String host = exchange.header("Host").orElse("127.0.0.1");
        return Answer.json(201, invoiceJson(invoice, "http://" + host));
    }

    private Answer createInvoicePayment(Input input, String key, Settings now) {
        Payments.Invoice invoice = payments.invoice(input.requiredText("iid"));
        if (!invoice.isReadableWith(key)) {
            throw ApiError.notFound("Invoice not found");
        }
        NewPayment asked = payments.ofInvoice(invoice, code(input.requiredText("pay_currency")));
        asked.purchaseId = input.text("purchase_id");
        settles(asked, input);
        String description = input.text("order_description");
        asked.orderDescription = description == null ? asked.orderDescription : description;
        return Answer.json(201, PaymentJson.created(create(asked, input, now)));
    }

    private Payment create(NewPayment asked, Input input, Settings now) {
        String coin = Optional.ofNullable(asked.payCurrency).orElseThrow();
        if (now.disabledCurrencies.contains(coin)) {
            throw new ApiError(
                    400,
                    "CURRENCY_UNAVAILABLE",
                    "Currency " + coin.toUpperCase(Locale.ROOT) + " is currently unavailable");
        }
        BigDecimal price = input.json().has("iid") ? asked.priceAmount : input.requiredAmount("price_amount");
        boolean fixed = asked.isFixedRate || asked.isFeePaidByUser;
        BigDecimal smallest = rates.minimum(coin, fixed, now);
        BigDecimal amount = asked.payAmount != null || price == null
                ? asked.payAmount
                : rates.asked(price, code(asked.priceCurrency), coin, asked.isFeePaidByUser, now);
        if (amount != null && amount.compareTo(smallest) < 0) {
            throw new ApiError(
                    400,
                    "AMOUNT_MINIMAL_ERROR",
                    "Crypto amount " + PaymentJson.plain(amount) + " is less than minimal");
        }
        String played = now.sandbox ? sandboxCase(input) : "";
        Payment created = payments.create(asked, now);
        births.born(created, played);
        return created;
    }

    private static String sandboxCase(Input input) {
        String word = input.text("case");
        if (word != null && !SANDBOX_CASES.contains(word)) {
            throw ApiError.invalid("case must be one of [success, common, failed, partially_paid]");
        }
        return word == null ? "success" : word;
    }

    private NewPayment asked(Input input, String key) {
        NewPayment asked = new NewPayment();
        asked.apiKey = key;
        asked.priceAmount = input.requiredAmount("price_amount");
        asked.priceCurrency = code(input.requiredText("price_currency"));
        rates.usd(asked.priceCurrency);
        asked.orderId = input.text("order_id");
        asked.orderDescription = input.text("order_description");
        asked.ipnCallbackUrl = url(input, "ipn_callback_url");
        asked.isFixedRate = input.flag("is_fixed_rate") || input.flag("fixed_rate");
        asked.isFeePaidByUser = input.flag("is_fee_paid_by_user");
        return asked;
    }

    /** What it is settled to, where that is not as the account is set. */
    private void settles(NewPayment asked, Input input) {
        String address = input.text("payout_address");
        String currency = input.text("payout_currency");
        String memo = input.text("payout_extra_id");
        if (address == null) {
            if (memo != null) {
                throw ApiError.invalid("payout_extra_id is not allowed without payout_address");
            }
            return;
        }
        if (currency == null) {
            throw ApiError.invalid("payout_currency is required");
        }
        payouts.checkAddress(code(currency), address);
        if (memo != null && !Coin.of(code(currency)).memo()) {
            throw ApiError.invalid("payout_extra_id is not allowed for " + code(currency));
        }
        asked.payoutCurrency = code(currency);
        asked.payoutAddress = address;
        asked.payoutExtraId = memo;
    }

    private static @Nullable String url(Input input, String name) {
        String url = input.text(name);
        if (url != null && !url.startsWith("http://") && !url.startsWith("https://")) {
            throw ApiError.invalid(name + " must be a valid uri with a scheme matching the http|https pattern");
        }
        return url;
    }

    private Answer getPayment(String id, String key, Settings now) {
        Payment payment = readable(id, key);
        if (payment.terms().parentId() != null && !now.childReadable) {
            throw ApiError.notFound("Payment not found");
        }
        return Answer.ok(PaymentJson.read(payment));
    }

    private Answer updateEstimate(String id, String key, Settings now) {
        Payment renewed = payments.renewEstimate(readable(id, key).id(), now);
        ObjectNode answer = JsJson.object();
        answer.put("id", Long.toString(renewed.id()))
                .put("token_id", renewed.terms().tokenId());
        answer.put("pay_amount", renewed.payAmount());
        answer.put("expiration_estimate_date", PaymentJson.time(renewed.estimateUntil()));
        return Answer.ok(answer);
    }

    private Payment readable(String id, String key) {
        if (!id.matches("[0-9]{1,18}")) {
            throw ApiError.invalid("Payment id must be a number");
        }
        Payment payment = payments.get(Long.parseLong(id));
        if (!payment.isReadableWith(key)) {
            throw ApiError.notFound("Payment not found");
        }
        return payment;
    }

    private static ObjectNode invoiceJson(Payments.Invoice invoice, String base) {
        NewPayment asked = invoice.asked();
        ObjectNode json = JsJson.object();
        json.put("id", invoice.id()).put("token_id", invoice.tokenId());
        json.put("order_id", asked.orderId).put("order_description", asked.orderDescription);
        json.put("price_amount", asked.priceAmount == null ? null : JsJson.number(asked.priceAmount));
        json.put("price_currency", asked.priceCurrency);
        json.put("pay_currency", asked.payCurrency);
        json.put("ipn_callback_url", asked.ipnCallbackUrl);
        json.put("invoice_url", base + "/payment/?iid=" + invoice.id());
        json.put("success_url", invoice.urls().get("success_url"))
                .put("cancel_url", invoice.urls().get("cancel_url"));
        json.putNull("customer_email").put("partially_paid_url", invoice.urls().get("partially_paid_url"));
        json.putNull("payout_currency");
        json.put("created_at", PaymentJson.time(invoice.createdAt()))
                .put("updated_at", PaymentJson.time(invoice.createdAt()));
        json.put("is_fixed_rate", asked.isFixedRate).put("is_fee_paid_by_user", asked.isFeePaidByUser);
        json.putNull("source").put("collect_user_data", false);
        return json;
    }

    static String required(Map<String, String> query, String name) {
        String value = query.get(name);
        if (value == null || value.isBlank()) {
            throw ApiError.invalid(name + " is required");
        }
        return value;
    }

    private static boolean flag(Map<String, String> query, String name) {
        return "true".equalsIgnoreCase(query.get(name));
    }

    /** Codes are taken in any case and told in lower case. */
    static String code(String word) {
        return word.trim().toLowerCase(Locale.ROOT);
    }

    private static Answer internalError() {
        return new ApiError(500, "INTERNAL_ERROR", "Internal server error").answer();
    }
}
