package admitone.simulators.nowpayments;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The faults that are waiting to happen, first come first served. */
final class Faults {
    /** One occurrence. */
    record Due(Fault kind, long delayMs) {}

    /** Without an operation: whichever is called. */
    private record Planned(@Nullable Operation operation, Due due, int times) {
        boolean concerns(Operation called) {
            return operation == null || operation == called;
        }
    }

    private final List<Planned> planned = new ArrayList<>();

    synchronized void plan(@Nullable Operation operation, Fault kind, int times, long delayMs) {
        Settings.require(times > 0, "times is not positive");
        Settings.require(delayMs >= 0, "delay_ms is negative");
        planned.add(new Planned(operation, new Due(kind, delayMs), times));
    }

    synchronized Optional<Due> take(Operation called) {
        for (int i = 0; i < planned.size(); i++) {
            Planned plan = planned.get(i);
            if (plan.concerns(called)) {
                if (plan.times() == 1) {
                    planned.remove(i);
                } else {
                    planned.set(i, new Planned(plan.operation(), plan.due(), plan.times() - 1));
                }
                return Optional.of(plan.due());
            }
        }
        return Optional.empty();
    }

    synchronized void clear() {
        planned.clear();
    }
}
