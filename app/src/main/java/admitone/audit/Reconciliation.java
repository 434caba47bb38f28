package admitone.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Compares the provider's lists of payments and payouts with ours, and ours with grants, journal and members. Changes nothing. What is on
 * its way at that moment is left out.
 */
@Component
public class Reconciliation {
    /** As far back as the provider is asked about a payment. */
    public static final Duration BACK = Duration.ofDays(7);

    private final PaymentComparison payments;
    private final PayoutComparison payouts;
    private final MemberComparison members;
    private final Invariants invariants;
    private final Clock clock;

    Reconciliation(
            PaymentComparison payments,
            PayoutComparison payouts,
            MemberComparison members,
            Invariants invariants,
            Clock clock) {
        this.payments = payments;
        this.payouts = payouts;
        this.members = members;
        this.invariants = invariants;
        this.clock = clock;
    }

    /**
     * Something that two sides say differently.
     *
     * @param kind stable
     * @param about a payment's id, a payout's, a batch's, a channel's, or an invariant's
     * @param todo what a person does about it
     */
    public record Difference(String kind, String about, String provider, String ours, String todo) {}

    /**
     * One comparison.
     *
     * @param count how many were looked at
     * @param why not all were; empty where all were
     */
    record Compared(int count, String why, List<Difference> differences) {}

    /**
     * Who is inside by the last looks, which are taken all day long; nobody is asked about for this.
     *
     * @param outsideWithARight who came in once and is outside, though their time runs: they left, or somebody removed them
     */
    public record Members(long inside, long outsideWithARight) {}

    /**
     * @param payments how many of the provider's payments were looked at
     * @param payouts how many of its withdrawals
     * @param complete whether those were its whole lists
     * @param why they are not; empty where they are
     */
    public record Report(
            Instant since,
            int payments,
            int payouts,
            Members members,
            boolean complete,
            String why,
            List<Difference> differences) {}

    public Report compare() {
        Instant now = clock.instant();
        Instant since = now.minus(BACK);
        Compared paid = payments.compare(since, now);
        Compared sent = payouts.compare(since, now);
        String why = Stream.of(paid.why(), sent.why())
                .filter(text -> !text.isEmpty())
                .distinct()
                .collect(Collectors.joining("; "));
        List<Difference> differences = Stream.of(
                        paid.differences().stream(),
                        sent.differences().stream(),
                        members.withoutARight().stream(),
                        invariants.check().stream()
                                .filter(checked -> checked.violations() > 0)
                                .map(Reconciliation::broken))
                .flatMap(one -> one)
                .toList();
        return new Report(since, paid.count(), sent.count(), members.count(now), why.isEmpty(), why, differences);
    }

    private static Difference broken(Invariants.Checked checked) {
        return new Difference(
                "invariant",
                checked.id(),
                "",
                checked.violations() + " break it, such as " + String.join(", ", checked.examples()),
                "What must hold does not: " + checked.title() + ". Look at their timelines.");
    }
}
