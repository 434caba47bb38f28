package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Tells a buyer whom the seller has banned, or by whose links too many strangers came, that no way in is open. Sent again, it says the same; of whom it is not true any
 * more has got the way in.
 */
@Component
class TellHeldBackTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    /** After so many sends whose answer was lost they are told when they ask. */
    private static final int MOST_UNKNOWN = 3;

    private final Grants grants;
    private final Lists lists;
    private final HandBans handBans;
    private final TooManyStrangers tooMany;
    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;
    private final Clock clock;

    TellHeldBackTask(
            Grants grants,
            Lists lists,
            HandBans handBans,
            TooManyStrangers tooMany,
            Catalog catalog,
            Languages languages,
            Messenger messenger,
            Clock clock) {
        this.grants = grants;
        this.lists = lists;
        this.handBans = handBans;
        this.tooMany = tooMany;
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.TELL_HELD_BACK;
    }

    @Override
    public Result attempt(Task task) {
        Grant grant =
                grants.find(task.seller(), UUID.fromString(task.need("grant"))).orElseThrow();
        boolean isBanned = lists.isBanned(grant.seat()) || handBans.isAsked(grant.seat());
        if (!grant.isActiveAt(clock.instant()) || !(isBanned || tooMany.areTooMany(grant))) {
            return Result.done();
        }
        if (task.unknowns() >= MOST_UNKNOWN) {
            return Result.dead(MOST_UNKNOWN + " answers were lost: they are told when they ask");
        }
        return switch (messenger.send(message(task, grant, isBanned))) {
            case Answer.Done<Long> _, Answer.Declined<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> new Result.Unknown(Duration.ofSeconds(2), reason);
        };
    }

    private Message message(Task task, Grant grant, boolean isBanned) {
        String asked = task.payload().get("language");
        AccessTexts texts =
                TEXTS.in(asked == null ? languages.at(grant.telegramUserId(), task.owedAt()) : Language.of(asked));
        Channel channel = catalog.channel(grant.seller(), grant.channelId()).orElseThrow();
        if (!isBanned) {
            Html why = tooMany.isKept(grant)
                    ? texts.noFurtherLink(channel.title())
                    : texts.tooManyStrangers(channel.title());
            return new Message(grant.telegramUserId(), why, List.of());
        }
        Html because = grant.paymentId().isPresent() ? texts.paid() : Html.NOTHING;
        return new Message(
                grant.telegramUserId(), Html.joined(" ", List.of(because, texts.heldBack(channel.title()))), List.of());
    }
}
