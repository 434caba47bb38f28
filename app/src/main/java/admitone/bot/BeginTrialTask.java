package admitone.bot;

import admitone.access.HandBans;
import admitone.access.Trials;
import admitone.bot.TellOfferTask.Word;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Begins the free trial of somebody who came by its link, unless they are banned in the messenger: it would let them in nowhere, and be gone for ever. */
@Component
class BeginTrialTask implements TaskHandler {
    private static final String KIND = "begin_trial";

    /** So long they wait for the messenger to answer our question, then it begins without. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Catalog catalog;
    private final HandBans handBans;
    private final Trials trials;
    private final Tasks tasks;
    private final Clock clock;

    BeginTrialTask(Catalog catalog, HandBans handBans, Trials trials, Tasks tasks, Clock clock) {
        this.catalog = catalog;
        this.handBans = handBans;
        this.trials = trials;
        this.tasks = tasks;
        this.clock = clock;
    }

    static Owed begin(long updateId, Channel channel, Said said) {
        return Owed.now(
                KIND,
                "trial:update-" + updateId,
                Map.of(
                        "update", Long.toString(updateId),
                        "chat", Long.toString(said.userId()),
                        "channel", channel.id().toString(),
                        "language", said.language().code()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        long user = Long.parseLong(task.need("chat"));
        long update = Long.parseLong(task.need("update"));
        return switch (handBans.look(channel, user)) {
            case HandBans.Finding.Banned() -> new Result.Done(() -> tell(task, channel, Word.BANNED));
            case HandBans.Finding.NotKnown(Duration after, String why)
            when task.owedAt().plus(PATIENCE).isAfter(clock.instant()) ->
                Result.later(after.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : after, why);
            case HandBans.Finding.Free _, HandBans.Finding.NotKnown _ ->
                new Result.Done(() -> tell(task, channel, Word.of(trials.begin(channel, user, "update " + update))));
        };
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true;
    }

    private void tell(Task task, Channel channel, Word word) {
        tasks.owe(
                task.seller(),
                TellOfferTask.tell(
                        Long.parseLong(task.need("update")),
                        channel,
                        word,
                        Long.parseLong(task.need("chat")),
                        Language.of(task.need("language"))));
    }
}
