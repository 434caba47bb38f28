package admitone.runtime;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How far this machine's clock is from somebody else's, by the time that stands in their answer. */
public final class ClockCheck {
    private static final String ABOUT = "clock";
    /** One code of the second factor is good for so long. */
    private static final Duration A_CODE = Duration.ofSeconds(30);

    private static final Duration NOTICEABLE = Duration.ofSeconds(5);
    private static final String REMEDY = "let it be set by the network: timedatectl set-ntp true";

    private ClockCheck() {}

    /** Empty where the answer tells no time. */
    public static Optional<Remark> against(String whose, HttpHeaders answer, Instant asked, Instant answered) {
        return answer.firstValue("Date").flatMap(ClockCheck::instant).map(theirs -> {
            Instant ours = asked.plus(Duration.between(asked, answered).dividedBy(2));
            // theirs has no fractions: half a second more on average
            Duration apart = Duration.between(theirs.plusMillis(500), ours);
            return remark(whose, apart, apart.abs());
        });
    }

    private static Remark remark(String whose, Duration apart, Duration size) {
        if (size.compareTo(NOTICEABLE) <= 0) {
            return Remark.ok(ABOUT, "agrees with that of " + whose);
        }
        String says =
                "is " + size.toSeconds() + " s " + (apart.isNegative() ? "behind" : "ahead of") + " that of " + whose;
        return size.compareTo(A_CODE) < 0
                ? Remark.warn(ABOUT, says, REMEDY)
                : Remark.wrong(ABOUT, says + ": codes for payouts are refused, and times are wrong", REMEDY);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
