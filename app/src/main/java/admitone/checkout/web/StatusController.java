package admitone.checkout.web;

import admitone.checkout.web.BuyerReads.Found;
import admitone.database.Lane;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where a purchase stands, for pages and scripts that poll. Reads only. */
@RestController
class StatusController {
    private static final Duration ASK_AGAIN_WHEN_FINAL = Duration.ofHours(1);

    private final BuyerReads reads;
    private final StatusLimit limit;

    StatusController(BuyerReads reads, StatusLimit limit) {
        this.reads = reads;
        this.limit = limit;
    }

    @GetMapping(value = "/api/payment-status", produces = "application/json")
    ResponseEntity<?> status(
            @RequestParam(name = "order_id", required = false) @Nullable String orderId, HttpServletRequest request) {
        if (orderId == null) {
            return missingOrderId();
        }
        String address = request.getRemoteAddr();
        Optional<Duration> wait = limit.refuses(orderId, address);
        if (wait.isPresent()) {
            return tooOften(wait.get());
        }
        Optional<Found> found = Lane.READS.run(() -> reads.find(orderId));
        if (found.isEmpty()) {
            return unknownOrder();
        }
        return limit.count(orderId, address)
                .<ResponseEntity<?>>map(StatusController::tooOften)
                .orElseGet(() -> answer(StatusAnswer.of(orderId, found.get())));
    }

    /** Spring turns it into a 304 where the asker has it already. */
    private static ResponseEntity<?> answer(StatusAnswer answer) {
        var response = ResponseEntity.ok().cacheControl(CacheControl.noCache()).eTag(tag(answer));
        return (answer.isFinal() ? response.header("Retry-After", seconds(ASK_AGAIN_WHEN_FINAL)) : response)
                .body(answer);
    }

    static ResponseEntity<ProblemDetail> missingOrderId() {
        return problem(HttpStatus.BAD_REQUEST, "missing_parameter", "The parameter order_id is missing.");
    }

    /** The same for every order that is not there. */
    static ResponseEntity<ProblemDetail> unknownOrder() {
        return problem(HttpStatus.NOT_FOUND, "order_not_found", "There is no such order.");
    }

    static ResponseEntity<ProblemDetail> tooOften(Duration wait) {
        return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                .header("Retry-After", seconds(wait))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body(
                        HttpStatus.TOO_MANY_REQUESTS,
                        "too_many_requests",
                        "This order was asked about too often. Ask again later."));
    }

    private static ResponseEntity<ProblemDetail> problem(HttpStatus status, String code, String detail) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body(status, code, detail));
    }

    static ProblemDetail body(HttpStatus status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("code", code);
        return problem;
    }

    /** Rounded up: who waits exactly so long is answered. */
    static String seconds(Duration wait) {
        return Long.toString(wait.plusMillis(999).toSeconds());
    }

    static String tag(StatusAnswer answer) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(answer.toString().getBytes(StandardCharsets.UTF_8));
            return "\"" + HexFormat.of().formatHex(Arrays.copyOf(digest, 12)) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
