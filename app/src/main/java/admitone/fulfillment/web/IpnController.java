package admitone.fulfillment.web;

import admitone.database.Lane;
import admitone.fulfillment.Fulfillment;
import admitone.fulfillment.Unrecognised;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationReader;
import admitone.payments.NotificationReader.Reading;
import admitone.payments.NotificationVerifier;
import admitone.payments.NotificationVerifier.Verdict;
import admitone.payments.PayoutNotifications;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes in notifications: the signature over the raw bytes, then durable, then 200. */
@RestController
class IpnController {
    private static final Logger log = LoggerFactory.getLogger(IpnController.class);
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_AT_ONCE = 256;
    private static final Duration WAIT_FOR_PLACE = Duration.ofMillis(1500);
    private static final String RETRY_AFTER_SECONDS = "30";
    private static final byte[] ACCEPTED = "{\"status\":\"accepted\"}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DUPLICATE = "{\"status\":\"duplicate\"}".getBytes(StandardCharsets.US_ASCII);

    private final NotificationVerifier verifier;
    private final NotificationReader reader;
    private final RecentReadings recent;
    private final Fulfillment fulfillment;
    private final PayoutNotifications payouts;
    private final Unrecognised unrecognised;
    private final Clock clock;
    private final FaultPoints faults;
    private final MeterRegistry meters;
    private final Counter accepted;
    private final Counter duplicates;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final AtomicLong lastRefusalLogged = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();

    IpnController(
            NotificationVerifier verifier,
            NotificationReader reader,
            RecentReadings recent,
            Fulfillment fulfillment,
            PayoutNotifications payouts,
            Unrecognised unrecognised,
            Clock clock,
            FaultPoints faults,
            MeterRegistry meters) {
        this.verifier = verifier;
        this.reader = reader;
        this.recent = recent;
        this.fulfillment = fulfillment;
        this.payouts = payouts;
        this.unrecognised = unrecognised;
        this.clock = clock;
        this.faults = faults;
        this.meters = meters;
        this.accepted = meters.counter("admitone.ipn", "outcome", "accepted");
        this.duplicates = meters.counter("admitone.ipn", "outcome", "duplicate");
    }

    /** Null where the answer is written already. */
    @PostMapping("/ipn")
    @Nullable
    ResponseEntity<?> ipn(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int told = request.getContentLength(); // -1: not told
        byte[] body = request.getInputStream().readNBytes(told < 0 || told > MOST_BYTES ? MOST_BYTES + 1 : told);
        if (body.length > MOST_BYTES) {
            return problem(HttpStatus.CONTENT_TOO_LARGE, "too_large", "A notification has at most 64 KiB.");
        }
        String sender = request.getRemoteAddr();
        String signature = signature(request);
        Trigger trigger = new Trigger(Cause.IPN, sender, clock.instant());
        Optional<Heard> again = recent.find(body, signature, trigger);
        if (again.isPresent()) {
            return inTurn(() -> fulfillment.hear(again.get()).duplicate(), response);
        }
        return switch (verifier.verify(body, signature)) {
            case Verdict.Refused(String why) -> {
                tellRefused(sender, why);
                yield problem(HttpStatus.UNAUTHORIZED, "signature_refused", "The signature does not hold.");
            }
            case Verdict.Malformed(String why) -> {
                tellRefused(sender, why);
                yield problem(
                        HttpStatus.BAD_REQUEST, "malformed", "The body is beyond a limit of what is read: " + why);
            }
            case Verdict.Genuine(byte[] signed) ->
                inTurn(
                        () -> switch (reader.read(signed, trigger)) {
                            case Reading.Understood(var heard) -> {
                                recent.remember(body, Objects.requireNonNull(signature), heard);
                                yield fulfillment.hear(heard).duplicate();
                            }
                            case Reading.AboutPayout() -> !payouts.keep(signed, trigger);
                            case Reading.Unrecognised(String why) -> !unrecognised.keep(signed, why, trigger);
                        },
                        response);
        };
    }

    /** However many come at once, only so many are worked on; who waits too long is asked to come again. */
    private @Nullable ResponseEntity<?> inTurn(BooleanSupplier isDuplicate, HttpServletResponse response)
            throws IOException {
        try {
            if (!places.tryAcquire(WAIT_FOR_PLACE.toMillis(), TimeUnit.MILLISECONDS)) {
                return notStored();
            }
            Optional<byte[]> stored;
            try {
                stored = Lane.INTAKE.run(() -> takeIn(isDuplicate));
            } finally {
                places.release();
            }
            if (stored.isEmpty()) {
                return notStored();
            }
            // by hand: of all answers this is the one that is waited for
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLength(stored.get().length);
            response.getOutputStream().write(stored.get());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return notStored();
        }
    }

    /** The answer; empty when it could not be stored. */
    private Optional<byte[]> takeIn(BooleanSupplier isDuplicate) {
        try {
            boolean duplicate = isDuplicate.getAsBoolean();
            faults.reach(Point.CP02_BEFORE_ANSWER);
            (duplicate ? duplicates : accepted).increment();
            return Optional.of(duplicate ? DUPLICATE : ACCEPTED);
        } catch (RuntimeException e) {
            log.error("a genuine notification could not be stored; the provider is asked to repeat it", e);
            return Optional.empty();
        }
    }

    private ResponseEntity<?> notStored() {
        meters.counter("admitone.ipn", "outcome", "not_stored").increment();
        return problem(
                HttpStatus.SERVICE_UNAVAILABLE, "not_stored", "The notification could not be stored. Send it again.");
    }

    /** A forger must not be able to fill the disk: a line a second at most, and how many were left out. */
    private void tellRefused(String sender, String why) {
        meters.counter("admitone.ipn", "outcome", "refused").increment();
        long now = clock.millis();
        long last = lastRefusalLogged.get();
        if (now - last >= 1000 && lastRefusalLogged.compareAndSet(last, now)) {
            log.info(
                    "notification from {} refused: {} ({} more since the last such line)",
                    sender,
                    why,
                    leftOut.getAndSet(0));
        } else {
            leftOut.incrementAndGet();
        }
    }

    /** Exactly one header counts: of two, nobody can say which one the sender meant. */
    private static @Nullable String signature(HttpServletRequest request) {
        List<String> all = Collections.list(request.getHeaders("x-nowpayments-sig"));
        return all.size() == 1 ? all.getFirst() : null;
    }

    private static ResponseEntity<ProblemDetail> problem(HttpStatus status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("code", code);
        var answer = ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        return (status == HttpStatus.SERVICE_UNAVAILABLE ? answer.header("Retry-After", RETRY_AFTER_SECONDS) : answer)
                .body(problem);
    }
}
