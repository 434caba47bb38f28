package admitone.money;

import admitone.runtime.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Refreshes the rates in the background. */
@Component
class RatesRefresh implements SmartLifecycle {
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final Rates rates;
    private volatile @Nullable Loop loop;

    RatesRefresh(Rates rates) {
        this.rates = rates;
    }

    @Override
    public void start() {
        rates.load();
        loop = Loop.start("rates", EVERY, rates::refresh);
    }

    @Override
    public void stop() {
        Loop running = loop;
        if (running != null) {
            running.close();
        }
        loop = null;
    }

    @Override
    public boolean isRunning() {
        return loop != null;
    }
}
