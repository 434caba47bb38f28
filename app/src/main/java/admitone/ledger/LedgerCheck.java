package admitone.ledger;

import admitone.ledger.Heads.Head;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.SigningKey;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Component;

/**
 * Recomputes every chain and every sum of the journal; changes nothing. A seal at a time is in memory.
 *
 * <p>It tells what was altered after it was sealed. What it cannot see: a line that whoever may write to the database inserts with an id of
 * now, or alters in the seconds before its seal: that is sealed as the service's own. Nor lines altered with the newest seals made anew, up to
 * the end that was kept.
 */
@Component
public class LedgerCheck {
    private static final Logger log = LoggerFactory.getLogger(LedgerCheck.class);
    private static final int SEALS_AT_ONCE = 200;

    private final JdbcSeals seals;
    private final Sealing sealing;
    private final Ledger ledger;
    private final SigningKey key;
    private final Heads heads;
    private final Clock clock;

    LedgerCheck(JdbcSeals seals, Sealing sealing, Ledger ledger, SigningKey key, Heads heads, Clock clock) {
        this.seals = seals;
        this.sealing = sealing;
        this.ledger = ledger;
        this.key = key;
        this.heads = heads;
        this.clock = clock;
    }

    /** What was booked before this start is being sealed: what is in no seal yet is not known to be wrong. */
    public static final class NotSealedYet extends RuntimeException {
        NotSealedYet(SellerId seller) {
            super("the journal of seller " + seller + " has lines from before this start that are not sealed yet");
        }
    }

    /** Of what kind it is. */
    public enum What {
        /** It does not hold. */
        WRONG,
        /** Whether it holds is not known. */
        NOT_CHECKED,
        /** Whether an end is gone is not known. */
        ENDS_NOT_COMPARED
    }

    /**
     * The first thing that is wrong.
     *
     * @param line the line that it is about, or null where it is about a seal or a sum
     */
    public record Bad(What what, SellerId seller, Ledger.@Nullable Key line, String why) {}

    /**
     * @param lines that are sealed and hold, of each seller up to what does not
     * @param keptHeads how many chains were compared with the end that they were kept with outside of the database
     */
    public record Checked(int sellers, long lines, int keptHeads, List<Bad> bad) {
        public Optional<Bad> firstBad() {
            return bad.stream().findFirst();
        }
    }

    /**
     * Of all sellers, in the order of their ids; of each that does not hold, the first that is wrong.
     *
     * @throws NotSealedYet in the moments after a start
     */
    public Checked verify() {
        return verify(new HashMap<>(), () -> {});
    }

    /**
     * Seals what is there first; then the same, and the end of each chain that holds is kept outside of the database.
     *
     * @param goesOn is called after each seller: all of them take hours where the journal is large
     */
    public Checked verifyAndKeepHeads(Runnable goesOn) {
        sealing.round();
        Map<SellerId, Head> newest = new HashMap<>();
        Checked checked = verify(newest, goesOn);
        if (!newest.isEmpty()) {
            heads.keep(newest);
        }
        return checked;
    }

    /** {@code newest}: the ends to be kept; none where those kept before cannot be read. */
    private Checked verify(Map<SellerId, Head> newest, Runnable goesOn) {
        try {
            return verify(heads.kept(), newest, goesOn);
        } catch (Heads.Unreadable e) {
            Checked alone = verify(Map.of(), new HashMap<>(), goesOn);
            List<Bad> all = new ArrayList<>(alone.bad());
            all.add(new Bad(
                    What.ENDS_NOT_COMPARED,
                    SellerId.PLATFORM,
                    null,
                    "the ends that were kept are not compared: " + e.getMessage()));
            return new Checked(alone.sellers(), alone.lines(), 0, all);
        }
    }

