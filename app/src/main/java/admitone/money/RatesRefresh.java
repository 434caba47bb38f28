package admitone.money;

import admitone.runtime.Recurring;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Refreshes the rates in the background. */
@Component
class RatesRefresh extends Recurring {
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final Rates rates;

    RatesRefresh(Rates rates) {
        super("rates", EVERY);
        this.rates = rates;
    }

    @Override
    public void start() {
        rates.load();
        super.start();
    }

    @Override
    protected void round() {
        rates.refresh();
    }
}
