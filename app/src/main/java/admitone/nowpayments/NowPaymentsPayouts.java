package admitone.nowpayments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Settings;
import io.github.bucket4j.Bucket;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Speaks with NOWPayments about mass payouts. */
@Component
class NowPaymentsPayouts implements PayoutProvider {
    private static final int ROWS = 100;
    private static final int MOST_PAGES = 50;

    /** What is asked for at once, and what of it where that is too much. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final Duration A_DAY = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofHours(1);
    private static final int LONGEST_WORD = 64;
    private static final String ABSENT = "absent";

    private record Meaning(String words, String code) {}

    private static final List<Meaning> MEANINGS = List.of(
            new Meaning("endpoint_not_allowed", "ip_refused"),
            new Meaning("invalid ip", "ip_refused"),
            new Meaning("whitelist", "not_whitelisted"),
            new Meaning("invalid payout_address", "address_refused"),
            new Meaning("insufficient balance", "short_of_coin"),
            new Meaning("min amount", "below_minimum"),
            new Meaning("invalid verification code", "code_refused"),
            new Meaning("attempts exceeded", "attempts_exceeded"),
            new Meaning("already verified or rejected", "not_open"));

    private final OutsideHttp http;
    private final JsonMapper json;
    private final AccountToken token;
    private final Optional<Totp> totp;
    private final String base;
    private final Duration within;
    private final int rows;
    private final int pages;
    private final Map<String, String> key;
    /** Of payouts no limit is published. To make batches as seldom as payments; to ask, a little more often. */
    private final Bucket making = NowPaymentsClient.perSecond(3);

    private final Bucket asking = NowPaymentsClient.perSecond(20);
    /** A long list leaves the other calls their own. */
    private final Bucket listing = NowPaymentsClient.perSecond(10);

    @Autowired
    NowPaymentsPayouts(OutsideHttp http, JsonMapper json, AccountToken token, Settings settings) {
        this(http, json, token, settings, ROWS, MOST_PAGES);
    }

    /** {@code rows}: of a list, asked for at once; {@code pages}: of a day, or of an hour, at most. */
    NowPaymentsPayouts(OutsideHttp http, JsonMapper json, AccountToken token, Settings settings, int rows, int pages) {
        this.rows = rows;
        this.pages = pages;
        this.http = http;
        this.json = json;
        this.token = token;
        this.totp = settings.payouts().totp().map(secret -> new Totp(secret.value()));
        this.base = settings.nowPayments().apiUrl().toString();
        this.within = settings.callWithin();
        this.key = Map.of("x-api-key", settings.nowPayments().apiKey().value());
    }

    @Override
    public boolean canPay() {
        return token.canBeHad() && totp.isPresent();
    }