    private Checked verify(Map<SellerId, Head> kept, Map<SellerId, Head> newest, Runnable goesOn) {
        TreeSet<SellerId> sellers = new TreeSet<>(Comparator.comparing(SellerId::value));
        sellers.addAll(seals.all());
        sellers.addAll(kept.keySet()); // one with nothing left is among those too
        long lines = 0;
        List<Bad> all = new ArrayList<>();
        seals.nobody()
                .map(id -> "there are lines of '" + id + "', which is no seller's id: the service did not write them")
                .ifPresent(why -> all.add(new Bad(What.WRONG, SellerId.PLATFORM, null, why)));
        for (SellerId seller : sellers) {
            Chain chain = new Chain(seller, kept.get(seller));
            Optional<Bad> bad = chain.firstBadOrNotChecked();
            bad.ifPresent(all::add);
            lines += chain.lines;
            Optional<Head> head = bad.isEmpty() ? chain.head() : Optional.ofNullable(kept.get(seller));
            head.ifPresent(end -> newest.put(seller, end));
            goesOn.run();
        }
        return new Checked(sellers.size(), lines, kept.size(), all);
    }

    /** Of one seller. */
    public Optional<Bad> verify(SellerId seller) {
        return new Chain(seller, heads.kept().get(seller)).firstBadOrNotChecked();
    }

    /** One seller's, from its beginning. */
    private final class Chain {
        private final SellerId seller;
        private final @Nullable Head kept;
        private final Map<JdbcSeals.Moved, BigInteger> sums = new HashMap<>();
        private @Nullable Seal last;
        private long lines;

        Chain(SellerId seller, @Nullable Head kept) {
            this.seller = seller;
            this.kept = kept;
        }

        Optional<Head> head() {
            return Optional.ofNullable(last).map(seal -> new Head(seal.seq(), digest(seal), clock.instant()));
        }

        private static String digest(Seal seal) {
            return HexFormat.of().formatHex(seal.hash());
        }

        /** What keeps one seller from being checked hides no other. */
        Optional<Bad> firstBadOrNotChecked() {
            try {
                return firstBad();
            } catch (NotSealedYet | CannotGetJdbcConnectionException e) {
                throw e;
            } catch (RuntimeException e) {
                log.warn("the journal of seller {} could not be checked", seller, e);
                String why = NestedExceptionUtils.getMostSpecificCause(e).getMessage();
                return Optional.of(new Bad(What.NOT_CHECKED, seller, null, "could not be checked: " + why));
            }
        }

        private Optional<Bad> firstBad() {
            List<Seal> page;
            do {
                page = seals.after(seller, last == null ? 0 : last.seq(), SEALS_AT_ONCE);
                for (Seal seal : page) {
                    Optional<Bad> bad = badIn(seal);
                    if (bad.isPresent()) {
                        return bad;
                    }
                    last = seal;
                }
            } while (page.size() == SEALS_AT_ONCE);
            return end().or(this::strays).or(this::left).or(this::unread).or(this::balance);
        }

        private Optional<Bad> badIn(Seal seal) {
            long next = last == null ? 1 : last.seq() + 1;
            if (seal.seq() != next) {
                return bad("seal " + next + " is gone");
            }
            if (!seal.keyId().equals(key.id())) {
                return bad("seal " + next + " was made with another signing key, " + seal.keyId()
                        + ": set ADMITONE_SIGNING_KEY to that one");
            }
            List<byte[]> digests = new ArrayList<>(seal.lines());
            for (JdbcSeals.Sealed sealed : seals.in(seller, seal.seq())) {
                if (sealed.position() != digests.size() + 1) {
                    return bad("line " + (digests.size() + 1) + " of seal " + seal.seq() + " is gone, with its seal");
                }
                if (!sealed.isThere()) {
                    return bad(sealed.key(), "the line is gone");
                }
                if (sealed.line().isEmpty()) {
                    return bad(sealed.key(), "the line was changed");
                }
                byte[] digest = Seal.digest(seller, sealed.line().get(), key);
                if (!java.security.MessageDigest.isEqual(digest, sealed.digest())) {
                    return bad(sealed.key(), "the line was changed");
                }
                digests.add(digest);
                add(sealed.line().get().line());
            }
            if (digests.size() != seal.lines()) {
                return bad("line " + (digests.size() + 1) + " of seal " + seal.seq() + " is gone, with its seal");
            }
            if (!seal.holds(seller, last, digests, key)) {
                return bad("seal " + seal.seq() + " was changed");
            }
            if (kept != null && kept.seq() == seal.seq() && !kept.digest().equals(digest(seal))) {
                return bad("seal " + seal.seq() + " is another than at " + kept.seenAt());
            }
            lines += digests.size();
            Map<JdbcSeals.Moved, String> mark = seals.written(seller, seal.seq());
            Map<JdbcSeals.Moved, String> sum = new HashMap<>();
            sums.forEach((moved, total) -> sum.put(moved, total.toString()));
            return mark.isEmpty() || mark.equals(sum)
                    ? Optional.empty()
                    : bad("the sums up to seal " + seal.seq() + " are not those of its lines");
        }

