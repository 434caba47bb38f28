package admitone.nowpayments;

import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider;
import admitone.payments.NotificationReader.Reading;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Settings;
import io.github.bucket4j.Bucket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Speaks with NOWPayments about the pages that it hosts. */
@Component
class NowPaymentsInvoices implements InvoiceProvider {
    private static final String SITE = "nowpayments.io";
    private static final int LONGEST_PAGE = 500;
    private static final int ROWS = 100;
    private static final int MOST_PAGES = 5;

    private final OutsideHttp http;
    private final JsonMapper json;
    private final PaymentReader reader;
    private final AccountToken token;
    private final URI api;
    private final Duration within;
    private final Map<String, String> key;
    /** Of neither a limit is published; this is what the provider takes of payments. */
    private final Bucket making = NowPaymentsClient.perSecond(3);

    private final Bucket listing = NowPaymentsClient.perSecond(3);

    NowPaymentsInvoices(
            OutsideHttp http, JsonMapper json, PaymentReader reader, AccountToken token, Settings settings) {
        this.http = http;
        this.json = json;
        this.reader = reader;
        this.token = token;
        this.api = settings.nowPayments().apiUrl();
        this.within = settings.callWithin();
        this.key = Map.of("x-api-key", settings.nowPayments().apiKey().value());
    }

