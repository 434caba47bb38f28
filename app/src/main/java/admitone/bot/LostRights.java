package admitone.bot;

import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Where the bot may let in nobody, nothing is sold until it may again; the seller is asked to mend it, once a day. */
@Component
class LostRights {
    /** A kind of case. */
    private static final String CANNOT_ADMIT = "cannot_admit";

    private final Catalog catalog;
    private final Cases cases;
    private final Timeline timeline;
    private final Clock clock;

    LostRights(Catalog catalog, Cases cases, Timeline timeline, Clock clock) {
        this.catalog = catalog;
        this.cases = cases;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** Within the current transaction of the channel's seller. */
    void found(Channel channel, String why) {
        String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        cases.open(channel.seller(), Reachability.question(CANNOT_ADMIT, channel, today, Map.of("why", why)));
        if (catalog.cannotAdmit(channel, clock.instant())) {
            note(channel, "rights_lost", Map.of("why", why));
        }
    }

    /** Within the current transaction of the channel's seller. */
    void mended(Channel channel) {
        if (catalog.mayAdmit(channel)) {
            note(channel, "rights_given_back", Map.of());
        }
    }

    private void note(Channel channel, String kind, Map<String, String> detail) {
        timeline.append(
                channel.seller(),
                new Event("channel:" + channel.id(), clock.instant(), kind, "telegram", "getChatMember", detail));
    }
}
