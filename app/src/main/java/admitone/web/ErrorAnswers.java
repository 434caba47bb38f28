package admitone.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.LocaleResolver;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** An error as people and programs are told it: a page in its language for a browser, problem+json in English for the rest. Never a word of what went wrong inside. */
@Component
class ErrorAnswers {
    private static final List<String> FOR_PROGRAMS = List.of("/api/", "/ipn", "/telegram/", "/health");

    private final ITemplateEngine templates;
    private final MessageSource words;
    private final LocaleResolver languages;

    ErrorAnswers(ITemplateEngine templates, MessageSource words, LocaleResolver languages) {
        this.templates = templates;
        this.words = words;
        this.languages = languages;
    }

    ResponseEntity<Object> of(HttpStatusCode status, HttpHeaders headers, HttpServletRequest request, String path) {
        String code = code(status.value());
        var answer = ResponseEntity.status(status).headers(headers);
        if (wantsPage(request, path)) {
            Locale language = languages.resolveLocale(request);
            var page = new Context(language, Map.of("title", title(code, language), "detail", detail(code, language)));
            return answer.contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                    .body(templates.process("web/error", page));
        }
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail(code, Locale.ENGLISH));
        problem.setTitle(title(code, Locale.ENGLISH));
        problem.setProperty("code", code);
        return answer.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
    }

    private static boolean wantsPage(HttpServletRequest request, String path) {
        String accept = request.getHeader("Accept");
        return accept != null
                && accept.contains("text/html")
                && FOR_PROGRAMS.stream().noneMatch(path::startsWith);
    }

    private String title(String code, Locale language) {
        return words.getMessage("error." + code, null, language);
    }

    private String detail(String code, Locale language) {
        return words.getMessage("error." + code + ".detail", null, language);
    }

    private static String code(int status) {
        return switch (status) {
            case 400 -> "bad_request";
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 406 -> "not_acceptable";
            case 413 -> "too_large";
            case 415 -> "unsupported_media_type";
            case 429 -> "too_many_requests";
            case 503 -> "unavailable";
            default -> status < 500 ? "refused" : "internal";
        };
    }
}
