package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Lets in a user who asked and has an active grant or is whitelisted, unless the seller banned them. Approving sets a state: repeated, it changes nothing. */
@Component
class ApproveJoinTask implements TaskHandler {
    /** Until the bot may let people in again; nobody's waiting ends with it. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    /** Until somebody who is in too many channels may have left one; who says so is let in at once. */
    private static final Duration LEFT_ONE_SINCE = Duration.ofHours(1);

    private static final int LONGEST_PAUSE = 24; // times that

    /** {@link #LOOK_AGAIN} grows up to a day. */
    private static final int MOST_TIMES = 144;

    private final Catalog catalog;
    private final Grants grants;
    private final Lists lists;
    private final Observing observing;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;
    private final FaultPoints faults;

    ApproveJoinTask(
            Catalog catalog,
            Grants grants,
            Lists lists,
            Observing observing,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Clock clock,
            FaultPoints faults) {
        this.catalog = catalog;
        this.grants = grants;
        this.lists = lists;
        this.observing = observing;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.APPROVE_JOIN;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the grant
    }

    @Override
    public Result attempt(Task task) {
        UUID channelId = UUID.fromString(task.need("channel"));
        long user = Long.parseLong(task.need("user"));
        Channel channel = catalog.channel(task.seller(), channelId).orElseThrow();
        List<Grant> active = grants.active(task.seller(), channelId, user);
        Optional<Listed.Word> listed =
                lists.of(new Seat.Key(task.seller(), channelId, user)).map(Listed::word);
        if (listed.equals(Optional.of(Listed.Word.BANNED)) || (listed.isEmpty() && active.isEmpty())) {
            return Result.done(); // ended meanwhile: nobody is let in without a grant; the ban has its own task
        }
        Optional<Result> observed = observing.instead(task, channelId, user, Observing.Deed.APPROVE);
        if (observed.isPresent()) {
            return observed.get();
        }
        long chat = channel.closedChat().value();
        // whatever waits now is answered by this call; what is asked after it is not
        long asked = grants.waitingRequest(task.seller(), channelId, user).orElse(0L);
        Answer<Boolean> answer = messenger.approveJoin(chat, user);
        faults.reach(Point.CP18_AFTER_APPROVE);
        return switch (answer) {
            case Answer.Done<Boolean> _ -> admitted(task, channelId, user, asked, active, "approved");
            case Answer.Declined<Boolean>(String code, String reason) ->
                switch (code) {
                    case Refusal.ALREADY_MEMBER -> admitted(task, channelId, user, asked, active, "already inside");
                    case Refusal.NOT_REQUESTED -> lookInside(task, channelId, chat, user, asked, active);
                    case Refusal.NO_RIGHTS -> Result.later(LOOK_AGAIN, reason);
                    // perhaps for good, and no grant for life ends; where it comes back, the look at rights hurries
                    // this
                    case Refusal.CHAT_NOT_FOUND ->
                        Result.later(LOOK_AGAIN.multipliedBy(Math.min(task.attempt(), MOST_TIMES)), reason);
                    case Refusal.TOKEN -> new Result.Failed(reason);
                    case Refusal.TOO_MANY_CHANNELS ->
                        new Result.Later(
                                LEFT_ONE_SINCE.multipliedBy(Math.min(task.attempt(), LONGEST_PAUSE)),
                                reason,
                                () -> tasks.owe(task.seller(), Effects.tellTooMany(task)));
                    default ->
                        new Result.Dead(
                                reason,
                                () -> active.reversed().stream()
                                        .limit(1)
                                        .forEach(grant -> timeline.append(
                                                task.seller(),
                                                event(task, grant, "approval_refused", Map.of("why", reason)))));
                };
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Boolean>(String reason) -> new Result.Unknown(Duration.ofSeconds(1), reason);
        };
    }

    /** No request is pending: either an earlier approval took effect, or the user has yet to ask. */
    private Result lookInside(Task task, UUID channelId, long chat, long user, long asked, List<Grant> active) {
        return switch (messenger.isMember(chat, user)) {
            case Answer.Done<Boolean>(Boolean inside) ->
                inside
                        ? admitted(task, channelId, user, asked, active, "seen inside")
                        : new Result.Done(() -> grants.answered(task.seller(), channelId, user, asked));
            case Answer.Declined<Boolean>(String code, String reason) -> new Result.Failed(code + ": " + reason);
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Boolean>(String reason) -> new Result.Unknown(Duration.ofSeconds(1), reason);
        };
    }

    private Result admitted(Task task, UUID channelId, long user, long asked, List<Grant> active, String how) {
        return new Result.Done(() -> {
            grants.answered(task.seller(), channelId, user, asked);
            for (Grant grant : active) {
                if (grants.advance(grant, Grant.Access.ADMITTED)) {
                    timeline.append(task.seller(), event(task, grant, "admitted", Map.of("how", how)));
                }
            }
        });
    }

    private Event event(Task task, Grant grant, String kind, Map<String, String> detail) {
        return new Event(grant.subject(), clock.instant(), kind, "task", task.source(), detail);
    }
}
