package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Whether anybody can still ask by a channel's standing link: its owner may revoke it in Telegram, and no update tells. */
@Component
class LinkLook {
    private final Catalog catalog;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    LinkLook(Catalog catalog, Messenger messenger, Tasks tasks, Timeline timeline, Clock clock) {
        this.catalog = catalog;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** Outside of any transaction: sets it again to what it is. Declined with {@code LINK_GONE} where it opens nothing any more. */
    Answer<Boolean> at(Channel channel, String link) {
        return messenger.keepRequestLink(channel.closedChat().value(), link, StandingLinkTask.name(channel.id()));
    }

    /** Within the current transaction: another is made, and sent. In the order in which the task that makes links locks: its own row before the channel's. */
    void gone(Channel channel, String link, String source) {
        tasks.oweAgain(channel.seller(), Effects.standingLink(channel.id()));
        if (catalog.linkIsGone(channel, link)) {
            timeline.append(
                    channel.seller(),
                    new Event("channel:" + channel.id(), clock.instant(), "link_gone", "task", source, Map.of()));
        }
    }
}
