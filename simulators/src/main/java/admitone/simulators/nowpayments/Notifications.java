package admitone.simulators.nowpayments;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Signs, sends, repeats, loses and records notifications. One payment's go out in order unless a switch says otherwise. */
final class Notifications implements AutoCloseable {
    private static final int KEPT = 10_000;
    private static final int DETAIL_LENGTH = 200;
    private static final int GOOD_FROM = 200;
    private static final int GOOD_BELOW = 300;

    /** Who it is about, where it goes, and what it says. */
    private record Subject(long id, String status, String url, ObjectNode json) {
        Subject to(String otherUrl) {
            return new Subject(id, status, otherUrl, json);
        }
    }

    private record Letter(long paymentId, String status, String url, String body, String signature) {}

    /** A way to spend one of the losses that the settings grant. */
    interface Losses {
        boolean take(String status);
    }

    private final SimClock clock;
    private final Agenda agenda;
    private final Supplier<Settings> settings;
    private final Losses losses;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(threads)
            .build();
    private final Deque<Delivery> log = new ArrayDeque<>();
    private final Map<Long, CompletableFuture<?>> tails = new HashMap<>();
    private final Map<Long, List<Letter>> held = new HashMap<>();

    Notifications(SimClock clock, Agenda agenda, Supplier<Settings> settings, Losses losses) {
        this.clock = clock;
        this.agenda = agenda;
        this.settings = settings;
        this.losses = losses;
    }

    /** Sends the payment's present state. Completes with the first attempt of each copy; further attempts come by themselves. */
    CompletableFuture<List<Delivery>> send(Payment payment, int times, boolean concurrent) {
        Settings now = settings.get();
        Subject subject = new Subject(
                payment.id(),
                payment.status(),
                Objects.requireNonNullElse(payment.terms().ipnCallbackUrl(), ""),
                PaymentJson.notification(payment, now));
        if (payment.wasExpired() && !payment.status().equals("expired") && !now.ipnAfterExpired) {
            return silent(subject, Delivery.Result.NOT_SENT, "nothing is told after expired");
        }
        return send(subject, now, times, concurrent);
    }

    /** Sends what a withdrawal has become. */
    CompletableFuture<List<Delivery>> send(long withdrawalId, String status, String url, ObjectNode json) {
        Settings now = settings.get();
        return send(new Subject(withdrawalId, status, url, json), now, now.ipnDuplicates, now.ipnConcurrent);
    }

    private CompletableFuture<List<Delivery>> send(Subject told, Settings now, int times, boolean concurrent) {
        String fallback = now.ipnCallbackUrl;
        String secret = now.ipnSecret;
        Subject subject = told.url().isBlank() && fallback != null ? told.to(fallback) : told;
        if (subject.url().isBlank()) {
            return silent(subject, Delivery.Result.NOT_SENT, "no ipn_callback_url");
        }
        if (secret == null || secret.isBlank()) {
            return silent(subject, Delivery.Result.NOT_SENT, "no ipn_secret");
        }
        if (losses.take(subject.status())) {
            return silent(subject, Delivery.Result.DROPPED, "lost by ipn_drop");
        }
        List<Letter> copies = Collections.nCopies(times, letter(subject, secret, now));
        return now.ipnReorder > 1 ? hold(subject, copies, now.ipnReorder) : inTurn(subject.id(), copies, concurrent);
    }

    /** Sends what was kept back, last first. */
    List<Delivery> flush() {
        List<List<Letter>> waiting;
        synchronized (this) {
            waiting = new ArrayList<>(held.values());
            held.clear();
        }
        return waiting.stream()
                .flatMap(letters -> inTurn(letters.getFirst().paymentId(), letters.reversed(), false).join().stream())
                .toList();
    }

    synchronized List<Delivery> deliveries(Predicate<Delivery> wanted) {
        return log.stream().filter(wanted).toList();
    }

    synchronized void clear() {
        log.clear();
        tails.clear();
        held.clear();
    }

    private CompletableFuture<List<Delivery>> silent(Subject subject, Delivery.Result result, String why) {
        Delivery delivery =
                new Delivery(subject.id(), subject.status(), subject.url(), "", "", 0, 0, result, why, clock.instant());
        record(delivery);
        return CompletableFuture.completedFuture(List.of(delivery));
    }

    private static Letter letter(Subject subject, String secret, Settings settings) {
        String body = JsJson.stringify(settings.ipnUnsorted ? subject.json() : JsJson.sorted(subject.json()));
        // signed as a receiver will parse it, not as it is kept here: a number above 2^53 is already rounded on the
        // wire
        String signedText = Signature.signedText(JsJson.MAPPER.readTree(body), settings.ipnArrays);
        String key = settings.ipnWrongSignature ? secret + "-wrong" : secret;
        return new Letter(subject.id(), subject.status(), subject.url(), body, Signature.of(key, signedText));
    }

