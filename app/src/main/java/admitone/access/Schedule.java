package admitone.access;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is due about the end of somebody's time in a channel. Pure: a purchase in between moves everything by itself. */
final class Schedule {
    /** Whoever has just come, for a trial of three days say, is not told in the next breath that it ends in three. */
    private static final Duration LEFT_IN_PEACE = Duration.ofHours(1);

    private Schedule() {}

    /** One purchase, and until when it gives a right, or gave one; null: for life. */
    record Right(Instant madeAt, @Nullable Instant endsAt) {}

    /** How far it has come with one end. */
    sealed interface Stage {
        /** {@code reminded}: which reminder was owed last; null: none. */
        record Running(@Nullable Duration reminded) implements Stage {}

        /** The notice of the end is owed; what becomes of it says until when they stay. */
        record Noticed() implements Stage {}

        /** They were told, or cannot be, and may stay until then. */
        record Staying(Instant removeAt) implements Stage {}

        /** The removal is owed. */
        record Leaving() implements Stage {}

        record Settled() implements Stage {}
    }

    /** What is to be done now. */
    sealed interface Due {
        record Nothing() implements Due {}

        /** Nothing until then. */
        record Later(Instant at) implements Due {}

        record Remind(Duration before) implements Due {}

        record TellEnd() implements Due {}

        record Remove() implements Due {}
    }

    /** When the last right ends, or ended; empty: never, or there was none. */
    static Optional<Instant> end(List<Right> rights) {
        Instant last = null;
        for (Right right : rights) {
            if (right.endsAt() == null) {
                return Optional.empty();
            }
            last = last == null || right.endsAt().isAfter(last) ? right.endsAt() : last;
        }
        return Optional.ofNullable(last);
    }

    /** {@code stage} is that of {@link #end}. */
    static Due next(List<Right> rights, Stage stage, Terms terms, Instant now) {
        Optional<Instant> end = end(rights);
        if (end.isEmpty()) {
            return new Due.Nothing();
        }
        return switch (stage) {
            case Stage.Running(var reminded) ->
                now.isBefore(end.get()) ? running(rights, end.get(), reminded, terms, now) : new Due.TellEnd();
            case Stage.Staying(Instant removeAt) -> now.isBefore(removeAt) ? new Due.Later(removeAt) : new Due.Remove();
            case Stage.Noticed(), Stage.Leaving(), Stage.Settled() -> new Due.Nothing();
        };
    }

    private static Due running(List<Right> rights, Instant end, @Nullable Duration reminded, Terms terms, Instant now) {
        Optional<Duration> newest = newestReminder(rights, end, terms, now);
        if (newest.isPresent() && (reminded == null || newest.get().compareTo(reminded) < 0)) {
            return new Due.Remind(newest.get());
        }
        return new Due.Later(terms.reminders().stream()
                .map(end::minus)
                .filter(at -> at.isAfter(now))
                .min(Instant::compareTo)
                .orElse(end));
    }

    /** The last reminder whose time has come: those before it are no longer worth sending. One for a time before the purchase, or right after it, never was. */
    static Optional<Duration> newestReminder(List<Right> rights, Instant end, Terms terms, Instant now) {
        Instant bought =
                rights.stream().map(Right::madeAt).max(Instant::compareTo).orElse(Instant.MAX);
        return terms.reminders().stream()
                .filter(before -> end.minus(before).minus(LEFT_IN_PEACE).isAfter(bought)
                        && !end.minus(before).isAfter(now))
                .min(Duration::compareTo);
    }

    /** When a seat is looked at, if its reminders change; not later than it was to be, since a look too early does nothing. */
    static Instant lookAfterChange(
            Instant end, Instant lookAt, List<Duration> before, List<Duration> after, Instant now) {
        Optional<Duration> newest = latestPassed(after, end, now);
        Optional<Duration> known = latestPassed(before, end, now);
        boolean isDue = newest.isPresent() && (known.isEmpty() || newest.get().compareTo(known.get()) < 0);
        Instant next = isDue
                ? now
                : after.stream()
                        .map(end::minus)
                        .filter(at -> at.isAfter(now))
                        .min(Instant::compareTo)
                        .orElse(end);
        return next.isBefore(lookAt) ? next : lookAt;
    }

    private static Optional<Duration> latestPassed(List<Duration> reminders, Instant end, Instant now) {
        return reminders.stream()
                .filter(before -> !end.minus(before).isAfter(now))
                .min(Duration::compareTo);
    }

    /** Until when somebody may stay who was told of their end at {@code told}. */
    static Instant removeAt(Instant end, Instant told, Duration stay) {
        return (told.isAfter(end) ? told : end).plus(stay);
    }

    /** When a grant made now is first looked at; null: never. */
    static @Nullable Instant firstLook(Grant grant) {
        if (grant.endsAt() == null) {
            return null;
        }
        Instant earliest = grant.endsAt().minus(Terms.LONGEST_REMINDER);
        return earliest.isAfter(grant.grantedAt()) ? earliest : grant.grantedAt();
    }
}
