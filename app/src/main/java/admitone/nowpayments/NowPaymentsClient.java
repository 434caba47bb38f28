package admitone.nowpayments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.RateSource;
import admitone.payments.Coin;
import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationReader.Reading;
import admitone.payments.PaymentProvider;
import admitone.payments.Wallet;
import admitone.runtime.Answer;
import admitone.runtime.Limits;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Settings;
import io.github.bucket4j.Bucket;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Speaks with NOWPayments. Answers are read as leniently as it writes them, errors by their HTTP status and code. */
@Component
class NowPaymentsClient implements PaymentProvider, RateSource {
    /** Of one that is cheaper the estimate of a single unit has few digits left: it is told of more. */
    private static final BigDecimal CHEAP = new BigDecimal("0.01");

    private static final int A_MILLION = 1_000_000;

    private static final Duration AFTER_TOO_MANY = Duration.ofMillis(700);
    static final Duration WHEN_DOWN = Duration.ofSeconds(5);
    private static final int MOST_COINS = 500;
    private static final int LONGEST_NAME = 60;

    /** Of every payment and invoice: a floating rate, and the fee is the seller's. A minimum holds for the terms it is asked for on, so both say them. */
    static final Map<String, Boolean> TERMS = Map.of("is_fixed_rate", false, "is_fee_paid_by_user", false);

    private final OutsideHttp http;
    private final JsonMapper json;
    private final PaymentReader reader;
    private final String base;
    private final Duration within;
    private final Map<String, String> key;
    /** The provider's published limits, kept on our side too. */
    private final Bucket creating = perSecond(3);

    private final Bucket estimating = perSecond(6);
    /** Of minimums no limit is published. */
    private final Bucket askingMinimums = perSecond(5);

    private final Optional<String> settlesIn;

    NowPaymentsClient(OutsideHttp http, JsonMapper json, PaymentReader reader, Settings settings) {
        this.http = http;
        this.json = json;
        this.reader = reader;
        this.within = settings.callWithin();
        this.base = settings.nowPayments().apiUrl().toString();
        this.settlesIn = settings.nowPayments().settlesIn();
        this.key = Map.of("x-api-key", settings.nowPayments().apiKey().value());
    }

    @Override
    public String name() {
        return "NOWPayments estimate of one unit";
    }

