package admitone.hold;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** Something to wake a person by: that outside effects wait for one, and that the database cannot be looked at. Neither asks the database. */
@Component
class HoldMetrics implements MeterBinder {
    private final Hold hold;

    HoldMetrics(Hold hold) {
        this.hold = hold;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("admitone.hold", hold, one -> one.wasOn() ? 1 : 0)
                .description("1 while outside effects are on hold after a restore")
                .register(registry);
        Gauge.builder("admitone.hold.blind", hold, one -> one.isBlind() ? 1 : 0)
                .description("1 while the database cannot be looked at, so that outside effects wait")
                .register(registry);
    }
}
