package admitone.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Counts in the database whether what was measured is also right: a fast wrong answer is not a result. */
final class Checks {
    private static final long WITHIN_SECONDS = 180;
    private static final long LOOK_EVERY_MS = 20;

    private static final String GRANTS = """
            select count(*) from access.grants
            where seller_id = any (?) and payment_id between ? and ?
            """;
    private static final String PAYMENTS_GRANTED = """
            select count(distinct payment_id) from access.grants
            where seller_id = any (?) and payment_id between ? and ?
            """;
    private static final String PAID = """
            select count(*) from payments.payment
            where seller_id = any (?) and payment_id between ? and ? and state = 'paid'
            """;
    private static final String ACCRUALS = """
            select count(*) from ledger.journal
            where seller_id = any (?) and reference between 'payment:' || ? and 'payment:' || ? and kind = 'accrual'
            """;
    /** A seller is told of the sales of some seconds in one message. */
    private static final String SELLER_MESSAGES_OWED = """
            select count(*) from access.grants g
            where g.seller_id = any (?) and g.payment_id between ? and ? and exists (select from tasks.task t
              where t.seller_id = g.seller_id and t.kind = 'tell_seller'
                and uuid_extract_timestamp(g.grant_id) >= (t.payload ->> 'from')::timestamptz
                and uuid_extract_timestamp(g.grant_id) < (t.payload ->> 'until')::timestamptz)
            """;

    private static final String BUYER_MESSAGES_OWED = """
            select count(*) from tasks.task t join access.grants g
              on g.seller_id = t.seller_id and t.subject = 'grant:' || g.grant_id
            where g.seller_id = any (?) and g.payment_id between ? and ? and t.kind = 'deliver_access'
            """;
    private static final String DELIVERED = """
            select count(*) from access.grants
            where seller_id = any (?) and payment_id between ? and ? and access = 'delivered'
            """;
    private static final String ABSORBED = """
            select count(*) from timeline.event
            where seller_id = any (?) and subject between 'payment:' || ? and 'payment:' || ?
              and kind = 'trigger' and detail ->> 'outcome' like 'absorbed%'
            """;
    /** Quick, whatever is on record of before: it is asked while the time is taken. */
    private static final String EVENTS_SINCE = """
            select coalesce(sum(json_array_length(events)), 0) from timeline.entry
            where seller_id = any (?) and subject between 'payment:' || ? and 'payment:' || ? and at >= ?
            """;

    private static final String LAST_EVENT = """
            select max(entry_id::text) from timeline.entry
            where seller_id = any (?) and subject between 'payment:' || ? and 'payment:' || ? and at >= ?
            """;

    private static final String UNFINISHED =
            "select count(*) from tasks.task where state in ('ready', 'running') and kind <> 'tell_seller'";

    private final Connection database;

    Checks(Connection database) {
        this.database = database;
    }

    /** Waits until every payment of these has its grant; answers how long that took. */
    long awaitGrants(List<Purchase> purchases) throws SQLException {
        return await("grants", GRANTS, purchases, purchases.size());
    }

    /**
     * Waits until as much is on record of these since then; answers when the last of it was written, by its id, which is made just
     * before. Counting takes long where there are many: how long one waits here says nothing.
     */
    Instant awaitEvents(List<Purchase> purchases, Instant since, long count) throws SQLException {
        await("events on record", EVENTS_SINCE, purchases, count, Timestamp.from(since));
        return text(LAST_EVENT, purchases, Timestamp.from(since))
                .map(id -> Instant.ofEpochMilli(UUID.fromString(id).getMostSignificantBits() >>> 16))
                .orElse(since);
    }

    /** How many repeats of these are on record. */
    long absorbed(List<Purchase> purchases) throws SQLException {
        return count(ABSORBED, purchases);
    }

    /** Waits until no task is left to do. */
    void awaitQuiet() throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
        for (long left = unfinished(); left > 0; left = unfinished()) {
            if (System.nanoTime() > end) {
                throw new Failure(left + " tasks are not done after " + WITHIN_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MS));
        }
    }

    private long unfinished() throws SQLException {
        try (var statement = database.createStatement();
                var row = statement.executeQuery(UNFINISHED)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Each is paid and has one grant, one accrual and its two effects owed: no more and no less. */
    void settledOnce(List<Purchase> purchases) throws SQLException {
        List<String> wrong = new ArrayList<>();
        expect(wrong, "payments paid", PAID, purchases);
        expect(wrong, "grants", GRANTS, purchases);
        expect(wrong, "payments with a grant", PAYMENTS_GRANTED, purchases);
        expect(wrong, "accruals", ACCRUALS, purchases);
        expect(wrong, "messages owed to buyers", BUYER_MESSAGES_OWED, purchases);
        expect(wrong, "told to sellers", SELLER_MESSAGES_OWED, purchases);
        refuse(wrong);
    }

    /** Each message was confirmed and recorded. */
    void delivered(List<Purchase> purchases) throws SQLException {
        List<String> wrong = new ArrayList<>();
        expect(wrong, "grants delivered", DELIVERED, purchases);
        refuse(wrong);
    }

    private void expect(List<String> wrong, String what, String sql, List<Purchase> purchases) throws SQLException {
        long found = count(sql, purchases);
        if (found != purchases.size()) {
            wrong.add(found + " " + what);
        }
    }

    private static void refuse(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw new Failure("the effects are not as they must be: " + String.join(", ", wrong));
        }
    }

    /** How long it took, without the last look itself: what it finds was there when it began. */
    private long await(String what, String sql, List<Purchase> purchases, long wanted, Object... more)
            throws SQLException {
        long began = System.nanoTime();
        while (true) {
            long looked = System.nanoTime();
            long found = count(sql, purchases, more);
            if (found > wanted) {
                throw new Failure(found + " " + what + " instead of " + wanted);
            }
            if (found == wanted) {
                return looked - began;
            }
            if (looked - began > TimeUnit.SECONDS.toNanos(WITHIN_SECONDS)) {
                throw new Failure("only " + found + " of " + wanted + " " + what + " after " + WITHIN_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MS));
        }
    }

    private long count(String sql, List<Purchase> purchases, Object... more) throws SQLException {
        return text(sql, purchases, more).map(Long::parseLong).orElse(0L);
    }

    /** Payment ids have one length, so that they are ordered as text too; they were given in order. */
    private Optional<String> text(String sql, List<Purchase> purchases, Object... more) throws SQLException {
        try (var query = database.prepareStatement(sql)) {
            String[] sellers = purchases.stream()
                    .map(purchase -> purchase.shop().sellerId())
                    .distinct()
                    .toArray(String[]::new);
            query.setArray(1, database.createArrayOf("text", sellers));
            query.setString(2, Long.toString(purchases.getFirst().paymentId()));
            query.setString(3, Long.toString(purchases.getLast().paymentId()));
            for (int i = 0; i < more.length; i++) {
                query.setObject(4 + i, more[i]);
            }
            var rows = query.executeQuery();
            rows.next();
            return Optional.ofNullable(rows.getString(1));
        }
    }
}
