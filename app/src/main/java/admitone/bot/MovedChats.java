package admitone.bot;

import admitone.access.MovedLinks;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.RouteKind;
import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.catalog.OpenChatId;
import admitone.database.Transactions;
import admitone.messaging.ChatMoved;
import admitone.messaging.Incoming;
import admitone.messaging.IncomingListener;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * A group that is sold, or in which plans are posted, becomes a supergroup: it is the same channel under another id, with links of its own, and what the bot may
 * do there is looked up anew. Told by an update or by an answer, whichever is first; the other changes nothing.
 */
@Component
class MovedChats implements IncomingListener {
    private static final Logger log = LoggerFactory.getLogger(MovedChats.class);

    private final Catalog catalog;
    private final MovedLinks links;
    private final PlanPosts posts;
    private final LostRights lostRights;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    MovedChats(
            Catalog catalog,
            MovedLinks links,
            PlanPosts posts,
            LostRights lostRights,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        this.catalog = catalog;
        this.links = links;
        this.posts = posts;
        this.lostRights = lostRights;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof Incoming.Migrated(long from, long to)) {
            moved(new ChatMoved(from, to));
        }
    }

    @EventListener
    void moved(ChatMoved chat) {
        catalog.channelOf(new ClosedChatId(chat.from())).ifPresent(channel -> sold(channel, chat));
        List<Channel> beside = catalog.channelsBeside(new OpenChatId(chat.from()));
        if (!beside.isEmpty() && isFree(RouteKind.OPEN_CHAT, beside.getFirst().seller(), chat)) {
            open(beside, chat);
        }
    }

    private void sold(Channel channel, ChatMoved chat) {
        if (catalog.channelOf(new ClosedChatId(chat.to())).isPresent()
                || !isFree(RouteKind.CLOSED_CHAT, channel.seller(), chat)) {
            boolean isNew = transactions.run(channel.seller(), () -> lostRights.taken(channel, chat));
            if (isNew) {
                log.error(
                        "channel {}: its group {} became {}, which is registered as another channel; its buyers are let in nowhere",
                        channel.id(),
                        chat.from(),
                        chat.to());
            }
            return;
        }
        try {
            transactions.run(channel.seller(), () -> move(channel, chat));
        } catch (KnownAlready _) {
            log.info("channel {}: its group became {}, told twice at once", channel.id(), chat.to());
        }
    }

    private void move(Channel channel, ChatMoved chat) {
        links.makeAnew(channel);
        if (!catalog.moved(channel, new ClosedChatId(chat.to()))) {
            throw new KnownAlready(); // the links that were retired may be those of the new chat
        }
        tasks.owe(channel.seller(), LookRightsTask.look(channel, "moved-to" + chat.to()));
        note(channel, chat);
    }

    /** Told twice at once: nothing of the second is written. */
    private static final class KnownAlready extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void open(List<Channel> beside, ChatMoved chat) {
        SellerId seller = beside.getFirst().seller();
        transactions.run(seller, () -> {
            if (!catalog.moved(seller, new OpenChatId(chat.from()), new OpenChatId(chat.to()))) {
                return;
            }
            for (Channel channel : beside) {
                posts.gone(seller, channel.id()); // what stands in the old one cannot be changed any more
                catalog.channel(seller, channel.id()).ifPresent(posts::refresh);
                note(channel, chat);
            }
        });
    }

    private boolean isFree(String kind, SellerId seller, ChatMoved chat) {
        return catalog.claimRoute(kind, Long.toString(chat.to()), seller).equals(seller);
    }

    private void note(Channel channel, ChatMoved chat) {
        timeline.append(
                channel.seller(),
                new Event(
                        "channel:" + channel.id(),
                        clock.instant(),
                        "chat_moved",
                        "telegram",
                        "migrate_to_chat_id",
                        Map.of("from", Long.toString(chat.from()), "to", Long.toString(chat.to()))));
    }
}
