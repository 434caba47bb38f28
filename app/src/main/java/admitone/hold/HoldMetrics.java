package admitone.hold;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** Something to wake a person by: 1 while outside effects wait. */
@Component
class HoldMetrics implements MeterBinder {
    private final Hold hold;

    HoldMetrics(Hold hold) {
        this.hold = hold;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("admitone.hold", hold, on -> on.isOn() ? 1 : 0)
                .description("1 while outside effects are on hold after a restore")
                .register(registry);
    }
}
