package admitone.acceptance;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** How often each crash point is tried: {@code -Dadmitone.crash-rounds=n}. Without, once, and where that takes long a few of the points only. */
final class CrashRounds {
    private static final int ASKED = Integer.getInteger("admitone.crash-rounds", 0);

    private CrashRounds() {}

    static boolean areAskedFor() {
        return ASKED > 0;
    }

    static IntStream rounds() {
        return IntStream.rangeClosed(1, Math.max(1, ASKED));
    }

    /** Each point, in each round. */
    static Stream<Arguments> of(List<String> points) {
        return rounds().boxed().flatMap(round -> points.stream().map(point -> Arguments.of(point, round)));
    }
}
