package admitone.payments;

import admitone.runtime.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Refreshes the coins in the background. */
@Component
class CoinsRefresh implements SmartLifecycle {
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Coins coins;
    private volatile @Nullable Loop loop;

    CoinsRefresh(Coins coins) {
        this.coins = coins;
    }

    @Override
    public void start() {
        coins.load();
        loop = Loop.start("coins", EVERY, coins::refresh);
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
