package admitone.payouts;

import admitone.payouts.Destination.Place;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How a seller's money comes to go elsewhere: the operator asks, the seller confirms in the chat with the bot, and a time passes in which
 * the seller hears of it and may still say no. The first destination of all changes nothing and counts at once. All within the current
 * transaction.
 */
@Component
public class DestinationChanges {
    /** A question that lay about for longer is asked anew. */
    static final Duration CONFIRM_WITHIN = Duration.ofDays(3);

    private final Destinations destinations;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;
    private final Duration coolingOff;

    DestinationChanges(Destinations destinations, Tasks tasks, Timeline timeline, Clock clock, Settings settings) {
        this.destinations = destinations;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
        this.coolingOff = settings.payouts().coolingOff();
    }

    /** What became of a request. */
    public sealed interface Asked {
        record Added(Destination destination) implements Asked {}

        /** Another change is under way: first that one is withdrawn, or comes to its end. */
        record Waits(Destination other) implements Asked {}

        /** The money goes there already. */
        record Same(Destination already) implements Asked {}

        /** Another request came at the same time. */
        record AtOnce() implements Asked {}
    }

    /** By the operator; {@code place} has been checked. */
    public Asked ask(SellerId seller, Place place, @Nullable String network) {
        Instant now = clock.instant();
        Destinations.Next next = destinations.lockNext(seller);
        List<Destination> known = destinations.of(seller);
        Optional<Destination> open =
                known.stream().filter(row -> isOpen(row, now)).findFirst();
        if (open.isPresent()) {
            return new Asked.Waits(open.get());
        }
        Optional<Destination> current = destinations.current(seller, now);
        if (current.filter(row -> row.place().equals(place)).isPresent()) {
            return new Asked.Same(current.get());
        }
        boolean first = next.isFirst();
        return destinations
                .add(seller, next.version(), place, network, first ? now : null)
                .<Asked>map(added -> {
                    tell(added, first ? "destination_set" : "destination_asked", "operator");
                    tasks.owe(
                            seller,
                            TellDestinationTask.owed(
                                    first ? TellDestinationTask.Step.SET : TellDestinationTask.Step.ASK, added));
                    return new Asked.Added(added);
                })
                .orElseGet(Asked.AtOnce::new);
    }

    /** Waits for its seller's word, or for its time; one that nobody answered for too long does not. */
    private boolean isOpen(Destination row, Instant now) {
        return row.withdrawnAt() == null
                && destinations.isIntact(row)
                && (row.usableFrom() == null
                        ? now.isBefore(row.requestedAt().plus(CONFIRM_WITHIN))
                        : now.isBefore(row.usableFrom()));
    }

    /** By the seller; false when there is nothing to confirm any more. */
    public boolean confirm(SellerId seller, UUID id) {
        Instant now = clock.instant();
        return destinations
                .byId(seller, id)
                .filter(row -> row.usableFrom() == null && isOpen(row, now))
                .flatMap(row -> destinations.usableFrom(row, now.plus(coolingOff)))
                .map(confirmed -> {
                    tell(confirmed, "destination_confirmed", "seller");
                    tasks.owe(seller, TellDestinationTask.owed(TellDestinationTask.Step.CONFIRMED, confirmed));
                    return confirmed;
                })
                .isPresent();
    }

    /** By the operator or the seller; false when it does not wait any more. */
    public boolean withdraw(SellerId seller, UUID id, String by) {
        Instant now = clock.instant();
        return destinations
                .byId(seller, id)
                .filter(row -> isOpen(row, now))
                .flatMap(row -> destinations.withdraw(row, now))
                .map(withdrawn -> {
                    tell(withdrawn, "destination_withdrawn", by);
                    tasks.owe(seller, TellDestinationTask.owed(TellDestinationTask.Step.WITHDRAWN, withdrawn));
                    return withdrawn;
                })
                .isPresent();
    }

    private void tell(Destination row, String kind, String cause) {
        timeline.append(
                row.seller(),
                new Event(
                        "destination:" + row.handle(),
                        clock.instant(),
                        kind,
                        cause,
                        cause,
                        Map.of(
                                "version", Integer.toString(row.version()),
                                "currency", row.currency().code(),
                                "address", row.address())));
    }
}
