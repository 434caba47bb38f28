package admitone.bot;

import admitone.access.Effects;
import admitone.bot.Reachability.Finding;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.ChatKind;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Looks whether the bot may still let people into a channel that is on sale and keep others out, and how that is called, whenever its place there is another one, and goes on looking until it
 * may. What Telegram answers counts, and not the order in which changes are told.
 */
@Component
class LookRightsTask implements TaskHandler, IncomingListener {
    private static final String KIND = "look_rights";
    /** Times the attempts. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private static final int LONGEST_PAUSE = 60; // times that

    private final Catalog catalog;
    private final Reachability reachability;
    private final LostRights lostRights;
    private final PlanPosts posts;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Transactions transactions;

    LookRightsTask(
            Catalog catalog,
            Reachability reachability,
            LostRights lostRights,
            PlanPosts posts,
            Messenger messenger,
            Tasks tasks,
            Transactions transactions) {
        this.catalog = catalog;
        this.reachability = reachability;
        this.lostRights = lostRights;
        this.posts = posts;
        this.messenger = messenger;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    /** The source of the look that is taken again and again. */
    static final String ROUND = "round";

    /** {@code source}: what makes it be owed once. */
    static Owed look(Channel channel, String source) {
        return Owed.now(
                KIND,
                "channel:" + channel.id() + ":rights:" + source,
                Map.of("channel", channel.id().toString()));
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof BotPlaced placed) {
            catalog.channelOf(new ClosedChatId(placed.chatId()))
                    .ifPresent(channel -> transactions.run(
                            channel.seller(), () -> tasks.owe(channel.seller(), look(channel, "update-" + updateId))));
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot has its rights again
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        return switch (reachability.ofBot(channel)) {
            case Finding.Free() -> {
                Optional<ChatKind> chat = chat(channel);
                if (chat.isPresent() && !chat.get().canBeSold()) {
                    transactions.run(channel.seller(), () -> lostRights.found(channel, chat.get()));
                    yield Result.later(pause(task), "nobody can be kept out");
                }
                if (chat.isEmpty() && catalog.isClosed(channel.seller(), channel.id())) {
                    yield Result.later(pause(task), "whether it can be sold again is not known");
                }
                yield new Result.Done(() -> {
                    chat.ifPresent(seen -> catalog.membersMayAdd(channel, seen.membersMayAdd()));
                    Optional<String> title = chat.map(ChatKind::title).filter(text -> !text.isBlank());
                    if (title.isPresent() && catalog.chatTitle(channel, title.get())) {
                        posts.refresh(
                                catalog.channel(channel.seller(), channel.id()).orElseThrow());
                    }
                    if (lostRights.mended(channel) || !isOfRound(task)) { // its link may have gone with the rights
                        tasks.wake(channel.seller(), Effects.lookLink(channel.id()));
                    }
                });
            }
            case Finding.NoRights(String why) -> {
                transactions.run(channel.seller(), () -> lostRights.found(channel, why));
                yield Result.later(pause(task), why);
            }
            case Finding.NotKnown(Duration after, String why) ->
                Result.later(after.compareTo(pause(task)) > 0 ? after : pause(task), why);
            case Finding.Banned() -> throw new IllegalStateException("asked about the bot alone: " + channel.id());
        };
    }

    /** Its seller may have changed it; without an answer the next look tells. */
    private Optional<ChatKind> chat(Channel channel) {
        return messenger.kind(channel.closedChat().value()) instanceof Answer.Done<ChatKind>(ChatKind chat)
                ? Optional.of(chat)
                : Optional.empty();
    }

    private static boolean isOfRound(Task task) {
        return task.subject().endsWith(":" + ROUND);
    }

    /** Longer each time, also where nobody answers. */
    private static Duration pause(Task task) {
        return LOOK_AGAIN.multipliedBy(Math.min(task.attempt(), LONGEST_PAUSE));
    }
}
