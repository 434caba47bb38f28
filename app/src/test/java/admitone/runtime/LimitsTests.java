package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.local.LocalBucket;
import java.time.Duration;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class LimitsTests {
    /** By one that is, a machine whose clock was set back would let nobody pay until it had caught up. */
    @Test
    void goByNoClockThatIsSet() {
        assertThat(Limits.of(3, Duration.ofSeconds(1)))
                .asInstanceOf(InstanceOfAssertFactories.type(LocalBucket.class))
                .matches(bucket -> !bucket.getTimeMeter().isWallClockBased());
    }

    @Test
    void giveSoManyAtOnce() {
        var hourly = Limits.of(3, Duration.ofHours(1));

        assertThat(hourly.tryConsume(3)).isTrue();
        assertThat(hourly.tryConsume(1)).isFalse();
        assertThat(Duration.ofNanos(hourly.estimateAbilityToConsume(1).getNanosToWaitForRefill()))
                .as("one in twenty minutes")
                .isGreaterThan(Duration.ofMinutes(15))
                .isLessThanOrEqualTo(Duration.ofMinutes(20));
    }
}