    @Override
    public Answer<Batch> create(NewBatch batch) {
        if (!token.canBeHad()) {
            return new Answer.Declined<>("no_login", "ADMITONE_NOWPAYMENTS_EMAIL and _PASSWORD are not set");
        }
        if (!making.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of batches made per second");
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("address", batch.to().address());
        row.put("currency", batch.to().currency().code());
        row.put("amount", batch.coins().amount().setScale(DECIMALS, RoundingMode.UNNECESSARY));
        if (batch.to().extraId() != null) {
            row.put("extra_id", batch.to().extraId());
        }
        row.put("ipn_callback_url", batch.notifyUrl());
        row.put("unique_external_id", batch.externalId());
        return call("/payout", Map.of("withdrawals", List.of(row)), object(NowPaymentsPayouts::created));
    }

    private static Answer<Batch> created(Json.Obj body) {
        List<Seen> rows = NowPaymentsClient.items(body, "withdrawals")
                .map(PayoutReader::seen)
                .orElse(List.of());
        return PaymentReader.id(body, "id")
                .<Answer<Batch>>map(id -> new Answer.Done<>(new Batch(id, rows)))
                .orElseGet(() -> new Answer.Unknown<>("an answer without a batch id"));
    }

    @Override
    public Answer<Boolean> verify(String batchId, Instant step) {
        if (totp.isEmpty()) {
            return new Answer.Declined<>("no_totp", "ADMITONE_NOWPAYMENTS_TOTP_SECRET is not set");
        }
        Map<String, String> body = Map.of("verification_code", totp.get().code(step));
        Answer<Boolean> answer =
                call("/payout/" + NowPaymentsClient.encode(batchId) + "/verify", body, NowPaymentsPayouts::ok);
        return answer instanceof Answer.Declined<Boolean>(String code, String reason) && code.equals(ABSENT)
                ? new Answer.Declined<>("not_open", reason)
                : answer;
    }

    /** Whether the id in its address is a batch's or a withdrawal's is not documented: where it knows none, the list of the batch is asked. */
    @Override
    public Answer<Optional<Seen>> batch(String batchId) {
        Answer<Optional<Seen>> shown = call("/payout/" + NowPaymentsClient.encode(batchId), null, bytes -> {
            List<Seen> rows = PayoutReader.shown(bytes);
            List<Seen> ours = ofBatch(rows, batchId);
            return ours.isEmpty() && !rows.isEmpty()
                    ? new Answer.Declined<>(ABSENT, "a withdrawal of another batch")
                    : one(ours);
        });
        return shown instanceof Answer.Declined<Optional<Seen>>(String code, String _) && code.equals(ABSENT)
                ? inList(batchId)
                : shown;
    }

    private Answer<Optional<Seen>> inList(String batchId) {
        String query = "/payout?limit=" + rows + "&page=0&batch_id=" + NowPaymentsClient.encode(batchId);
        return call(query, null, object(body -> {
            Answer<List<Json.Obj>> answer = listed(body);
            if (!(answer instanceof Answer.Done<List<Json.Obj>>(List<Json.Obj> found))) {
                return answer.map(_ -> Optional.empty());
            }
            List<Seen> read = found.stream()
                    .flatMap(row -> PayoutReader.seen(row).stream())
                    .toList();
            List<Seen> ours = ofBatch(read, batchId);
            return ours.isEmpty() && read.size() == found.size() ? new Answer.Done<>(Optional.empty()) : one(ours);
        }));
    }

    private static List<Seen> ofBatch(List<Seen> rows, String batchId) {
        return rows.stream().filter(seen -> seen.batchId().equals(batchId)).toList();
    }

    /** The batches are of one withdrawal each: an answer with several rows is not about one of ours. */
    private static Answer<Optional<Seen>> one(List<Seen> rows) {
        return rows.size() == 1
                ? new Answer.Done<>(Optional.of(rows.getFirst()))
                : new Answer.Unknown<>("an answer with " + rows.size() + " withdrawals of the batch");
    }

    /** Day by day, and a day of too many pages hour by hour. */
    @Override
    public Answer<List<Seen>> list(Instant from, Instant to) {
        Map<String, Seen> all = new LinkedHashMap<>(); // a row may come to stand on the next page meanwhile
        Deque<Span> left = new ArrayDeque<>(Span.inMillis(from, to).each(LONGEST));
        while (!left.isEmpty()) {
            Span span = left.pop();
            Answer<Boolean> whole = list(span, all);
            if (!(whole instanceof Answer.Done<Boolean>(Boolean isWhole))) {
                return whole.map(_ -> List.of());
            }
            if (!isWhole) {
                if (span.length().compareTo(SHORTEST) <= 0) {
                    return new Answer.Unknown<>("an hour of more than " + pages + " pages");
                }
                span.each(span.length().compareTo(A_DAY) > 0 ? A_DAY : SHORTEST)
                        .reversed()
                        .forEach(left::push);
            }
        }
        return new Answer.Done<>(List.copyOf(all.values()));
    }

    private record Span(Instant from, Instant to) {
        /** The provider's times have no more; what lies in between is in it. */
        static Span inMillis(Instant from, Instant to) {
            return new Span(
                    from.truncatedTo(ChronoUnit.MILLIS),
                    to.plusMillis(1).minusNanos(1).truncatedTo(ChronoUnit.MILLIS));
        }

        Duration length() {
            return Duration.between(from, to);
        }

        /** In order; the last may be shorter. */
        List<Span> each(Duration length) {
            List<Span> all = new ArrayList<>();
            Instant begin = from;
            do {
                Instant end = begin.plus(length).isBefore(to) ? begin.plus(length) : to;
                all.add(new Span(begin, end));
                begin = end;
            } while (begin.isBefore(to));
            return all;
        }
    }

    /** Answers whether its pages came to an end. */
    private Answer<Boolean> list(Span span, Map<String, Seen> all) {
        for (int page = 0; page < pages; page++) {
            if (!listing.asBlocking().tryConsumeUninterruptibly(1, Settings.LONGEST_CALL)) {
                return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of lists per second");
            }
            String query = "/payout?limit=" + rows + "&page=" + page + "&order_by=dateCreated&order=asc&date_from="
                    + NowPaymentsClient.encode(span.from().toString()) + "&date_to="
                    + NowPaymentsClient.encode(span.to().toString());
            Answer<List<Json.Obj>> answer = send(query, null, object(NowPaymentsPayouts::listed));
            if (!(answer instanceof Answer.Done<List<Json.Obj>>(List<Json.Obj> rows))) {
                return answer.map(_ -> false);
            }
            if (rows.isEmpty()) { // a page that is only shorter than asked tells nothing: the provider may have a limit
                // of its own
                return new Answer.Done<>(true);
            }
            List<Seen> read = rows.stream()
                    .flatMap(row -> PayoutReader.seen(row).stream())
                    .toList();
            if (read.size() < rows.size()) {
                return new Answer.Unknown<>("a list with a row that cannot be read");
            }
            read.forEach(seen -> all.put(seen.withdrawalId(), seen));
        }
        return new Answer.Done<>(false);
    }

    private static Answer<List<Json.Obj>> listed(Json.Obj body) {
        return NowPaymentsClient.items(body, "payouts")
                .<Answer<List<Json.Obj>>>map(items -> items.stream().allMatch(Json.Obj.class::isInstance)
                        ? new Answer.Done<>(
                                items.stream().map(Json.Obj.class::cast).toList())
                        : new Answer.Unknown<>("a list with a row that is no object"))
                .orElseGet(() -> new Answer.Unknown<>("an answer without a list"));
    }

    @Override
    public Answer<Money> minimum(Asset coin) {
        return call(
                "/payout-withdrawal/min-amount/" + NowPaymentsClient.encode(coin.code()),
                null,
                object(body -> amount(body, "result", coin)));
    }

    @Override
    public Answer<Money> fee(Asset coin, Money amount) {
        return call(
                "/payout/fee?currency=" + NowPaymentsClient.encode(coin.code()) + "&amount=" + amount.text(),
                null,
                object(body -> amount(body, "fee", coin)));
    }

    private static Answer<Money> amount(Json.Obj body, String name, Asset coin) {
        return PaymentReader.amount(body, name, coin)
                .<Answer<Money>>map(Answer.Done::new)
                .orElseGet(() -> new Answer.Unknown<>("an answer without an amount"));
    }

    @Override
    public Answer<Map<Asset, Money>> balance() {
        return call("/balance", null, object(body -> {
            Map<Asset, Money> coins = new LinkedHashMap<>();
            body.members().forEach((code, value) -> {
                if (value instanceof Json.Obj coin) {
                    PaymentReader.asset(code)
                            .ifPresent(asset -> PaymentReader.amount(coin, "amount", asset)
                                    .ifPresent(amount -> coins.put(asset, amount)));
                }
            });
            return new Answer.Done<>(Map.copyOf(coins));
        }));
    }

    /** First what the coin's own description tells, for which nothing needs to be on a list there; then the provider's own look. */
    @Override
    public Answer<Checked> validate(Place place) {
        Answer<Checked> described = call("/full-currencies", null, object(body -> fits(body, place)));
        if (!(described instanceof Answer.Done<Checked>(Checked checked))) {
            return described;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("address", place.address());
        body.put("currency", place.currency().code());
        body.put("extra_id", place.extraId());
        Answer<Boolean> looked = call("/payout/validate-address", body, NowPaymentsPayouts::ok);
        return looked instanceof Answer.Declined<Boolean>(String code, String _) && code.equals("ip_refused")
                ? described
                : looked.map(_ -> new Checked(checked.network(), true));
    }

    private static Answer<Checked> fits(Json.Obj body, Place place) {
        Optional<Json.Obj> found = NowPaymentsClient.items(body, "currencies").orElse(List.of()).stream()
                .flatMap(item -> item instanceof Json.Obj row ? Stream.of(row) : Stream.empty())
                .filter(row -> PaymentReader.asset(row, "code").equals(Optional.of(place.currency())))
                .findFirst();
        if (found.isEmpty() || NowPaymentsClient.isFalse(found.get(), "enable")) {
            return new Answer.Declined<>("coin_unavailable", "the provider has no coin " + place.currency());
        }
        Json.Obj coin = found.get();
        if (!matches(coin, "wallet_regex", place.address())) {
            return new Answer.Declined<>("address_refused", "not the form of an address of " + place.currency());
        }
        boolean takesMemo = coin.member("extra_id_exists")
                .filter(value -> value instanceof Json.Bool(boolean is) && is)
                .isPresent();
        if (takesMemo && place.extraId() == null) {
            return new Answer.Declined<>("memo_needed", "a wallet of " + place.currency() + " is found by a memo too");
        }
        if (place.extraId() != null && !(takesMemo && matches(coin, "extra_id_regex", place.extraId()))) {
            return new Answer.Declined<>("memo_refused", "not a memo of " + place.currency());
        }
        return new Answer.Done<>(new Checked(
                PaymentReader.text(coin, "network")
                        .map(network -> PaymentReader.clean(network, LONGEST_WORD))
                        .orElse(null),
                false));
    }

    /** A pattern that is absent or none of Java's tells nothing. */
    private static boolean matches(Json.Obj coin, String name, String text) {
        try {
            return PaymentReader.text(coin, name)
                    .map(regex -> Pattern.compile(regex).matcher(text).find())
                    .orElse(true);
        } catch (PatternSyntaxException e) {
            return true;
        }
    }

    /** Some answers are one word and no JSON. */
    private static Answer<Boolean> ok(byte[] bytes) {
        String word = new String(bytes, StandardCharsets.UTF_8).strip();
        return word.replace("\"", "").equalsIgnoreCase("ok")
                ? new Answer.Done<>(true)
                : new Answer.Unknown<>("an answer that is not OK");
    }

    private static <T> Function<byte[], Answer<T>> object(Function<Json.Obj, Answer<T>> read) {
        return bytes -> JsonText.read(bytes) instanceof JsonText.Reading.Whole(Json.Obj body)
                ? read.apply(body)
                : new Answer.Unknown<>("an answer that is no JSON object");
    }

    /** Without a login the call goes with the key alone, which is enough to ask. A null body asks. */
    private <T> Answer<T> call(String path, @Nullable Object body, Function<byte[], Answer<T>> read) {
        return asking.tryConsume(1)
                ? send(path, body, read)
                : new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of calls about payouts per second");
    }

    private <T> Answer<T> send(String path, @Nullable Object body, Function<byte[], Answer<T>> read) {
        URI url = URI.create(base + path);
        byte @Nullable [] bytes = body == null ? null : json.writeValueAsBytes(body);
        return token.canBeHad()
                ? token.with(key, headers -> http.call(url, headers, bytes, within), reply -> read(reply, read))
                : read(http.call(url, key, bytes, within), read);
    }

    private static <T> Answer<T> read(Reply reply, Function<byte[], Answer<T>> read) {
        Answer<T> answer = NowPaymentsClient.answerOf(reply, read);
        return answer instanceof Answer.Declined<T>(String code, String reason)
                ? declined(reply, code, reason)
                : answer;
    }

    /** What the provider says in words only, in the order in which they are looked for. */
    private static <T> Answer<T> declined(Reply reply, String code, String reason) {
        String words = reason.toLowerCase(Locale.ROOT);
        return new Answer.Declined<>(
                MEANINGS.stream()
                        .filter(one -> words.contains(one.words()))
                        .map(Meaning::code)
                        .findFirst()
                        .orElse(reply instanceof Reply.Received received && received.status() == 404 ? ABSENT : code),
                reason);
    }
}
