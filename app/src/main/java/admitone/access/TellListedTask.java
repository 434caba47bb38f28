package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Texts;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Sends the way in to somebody who is whitelisted and asked for it. One-time links belong to grants: there the seller gives one. */
@Component
class TellListedTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);
    private static final Duration LINK_IS_MISSING = Duration.ofMinutes(1);
    private static final Duration LINK_IS_AWAITED = Duration.ofDays(1);

    private final Lists lists;
    private final Grants grants;
    private final Catalog catalog;
    private final Languages languages;
    private final LinkLook linkLook;
    private final Messenger messenger;
    private final Transactions transactions;
    private final Clock clock;

    TellListedTask(
            Lists lists,
            Grants grants,
            Catalog catalog,
            Languages languages,
            LinkLook linkLook,
            Messenger messenger,
            Transactions transactions,
            Clock clock) {
        this.lists = lists;
        this.grants = grants;
        this.catalog = catalog;
        this.languages = languages;
        this.linkLook = linkLook;
        this.messenger = messenger;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.TELL_LISTED;
    }

    @Override
    public Result attempt(Task task) {
        Seat.Key seat = Seat.Key.of(task);
        if (!lists.isWhitelisted(seat)) {
            return Result.done();
        }
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        AccessTexts texts = TEXTS.in(languages.at(seat.telegramUserId(), clock.instant()));
        if (grants.isInside(seat.seller(), seat.channelId(), seat.telegramUserId())) {
            return tell(seat, texts.listedInside(channel.title()));
        }
        String link = channel.standingLink();
        if (link == null && !channel.isByOneTimeLink()) {
            return mayStillBeMade(task);
        }
        if (link != null && NotDone.isRefusal(linkLook.at(channel, link), Refusal.LINK_GONE)) {
            transactions.run(channel.seller(), () -> linkLook.gone(channel, link, task.source()));
            return mayStillBeMade(task);
        }
        return tell(seat, link == null ? texts.listedAskSeller(channel.title()) : texts.listed(channel.title(), link));
    }

    private Result tell(Seat.Key seat, Html text) {
        return TellTask.tell(messenger, new Message(seat.telegramUserId(), text, List.of()));
    }

    /** Whoever has waited so long asks again. */
    private Result mayStillBeMade(Task task) {
        return task.owedAt().plus(LINK_IS_AWAITED).isAfter(clock.instant())
                ? Result.later(LINK_IS_MISSING, "the channel's link is not made yet")
                : Result.done();
    }
}
