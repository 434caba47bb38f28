package admitone.web;

import admitone.runtime.Limits;
import admitone.runtime.Network;
import admitone.runtime.Settings;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** How often one address may ask for public pages. Notifications, updates and what needs a token are never limited here. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class AddressLimit extends OncePerRequestFilter {
    private static final int MOST_ADDRESSES = 100_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final List<String> NEVER_LIMITED =
            List.of("/ipn", "/telegram/updates", "/api/v1", "/health", "/assets");

    private final int perMinute;
    private final Cache<Network, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_ADDRESSES)
            .expireAfterAccess(Duration.ofMinutes(2)) // full again by then
            .build();

    AddressLimit(Settings settings) {
        this.perMinute = settings.addressLimitPerMinute();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return perMinute == 0
                || NEVER_LIMITED.stream().anyMatch(free -> path.equals(free) || path.startsWith(free + "/"));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var probe = buckets.get(Network.of(request.getRemoteAddr()), network -> Limits.of(perMinute, MINUTE))
                .tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            chain.doFilter(request, response);
            return;
        }
        long seconds = Duration.ofNanos(probe.getNanosToWaitForRefill())
                .plusMillis(999)
                .toSeconds();
        response.setHeader("Retry-After", Long.toString(seconds));
        response.sendError(429);
    }
}