        private void add(Ledger.Posted line) {
            sums.merge(
                    new JdbcSeals.Moved(
                            line.kind(),
                            line.debit().word(),
                            line.credit().word(),
                            line.amount().asset().code()),
                    line.amount().units(),
                    BigInteger::add);
        }

        /** What was there when it was last verified. */
        private Optional<Bad> end() {
            long newest = last == null ? 0 : last.seq();
            return kept == null || kept.seq() <= newest
                    ? Optional.empty()
                    : bad("seal " + (newest + 1) + " and all after it, up to " + kept.seq()
                            + ", are gone: they were there at " + kept.seenAt()
                            + " (after a restore that is known, delete <data>/ledger-heads)");
        }

        /** Whoever says of a line that it is sealed, and puts it into no seal, hides that it is not; and sums of no seal would be the newest. */
        private Optional<Bad> strays() {
            long marks = seals.marksOfNoSeal(seller);
            if (marks > 0) {
                return bad(marks + " sums are of no seal: ledger.mark was written by hand");
            }
            long said = seals.linesUpTo(seller, last == null ? 0 : last.seq());
            return said == lines
                    ? Optional.empty()
                    : bad(said + " lines are said to be sealed, and " + lines
                            + " are: ledger.sealed was written by hand");
        }

        /** Who writes a line past the service gives it an id of its own time, or one that is closed; and what is not sealed may be altered unseen. */
        private Optional<Bad> left() {
            Instant before = clock.instant().minus(Sealing.SEALED_WITHIN);
            Instant ahead = sealing.ahead();
            Optional<JdbcSeals.Unsealed> left =
                    seals.left(seller, last == null ? null : last.openFrom(), before, ahead);
            boolean isAhead = left.filter(line -> !line.at().isBefore(ahead)
                            || !Ids.madeAt(line.key().entryId()).isBefore(ahead))
                    .isPresent();
            if (left.isPresent() && !isAhead && !sealing.hasGoneRound()) {
                throw new NotSealedYet(seller);
            }
            return left.flatMap(line -> bad(
                    line.key(),
                    isAhead
                            ? "the line was not booked by the service: it is numbered or dated more than a day ahead"
                            : "the line is in no seal: it was not booked by the service, or sealing stands still since "
                                    + line.at() + " (the log says why)"));
        }

        /** Nothing waits for the seal of a line that the service cannot have written. */
        private Optional<Bad> unread() {
            List<JdbcSeals.Read> lines = new ArrayList<>(
                    seals.open(seller, last, JdbcSeals.BEFORE_ALL, Ids.firstAt(sealing.ahead()), Sealing.LINES));
            if (last != null) {
                lines.addAll(seals.late(seller, last, JdbcSeals.BEFORE_ALL, Sealing.LINES));
            }
            return lines.stream()
                    .filter(line -> line.line().isEmpty())
                    .findFirst()
                    .flatMap(line -> bad(line.key(), "the line was not booked by the service: it cannot be read"));
        }

        private Optional<Bad> balance() {
            return ledger.balanceIsThatOfAllLines(seller)
                    ? Optional.empty()
                    : bad("the balance is not the sum of the lines");
        }

        private Optional<Bad> bad(String why) {
            return Optional.of(new Bad(What.WRONG, seller, null, why));
        }

        private Optional<Bad> bad(Ledger.Key line, String why) {
            return Optional.of(new Bad(What.WRONG, seller, line, why));
        }
    }
}