    @Override
    public Answer<Created> create(NewPayment payment) {
        if (!creating.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of payments made per second");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("price_amount", payment.price().amount());
        body.put("price_currency", payment.price().asset().code());
        body.put("pay_currency", payment.payCurrency().code());
        body.put("order_id", payment.orderId());
        body.put("order_description", payment.description());
        body.put("ipn_callback_url", payment.notifyUrl());
        Wallet wallet = payment.wallet();
        if (wallet != null) {
            body.put("payout_address", wallet.address());
            body.put("payout_currency", wallet.coin().code());
            if (wallet.extraId() != null) {
                body.put("payout_extra_id", wallet.extraId());
            }
        }
        body.putAll(TERMS);
        Reply reply = http.call(URI.create(base + "/payment"), key, json.writeValueAsBytes(body), within);
        return answer(reply, (object, bytes) -> created(object, payment));
    }

    private static Answer<Created> created(Json.Obj body, NewPayment asked) {
        Optional<String> id = PaymentReader.id(body, "payment_id");
        Optional<String> address = PaymentReader.text(body, "pay_address");
        Optional<Money> amount = PaymentReader.amount(body, "pay_amount", asked.payCurrency());
        if (id.isEmpty() || address.isEmpty() || amount.isEmpty()) {
            return new Answer.Unknown<>("an answer without id, address or amount");
        }
        return new Answer.Done<>(new Created(
                id.get(),
                address.get(),
                amount.get(),
                PaymentReader.text(body, "payin_extra_id").orElse(null),
                instant(body, "valid_until")
                        .or(() -> instant(body, "expiration_estimate_date"))
                        .orElse(null)));
    }

    @Override
    public Answer<List<Coin>> coins() {
        Reply reply = http.call(URI.create(base + "/merchant/coins"), key, null, within);
        Answer<Set<Asset>> enabled = answer(reply, (object, bytes) -> enabled(object));
        return enabled instanceof Answer.Done<Set<Asset>>(Set<Asset> codes)
                ? described(codes)
                : enabled.map(_ -> List.of());
    }

    /** {@code selectedCurrencies} in upper case, seen live, or {@code currencies} in lower case, as documented. */
    static Answer<Set<Asset>> enabled(Json.Obj body) {
        Set<Asset> codes =
                items(body, "selectedCurrencies").or(() -> items(body, "currencies")).orElse(List.of()).stream()
                        .flatMap(item -> item instanceof Json.Str(String code)
                                ? PaymentReader.asset(code).stream()
                                : Stream.empty())
                        .limit(MOST_COINS)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        return codes.isEmpty() ? new Answer.Unknown<>("an answer without coins") : new Answer.Done<>(codes);
    }

    /** With their names, where those can be had, and without those that cannot be paid in now. */
    private Answer<List<Coin>> described(Set<Asset> enabled) {
        Map<Asset, Coin> coins = new LinkedHashMap<>();
        enabled.forEach(asset -> coins.put(asset, new Coin(asset, null, null)));
        Reply reply = http.call(URI.create(base + "/full-currencies"), key, null, within);
        Answer<List<Json>> all = answer(
                reply,
                (object, bytes) -> new Answer.Done<>(items(object, "currencies").orElse(List.of())));
        if (all instanceof Answer.Done<List<Json>>(List<Json> rows)) {
            for (Json row : rows) {
                if (row instanceof Json.Obj coin) {
                    PaymentReader.asset(coin, "code")
                            .ifPresent(asset -> coins.computeIfPresent(asset, (_, _) -> described(asset, coin)));
                }
            }
        }
        return coins.isEmpty()
                ? new Answer.Unknown<>("an answer without a coin that can be paid in")
                : new Answer.Done<>(List.copyOf(coins.values()));
    }

    private static @Nullable Coin described(Asset asset, Json.Obj row) {
        return isFalse(row, "enable") || isFalse(row, "available_for_payment")
                ? null
                : new Coin(
                        asset,
                        PaymentReader.text(row, "name")
                                .map(name -> PaymentReader.clean(name, LONGEST_NAME))
                                .orElse(null),
                        PaymentReader.text(row, "network")
                                .map(network -> PaymentReader.clean(network, LONGEST_NAME))
                                .orElse(null));
    }

    static boolean isFalse(Json.Obj row, String name) {
        return row.member(name)
                .filter(value -> value instanceof Json.Bool(boolean is) && !is)
                .isPresent();
    }

    static Optional<List<Json>> items(Json.Obj body, String name) {
        return body.member(name)
                .flatMap(value -> value instanceof Json.Arr(List<Json> items) ? Optional.of(items) : Optional.empty());
    }

    @Override
    public Answer<Money> minimum(Asset coin) {
        return minimum(coin, settlesIn.map(to -> to.equals("same") ? coin.code() : to));
    }

    @Override
    public Answer<Money> minimum(Asset coin, Asset settled) {
        return minimum(coin, Optional.of(settled.code()));
    }

    private Answer<Money> minimum(Asset coin, Optional<String> settled) {
        if (!askingMinimums.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of minimums asked for per second");
        }
        StringBuilder url = new StringBuilder(base)
                .append("/min-amount?fiat_equivalent=usd&currency_from=")
                .append(encode(coin.code()));
        settled.ifPresent(to -> url.append("&currency_to=").append(encode(to)));
        TERMS.forEach((name, is) -> url.append('&').append(name).append('=').append(is));
        Answer<Money> answer = answer(
                http.call(URI.create(url.toString()), key, null, within),
                (object, bytes) -> PaymentReader.text(object, "fiat_equivalent")
                        .flatMap(PaymentReader::decimal)
                        .filter(usd -> usd.signum() >= 0)
                        .flatMap(NowPaymentsClient::centsUp)
                        .<Answer<Money>>map(Answer.Done::new)
                        .orElseGet(() -> new Answer.Unknown<>("an answer without a minimum in USD")));
        return answer instanceof Answer.Declined<Money>(String code, String reason)
                        && code.equals("coin_unavailable")
                        && isAboutSettling(reason, coin, settled)
                ? new Answer.Declined<>("refused", reason)
                : answer;
    }

    /** The question names two coins: whether it was refused for the one that the account is paid out in. */
    private static boolean isAboutSettling(String reason, Asset coin, Optional<String> settled) {
        List<String> words = List.of(reason.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1));
        return settled.filter(to -> !to.equals(coin.code()) && words.contains(to))
                .isPresent();
    }

