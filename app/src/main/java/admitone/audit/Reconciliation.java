package admitone.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Compares the provider's lists of payments and payouts and its balance with ours, and ours with grants, journal and members. Changes nothing. What is on
 * its way at that moment is left out.
 */
@Component
public class Reconciliation {
    /** As far back as the provider is asked about a payment. */
    public static final Duration BACK = Duration.ofDays(7);

    /** As far back as it is asked about what is open; what was made before is not looked at any more. */
    static final Duration FARTHEST = Duration.ofDays(92);

    /** Clocks differ, and a payment may be heard of later than it was made: a look goes back so much farther. */
    static final Duration MARGIN = Duration.ofDays(1);

    /** For each check over whole tables. */
    static final Duration LOOK_WITHIN = Duration.ofMinutes(2);

    /** For all of them: who asks waits an hour. */
    static final Duration LOOK_AT_ALL_WITHIN = Duration.ofMinutes(45);

    static final String INVARIANT = "invariant";

    /** A kind of its own: else the question that was asked first, or its answer, would stand for the other. */
    static final String INVARIANT_NOT_CHECKED = "invariant_not_checked";

    private final PaymentComparison payments;
    private final PayoutComparison payouts;
    private final BalanceComparison balances;
    private final MemberComparison members;
    private final Invariants invariants;
    private final Clock clock;

    Reconciliation(
            PaymentComparison payments,
            PayoutComparison payouts,
            BalanceComparison balances,
            MemberComparison members,
            Invariants invariants,
            Clock clock) {
        this.payments = payments;
        this.payouts = payouts;
        this.balances = balances;
        this.members = members;
        this.invariants = invariants;
        this.clock = clock;
    }

    /**
     * Something that two sides say differently.
     *
     * @param kind stable
     * @param about a payment's id, a payout's, a batch's, a channel's, an invariant's, or a coin
     * @param since when what it is about was made; of what is in no list, when it was found
     * @param todo what a person does about it
     */
    public record Difference(String kind, String about, Instant since, String provider, String ours, String todo) {}

    /**
     * One comparison.
     *
     * @param count how many were looked at
     * @param whole whether all were; not so either where there is no list to look at
     * @param why the list could not be had as a whole; else empty
     */
    record Compared(int count, boolean whole, String why, List<Difference> differences) {}

    /**
     * Who is inside by the last looks, which are taken all day long; nobody is asked about for this.
     *
     * @param outsideWithARight who came in once and is outside, though their time runs: they left, or somebody removed them
     */
    public record Members(long inside, long outsideWithARight) {}

    /**
     * @param payments how many of the provider's payments were looked at
     * @param payouts how many of its withdrawals
     * @param paymentsWhole whether those were all since then
     * @param payoutsWhole whether those were
     * @param balanceHad whether what the provider has was looked at
     * @param why its lists could not be had as a whole; empty where they could
     */
    public record Report(
            Instant since,
            int payments,
            int payouts,
            Members members,
            boolean paymentsWhole,
            boolean payoutsWhole,
            boolean balanceHad,
            String why,
            List<Difference> differences) {
        public boolean complete() {
            return why.isEmpty();
        }

        /** Whether a difference of this kind, about what was made then, would be told if it were there. */
        boolean lookedAt(String kind, String about, Instant made) {
            if (kind.equals(INVARIANT)) {
                return differences.stream()
                        .noneMatch(one -> one.kind().equals(INVARIANT_NOT_CHECKED)
                                && one.about().equals(about));
            }
            if (kind.equals(INVARIANT_NOT_CHECKED)) {
                return true; // each is tried
            }
            if (kind.equals(BalanceComparison.SHORT)) {
                return balanceHad;
            }
            boolean whole = kind.startsWith(PayoutComparison.KINDS) ? payoutsWhole : paymentsWhole;
            return whole && !made.isBefore(since.plus(MARGIN));
        }
    }

    public Report compare() {
        return compare(clock.instant().minus(BACK));
    }

    /** Compares what was made since then. */
    Report compare(Instant since) {
        Instant now = clock.instant();
        Compared paid = payments.compare(since, now);
        Compared sent = payouts.compare(since, now);
        BalanceComparison.Compared has = balances.compare(now);
        String why = Stream.of(paid.why(), sent.why(), has.why())
                .filter(text -> !text.isEmpty())
                .distinct()
                .collect(Collectors.joining("; "));
        List<Difference> differences = Stream.of(
                        paid.differences().stream(),
                        sent.differences().stream(),
                        has.differences().stream(),
                        members.withoutARight(now).stream(),
                        invariants.check(LOOK_WITHIN, LOOK_AT_ALL_WITHIN).stream()
                                .filter(checked -> checked.violations() != 0)
                                .map(checked -> broken(checked, now)))
                .flatMap(one -> one)
                .toList();
        return new Report(
                since,
                paid.count(),
                sent.count(),
                members.count(now),
                paid.whole(),
                sent.whole(),
                has.had(),
                why,
                differences);
    }

    private static Difference broken(Invariants.Checked checked, Instant now) {
        if (!checked.why().isEmpty()) {
            return new Difference(
                    INVARIANT_NOT_CHECKED,
                    checked.id(),
                    now,
                    "",
                    "could not be looked at: " + checked.why(),
                    "Whether this holds is not known: " + checked.title()
                            + ". Look again when the database has less to do: ./admitone invariants.");
        }
        return new Difference(
                INVARIANT,
                checked.id(),
                now,
                "",
                checked.violations() + " break it, such as " + String.join(", ", checked.examples()),
                "What must hold does not: " + checked.title() + ". Look at their timelines.");
    }
}
