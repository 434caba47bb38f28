package admitone.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Work that is done again and again, from the start of the service to its end, by a {@link Loop} of each instance. */
public abstract class Recurring implements SmartLifecycle {
    private final String name;
    private final Duration pause;
    private volatile @Nullable Loop loop;

    /** {@code name} is that of its thread; {@code pause} is between two rounds. */
    protected Recurring(String name, Duration pause) {
        this.name = name;
        this.pause = pause;
    }

    protected abstract void round();

    @Override
    public void start() {
        loop = Loop.start(name, pause, this::round);
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