    private static Optional<Money> centsUp(BigDecimal usd) {
        try {
            return Optional.of(Money.of(usd.setScale(Asset.USD.scale(), RoundingMode.CEILING), Asset.USD));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    @Override
    public Answer<Optional<Heard>> find(String paymentId, Trigger trigger) {
        Reply reply = http.call(URI.create(base + "/payment/" + encode(paymentId)), key, null, within);
        if (reply instanceof Reply.Received received && received.status() == 404) {
            return new Answer.Done<>(Optional.empty());
        }
        return answer(reply, (object, bytes) -> switch (reader.read(object, bytes, trigger)) {
            case Reading.Understood(Heard heard)
            when heard.paymentId().equals(paymentId) -> new Answer.Done<>(Optional.of(heard));
            case Reading.Understood(Heard other) -> new Answer.Unknown<>("an answer about another payment");
            case Reading.AboutPayout() -> new Answer.Unknown<>("an answer about a payout");
            case Reading.Unrecognised(String why) -> new Answer.Unknown<>("an answer " + why);
        });
    }

    @Override
    public Answer<BigDecimal> usdPerUnit(Asset asset) {
        Answer<BigDecimal> told = estimate(asset, 1);
        if (told instanceof Answer.Done<BigDecimal>(BigDecimal usd) && usd.compareTo(CHEAP) < 0) {
            told = estimate(asset, A_MILLION).map(million -> million.movePointLeft(6));
        }
        return told instanceof Answer.Done<BigDecimal>(BigDecimal usd) && usd.signum() == 0
                ? new Answer.Unknown<>("an answer without an amount")
                : told;
    }

    private Answer<BigDecimal> estimate(Asset asset, int amount) {
        if (!estimating.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of estimates per second");
        }
        URI url = URI.create(
                base + "/estimate?amount=" + amount + "&currency_from=" + encode(asset.code()) + "&currency_to=usd");
        return answer(
                http.call(url, key, null, within),
                (object, bytes) -> PaymentReader.text(object, "estimated_amount")
                        .flatMap(PaymentReader::decimal)
                        .filter(usd -> usd.signum() >= 0)
                        .<Answer<BigDecimal>>map(Answer.Done::new)
                        .orElseGet(() -> new Answer.Unknown<>("an answer without an amount")));
    }

    static <T> Answer<T> answer(Reply reply, BiFunction<Json.Obj, byte[], Answer<T>> read) {
        return answerOf(
                reply,
                bytes -> object(bytes)
                        .map(object -> read.apply(object, bytes))
                        .orElseGet(() -> new Answer.Unknown<>("an answer that is no JSON object")));
    }

    /** A server error leaves open whether the call had its effect. */
    static <T> Answer<T> answerOf(Reply reply, Function<byte[], Answer<T>> read) {
        return switch (reply) {
            case Reply.NotSent(String reason) -> new Answer.NotNow<>(WHEN_DOWN, reason);
            case Reply.Lost(String reason) -> new Answer.Unknown<>(reason);
            case Reply.Received(int status, byte[] body, var headers) -> {
                if (status < 300) {
                    yield read.apply(body);
                }
                Json.@Nullable Obj object = object(body).orElse(null);
                if (status == 429 || (status == 403 && object == null)) { // the proxy's page: at a burst it says either
                    yield new Answer.NotNow<>(AFTER_TOO_MANY, "too many requests");
                }
                yield status >= 500 ? new Answer.Unknown<>("HTTP " + status) : declined(status, object);
            }
        };
    }

    private static Optional<Json.Obj> object(byte[] body) {
        return JsonText.read(body) instanceof JsonText.Reading.Whole(Json.Obj whole)
                ? Optional.of(whole)
                : Optional.empty();
    }

    private static <T> Answer<T> declined(int status, Json.@Nullable Obj body) {
        String code = body == null ? "" : PaymentReader.text(body, "code").orElse("");
        String message = body == null ? "" : PaymentReader.text(body, "message").orElse("");
        String ours = switch (code) {
            case "INVALID_API_KEY", "AUTH_REQUIRED", "ENDPOINT_NOT_ALLOWED" -> "key_refused";
            case "AMOUNT_MINIMAL_ERROR" -> "below_minimum";
            case "CURRENCY_UNAVAILABLE" -> "coin_unavailable";
            default -> status == 401 || status == 403 ? "key_refused" : byMessage(message);
        };
        return new Answer.Declined<>(ours, ("HTTP " + status + " " + code + " " + message).strip());
    }

    /** Where the code says no more than that the request was wrong. */
    private static String byMessage(String message) {
        String words = message.toLowerCase(Locale.ROOT);
        if (words.contains("less than minimal")) {
            return "below_minimum";
        }
        return words.matches("currency \\S+ (was )?not found.*") ? "coin_unavailable" : "refused";
    }

    static Optional<Instant> instant(Json.Obj body, String name) {
        return PaymentReader.text(body, name).flatMap(text -> {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static Bucket perSecond(int calls) {
        return Limits.of(calls, Duration.ofSeconds(1));
    }
}
