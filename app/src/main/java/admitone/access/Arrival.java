package admitone.access;

import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** What follows from having seen a buyer inside. */
@Component
class Arrival {
    private final Grants grants;
    private final LinkPool pool;
    private final Timeline timeline;
    private final Clock clock;

    Arrival(Grants grants, LinkPool pool, Timeline timeline, Clock clock) {
        this.grants = grants;
        this.pool = pool;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** Within the current transaction, which holds the seat: what they have is admitted, and their links open nothing any more. */
    void seenInside(List<Grant> active, String cause, String source) {
        for (Grant one : active) {
            pool.retireOf(one, "the buyer was seen inside");
            if (grants.advance(one, Grant.Access.ADMITTED)) {
                timeline.append(
                        one.seller(),
                        new Event(
                                one.subject(),
                                clock.instant(),
                                "admitted",
                                cause,
                                source,
                                Map.of("how", "seen inside")));
            }
        }
    }
}
