package admitone.payouts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One batch that is to be made at the provider for a payout, or was.
 *
 * @param externalId what the provider's list may name it by
 * @param calledAt when its making began, from which its hour runs
 * @param absentAt when the provider's list certainly lacked it first; null: it did not, or has it
 * @param batchId as the provider names it; null: not known
 * @param tries codes that may have been given for it
 */
record Attempt(
        int number,
        String externalId,
        Instant calledAt,
        @Nullable Instant absentAt,
        @Nullable String batchId,
        int tries) {
    /** The provider rejects what is not verified for so long. */
    static final Duration LIFE = Duration.ofHours(1);

    /** After it no code is given: it could arrive too late. */
    static final Duration VERIFIED_WITHIN = Duration.ofMinutes(50);

    /** Between two looks of which both must lack it. */
    static final Duration BETWEEN_ABSENCES = Duration.ofMinutes(10);

    static final int MOST_TRIES = 2;

    static Attempt begun(int number, String externalId, Instant now) {
        return new Attempt(number, externalId, now, null, null, 0);
    }

    boolean mayBeVerified(Instant now) {
        return tries < MOST_TRIES && now.isBefore(calledAt.plus(VERIFIED_WITHIN));
    }

    /** Whether it is absent for good: its hour is over, and it was absent long before as well. */
    boolean isGone(Instant now) {
        return absentAt != null && !now.isBefore(absentAt.plus(BETWEEN_ABSENCES)) && !now.isBefore(calledAt.plus(LIFE));
    }

    Attempt absentSince(@Nullable Instant at) {
        return new Attempt(number, externalId, calledAt, at, batchId, tries);
    }

    Attempt recorded(String batch) {
        return new Attempt(number, externalId, calledAt, null, batch, tries);
    }

    Attempt tried(int count) {
        return new Attempt(number, externalId, calledAt, absentAt, batchId, count);
    }
}
