package admitone.ledger;

import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.Loop;
import admitone.runtime.Recurring;
import admitone.runtime.SellerId;
import admitone.runtime.SigningKey;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Seals what was booked, some seconds after: whichever instance comes first, with the seller's account locked. A line that commits
 * late, beside others with greater ids, is in a later seal, made within a minute.
 */
@Component
class Sealing extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(Sealing.class);
    private static final Duration EVERY = Duration.ofSeconds(15);

    /** A transaction that books is over long before, or is broken off by the database. */
    static final Duration COMMITTED_WITHIN = Duration.ofMinutes(10);

    /** What is in no seal by then was not booked by the service, or sealing stands still. */
    static final Duration SEALED_WITHIN = COMMITTED_WITHIN.plusMinutes(5);

    /** Lines with lesser ids than sealed ones are rare, and to look for them is to read all of the last minutes. */
    private static final Duration LATE_EVERY = Duration.ofMinutes(1);

    static final int LINES = 1_000;
    private static final int MARK_EVERY = 1_000;
    private static final int MOST_SELLERS = 500;
    private static final int MOST_SEALS = 100;
    private static final int MOST_PAGES = 100;

    private final JdbcSeals seals;
    private final Ledger ledger;
    private final Claims claims;
    private final SigningKey key;
    private final Transactions transactions;
    private final Clock clock;
    private volatile Instant lateSince = Instant.EPOCH;
    private volatile Instant lateAgainAt = Instant.EPOCH;
    private volatile boolean hasGoneRound;

    Sealing(JdbcSeals seals, Ledger ledger, Claims claims, SigningKey key, Transactions transactions, Clock clock) {
        super("sealing", EVERY);
        this.seals = seals;
        this.ledger = ledger;
        this.claims = claims;
        this.key = key;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Whether all that was booked before this start has had its chance. */
    boolean hasGoneRound() {
        return hasGoneRound;
    }

    @Override
    protected void round() {
        ledger.goOnAfterNewest();
        eachOf(after -> seals.unsealed(after, Ids.firstAt(ahead()), MOST_SELLERS), this::seal);
        Instant now = clock.instant();
        if (!now.isBefore(lateAgainAt)) {
            Instant since = lateSince;
            boolean all = eachOf(after -> seals.sealedSince(since, after, MOST_SELLERS), this::sealLate);
            lateSince = all ? now.minus(COMMITTED_WITHIN).minus(LATE_EVERY) : since;
            lateAgainAt = now.plus(LATE_EVERY);
        }
        hasGoneRound = true;
    }

    /** Answers whether none failed. */
    private static boolean eachOf(Function<String, List<SellerId>> pages, Predicate<SellerId> sealing) {
        boolean all = true;
        String after = "";
        List<SellerId> page;
        do {
            page = pages.apply(after);
            for (SellerId seller : page) {
                if (Loop.isEnding()) {
                    return false;
                }
                all &= sealAll(seller, sealing);
                after = seller.value();
            }
        } while (page.size() == MOST_SELLERS);
        return all;
    }

    private static boolean sealAll(SellerId seller, Predicate<SellerId> sealing) {
        try {
            for (int i = 0; i < MOST_SEALS && sealing.test(seller); i++) {
                log.debug("seller {}: sealed", seller);
            }
            return true;
        } catch (RuntimeException e) {
            if (!Loop.isEnding()) {
                log.warn("the journal of seller {} could not be sealed ({}), next round again", seller, e.toString());
            }
            return false;
        }
    }

    /** What is numbered or dated from then on is not sealed: nothing could follow it in the chain. */
    Instant ahead() {
        return clock.instant().plus(Ledger.AHEAD_AT_MOST);
    }

    /** Makes one seal of what was booked since the last; answers whether there is more to seal. */
    boolean seal(SellerId seller) {
        return seal(seller, (last, after) -> seals.open(seller, last, after, Ids.firstAt(ahead()), LINES));
    }

    /** As above, of what committed later than lines with greater ids that are sealed. */
    boolean sealLate(SellerId seller) {
        return seal(seller, (last, after) -> last == null ? List.of() : seals.late(seller, last, after, LINES));
    }

    /** Lines that wait for their seal, after an entry. */
    private interface Waiting {
        List<JdbcSeals.Read> after(@Nullable Seal last, UUID entry);
    }

    private boolean seal(SellerId seller, Waiting waiting) {
        return transactions.run(seller, () -> {
            claims.lockAccount(seller);
            @Nullable Seal last = seals.last(seller).orElse(null);
            UUID after = JdbcSeals.BEFORE_ALL;
            for (int page = 0; page < MOST_PAGES; page++) {
                List<JdbcSeals.Read> read = waiting.after(last, after);
                List<Ledger.Stated> lines = ours(seller, read);
                if (!lines.isEmpty()) {
                    seal(seller, last, lines);
                    return read.size() >= LINES;
                }
                if (read.size() < LINES) {
                    return false;
                }
                after = read.getLast().key().entryId(); // however many are not ours: they hold up no other
            }
            return false;
        });
    }

    private List<Ledger.Stated> ours(SellerId seller, List<JdbcSeals.Read> read) {
        Instant ahead = ahead();
        List<Ledger.Stated> lines = read.stream()
                .flatMap(one -> one.line().stream())
                .filter(one -> one.line().at().isBefore(ahead))
                .toList();
        if (lines.size() < read.size()) {
            log.warn(
                    "the journal of seller {} has lines that are not the service's; ledger verify will name them",
                    seller);
        }
        return lines;
    }

    private void seal(SellerId seller, @Nullable Seal last, List<Ledger.Stated> lines) {
        UUID newest = lines.getLast().line().entryId();
        UUID until = last != null && text(last.untilEntry()).compareTo(text(newest)) > 0 ? last.untilEntry() : newest;
        UUID openFrom = Ids.firstAt(Ids.madeAt(until).minus(COMMITTED_WITHIN));
        List<byte[]> digests =
                lines.stream().map(line -> Seal.digest(seller, line, key)).toList();
        Seal seal = Seal.over(last, digests, until, openFrom, key, seller);
        Instant now = clock.instant();
        seals.add(seller, seal, lines, digests, now);
        mark(seller, seal);
    }

    /** The order of the database, which is not that of {@link UUID#compareTo}. */
    private static String text(UUID id) {
        return id.toString();
    }

    private void mark(SellerId seller, Seal seal) {
        long marked = seals.marked(seller);
        if (seals.linesAfter(seller, marked) < MARK_EVERY) {
            return;
        }
        Map<JdbcSeals.Moved, BigInteger> sums = new HashMap<>(seals.mark(seller, marked));
        seals.sumsAfter(seller, marked).forEach((moved, sum) -> sums.merge(moved, sum, BigInteger::add));
        seals.addMark(seller, seal.seq(), sums);
        // whoever can delete the end of a chain cannot delete it from the logs
        log.info(
                "the journal of seller {} is sealed up to {}, {}",
                seller,
                seal.seq(),
                HexFormat.of().formatHex(seal.hash(), 0, 16));
    }
}
