package admitone.access;

import admitone.access.Origin.Purchase;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The right of one Telegram user to be inside one channel, bought by one order or given once. {@code endsAt} null: for life. */
public record Grant(
        SellerId seller,
        UUID id,
        Origin origin,
        UUID channelId,
        long telegramUserId,
        Instant startsAt,
        @Nullable Instant endsAt,
        Access access) {

    /** How far the way in has come. */
    public enum Access {
        NONE,
        /** There is no link to tell: the channel's is not made yet; of one-time links none is free, or none is needed, since they are inside. */
        PREPARING,
        /** There is a link: the channel's, on the buyer's page, or one of their own, which is told once it is leased. */
        READY,
        /** The messenger confirmed a message with the link. */
        DELIVERED,
        /** The buyer is or was inside. */
        ADMITTED,
        ENDED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Optional<String> orderId() {
        return origin instanceof Purchase bought ? Optional.of(bought.orderId()) : Optional.empty();
    }

    public Optional<String> paymentId() {
        return origin instanceof Purchase bought ? Optional.of(bought.paymentId()) : Optional.empty();
    }

    public Seat.Key seat() {
        return new Seat.Key(seller, channelId, telegramUserId);
    }

    /** Taken over from before: nobody was told of it here. */
    boolean isImported() {
        return origin instanceof Origin.Given given && given.kind() == Origin.Kind.IMPORT;
    }

    /** What the timeline tells of it under: its payment, or itself. */
    public String subject() {
        return paymentId().map(Event::payment).orElseGet(() -> Event.grant(handle()));
    }

    /** Whether both were bought by one payment. */
    boolean sharesPayment(Grant other) {
        return paymentId().isPresent() && paymentId().equals(other.paymentId());
    }

    public boolean isActiveAt(Instant now) {
        return access != Access.ENDED && (endsAt == null || endsAt.isAfter(now));
    }

    /** Whether it was ended before its time, as by a refund. */
    boolean wasCutShort(Instant now) {
        return access == Access.ENDED && (endsAt == null || endsAt.isAfter(now));
    }

    /** When it was made; its id, a UUIDv7, tells. */
    public Instant grantedAt() {
        return madeAt(id);
    }

    /** When a grant of this id was made. */
    public static Instant madeAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** What to show now: a grant whose time is over is ended, whether or not that was recorded yet. */
    public Access shownAt(Instant now) {
        return isActiveAt(now) ? access : Access.ENDED;
    }

    public String handle() {
        return new Handle(Handle.GRANT, seller, id).toString();
    }

    /** The span of days bought at {@code now} by somebody entitled until {@code until} (null: not entitled). */
    public record Span(Instant startsAt, @Nullable Instant endsAt) {
        private static final int LEAST_DAYS_AHEAD = 1;

        /** That of days that are paid for: whoever renews late was inside all the while, so it begins when their time ended. Of it a day at least lies ahead. */
        public static Span bought(@Nullable Seat seat, Instant now, @Nullable Integer days) {
            Span span = following(seat == null ? null : seat.entitledUntil(), now, days);
            if (seat == null || days == null || span.endsAt() == null) {
                return span;
            }
            Duration most = Duration.ofDays(Math.max(days - LEAST_DAYS_AHEAD, 0));
            Duration passed = seat.stayed(now)
                    .map(stayed -> stayed.compareTo(most) < 0 ? stayed : most)
                    .orElse(Duration.ZERO);
            return new Span(span.startsAt().minus(passed), span.endsAt().minus(passed));
        }

        public static Span following(@Nullable Instant until, Instant now, @Nullable Integer days) {
            Instant start = until != null && until.isAfter(now) ? until : now;
            return new Span(start, days == null ? null : start.plus(Duration.ofDays(days)));
        }
    }
}