    private CompletableFuture<List<Delivery>> hold(Subject subject, List<Letter> letters, int window) {
        List<Letter> ready = List.of();
        synchronized (this) {
            List<Letter> waiting = held.computeIfAbsent(subject.id(), _ -> new ArrayList<>());
            waiting.addAll(letters);
            if (waiting.size() >= window) {
                ready = List.copyOf(waiting);
                held.remove(subject.id());
            }
        }
        if (!ready.isEmpty()) {
            return inTurn(subject.id(), ready.reversed(), false);
        }
        return silent(subject, Delivery.Result.HELD, "kept back by ipn_reorder");
    }

    /** After everything of the same payment that was sent before. */
    private synchronized CompletableFuture<List<Delivery>> inTurn(
            long paymentId, List<Letter> letters, boolean concurrent) {
        CompletableFuture<?> before = tails.getOrDefault(paymentId, CompletableFuture.completedFuture(null));
        CompletableFuture<List<Delivery>> mine =
                before.handleAsync((_, _) -> concurrent ? together(letters) : oneByOne(letters), threads);
        tails.put(paymentId, mine);
        CompletableFuture<?> _ = mine.whenComplete((_, _) -> forget(paymentId, mine));
        return mine;
    }

    private synchronized void forget(long paymentId, CompletableFuture<?> done) {
        tails.remove(paymentId, done);
    }

    private List<Delivery> oneByOne(List<Letter> letters) {
        return letters.stream().map(letter -> attempt(letter, 1)).toList();
    }

    private List<Delivery> together(List<Letter> letters) {
        List<CompletableFuture<Delivery>> all = letters.stream()
                .map(letter -> CompletableFuture.supplyAsync(() -> attempt(letter, 1), threads))
                .toList();
        return all.stream().map(CompletableFuture::join).toList();
    }

    private Delivery attempt(Letter letter, int number) {
        try {
            Thread.sleep(settings.get().ipnDelayMs);
            Delivery delivery = post(letter, number);
            record(delivery);
            if (delivery.isToBeRetried() && number <= settings.get().ipnRetries) {
                agenda.in(
                        Duration.ofMillis(settings.get().ipnRetryIntervalMs),
                        () -> threads.execute(() -> attempt(letter, number + 1)));
            }
            return delivery;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private Delivery post(Letter letter, int number) throws InterruptedException {
        CompletableFuture<HttpResponse<String>> answer;
        try {
            answer = http.sendAsync(request(letter), HttpResponse.BodyHandlers.ofString());
        } catch (IllegalArgumentException e) {
            return delivery(letter, number, 0, Delivery.Result.UNREACHABLE, "not an address: " + e.getMessage());
        }
        try {
            HttpResponse<String> response = answer.get(settings.get().ipnTimeoutMs, TimeUnit.MILLISECONDS);
            int status = response.statusCode();
            boolean good = status >= GOOD_FROM && status < GOOD_BELOW;
            return delivery(
                    letter,
                    number,
                    status,
                    good ? Delivery.Result.ACCEPTED : Delivery.Result.REFUSED,
                    shortened(response.body()));
        } catch (TimeoutException e) {
            answer.cancel(true);
            return delivery(
                    letter, number, 0, Delivery.Result.TIMEOUT, "no answer in " + settings.get().ipnTimeoutMs + " ms");
        } catch (ExecutionException e) {
            String cause = e.getCause() instanceof IOException io ? io.toString() : e.toString();
            return delivery(letter, number, 0, Delivery.Result.UNREACHABLE, shortened(cause));
        }
    }

    private static HttpRequest request(Letter letter) {
        return HttpRequest.newBuilder(URI.create(letter.url()))
                .header("Content-Type", "application/json")
                .header("x-nowpayments-sig", letter.signature())
                .POST(HttpRequest.BodyPublishers.ofString(letter.body()))
                .build();
    }

    private Delivery delivery(Letter letter, int number, int httpStatus, Delivery.Result result, String detail) {
        return new Delivery(
                letter.paymentId(),
                letter.status(),
                letter.url(),
                letter.body(),
                letter.signature(),
                number,
                httpStatus,
                result,
                detail,
                clock.instant());
    }

    private synchronized void record(Delivery delivery) {
        if (log.size() == KEPT) {
            log.removeFirst();
        }
        log.addLast(delivery);
    }

    private static String shortened(String text) {
        return text.length() <= DETAIL_LENGTH ? text : text.substring(0, DETAIL_LENGTH);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
    }
}
