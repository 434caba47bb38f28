package admitone.checkout.web;

import admitone.checkout.web.BuyerReads.Found;
import admitone.database.Lane;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Where a purchase stands, for pages and scripts that poll. Reads only. */
@RestController
class StatusController {
    private static final Duration ASK_AGAIN_WHEN_FINAL = Duration.ofHours(1);

    private final BuyerReads reads;
    private final StatusLimit limit;
    private final JsonMapper json;

    StatusController(BuyerReads reads, StatusLimit limit, JsonMapper json) {
        this.reads = reads;
        this.limit = limit;
        this.json = json;
    }

    /** Null where the answer is written already. */
    @GetMapping("/api/payment-status")
    @Nullable
    ResponseEntity<?> status(
            @RequestParam(name = "order_id", required = false) @Nullable String orderId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (orderId == null) {
            return missingOrderId();
        }
        String address = request.getRemoteAddr();
        Optional<Duration> wait = limit.refuses(orderId, address);
        if (wait.isPresent()) {
            return tooOften(wait.get());
        }
        Optional<Found> found = Lane.READS.run(() -> reads.find(orderId, Pages.language(request)));
        if (found.isEmpty()) {
            return unknownOrder();
        }
        wait = limit.count(orderId, address);
        if (wait.isPresent()) {
            return tooOften(wait.get());
        }
        answer(StatusAnswer.of(orderId, found.get()), request, response);
        return null;
    }

    /** By hand, since it is polled more than anything else. A 304 where the asker has it already. */
    private void answer(StatusAnswer answer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String tag = tag(answer);
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", tag);
        if (answer.isFinal()) {
            response.setHeader("Retry-After", seconds(ASK_AGAIN_WHEN_FINAL));
        }
        if (has(request, tag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        byte[] body = json.writeValueAsBytes(answer);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static boolean has(HttpServletRequest request, String tag) {
        for (String tags : Collections.list(request.getHeaders("If-None-Match"))) {
            if (tags.strip().equals("*") || tags.contains(tag)) {
                return true; // quoted, so it is no part of another
            }
        }
        return false;
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
