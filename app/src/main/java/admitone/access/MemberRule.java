package admitone.access;

import admitone.access.Listed.Word;
import admitone.messaging.Messenger.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a look at one known member comes to. Values in, values out. */
final class MemberRule {
    /** Who has not come in so long after they were told how is told once more. */
    static final Duration ABSENT_AFTER = Duration.ofDays(1);

    private MemberRule() {}

    sealed interface Finding {
        record Fine() implements Finding {}

        /** Inside without a right. */
        record Without() implements Finding {}

        /** Inside, though the seller banned them. */
        record Barred(int turn) implements Finding {}

        /** Has a right, and was never inside. */
        record Absent(Grant grant) implements Finding {}

        /** Has a right, and was banned in the messenger itself. */
        record BannedByHand(Grant grant) implements Finding {}
    }

    /**
     * @param active their grants, oldest first
     * @param isEnding something is due about an end of theirs, or a person decided about one that they stay
     */
    static Finding of(Role role, List<Grant> active, @Nullable Listed listed, boolean isEnding, Instant now) {
        if (listed != null) {
            return listed.word() == Word.BANNED && role == Role.MEMBER
                    ? new Finding.Barred(listed.turn())
                    : new Finding.Fine();
        }
        return switch (role) {
            case MEMBER -> active.isEmpty() && !isEnding ? new Finding.Without() : new Finding.Fine();
            case OWNER, ADMINISTRATOR -> new Finding.Fine();
            case BANNED -> active.isEmpty() ? new Finding.Fine() : new Finding.BannedByHand(active.getLast());
            case OUTSIDE ->
                absent(active, now).<Finding>map(Finding.Absent::new).orElseGet(Finding.Fine::new);
        };
    }

    private static Optional<Grant> absent(List<Grant> active, Instant now) {
        return active.stream().noneMatch(grant -> grant.access() == Grant.Access.ADMITTED)
                ? active.stream().findFirst().filter(grant -> isLongAgo(grant, now))
                : Optional.empty();
    }

    /** Of an import nobody was told yet. */
    private static boolean isLongAgo(Grant grant, Instant now) {
        boolean isTold = !grant.isImported();
        return !grant.startsAt().isAfter(now)
                && !(isTold && grant.grantedAt().plus(ABSENT_AFTER).isAfter(now));
    }
}
