package admitone.telegram.web;

import admitone.database.Lane;
import admitone.hold.Hold;
import admitone.messaging.UpdateInbox;
import admitone.messaging.UpdateInbox.Raw;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes in updates: the secret, then durable, then 200. What they mean is seen to afterwards, by the elected instance. What a copy took in its
 * original would miss: Telegram keeps it, and sends it again.
 */
@RestController
class UpdatesController {
    private static final Logger log = LoggerFactory.getLogger(UpdatesController.class);
    private static final String SECRET = "X-Telegram-Bot-Api-Secret-Token";
    private static final int MOST_BYTES = 1 << 20;
    /** Fewer than the connections for what is taken in, so that notifications of payments keep theirs. */
    private static final int MOST_AT_ONCE = 4;

    private static final Duration WAIT_FOR_PLACE = Duration.ofMillis(1500);
    private static final String RETRY_AFTER_SECONDS = "5";

    private static final String OF_ANOTHER_BOT =
            "sent to another bot, which ran here before and whose webhook still stands: call deleteWebhook with its token";

    private final UpdateInbox inbox;
    private final Hold hold;
    private final JsonMapper json;
    private final Clock clock;
    private final MeterRegistry meters;
    private final long botId;
    private final Optional<byte[]> secret;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final AtomicLong lastRefusalLogged = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();

    UpdatesController(
            UpdateInbox inbox, Hold hold, JsonMapper json, Clock clock, MeterRegistry meters, Settings settings) {
        this.inbox = inbox;
        this.hold = hold;
        this.json = json;
        this.clock = clock;
        this.meters = meters;
        this.botId = settings.telegram().botId();
        this.secret = settings.telegram().webhookSecret().map(Secret::value).map(UpdatesController::bytes);
    }

    @PostMapping("/telegram/updates")
    ResponseEntity<?> update(HttpServletRequest request) throws IOException {
        if (!isFromTelegram(request)) {
            tellRefused(request.getRemoteAddr(), "without this bot's secret");
            return problem(HttpStatus.UNAUTHORIZED, "secret_refused", "The secret is missing or another one.");
        }
        if (!isForThisBot(request)) {
            tellRefused(request.getRemoteAddr(), OF_ANOTHER_BOT);
            // an address that answers so for 23 hours Telegram gives up by itself
            return problem(HttpStatus.GONE, "other_bot", "This service runs another bot.");
        }
        if (hold.mayBeACopy()) {
            return notStored();
        }
        byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            tellRefused(request.getRemoteAddr(), "over 1 MiB");
            return problem(HttpStatus.CONTENT_TOO_LARGE, "too_large", "An update has at most 1 MiB.");
        }
        Optional<Raw> update = read(body);
        if (update.isEmpty()) {
            tellRefused(request.getRemoteAddr(), "no JSON object with an update_id");
            return problem(HttpStatus.BAD_REQUEST, "malformed", "The body is no JSON object with an update_id.");
        }
        return inTurn(update.get());
    }

    /** Exactly one header counts: of two, nobody can say which one the sender meant. */
    private boolean isFromTelegram(HttpServletRequest request) {
        List<String> given = Collections.list(request.getHeaders(SECRET));
        return given.size() == 1 && secret.isPresent() && MessageDigest.isEqual(secret.get(), bytes(given.getFirst()));
    }

    /** The address that the keeper sets names the bot. One that names none is taken to be this bot's. */
    private boolean isForThisBot(HttpServletRequest request) {
        String bot = request.getParameter("bot");
        return bot == null || MessageDigest.isEqual(bytes(bot), bytes(Long.toString(botId)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Optional<Raw> read(byte[] body) {
        try {
            JsonNode update = json.readTree(body);
            JsonNode id = update.path("update_id");
            return id.isIntegralNumber() && id.canConvertToLong()
                    ? Optional.of(new Raw(id.longValue(), update.toString()))
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private ResponseEntity<?> inTurn(Raw update) {
        try {
            if (!places.tryAcquire(WAIT_FOR_PLACE.toMillis(), TimeUnit.MILLISECONDS)) {
                return notStored();
            }
            try {
                return Lane.INTAKE.run(() -> store(update));
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return notStored();
        }
    }

    private ResponseEntity<?> store(Raw update) {
        try {
            inbox.store(botId, List.of(update));
            meters.counter("admitone.updates", "outcome", "accepted").increment();
            return ResponseEntity.ok(Map.of("status", "accepted"));
        } catch (RuntimeException e) {
            log.error("update {} could not be stored; Telegram is asked to repeat it", update.updateId(), e);
            return notStored();
        }
    }

    private ResponseEntity<?> notStored() {
        meters.counter("admitone.updates", "outcome", "not_stored").increment();
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "not_stored", "The update could not be stored. Send it again.");
    }

    /** A forger must not be able to fill the disk: a line a second at most, and how many were left out. */
    private void tellRefused(String sender, String why) {
        meters.counter("admitone.updates", "outcome", "refused").increment();
        long now = clock.millis();
        long last = lastRefusalLogged.get();
        if (now - last >= 1000 && lastRefusalLogged.compareAndSet(last, now)) {
            log.info(
                    "update from {} refused: {} ({} more since the last such line)", sender, why, leftOut.getAndSet(0));
        } else {
            leftOut.incrementAndGet();
        }
    }

    private static ResponseEntity<ProblemDetail> problem(HttpStatus status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("code", code);
        var answer = ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        return (status == HttpStatus.SERVICE_UNAVAILABLE ? answer.header("Retry-After", RETRY_AFTER_SECONDS) : answer)
                .body(problem);
    }
}
