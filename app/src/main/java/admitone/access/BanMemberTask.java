package admitone.access;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Keeps somebody out for good whom the seller banned: what they asked is declined, and they are removed if they are inside. Both set a state. */
@Component
class BanMemberTask implements TaskHandler {
    /** Telegram takes an end in the past for never, whatever its clock says. */
    private static final Instant FOR_GOOD = Instant.EPOCH;

    private final Lists lists;
    private final Grants grants;
    private final Strangers strangers;
    private final LinkPool pool;
    private final Catalog catalog;
    private final Cases cases;
    private final Observing observing;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    BanMemberTask(
            Lists lists,
            Grants grants,
            Strangers strangers,
            LinkPool pool,
            Catalog catalog,
            Cases cases,
            Observing observing,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Clock clock) {
        this.lists = lists;
        this.grants = grants;
        this.strangers = strangers;
        this.pool = pool;
        this.catalog = catalog;
        this.cases = cases;
        this.observing = observing;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.BAN_MEMBER;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot may ban people
    }

    @Override
    public Result attempt(Task task) {
        Seat.Key seat = Seat.Key.of(task);
        if (!lists.isBanned(seat)) {
            return new Result.Done(() -> removeAsStranger(seat)); // taken back meanwhile
        }
        var observed = observing.instead(task, seat.channelId(), seat.telegramUserId(), Observing.Deed.BAN);
        if (observed.isPresent()) {
            return observed.get();
        }
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        long chat = channel.closedChat().value();
        long asked = grants.waitingRequest(seat.seller(), seat.channelId(), seat.telegramUserId())
                .orElse(0L);
        Answer<Boolean> declined = messenger.declineJoin(chat, seat.telegramUserId());
        if (declined instanceof Answer.NotNow<Boolean> || declined instanceof Answer.Unknown<Boolean>) {
            return NotDone.of(declined);
        }
        Instant began = clock.instant();
        Answer<Boolean> answer = messenger.ban(chat, seat.telegramUserId(), FOR_GOOD);
        if (NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)) {
            return new Result.Done(() -> isAdministrator(task, seat));
        }
        return answer instanceof Answer.Done<Boolean> || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                ? new Result.Done(() -> banned(task, seat, asked, began))
                : NotDone.of(answer);
    }

    private void banned(Task task, Seat.Key seat, long asked, Instant began) {
        grants.seen(seat.seller(), seat.channelId(), seat.telegramUserId(), false, began);
        grants.answered(seat.seller(), seat.channelId(), seat.telegramUserId(), asked);
        settle(seat, Strangers.OUTSIDE);
        tasks.hurryFirst(seat.seller(), Effects.LIFT_BAN, task.payload());
        note(task, seat, "member_banned");
    }

    private void isAdministrator(Task task, Seat.Key seat) {
        settle(seat, "administrator");
        cases.openAndTell(
                seat.seller(), new Case.Draft("administrator_inside", task.subject(), null, null, task.payload()));
        note(task, seat, "administrator_not_banned");
    }

    /** Who came in by somebody's one-time link is to be outside without a ban as well: its buyer waits for that. */
    private void removeAsStranger(Seat.Key seat) {
        for (Strangers.Stay stay : strangers.stays(seat)) {
            PoolLink link = pool.find(seat.seller(), stay.linkId()).orElseThrow();
            tasks.oweAgain(seat.seller(), Effects.removeStranger(link, seat.telegramUserId(), stay.updateId()));
            tasks.oweAgain(seat.seller(), Effects.liftBan(link, seat.telegramUserId(), stay.updateId()));
        }
    }

    private void settle(Seat.Key seat, String outcome) {
        strangers.settle(seat.seller(), seat.channelId(), seat.telegramUserId(), outcome);
    }

    private void note(Task task, Seat.Key seat, String kind) {
        timeline.append(
                seat.seller(),
                new Event(
                        "channel:" + seat.channelId(),
                        clock.instant(),
                        kind,
                        "task",
                        task.source(),
                        Map.of("user", Long.toString(seat.telegramUserId()))));
    }
}
