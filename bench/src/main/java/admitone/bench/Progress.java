package admitone.bench;

import java.time.Duration;

/** Says on standard error what is being done, with the time since the start. */
final class Progress {
    private final long began = System.nanoTime();

    void say(String what) {
        Duration since = Duration.ofNanos(System.nanoTime() - began);
        System.err.printf("%3d:%02d  %s%n", since.toMinutes(), since.toSecondsPart(), what);
    }
}
