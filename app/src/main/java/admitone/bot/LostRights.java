package admitone.bot;

import admitone.access.Effects;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NotSold;
import admitone.catalog.Channel;
import admitone.messaging.ChatMoved;
import admitone.messaging.Messenger.ChatKind;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Where the bot may let in nobody, or nobody can be kept out, nothing is sold until it may again; the seller is told and asked to mend it, once for each loss. */
@Component
class LostRights {
    /** A kind of case. */
    private static final String CANNOT_ADMIT = "cannot_admit";

    private static final String CHAT_TAKEN = "chat_taken";
    /** One for each channel: a group becomes a supergroup once. */
    private static final String TAKEN = "taken";

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

    /** Within the current transaction of the channel's seller: the bot lacks its rights there. False where it was known. */
    boolean found(Channel channel, String why) {
        return found(channel, NotSold.NO_RIGHTS, why);
    }

    /** Within the current transaction of the channel's seller: who has no right cannot be kept out there. False where it was known. */
    boolean found(Channel channel, ChatKind chat) {
        return chat.isBasicGroup()
                ? found(channel, NotSold.BASIC_GROUP, "it is a basic group")
                : found(channel, NotSold.PUBLIC, "it is public");
    }

    private boolean found(Channel channel, NotSold reason, String why) {
        if (isTaken(channel)) {
            return false;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean isOther = catalog.whyNotSold(channel.seller(), channel.id())
                .filter(before -> before != reason)
                .isPresent();
        if (isOther) { // its seller has mended what they were told, and reads what else there is
            catalog.mayAdmit(channel).ifPresent(since -> settle(channel, since, "another reason since"));
        }
        boolean isNews = catalog.cannotAdmit(channel, now, reason);
        if (isNews) {
            cases.open(
                    channel.seller(), Reachability.question(CANNOT_ADMIT, channel, now.toString(), Map.of("why", why)));
            tasks.owe(channel.seller(), TellRightsTask.lost(channel, now, reason));
            note(channel, "rights_lost", Map.of("why", why));
        }
        return isNews;
    }

    /** Within the current transaction of the channel's seller: its chat is another channel's by now, so that nobody can be let in by this one ever again. False where it was known. */
    boolean taken(Channel channel, ChatMoved chat) {
        boolean isNew = cases.openAndTell(
                channel.seller(),
                Reachability.question(
                        CHAT_TAKEN,
                        channel,
                        TAKEN,
                        Map.of(
                                "channel", channel.id().toString(),
                                "chat", Long.toString(chat.to()),
                                "was", Long.toString(chat.from()))));
        if (isNew) {
            catalog.cannotAdmit(channel, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            note(channel, "chat_taken", Map.of("to", Long.toString(chat.to())));
        }
        return isNew;
    }

    private boolean isTaken(Channel channel) {
        String subject =
                Reachability.question(CHAT_TAKEN, channel, TAKEN, Map.of()).subject();
        return cases.find(channel.seller(), subject, CHAT_TAKEN).isPresent();
    }

    /** Within the current transaction of the channel's seller. False where nothing else was known. */
    boolean mended(Channel channel) {
        if (isTaken(channel)) { // what the bot may do there is asked of the other's chat
            return false;
        }
        Optional<Instant> lost = catalog.mayAdmit(channel);
        lost.ifPresent(since -> {
            settle(channel, since, "the bot may let people in again");
            tasks.owe(channel.seller(), TellRightsTask.givenBack(channel, since));
            Effects.BY_RIGHTS.forEach(kind -> tasks.hurry(channel.seller(), kind));
            // waits for nobody: whoever moves the group locks that task before the channel
            tasks.hurryFirst(
                    channel.seller(),
                    Effects.FILL_POOL,
                    Map.of("channel", channel.id().toString()));
            note(channel, "rights_given_back", Map.of());
        });
        return lost.isPresent();
    }

    private void settle(Channel channel, Instant since, String why) {
        String subject = Reachability.question(CANNOT_ADMIT, channel, since.toString(), Map.of())
                .subject();
        cases.settle(channel.seller(), subject, CANNOT_ADMIT, "mended", why);
    }

    private void note(Channel channel, String kind, Map<String, String> detail) {
        timeline.append(
                channel.seller(),
                new Event("channel:" + channel.id(), clock.instant(), kind, "telegram", "getChatMember", detail));
    }
}
