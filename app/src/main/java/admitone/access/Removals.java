package admitone.access;

import admitone.access.Endings.Counts;
import admitone.access.Endings.Held;
import admitone.access.Endings.OfChannel;
import admitone.access.Schedule.Due;
import admitone.access.Schedule.Stage;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Owes the removals that are due, channel by channel. Where they are more than the channel's terms allow within an hour, none of them is
 * owed: a person is asked, and the channel's removals wait for the answer.
 */
@Component
class Removals implements CaseDecider {
    static final Duration WINDOW = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Removals.class);
    private static final String CASE = "many_removals";
    private static final String GO_ON = "go_on";
    private static final String KEEP = "keep";
    private static final String CHANNEL = "channel";
    private static final String SUBJECT = "removals:";
    private static final int MOST_AT_ONCE = 50;

    private final Rounds rounds;
    private final Endings endings;
    private final Grants grants;
    private final ChannelTerms terms;
    private final Lists lists;
    private final Observing observing;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Ids ids;
    private final Clock clock;

    Removals(
            Rounds rounds,
            Endings endings,
            Grants grants,
            ChannelTerms terms,
            Lists lists,
            Observing observing,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Ids ids,
            Clock clock) {
        this.rounds = rounds;
        this.endings = endings;
        this.grants = grants;
        this.terms = terms;
        this.lists = lists;
        this.observing = observing;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    void owe(List<OfChannel> channels) {
        rounds.each(
                channels,
                channel -> transactions.run(channel.seller(), () -> owe(channel.seller(), channel.channelId())));
    }

    private void owe(SellerId seller, UUID channelId) {
        if (observing.isOn(seller, channelId)) {
            endings.dueUnobserved(seller, channelId, MOST_AT_ONCE).forEach(key -> {
                endings.observed(key);
                observing.note(key.seat(), Observing.Deed.REMOVE, key.subject());
            });
            return;
        }
        var locked = terms.lock(seller, channelId);
        boolean waits = locked.stoppedAt().isPresent();
        if (!waits) {
            Counts counts = endings.count(seller, channelId);
            waits = locked.terms().stops(counts.lastHour(), counts.due(), counts.nextHour(), counts.entitled());
            if (waits) {
                ask(seller, channelId, counts);
            }
        }
        endings.due(seller, channelId, waits, MOST_AT_ONCE).stream()
                .sorted(Comparator.comparing(Ending.Key::seat, Seat.Key.ORDER))
                .forEach(key -> owe(key, locked.terms()));
    }

    private void owe(Ending.Key key, Terms ours) {
        Seat.Key seat = key.seat();
        grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        List<Held> held = endings.held(seat);
        if (!Schedule.end(Endings.rights(held)).filter(key.endsAt()::equals).isPresent()) {
            endings.settle(key, Ending.Outcome.RENEWED);
            return;
        }
        if (lists.isWhitelisted(seat)) {
            endings.settle(key, Ending.Outcome.KEPT);
            return;
        }
        Stage stage = endings.find(key).orElseThrow().stage();
        if (Schedule.next(Endings.rights(held), stage, ours, clock.instant()) instanceof Due.Remove) {
            Held last = held.getLast();
            endings.leaving(key);
            // those of the same end that came to nothing, since somebody listed them, are done
            Effects.remove(key, last.grantId()).forEach(owed -> tasks.oweAgain(seat.seller(), owed));
            timeline.append(
                    seat.seller(),
                    new Event(
                            last.subject(),
                            clock.instant(),
                            "removal_owed",
                            "time",
                            "the end of " + key.endsAt(),
                            Map.of("user", Long.toString(seat.telegramUserId()))));
        }
    }

    private void ask(SellerId seller, UUID channelId, Counts counts) {
        UUID question = ids.next();
        Map<String, String> detail = Map.of(
                CHANNEL,
                channelId.toString(),
                "removals_due",
                Integer.toString(counts.due()),
                "removals_due_within_an_hour",
                Integer.toString(counts.nextHour()),
                "removals_of_the_last_hour",
                Integer.toString(counts.lastHour()),
                "entitled",
                Integer.toString(counts.entitled()));
        terms.stop(seller, channelId, question);
        cases.openAndTell(seller, new Case.Draft(CASE, SUBJECT + channelId + ":" + question, null, null, detail));
        note(seller, channelId, "removals_stopped", "time", "the brake", detail);
        log.warn(
                "channel {}: {} removals within an hour are too many, they wait until a person decides the case",
                channelId,
                Math.max(counts.lastHour() + counts.due(), counts.nextHour()));
    }

    @Override
    public String kind() {
        return CASE;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                GO_ON,
                        "those whose removal was due when this was asked, or within an hour of it, are removed; where the channel is only observed, when that ends",
                KEEP, "they stay, and are not removed for this end of their time");
    }

    /** Those that the question was about are removed, or stay; who has become due since is counted anew, and asked about if they are too many. */
    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        UUID channelId = UUID.fromString(one.need(CHANNEL));
        Instant asked = terms.lock(seller, channelId).stoppedAt().orElseThrow();
        int how = endings.decided(seller, channelId, decision.equals(GO_ON), asked.plus(WINDOW));
        terms.goOn(seller, channelId);
        note(
                seller,
                channelId,
                decision.equals(GO_ON) ? "removals_go_on" : "removals_called_off",
                "case",
                by,
                Map.of("removals", Integer.toString(how)));
    }

    private void note(
            SellerId seller, UUID channelId, String kind, String cause, String source, Map<String, String> detail) {
        Instant now = clock.instant();
        timeline.append(seller, new Event("channel:" + channelId, now, kind, cause, source, detail));
    }
}
