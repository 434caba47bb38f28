package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestService;
import org.junit.jupiter.api.Test;

class ControllersFlowTests {
    /** They are made at their first request: a mistake in their wiring is met here, and not by whoever asks first. */
    @Test
    void eachCanBeMade() {
        assertThat(TestService.shared().context().getBeansWithAnnotation(ApiController.class))
                .hasSizeGreaterThan(15);
    }
}
