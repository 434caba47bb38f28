package admitone.nowpayments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationReader;
import admitone.payments.ProviderStatus;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads a payment as the provider writes it: in notifications and in answers, with ids and amounts as numbers or as text. */
@Component
class PaymentReader implements NotificationReader {
    private static final Pattern ID = Pattern.compile("[0-9]{1,30}");
    private static final int LONGEST_WORD = 64;
    private static final int LONGEST_ORDER_ID = 200;

    @Override
    public Reading read(byte[] body, Trigger trigger) {
        return switch (JsonText.read(body)) {
            case JsonText.Reading.Whole(Json.Obj object) -> read(object, body, trigger);
            case JsonText.Reading.Fault(String reason) -> new Reading.Unrecognised(reason);
            case JsonText.Reading.OverLimit(String reason) -> new Reading.Unrecognised(reason);
        };
    }

    @Override
    public Optional<String> description(byte[] body) {
        return JsonText.read(body) instanceof JsonText.Reading.Whole(Json.Obj object)
                ? text(object, "order_description")
                : Optional.empty();
    }

    Reading read(Json.Obj body, byte[] bytes, Trigger trigger) {
        Optional<String> id = id(body, "payment_id");
        if (id.isEmpty()) {
            return body.member("batch_withdrawal_id").isPresent()
                    ? new Reading.AboutPayout()
                    : new Reading.Unrecognised("without a payment id");
        }
        Optional<String> status = text(body, "payment_status").map(word -> clean(word, LONGEST_WORD));
        if (status.isEmpty()) {
            return new Reading.Unrecognised("without a payment status");
        }
        Optional<Asset> payCurrency = asset(body, "pay_currency");
        return new Reading.Understood(new Heard(
                id.get(),
                id(body, "parent_payment_id").orElse(null),
                text(body, "order_id")
                        .map(order -> clean(order, LONGEST_ORDER_ID))
                        .orElse(null),
                ProviderStatus.of(status.get()),
                status.get(),
                asset(body, "price_currency")
                        .flatMap(asset -> exact(body, "price_amount", asset))
                        .orElse(null),
                payCurrency.orElse(null),
                payCurrency.flatMap(asset -> amount(body, "pay_amount", asset)).orElse(null),
                payCurrency
                        .flatMap(asset -> amount(body, "actually_paid", asset))
                        .orElse(null),
                asset(body, "outcome_currency")
                        .flatMap(asset -> amount(body, "outcome_amount", asset))
                        .orElse(null),
                trigger,
                bytes));
    }

    static Optional<String> id(Json.Obj body, String name) {
        return text(body, name).flatMap(PaymentReader::wholeNumber);
    }

    private static Optional<String> wholeNumber(String text) {
        if (ID.matcher(text).matches()) {
            return Optional.of(text);
        }
        return decimal(text)
                .filter(number -> number.stripTrailingZeros().scale() <= 0 && number.signum() > 0)
                .map(number -> number.toBigInteger().toString())
                .filter(id -> ID.matcher(id).matches());
    }

    static Optional<Asset> asset(Json.Obj body, String name) {
        return text(body, name).flatMap(PaymentReader::asset);
    }

    static Optional<Asset> asset(String code) {
        try {
            return Optional.of(Asset.of(code));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * An amount of a coin. The provider writes doubles: what lies below 10^-18, the smallest unit of any coin, is noise and is
     * rounded half-even away.
     */
    static Optional<Money> amount(Json.Obj body, String name, Asset asset) {
        return text(body, name)
                .flatMap(PaymentReader::decimal)
                .flatMap(number -> money(
                        asset.scale() > 2 && number.scale() > asset.scale()
                                ? number.setScale(asset.scale(), RoundingMode.HALF_EVEN)
                                : number,
                        asset));
    }

    private static Optional<Money> exact(Json.Obj body, String name, Asset asset) {
        return text(body, name).flatMap(PaymentReader::decimal).flatMap(number -> money(number, asset));
    }

    private static Optional<Money> money(BigDecimal number, Asset asset) {
        try {
            return Optional.of(Money.of(number, asset))
                    .filter(money -> money.units().signum() >= 0);
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** A number within any reasonable range. */
    static Optional<BigDecimal> decimal(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            return Math.abs((long) number.scale()) < 100 ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Optional<String> text(Json.Obj body, String name) {
        @Nullable Json value = body.members().get(name);
        return switch (value) {
            case Json.Str(String text) when !text.isBlank() -> Optional.of(text.strip());
            case Json.Num(String text) -> Optional.of(text);
            case null, default -> Optional.empty();
        };
    }

    /** What can be printed of a text, at most so many characters of it. */
    static String clean(String text, int longest) {
        String printable = text.codePoints()
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return printable.length() <= longest ? printable : printable.substring(0, longest);
    }
}
