package admitone.access;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * How a channel treats those whose time ends.
 *
 * @param reminders how long before the end a buyer is reminded, the earliest first; whole hours
 * @param grace how long after the notice of the end, and after the end, they may stay
 * @param unreachable the same where the bot could not tell them
 * @param mostRemovals more within an hour wait for a person
 * @param mostPercent as above, of those who had a right
 */
public record Terms(List<Duration> reminders, Duration grace, Duration unreachable, int mostRemovals, int mostPercent) {
    /** No reminder is earlier: a grant is not looked at before. */
    public static final Duration LONGEST_REMINDER = Duration.ofDays(14);

    public static final int MOST_REMINDERS = 5;

    public static final Terms DEFAULT = new Terms(
            List.of(Duration.ofDays(3), Duration.ofDays(1)), Duration.ofHours(24), Duration.ofDays(7), 20, 10);

    /** So few within an hour are never asked about, however small the channel. */
    private static final int FEW = 3;

    public Terms {
        reminders =
                reminders.stream().distinct().sorted(Comparator.reverseOrder()).toList();
    }

    /**
     * The brake.
     *
     * @param lastHour removals owed in the last hour
     * @param due removals due now
     * @param nextHour those, and what comes due within an hour
     * @param entitled how many have a right to be inside
     */
    boolean stops(int lastHour, int due, int nextHour, int entitled) {
        int most = Math.max(lastHour + due, nextHour);
        int members = entitled + lastHour + nextHour;
        return most > mostRemovals || (most > FEW && most * 100L > (long) mostPercent * members);
    }
}
