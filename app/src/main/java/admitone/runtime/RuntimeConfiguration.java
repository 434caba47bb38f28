package admitone.runtime;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The seams: whoever needs time, randomness, threads or the outside gets it from here, so that a test can put its own in place. */
@Configuration
class RuntimeConfiguration {
    @Bean
    SteadyClock clock() {
        return new SteadyClock(Clock.systemUTC());
    }

    @Bean
    Ids ids(Clock clock) {
        return new Ids(clock, new SecureRandom());
    }

    @Bean
    SigningKey signingKey(Settings settings, Ids ids) {
        return SigningKey.of(settings, ids);
    }

    @Bean
    Executor executor() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    @Bean
    FaultPoints faultPoints() {
        return FaultPoints.fromSystemProperty();
    }

    @Bean
    OutsideHttp outsideHttp() {
        return new OutsideHttp();
    }
}
