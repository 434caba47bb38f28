package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.access.Schedule.Stage;
import admitone.cases.Case;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Removes somebody whose time is over. Whether they have bought meanwhile is looked at right before the call; who buys during it is let in again by
 * {@link LiftBanTask}.
 */
@Component
class RemoveMemberTask implements TaskHandler {
    private static final Duration NOT_YET = Duration.ofSeconds(1);
    /** A link that cannot be revoked so long is no reason to leave somebody inside. */
    private static final int MOST_WAITS_FOR_LINK = 10;

    private final Endings endings;
    private final Grants grants;
    private final LinkPool pool;
    private final Removing removing;

    RemoveMemberTask(Endings endings, Grants grants, LinkPool pool, Removing removing) {
        this.endings = endings;
        this.grants = grants;
        this.pool = pool;
        this.removing = removing;
    }

    @Override
    public String kind() {
        return Effects.REMOVE_MEMBER;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot may remove people
    }

    @Override
    public Result attempt(Task task) {
        Ending.Key key = Ending.Key.of(task);
        Seat.Key seat = key.seat();
        Stage stage = endings.find(key).orElseThrow().stage();
        if (!(stage instanceof Stage.Leaving || stage instanceof Stage.Settled)) {
            return Result.done(); // they are told anew first, and the removal is owed again
        }
        Grant last =
                grants.find(seat.seller(), UUID.fromString(task.need("grant"))).orElseThrow();
        return removing.attempt(task, seat, new Removal() {
            @Override
            public Optional<Result> notYet() {
                return pool.isBeingRevoked(seat) && task.attempt() <= MOST_WAITS_FOR_LINK
                        ? Optional.of(Result.later(NOT_YET, "the link is revoked first"))
                        : Optional.empty();
            }

            @Override
            public boolean begin() {
                // of an end before the last one it is not asked again
                grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
                boolean isLastEnd = Schedule.end(Endings.rights(endings.held(seat)))
                        .filter(key.endsAt()::equals)
                        .isPresent();
                return isLastEnd
                        && grants.active(seat.seller(), seat.channelId(), seat.telegramUserId())
                                .isEmpty()
                        && endings.removing(key);
            }

            @Override
            public void undone() {
                endings.notRemoved(key);
            }

            @Override
            public boolean mayBeDone() {
                return endings.isRemoving(key);
            }

            @Override
            public void settle(Outcome outcome) {
                endings.settle(key, outcome);
            }

            @Override
            public Case.Draft administratorInside() {
                return new Case.Draft(
                        "administrator_inside",
                        key.subject(),
                        last.paymentId().orElse(null),
                        last.orderId().orElse(null),
                        seat.told());
            }

            @Override
            public String subject() {
                return last.subject();
            }

            @Override
            public String word(Outcome outcome) {
                return switch (outcome) {
                    case REMOVED -> "member_removed";
                    case OUTSIDE -> "member_was_outside";
                    case RENEWED -> "removal_not_needed";
                    case ADMINISTRATOR -> "administrator_not_removed";
                    case KEPT -> "member_kept";
                };
            }

            @Override
            public Map<String, String> detail() {
                return Map.of("user", Long.toString(seat.telegramUserId()), "grant", last.handle());
            }
        });
    }
}
