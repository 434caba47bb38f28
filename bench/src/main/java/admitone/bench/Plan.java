package admitone.bench;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How much is measured.
 *
 * @param payments of a round; 0: as many as take some five seconds
 * @param warmUp with payments, before anything is measured; one round of them at least
 * @param warmUpBlocks of repeats and of status reads, before theirs are measured
 * @param baseline of each number of connections
 * @param block of repeats and of status reads
 * @param latency of each round at 20 payments a second
 * @param entries of the statement
 * @param rest between ready and the look at the memory
 */
record Plan(
        Set<Measure.Group> groups,
        int rounds,
        int starts,
        int payments,
        int connections,
        Duration warmUp,
        int warmUpBlocks,
        Duration baseline,
        Duration block,
        Duration latency,
        Duration rest,
        int entries,
        long seed) {

    boolean has(Measure.Group group) {
        return groups.contains(group);
    }

    /** What is measured in rounds, in this order. */
    List<Measure.Group> inRounds() {
        return Stream.of(Measure.Group.SETTLE, Measure.Group.MESSAGES, Measure.Group.REPEATS, Measure.Group.STATUS)
                .filter(this::has)
                .toList();
    }
}
