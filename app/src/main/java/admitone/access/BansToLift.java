package admitone.access;

import admitone.tasks.Tasks;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Bans by which we put somebody out for a moment, or that a seller has taken back: a task is yet to lift them. */
@Component
class BansToLift {
    private final Endings endings;
    private final Outsiders outsiders;
    private final Strangers strangers;
    private final Lists lists;
    private final Tasks tasks;

    BansToLift(Endings endings, Outsiders outsiders, Strangers strangers, Lists lists, Tasks tasks) {
        this.endings = endings;
        this.outsiders = outsiders;
        this.strangers = strangers;
        this.lists = lists;
        this.tasks = tasks;
    }

    /** Whether what bars this user now may be one of them, and not a ban that a person made. */
    boolean any(Seat.Key seat) {
        return Stream.of(
                        endings.removals(seat).stream().map(Ending.Key::subject),
                        outsiders.removals(seat).stream().map(Outsider::subject),
                        strangers.removals(seat).stream(),
                        lists.bansTakenBack(seat).stream())
                .flatMap(subjects -> subjects)
                .anyMatch(subject -> isToBeLifted(seat, subject));
    }

    private boolean isToBeLifted(Seat.Key seat, String subject) {
        return tasks.ofSubject(seat.seller(), subject).stream()
                .anyMatch(task -> task.kind().equals(Effects.LIFT_BAN) && task.isUnderWay());
    }
}
