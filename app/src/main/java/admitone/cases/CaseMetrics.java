package admitone.cases;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** How many questions wait for a person, of all sellers: something waits as long as one does. */
@Component
class CaseMetrics implements MeterBinder {
    private final Cases cases;

    CaseMetrics(Cases cases) {
        this.cases = cases;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("admitone.cases.open", cases, Cases::countOpen)
                .description("cases that wait for a person's decision")
                .register(registry);
    }
}
