package admitone.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** An error as people and programs are told it: a page for a browser, problem+json for the rest. Never a word of what went wrong inside. */
@Component
class ErrorAnswers {
    private static final List<String> FOR_PROGRAMS = List.of("/api/", "/ipn", "/telegram/", "/health");

    private final ITemplateEngine templates;

    ErrorAnswers(ITemplateEngine templates) {
        this.templates = templates;
    }

    private record Words(String code, String title, String detail) {}

    ResponseEntity<Object> of(HttpStatusCode status, HttpHeaders headers, HttpServletRequest request, String path) {
        Words words = words(status.value());
        var answer = ResponseEntity.status(status).headers(headers);
        if (wantsPage(request, path)) {
            var page = new Context(Locale.ENGLISH, Map.of("title", words.title(), "detail", words.detail()));
            return answer.contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                    .body(templates.process("web/error", page));
        }
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, words.detail());
        problem.setTitle(words.title());
        problem.setProperty("code", words.code());
        return answer.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
    }

    private static boolean wantsPage(HttpServletRequest request, String path) {
        String accept = request.getHeader("Accept");
        return accept != null
                && accept.contains("text/html")
                && FOR_PROGRAMS.stream().noneMatch(path::startsWith);
    }

    private static Words words(int status) {
        return switch (status) {
            case 400 -> new Words("bad_request", "Bad request", "The request could not be understood.");
            case 401 -> new Words("unauthorized", "Not signed in", "This needs a valid token.");
            case 403 -> new Words("forbidden", "Not allowed", "This is not yours to see or do.");
            case 404 -> new Words("not_found", "Not found", "There is nothing at this address.");
            case 405 -> new Words("method_not_allowed", "Not possible", "This address does not take such a request.");
            case 406 ->
                new Words("not_acceptable", "Not possible", "This address has no answer of the type asked for.");
            case 413 -> new Words("too_large", "Too large", "The request is too large.");
            case 415 -> new Words("unsupported_media_type", "Not possible", "A body of this type is not read here.");
            case 429 ->
                new Words(
                        "too_many_requests",
                        "One moment, please",
                        "Too many requests came from your address. Wait a little, then try again.");
            case 503 ->
                new Words(
                        "unavailable",
                        "Back in a moment",
                        "The service cannot answer just now. Nothing is lost: try again in a few seconds.");
            default ->
                status < 500
                        ? new Words("refused", "Not possible", "The request could not be answered.")
                        : new Words(
                                "internal",
                                "Something went wrong",
                                "This is our fault, not yours. Nothing is lost: try again in a moment.");
        };
    }
}
