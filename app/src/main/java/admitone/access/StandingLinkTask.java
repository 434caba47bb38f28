package admitone.access;

import admitone.catalog.Catalog;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Makes the one link of a channel that asks for approval. An answer that was lost leaves a link that opens nothing; it is
 * abandoned and a new one made under the next name, and a request through the lost one is still known by its name.
 */
@Component
class StandingLinkTask implements TaskHandler {
    static final String NAME_PREFIX = "ao-";
    private static final int MOST_ABANDONED = 10;
    /** The others find it on their page, and by /start. */
    private static final int MOST_TOLD_ANEW = 1000;

    private final Catalog catalog;
    private final Grants grants;
    private final Messenger messenger;
    private final Tasks tasks;

    StandingLinkTask(Catalog catalog, Grants grants, Messenger messenger, Tasks tasks) {
        this.tasks = tasks;
        this.catalog = catalog;
        this.grants = grants;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.STANDING_LINK;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // the channel cannot be sold without it: shown as waiting until the bot may make it
    }

    @Override
    public Result attempt(Task task) {
        UUID channelId = UUID.fromString(task.need("channel"));
        var channel = catalog.channel(task.seller(), channelId).orElseThrow();
        if (channel.standingLink() != null) {
            return Result.done();
        }
        if (task.unknowns() >= MOST_ABANDONED) {
            return Result.dead(
                    MOST_ABANDONED + " links were made whose answers were lost; run it again when Telegram answers");
        }
        String name = name(channelId) + "-" + task.attempt();
        return switch (messenger.createRequestLink(channel.closedChat().value(), name)) {
            case Answer.Done<String>(String link) ->
                new Result.Done(() -> {
                    if (!catalog.standingLink(channel, link)) { // its chat has moved meanwhile: another is on its way
                        return;
                    }
                    grants.linkIsThere(task.seller(), channelId);
                    tasks.hurry(task.seller(), Effects.DELIVER_ACCESS);
                    tasks.hurry(task.seller(), Effects.TELL_LISTED);
                    // whoever was sent another link before, and is not inside
                    tasks.owe(
                            task.seller(),
                            grants.toldOutside(task.seller(), channelId, MOST_TOLD_ANEW).stream()
                                    .map(grant -> Effects.deliverAgain(grant, "link-" + task.attempt()))
                                    .toList());
                });
            case Answer.Declined<String>(String code, String reason) -> new Result.Failed(code + ": " + reason);
            case Answer.NotNow<String>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<String>(String reason) -> new Result.Unknown(Duration.ofSeconds(1), reason);
        };
    }

    static String name(UUID channelId) {
        return NAME_PREFIX + channelId.toString().substring(24);
    }
}
