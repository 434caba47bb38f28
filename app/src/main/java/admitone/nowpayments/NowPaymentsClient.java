package admitone.nowpayments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.RateSource;
import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationReader.Reading;
import admitone.payments.PaymentProvider;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Settings;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Speaks with NOWPayments. Answers are read as leniently as it writes them, errors by their HTTP status and code. */
@Component
class NowPaymentsClient implements PaymentProvider, RateSource {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);
    private static final Duration AFTER_TOO_MANY = Duration.ofMillis(700);
    private static final Duration WHEN_DOWN = Duration.ofSeconds(5);

    private final OutsideHttp http;
    private final JsonMapper json;
    private final PaymentReader reader;
    private final String base;
    private final Duration within;
    private final Map<String, String> key;
    /** The provider's published limits, kept on our side too. */
    private final Bucket creating = perSecond(3);

    private final Bucket estimating = perSecond(6);

    NowPaymentsClient(OutsideHttp http, JsonMapper json, PaymentReader reader, Settings settings) {
        this.http = http;
        this.json = json;
        this.reader = reader;
        this.within = settings.callWithin(LONGEST_CALL);
        this.base = settings.nowPayments().apiUrl().toString();
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
    public Answer<Optional<Heard>> find(String paymentId, Trigger trigger) {
        Reply reply = http.call(URI.create(base + "/payment/" + encode(paymentId)), key, null, within);
        if (reply instanceof Reply.Received received && received.status() == 404) {
            return new Answer.Done<>(Optional.empty());
        }
        return answer(reply, (object, bytes) -> switch (reader.read(object, bytes, trigger)) {
            case Reading.Understood(Heard heard)
            when heard.paymentId().equals(paymentId) -> new Answer.Done<>(Optional.of(heard));
            case Reading.Understood(Heard other) -> new Answer.Unknown<>("an answer about another payment");
            case Reading.Unrecognised(String why) -> new Answer.Unknown<>("an answer " + why);
        });
    }

    @Override
    public Answer<BigDecimal> usdPerUnit(Asset asset) {
        if (!estimating.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of estimates per second");
        }
        URI url = URI.create(base + "/estimate?amount=1&currency_from=" + encode(asset.code()) + "&currency_to=usd");
        return answer(
                http.call(url, key, null, within),
                (object, bytes) -> PaymentReader.text(object, "estimated_amount")
                        .flatMap(PaymentReader::decimal)
                        .filter(rate -> rate.signum() > 0)
                        .<Answer<BigDecimal>>map(Answer.Done::new)
                        .orElseGet(() -> new Answer.Unknown<>("an answer without an amount")));
    }

    /** A server error leaves open whether the call had its effect. */
    private static <T> Answer<T> answer(Reply reply, BiFunction<Json.Obj, byte[], Answer<T>> read) {
        return switch (reply) {
            case Reply.NotSent(String reason) -> new Answer.NotNow<>(WHEN_DOWN, reason);
            case Reply.Lost(String reason) -> new Answer.Unknown<>(reason);
            case Reply.Received(int status, byte[] body, var headers) -> {
                Json.@Nullable Obj object =
                        JsonText.read(body) instanceof JsonText.Reading.Whole(Json.Obj whole) ? whole : null;
                if (status == 429 || (status == 403 && object == null)) { // the proxy's page: at a burst it says either
                    yield new Answer.NotNow<>(AFTER_TOO_MANY, "too many requests");
                }
                if (status >= 500 || (status < 300 && object == null)) {
                    yield new Answer.Unknown<>("HTTP " + status);
                }
                if (status >= 300) {
                    yield declined(status, object);
                }
                yield read.apply(object, body);
            }
        };
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
        String words = message.toLowerCase(java.util.Locale.ROOT);
        if (words.contains("less than minimal")) {
            return "below_minimum";
        }
        return words.matches("currency \\S+ (was )?not found.*") ? "coin_unavailable" : "refused";
    }

    private static Optional<Instant> instant(Json.Obj body, String name) {
        return PaymentReader.text(body, name).flatMap(text -> {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Bucket perSecond(int calls) {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(calls)
                        .refillGreedy(calls, Duration.ofSeconds(1))
                        .build())
                .build();
    }
}
