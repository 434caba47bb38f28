package admitone.api;

import admitone.database.Transactions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;

/** Turns whatever a request under {@code /api/v1} ends in into a problem document; nothing of the inside shows in it. */
@Component
class Problems implements HandlerExceptionResolver, Ordered {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final MediaType CSV = MediaType.parseMediaType("text/csv");
    private static final Duration SOON = Duration.ofSeconds(2);

    private final JsonMapper json;

    Problems(JsonMapper json) {
        this.json = json;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception e) {
        if (!ApiFilter.isApi(request) || response.isCommitted()) {
            return null;
        }
        try {
            write(response, problem(request, e));
        } catch (IOException gone) {
            log.debug("the caller went away before the answer", gone);
        }
        return new ModelAndView();
    }

    void write(HttpServletResponse response, Problem problem) throws IOException {
        response.resetBuffer();
        response.setStatus(problem.status().value());
        problem.headers().forEach(response::setHeader);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(problem.body()));
    }

    private static Problem problem(HttpServletRequest request, Exception e) {
        return switch (e) {
            case Problem problem -> problem;
            case HttpMessageNotReadableException _ ->
                Problem.malformed("This request needs a body: one JSON object with the content type application/json.");
            case HttpRequestMethodNotSupportedException wrong -> methodNotAllowed(wrong);
            case HttpMediaTypeNotSupportedException wrong ->
                new Problem(
                        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                        "unsupported_media_type",
                        wrong.getSupportedMediaTypes().contains(CSV)
                                ? "Send the file as CSV, with the header Content-Type: text/csv."
                                : "Send the body as JSON, with the header Content-Type: application/json.");
            case HttpMediaTypeNotAcceptableException _ ->
                new Problem(
                        HttpStatus.NOT_ACCEPTABLE,
                        "not_acceptable",
                        "This is to be had as application/json, a ledger as text/csv too.");
            case Transactions.UnknownCommit _ ->
                logged(
                        request,
                        e,
                        Problem.notNow(
                                "outcome_unknown",
                                "Whether this took effect is not known. Send it again with the same Idempotency-Key:"
                                        + " nothing happens twice.",
                                SOON));
            case DuplicateKeyException _ ->
                logged(
                        request,
                        e,
                        Problem.conflict(
                                "made_meanwhile",
                                "Another request made the same at the same moment. Look at what is there now."));
            case PessimisticLockingFailureException _,
                    QueryTimeoutException _,
                    TransientDataAccessException _,
                    DataAccessResourceFailureException _,
                    CannotCreateTransactionException _ ->
                logged(
                        request,
                        e,
                        Problem.notNow(
                                "unavailable", "The database does not answer now. Send the request again.", SOON));
            case ErrorResponse known when known.getStatusCode().is4xxClientError() -> known(known);
            default -> internal(request, e);
        };
    }

    private static Problem methodNotAllowed(HttpRequestMethodNotSupportedException wrong) {
        String allowed = String.join(
                ", ",
                Optional.ofNullable(wrong.getSupportedMethods())
                        .map(Arrays::asList)
                        .orElse(java.util.List.of()));
        return new Problem(HttpStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "This path answers to " + allowed + ".")
                .header("Allow", allowed);
    }

    private static Problem known(ErrorResponse known) {
        HttpStatus status = Optional.ofNullable(
                        HttpStatus.resolve(known.getStatusCode().value()))
                .orElse(HttpStatus.BAD_REQUEST);
        return status == HttpStatus.NOT_FOUND
                ? new Problem(status, "not_found", "There is no such path. They are listed in /api/v1/openapi.json.")
                : new Problem(status, "malformed", "The request cannot be read; see /api/v1/openapi.json.");
    }

    private static Problem logged(HttpServletRequest request, Exception e, Problem problem) {
        log.warn(
                "{} {} answered {} ({})",
                request.getMethod(),
                request.getRequestURI(),
                problem.status().value(),
                e.getClass().getSimpleName());
        return problem;
    }

    private static Problem internal(HttpServletRequest request, Exception e) {
        String reference = UUID.randomUUID().toString();
        log.error("{} {} failed, reference {}", request.getMethod(), request.getRequestURI(), reference, e);
        return new Problem(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        "internal",
                        "Something is wrong on our side; the log tells more under reference " + reference + ".")
                .with("reference", reference);
    }
}
