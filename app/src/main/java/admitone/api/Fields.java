package admitone.api;

import admitone.api.Problem.Fault;
import admitone.catalog.Plan;
import admitone.checkout.Coupon;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the fields of a body, gathers every fault, and only then refuses. What is wrong reads as a harmless value until
 * {@link #finish}. A field nobody asked for is a fault too: a misspelt name is never silently ignored.
 */
final class Fields {
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final BigDecimal MOST_USD = Plan.MOST_PRICE.amount();
    /** Before the point, of an amount of coins. */
    private static final int MOST_DIGITS = 15;

    private static final long MOST_TELEGRAM_ID = 1L << 52;

    private final JsonNode object;
    private final String path;
    private final List<Fault> faults;
    private final Set<String> asked = new LinkedHashSet<>();
    private final List<Fields> parts = new ArrayList<>();

    private Fields(JsonNode object, String path, List<Fault> faults) {
        this.object = object;
        this.path = path;
        this.faults = faults;
    }

    static Fields of(byte[] body) {
        JsonNode node;
        try {
            node = STRICT.readTree(body);
        } catch (JacksonException e) {
            throw Problem.malformed(
                    "The body is not JSON: line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ".");
        }
        if (!node.isObject()) {
            throw Problem.malformed("The body must be one JSON object.");
        }
        return new Fields(node, "", new ArrayList<>());
    }

    /** Refuses the body if anything in it is wrong. */
    void finish() {
        unknown();
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults);
        }
    }

    private void unknown() {
        for (String name : object.propertyNames()) {
            if (!asked.contains(name)) {
                fault(shown(name), "is not a field here; known are " + String.join(", ", asked));
            }
        }
        parts.forEach(Fields::unknown);
    }

    /** Field names go back to the caller: cut to what a person needs to find it. */
    private static String shown(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }

    void fault(String name, String message) {
        faults.add(new Fault(path + name, message));
    }

    private @Nullable JsonNode value(String name) {
        asked.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** Also where it is null. */
    boolean has(String name) {
        return object.has(name);
    }

    private <T> Optional<T> read(String name, String form, Function<JsonNode, Optional<T>> reader) {
        JsonNode value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        Optional<T> read = reader.apply(value);
        if (read.isEmpty()) {
            fault(name, "must be " + form);
        }
        return read;
    }

    private <T> T needed(String name, String form, T otherwise, Function<JsonNode, Optional<T>> reader) {
        if (value(name) == null) {
            fault(name, "is missing: " + form);
            return otherwise;
        }
        return read(name, form, reader).orElse(otherwise);
    }

    boolean yesOrNo(String name) {
        return needed(
                name,
                "true or false",
                false,
                node -> node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty());
    }

    /** No where it is left out. */
    boolean yes(String name) {
        return read(
                        name,
                        "true or false",
                        node -> node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty())
                .orElse(false);
    }

    /** One line of text. */
    String text(String name, int most) {
        return needed(name, line(most), "", node -> line(node, most));
    }

    Optional<String> optionalText(String name, int most) {
        return read(name, line(most), node -> line(node, most));
    }

    /** A text that may have several lines. */
    Optional<String> optionalLines(String name, int most) {
        return read(
                name,
                "a text of 1 to " + most + " characters",
                node -> Optional.of(node)
                        .filter(JsonNode::isString)
                        .map(text -> text.stringValue().strip().replace("\r\n", "\n"))
                        .filter(text -> !text.isEmpty()
                                && text.codePointCount(0, text.length()) <= most
                                && text.lines().allMatch(Fields::isPrintable)));
    }

    private static boolean isPrintable(String line) {
        return line.codePoints()
                .noneMatch(c -> Character.isISOControl(c)
                        || Character.getType(c) == Character.SURROGATE
                        || Character.getType(c) == Character.LINE_SEPARATOR
                        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
    }

    private static String line(int most) {
        return "a text of 1 to " + most + " characters on one line";
    }

    private static Optional<String> line(JsonNode node, int most) {
        if (!node.isString()) {
            return Optional.empty();
        }
        String text = node.stringValue().strip();
        boolean fits = !text.isEmpty() && text.codePointCount(0, text.length()) <= most && isPrintable(text);
        return fits ? Optional.of(text) : Optional.empty();
    }

    <E extends Enum<E>> E word(String name, Class<E> words, @Nullable E otherwise) {
        String form = "one of "
                + Arrays.stream(words.getEnumConstants())
                        .map(word -> word.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        E first = words.getEnumConstants()[0];
        Function<JsonNode, Optional<E>> reader = node -> Arrays.stream(words.getEnumConstants())
                .filter(word ->
                        node.isString() && word.name().toLowerCase(Locale.ROOT).equals(node.stringValue()))
                .findFirst();
        return otherwise == null
                ? needed(name, form, first, reader)
                : read(name, form, reader).orElse(otherwise);
    }

    /** A positive amount of USD with at most two decimals. */
    Money usd(String name) {
        return needed(name, USD_FORM, Money.zero(Asset.USD), Fields::usd);
    }

    Optional<Money> optionalUsd(String name) {
        return read(name, USD_FORM, Fields::usd);
    }

    private static final String USD_FORM =
            "a positive amount of USD with at most two decimals, up to 1000000, such as \"9.99\"";

    private static Optional<Money> usd(JsonNode node) {
        return decimal(node)
                .filter(amount -> amount.signum() > 0 && amount.compareTo(MOST_USD) <= 0 && fitsTwoDecimals(amount))
                .map(amount -> Money.of(amount, Asset.USD));
    }

    /** A positive amount of a coin. */
    Optional<Money> optionalCoins(String name, Asset coin) {
        return read(name, coinsForm(coin), node -> coins(node, coin));
    }

    Money coins(String name, Asset coin) {
        return needed(name, coinsForm(coin), Money.zero(coin), node -> coins(node, coin));
    }

    private static String coinsForm(Asset coin) {
        return "a positive amount of " + coin + " with at most " + coin.scale() + " decimals, such as \"9.99\"";
    }

    private static Optional<Money> coins(JsonNode node, Asset coin) {
        return decimal(node)
                .filter(amount -> amount.signum() > 0
                        && amount.precision() - amount.scale() <= MOST_DIGITS
                        && amount.stripTrailingZeros().scale() <= coin.scale())
                .map(amount -> Money.of(amount, coin));
    }

    /** From 0 to less than 100, with at most two decimals. */
    BigDecimal percent(String name, BigDecimal otherwise) {
        return read(
                        name,
                        "a percentage from 0 to 99.99 with at most two decimals, such as \"2.5\"",
                        node -> decimal(node)
                                .filter(percent -> percent.signum() >= 0
                                        && percent.compareTo(BigDecimal.valueOf(100)) < 0
                                        && fitsTwoDecimals(percent)))
                .orElse(otherwise);
    }

    /** More than 0 and less than 100, with at most two decimals. */
    Optional<BigDecimal> optionalPercent(String name) {
        return read(
                name,
                "a percentage from 0.01 to 99.99 with at most two decimals, such as \"20\"",
                node -> decimal(node)
                        .filter(percent -> percent.signum() > 0
                                && percent.compareTo(BigDecimal.valueOf(100)) < 0
                                && fitsTwoDecimals(percent)));
    }

    private static boolean fitsTwoDecimals(BigDecimal amount) {
        return amount.stripTrailingZeros().scale() <= 2;
    }

    /** Exactly the number that was written, as a string or as a JSON number. */
    private static Optional<BigDecimal> decimal(JsonNode node) {
        try {
            if (node.isNumber()) {
                return Optional.of(node.decimalValue()).filter(Fields::isReasonable);
            }
            return node.isString() && node.stringValue().matches("\\d{1,20}(\\.\\d{1,20})?")
                    ? Optional.of(new BigDecimal(node.stringValue()))
                    : Optional.empty();
        } catch (NumberFormatException | JacksonException e) {
            return Optional.empty();
        }
    }

    private static boolean isReasonable(BigDecimal number) {
        return Math.abs((long) number.scale()) <= 40 && number.precision() <= 60;
    }

    private static Optional<BigInteger> whole(JsonNode node) {
        try {
            if (node.isIntegralNumber()) {
                return Optional.of(node.decimalValue())
                        .filter(Fields::isReasonable)
                        .map(BigDecimal::toBigIntegerExact);
            }
            return node.isString() && node.stringValue().matches("-?\\d{1,20}")
                    ? Optional.of(new BigInteger(node.stringValue()))
                    : Optional.empty();
        } catch (ArithmeticException | JacksonException e) {
            return Optional.empty();
        }
    }

    long telegramUser(String name) {
        return needed(
                name, "a Telegram user's id: a positive whole number", 1L, node -> within(node, 1, MOST_TELEGRAM_ID));
    }

    private static final String CHAT_FORM = "a Telegram chat's id: a negative whole number such as -1001234567890";

    long chat(String name) {
        return needed(name, CHAT_FORM, -1L, node -> within(node, -MOST_TELEGRAM_ID, -1));
    }

    Optional<Long> optionalChat(String name) {
        return read(name, CHAT_FORM, node -> within(node, -MOST_TELEGRAM_ID, -1));
    }

    private static Optional<Long> within(JsonNode node, long least, long most) {
        return whole(node)
                .filter(number -> number.compareTo(BigInteger.valueOf(least)) >= 0
                        && number.compareTo(BigInteger.valueOf(most)) <= 0)
                .map(BigInteger::longValueExact);
    }

    /** Whole days, or empty for life. */
    Optional<Integer> optionalDays(String name) {
        return read(
                name,
                "a whole number of days from 1 to 36500, or null for life",
                node -> within(node, 1, 36_500).map(Long::intValue));
    }

    /** A whole number in these limits; {@code otherwise} where it is absent. */
    int number(String name, int least, int most, int otherwise) {
        return read(
                        name,
                        "a whole number from " + least + " to " + most,
                        node -> within(node, least, most).map(Long::intValue))
                .orElse(otherwise);
    }

    /** A whole number in these limits. */
    int neededNumber(String name, int least, int most) {
        return needed(
                name,
                "a whole number from " + least + " to " + most,
                least,
                node -> within(node, least, most).map(Long::intValue));
    }

    Optional<Integer> optionalNumber(String name, int least, int most) {
        return read(
                name,
                "a whole number from " + least + " to " + most,
                node -> within(node, least, most).map(Long::intValue));
    }

    /** A moment, to the millisecond. */
    Optional<Instant> optionalInstant(String name) {
        return read(
                name,
                "a moment such as \"2026-12-01T00:00:00Z\"",
                node -> node.isString() ? instant(node.stringValue()) : Optional.empty());
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text).truncatedTo(ChronoUnit.MILLIS))
                    .filter(at -> at.isAfter(Instant.EPOCH) && at.isBefore(FAR));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static final Instant FAR = Instant.parse("9999-01-01T00:00:00Z");

    private static final String COUPON_FORM = "a coupon's code: 3 to 32 of A-Z, 0-9 and -";

    String couponCode(String name) {
        return needed(name, COUPON_FORM, "", Fields::couponCode);
    }

    Optional<String> optionalCouponCode(String name) {
        return read(name, COUPON_FORM, Fields::couponCode);
    }

    private static Optional<String> couponCode(JsonNode node) {
        return node.isString() ? Coupon.code(node.stringValue()) : Optional.empty();
    }

    /** At most {@code count} whole numbers from 1 to {@code most}; {@code otherwise} where the list is absent. */
    List<Integer> numbers(String name, int count, int most, List<Integer> otherwise) {
        return read(
                        name,
                        "a list of at most " + count + " whole numbers from 1 to " + most,
                        node -> numbers(node, count, most))
                .orElse(otherwise);
    }

    private static Optional<List<Integer>> numbers(JsonNode node, int count, int most) {
        if (!node.isArray() || node.size() > count) {
            return Optional.empty();
        }
        List<Integer> numbers = node.values().stream()
                .flatMap(one -> within(one, 1, most).stream())
                .map(Long::intValue)
                .toList();
        return numbers.size() == node.size() ? Optional.of(numbers) : Optional.empty();
    }

    private static final String COIN_FORM = "a coin's code such as eth or usdttrc20";

    Asset coin(String name) {
        return needed(name, COIN_FORM, Asset.USD, Fields::coin);
    }

    Optional<Asset> optionalCoin(String name) {
        return read(name, COIN_FORM, Fields::coin);
    }

    private static Optional<Asset> coin(JsonNode node) {
        try {
            return node.isString() ? Optional.of(Asset.of(node.stringValue())) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    SellerId seller(String name) {
        return needed(
                name,
                "a seller's id: 12 characters",
                SellerId.PLATFORM,
                node -> Optional.of(node)
                        .filter(JsonNode::isString)
                        .flatMap(text -> Params.sellerId(text.stringValue())));
    }

    /** The id of a row of this kind, such as {@code ch_…}. */
    Handle handle(String name, String kind) {
        return needed(
                name,
                "an id that begins with " + kind + "_",
                new Handle(kind, SellerId.PLATFORM, new UUID(0, 0)),
                node -> node.isString() ? Handle.parse(kind, node.stringValue()) : Optional.empty());
    }

    Optional<Handle> optionalHandle(String name, String kind) {
        return read(
                name,
                "an id that begins with " + kind + "_",
                node -> node.isString() ? Handle.parse(kind, node.stringValue()) : Optional.empty());
    }

    /** An object inside; absent, it reads as an empty one. */
    Fields part(String name) {
        JsonNode value = value(name);
        if (value != null && !value.isObject()) {
            fault(name, "must be an object");
        }
        return part(name, value != null && value.isObject() ? value : STRICT.createObjectNode());
    }

    private Fields part(String name, JsonNode node) {
        Fields part = new Fields(node, path + name + ".", faults);
        parts.add(part);
        return part;
    }

    List<Fields> list(String name, int most) {
        JsonNode value = value(name);
        if (value == null || !value.isArray() || value.isEmpty() || value.size() > most) {
            fault(name, (value == null ? "is missing: " : "must be ") + "a list of 1 to " + most + " objects");
            return List.of();
        }
        List<Fields> list = new ArrayList<>();
        int n = 0;
        for (JsonNode node : value.values()) {
            String place = name + "[" + n++ + "]";
            if (node.isObject()) {
                list.add(part(place, node));
            } else {
                fault(place, "must be an object");
            }
        }
        return list;
    }
}
