package admitone.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** A request that is refused: an answer of RFC 9457 with a stable {@code code}. */
final class Problem extends RuntimeException {
    /** What is wrong with a field, by its path in the body. */
    record Fault(String field, String message) {}

    private final HttpStatus status;
    private final String code;
    private final transient Map<String, Object> more = new LinkedHashMap<>();
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    Problem(HttpStatus status, String code, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
    }

    static Problem notFound() {
        return new Problem(
                HttpStatus.NOT_FOUND, "not_found", "There is nothing here by this id that this token may see.");
    }

    static Problem conflict(String code, String detail) {
        return new Problem(HttpStatus.CONFLICT, code, detail);
    }

    static Problem buyerBanned() {
        return conflict(
                "buyer_banned",
                "The seller banned this user from the channel: neither a payment nor a grant would let them in. DELETE"
                        + " /api/v1/channels/{id}/bans/{telegram_user_id} takes the ban back.");
    }

    static Problem unprocessable(String code, String detail) {
        return new Problem(HttpStatus.UNPROCESSABLE_CONTENT, code, detail);
    }

    static Problem invalid(List<Fault> faults) {
        return unprocessable("invalid", "Mend what is listed in errors and send the request again.")
                .with("errors", faults);
    }

    static Problem invalid(String field, String message) {
        return invalid(List.of(new Fault(field, message)));
    }

    static Problem malformed(String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, "malformed", detail);
    }

    static Problem notNow(String code, String detail, Duration after) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, code, detail)
                .header(
                        "Retry-After",
                        Long.toString(Math.max(1, after.plusMillis(999).toSeconds())));
    }

    static Problem planClosed() {
        return conflict(
                "plan_closed", "This plan is not sold any more; GET /api/v1/channels/{id} lists those that are.");
    }

    static Problem unauthorized(boolean given) {
        return new Problem(
                        HttpStatus.UNAUTHORIZED,
                        "unauthorized",
                        given
                                ? "This token is not known or was revoked."
                                : "Send the header Authorization: Bearer <token>. The operator's token is in the file"
                                        + " api-token of the data directory.")
                .header("WWW-Authenticate", "Bearer realm=\"admitone\"" + (given ? ", error=\"invalid_token\"" : ""));
    }

    Problem with(String name, Object value) {
        more.put(name, value);
        return this;
    }

    Problem header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    HttpStatus status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", status.getReasonPhrase());
        body.put("status", status.value());
        body.put("detail", getMessage());
        body.put("code", code);
        body.putAll(more);
        return body;
    }
}
