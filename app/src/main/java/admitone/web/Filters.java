package admitone.web;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** Filters that Spring Boot would put before every request, where they are of use: notifications and polls have metrics of their own. */
@Configuration
class Filters {
    @Bean
    FilterRegistrationBean<ServerHttpObservationFilter> observation(ObservationRegistry registry) {
        var filter = new FilterRegistrationBean<>(new ServerHttpObservationFilter(registry));
        filter.addUrlPatterns("/api/v1/*", "/c/*", "/pay/*", "/success", "/success/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return filter;
    }

    /** The dispatcher servlet does what it would. */
    @Bean
    FilterRegistrationBean<RequestContextFilter> requestContext() {
        var filter = new FilterRegistrationBean<>(new RequestContextFilter());
        filter.setEnabled(false);
        return filter;
    }
}
