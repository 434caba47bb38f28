package admitone.bot;

import admitone.access.Effects;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Where the bot may let in nobody, nothing is sold until it may again; the seller is told and asked to mend it, once for each loss. */
@Component
class LostRights {
    /** A kind of case. */
    private static final String CANNOT_ADMIT = "cannot_admit";

    private final Catalog catalog;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    LostRights(Catalog catalog, Cases cases, Tasks tasks, Timeline timeline, Clock clock) {
        this.catalog = catalog;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** Within the current transaction of the channel's seller. False where it was known. */
    boolean found(Channel channel, String why) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean isNews = catalog.cannotAdmit(channel, now);
        if (isNews) {
            cases.open(
                    channel.seller(), Reachability.question(CANNOT_ADMIT, channel, now.toString(), Map.of("why", why)));
            tasks.owe(channel.seller(), TellRightsTask.lost(channel, now));
            note(channel, "rights_lost", Map.of("why", why));
        }
        return isNews;
    }

    /** Within the current transaction of the channel's seller. False where nothing else was known. */
    boolean mended(Channel channel) {
        Optional<Instant> lost = catalog.mayAdmit(channel);
        lost.ifPresent(since -> {
            String subject = Reachability.question(CANNOT_ADMIT, channel, since.toString(), Map.of())
                    .subject();
            cases.settle(channel.seller(), subject, CANNOT_ADMIT, "mended", "the bot may let people in again");
            tasks.owe(channel.seller(), TellRightsTask.givenBack(channel, since));
            tasks.hurry(channel.seller(), Effects.APPROVE_JOIN);
            note(channel, "rights_given_back", Map.of());
        });
        return lost.isPresent();
    }

    private void note(Channel channel, String kind, Map<String, String> detail) {
        timeline.append(
                channel.seller(),
                new Event("channel:" + channel.id(), clock.instant(), kind, "telegram", "getChatMember", detail));
    }
}
