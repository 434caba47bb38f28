package admitone.checkout.web;

import admitone.runtime.Settings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets success pages that are served elsewhere read the status API: the origins of the setting only, GET only, never with
 * credentials. Before the limits, so that a page can read their refusals too.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class StatusCors extends OncePerRequestFilter {
    private static final String PATH = "/api/payment-status";

    private final List<String> allowed;

    StatusCors(Settings settings) {
        this.allowed = settings.allowedOrigins();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.equals(PATH) && !path.startsWith(PATH + "/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.addHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        boolean mayRead = origin != null && allowed.contains(origin);
        if (mayRead) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Expose-Headers", "ETag, Retry-After");
            response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
        }
        if (origin != null
                && request.getMethod().equals("OPTIONS")
                && request.getHeader("Access-Control-Request-Method") != null) {
            if (mayRead) {
                response.setHeader("Access-Control-Allow-Methods", "GET");
                response.setHeader("Access-Control-Allow-Headers", "If-None-Match, Last-Event-ID");
                response.setHeader("Access-Control-Max-Age", "3600");
            }
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        chain.doFilter(request, response);
    }
}
