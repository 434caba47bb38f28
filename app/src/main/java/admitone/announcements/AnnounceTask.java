package admitone.announcements;

import admitone.access.Grants;
import admitone.access.Lists;
import admitone.access.Seat;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells one former member of one announcement, at most once: what may have been sent is not sent again. */
@Component
class AnnounceTask implements TaskHandler {
    private static final String KIND = "announce";
    private static final Texts<AnnouncementTexts> TEXTS = Texts.of(AnnouncementTexts.class);

    private final Announcements announcements;
    private final SlowLane lane;
    private final Catalog catalog;
    private final Grants grants;
    private final Lists lists;
    private final Languages languages;
    private final Messenger messenger;
    private final Transactions transactions;
    private final String publicUrl;

    AnnounceTask(
            Announcements announcements,
            SlowLane lane,
            Catalog catalog,
            Grants grants,
            Lists lists,
            Languages languages,
            Messenger messenger,
            Transactions transactions,
            Settings settings) {
        this.announcements = announcements;
        this.lane = lane;
        this.catalog = catalog;
        this.grants = grants;
        this.lists = lists;
        this.languages = languages;
        this.messenger = messenger;
        this.transactions = transactions;
        this.publicUrl = settings.publicUrl().toString();
    }

    static Owed owed(UUID announcement, UUID channel, long telegramUserId, Instant notBefore) {
        return new Owed(
                KIND,
                "announcement:" + announcement + ":" + telegramUserId,
                Map.of(
                        "announcement", announcement.toString(),
                        "channel", channel.toString(),
                        "user", Long.toString(telegramUserId)),
                notBefore);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long user = Long.parseLong(task.need("user"));
        UUID id = UUID.fromString(task.need("announcement"));
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        if (task.interrupted()
                || announcements.isQuiet(task.seller(), user)
                || lists.isBanned(new Seat.Key(task.seller(), channel.id(), user))
                || !grants.active(task.seller(), channel.id(), user).isEmpty()) {
            // it may have been sent, is not wanted, would lead nowhere, or they have come back
            return Result.done();
        }
        var wait = lane.take(task.id());
        if (wait.isPresent()) {
            return Result.later(wait.get(), "the slow lane is full: its turn is kept");
        }
        if (!transactions.run(task.seller(), () -> announcements.takeTurn(user, id))) {
            return Result.done(); // told another one within a week
        }
        AnnouncementTexts texts = TEXTS.in(languages.at(user, task.owedAt()));
        Answer<Long> answer = messenger.send(new Message(
                user,
                texts.message(
                        channel.title(), announcements.text(task.seller(), id).orElseThrow()),
                List.of(
                        new LinkButton(texts.seePlans(), publicUrl + "/c/" + channel.slug()),
                        QuietButton.of(task.seller(), texts.noMore()))));
        return switch (answer) {
            case Answer.Declined<Long>(String code, String reason)
            when code.equals(Refusal.TOKEN) -> new Result.Failed(reason);
            case Answer.Done<Long> _, Answer.Declined<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }
}
