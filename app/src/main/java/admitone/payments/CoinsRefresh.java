package admitone.payments;

import admitone.runtime.Recurring;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Refreshes the coins in the background. */
@Component
class CoinsRefresh extends Recurring {
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Coins coins;

    CoinsRefresh(Coins coins) {
        super("coins", EVERY);
        this.coins = coins;
    }

    @Override
    public void start() {
        coins.load();
        super.start();
    }

    @Override
    protected void round() {
        coins.refresh();
    }
}
