package admitone.access;

import admitone.access.Endings.Held;
import admitone.access.Schedule.Due;
import admitone.access.Schedule.Stage;
import admitone.database.Transactions;
import admitone.runtime.Recurring;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks at the seats about which something is due by time: records the grants that are over, owes reminders and notices, and has
 * {@link Removals} owe the rest. One instance does each round, and a round is limited: after an outage the seats are caught up with in
 * order, and messages leave room for those of buyers who pay.
 */
@Component
class TimeKeeper extends Recurring {
    private static final String ROUND = "time";
    private static final Duration PAUSE = Duration.ofSeconds(10);
    static final int MOST_SEATS = 100;

    private final Endings endings;
    private final Grants grants;
    private final ChannelTerms terms;
    private final Lists lists;
    private final LinkPool pool;
    private final Removals removals;
    private final Rounds rounds;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    TimeKeeper(
            Endings endings,
            Grants grants,
            ChannelTerms terms,
            Lists lists,
            LinkPool pool,
            Removals removals,
            Rounds rounds,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        super(ROUND, PAUSE);
        this.endings = endings;
        this.grants = grants;
        this.terms = terms;
        this.lists = lists;
        this.pool = pool;
        this.removals = removals;
        this.rounds = rounds;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    protected void round() {
        look();
    }

    /** Answers whether there was something to do, and this instance did it. */
    boolean look() {
        List<Seat.Key> seats = endings.dueSeats(MOST_SEATS);
        List<Endings.OfChannel> channels = endings.channelsWithDue();
        if ((seats.isEmpty() && channels.isEmpty()) || !rounds.take(ROUND, PAUSE)) {
            return false;
        }
        rounds.each(seats, seat -> transactions.run(seat.seller(), () -> look(seat)));
        removals.owe(channels);
        return true;
    }

    private void look(Seat.Key seat) {
        grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        Instant now = clock.instant();
        for (Grant over : grants.endOver(seat, now)) {
            pool.retireOf(over, "its grant has ended");
            timeline.append(
                    seat.seller(),
                    new Event(
                            over.subject(),
                            now,
                            "grant_ended",
                            "time",
                            ROUND,
                            Map.of("grant", over.handle(), "why", Grants.TIME_OVER)));
        }
        List<Held> held = endings.held(seat);
        Optional<Instant> end = Schedule.end(Endings.rights(held));
        endings.renewed(seat, end.orElse(null));
        Held last = held.getLast();
        // nobody is reminded of, or removed for, the end of a time on which nothing depends
        boolean isListed = lists.of(seat).isPresent();
        Instant next = end.filter(_ -> !isListed)
                .map(at -> act(new Ending.Key(seat, at), held, now))
                .orElse(null);
        endings.lookAgain(seat, last.grantId(), earlier(next, nextOver(held)));
    }

    /** Owes what is due about this end; answers when to look again, or null. */
    private @Nullable Instant act(Ending.Key key, List<Held> held, Instant now) {
        Held last = held.getLast();
        Terms ours = terms.of(key.seat().seller(), key.seat().channelId());
        endings.reopen(key);
        Stage stage = endings.find(key).map(Ending::stage).orElse(new Stage.Running(null));
        return switch (Schedule.next(Endings.rights(held), stage, ours, now)) {
            case Due.Remind(Duration before) -> {
                endings.open(key, last.grantId());
                endings.reminded(key, before);
                tasks.owe(key.seat().seller(), Effects.remind(key, last.grantId(), before));
                yield act(key, held, now);
            }
            case Due.TellEnd() -> {
                endings.open(key, last.grantId());
                endings.noticed(key, now, ours.grace());
                tasks.owe(key.seat().seller(), Effects.tellEnd(key, last.grantId(), ours.grace()));
                yield null;
            }
            case Due.Later(Instant at) -> at;
            case Due.Remove(), Due.Nothing() -> null; // removals are owed channel by channel
        };
    }

    /** When the next grant is over that another one follows. */
    private static @Nullable Instant nextOver(List<Held> held) {
        return held.stream()
                .filter(one -> !one.isOver())
                .map(one -> one.right().endsAt())
                .filter(java.util.Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null ? other : other == null || one.isBefore(other) ? one : other;
    }
}