    @Override
    public Answer<Page> make(NewInvoice invoice) {
        if (!making.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of invoices made per second");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("price_amount", invoice.price().amount());
        body.put("price_currency", invoice.price().asset().code());
        body.put("order_id", invoice.orderId());
        body.put("order_description", invoice.description());
        body.put("ipn_callback_url", invoice.notifyUrl());
        body.put("success_url", invoice.returnUrl());
        body.put("partially_paid_url", invoice.returnUrl());
        body.put("cancel_url", invoice.cancelUrl());
        body.putAll(NowPaymentsClient.TERMS);
        Reply reply = http.call(URI.create(api + "/invoice"), key, json.writeValueAsBytes(body), within);
        return NowPaymentsClient.answer(reply, (object, bytes) -> made(object));
    }

    private Answer<Page> made(Json.Obj body) {
        Optional<String> id = PaymentReader.id(body, "id");
        Optional<String> page = PaymentReader.text(body, "invoice_url");
        if (id.isEmpty() || page.isEmpty()) {
            return new Answer.Unknown<>("an answer without id or address");
        }
        return ours(page.get())
                .<Answer<Page>>map(url -> new Answer.Done<>(new Page(id.get(), url)))
                .orElseGet(
                        () -> new Answer.Declined<>("refused", "its page is not at " + String.join(" or ", origins())));
    }

    /** No buyer is sent to another place than the provider's own, whatever an answer says. */
    private Optional<URI> ours(String page) {
        try {
            return Optional.of(URI.create(page))
                    .filter(url -> page.length() <= LONGEST_PAGE && url.getHost() != null && url.getUserInfo() == null)
                    .filter(url -> isOfSite(url) || origin(url).equals(origin(api)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfSite(URI url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return "https".equals(url.getScheme())
                && url.getPort() == -1
                && (host.equals(SITE) || host.endsWith("." + SITE));
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getAuthority();
    }

    @Override
    public Set<String> origins() {
        Set<String> origins = new TreeSet<>(Set.of("https://" + SITE, "https://*." + SITE));
        if (!isOfSite(api)) {
            origins.add(origin(api));
        }
        return origins;
    }

    @Override
    public boolean canList() {
        return token.canBeHad();
    }

    /** A refusal stands for a while, in which the provider is not asked. */
    @Override
    public Answer<Boolean> logIn() {
        Answer<String> answer = token.get();
        return answer instanceof Answer.NotNow<String>(Duration _, String reason) && token.isRefused()
                ? new Answer.Declined<>("login_refused", reason)
                : answer.map(_ -> true);
    }

    @Override
    public boolean isLoginRefused() {
        return token.isRefused();
    }

    @Override
    public Answer<List<Heard>> paymentsBy(String invoiceId, Trigger trigger) {
        if (!listing.tryConsume(1)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of lists per second");
        }
        List<Json.Obj> rows = new ArrayList<>();
        for (int page = 0; page < MOST_PAGES; page++) {
            if (page > 0) {
                listing.asBlocking().consumeUninterruptibly(1);
            }
            Answer<List<Json.Obj>> answer = pageOf(invoiceId, page);
            if (!(answer instanceof Answer.Done<List<Json.Obj>>(List<Json.Obj> more))) {
                return answer.map(_ -> List.of());
            }
            rows.addAll(more);
            if (more.size() < ROWS) {
                break;
            }
        }
        return new Answer.Done<>(heard(invoiceId, rows.reversed(), trigger));
    }

    @Override
    public Answer<Listed> madeSince(Instant from, int page, Trigger trigger) {
        if (!listing.asBlocking().tryConsumeUninterruptibly(1, Settings.LONGEST_CALL)) {
            return new Answer.NotNow<>(Duration.ofSeconds(1), "our own limit of lists per second");
        }
        Answer<List<Json.Obj>> answer = page("&dateFrom=" + NowPaymentsClient.encode(from.toString()), page);
        return answer.map(rows -> listed(rows, trigger));
    }

    private Listed listed(List<Json.Obj> rows, Trigger trigger) {
        List<Heard> payments = new ArrayList<>();
        Map<String, Instant> madeAt = new HashMap<>();
        for (Json.Obj row : rows) {
            heard(row, trigger).ifPresent(heard -> {
                payments.add(heard);
                NowPaymentsClient.instant(row, "created_at").ifPresent(at -> madeAt.put(heard.paymentId(), at));
            });
        }
        return new Listed(payments, madeAt, rows.size() < ROWS);
    }

    private Answer<List<Json.Obj>> pageOf(String invoiceId, int page) {
        return page("&invoiceId=" + NowPaymentsClient.encode(invoiceId), page);
    }

    private Answer<List<Json.Obj>> page(String filter, int page) {
        URI url = URI.create(
                api + "/payment/?limit=" + ROWS + "&page=" + page + "&sortBy=created_at&orderBy=desc" + filter);
        return token.with(
                key,
                headers -> http.call(url, headers, null, within),
                reply -> NowPaymentsClient.answer(
                        reply,
                        (object, bytes) -> object.member("data")
                                .<Answer<List<Json.Obj>>>map(data -> data instanceof Json.Arr(List<Json> items)
                                        ? new Answer.Done<>(objects(items))
                                        : new Answer.Unknown<>("an answer whose data is no list"))
                                .orElseGet(() -> new Answer.Unknown<>("an answer without data"))));
    }

    private static List<Json.Obj> objects(List<Json> items) {
        return items.stream()
                .flatMap(item -> item instanceof Json.Obj row ? Stream.of(row) : Stream.empty())
                .toList();
    }

    /** Only what is of this invoice, however the list was filtered: its payments, and repeated deposits to their addresses. */
    private List<Heard> heard(String invoiceId, List<Json.Obj> rows, Trigger trigger) {
        Set<Optional<String>> own = rows.stream()
                .filter(row -> PaymentReader.id(row, "invoice_id").equals(Optional.of(invoiceId)))
                .map(row -> PaymentReader.id(row, "payment_id"))
                .filter(Optional::isPresent)
                .collect(Collectors.toSet());
        return rows.stream()
                .filter(row -> own.contains(PaymentReader.id(row, "payment_id"))
                        || own.contains(PaymentReader.id(row, "parent_payment_id")))
                .flatMap(row -> heard(row, trigger).stream())
                .toList();
    }

    /** The row's own text is kept, written as the provider writes JSON. */
    private Optional<Heard> heard(Json.Obj row, Trigger trigger) {
        byte[] text = SignedText.of(row).getBytes(StandardCharsets.UTF_8);
        return reader.read(row, text, trigger) instanceof Reading.Understood(Heard heard)
                ? Optional.of(heard)
                : Optional.empty();
    }
}
