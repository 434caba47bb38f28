package admitone.ledger;

import admitone.database.Columns;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Seals, what is in them, and the marks. */
@Repository
class JdbcSeals {
    /** Every seller of the journal, by one probe of its index each. */
    static final String SELLERS = """
            with recursive sellers (seller_id) as (
              (select seller_id from ledger.journal order by seller_id limit 1)
              union all
              select (select j.seller_id from ledger.journal j where j.seller_id > s.seller_id order by j.seller_id limit 1)
              from sellers s where s.seller_id is not null)
            """;

    /** {@code bounds} of a seal's lines, as the journal has them: whichever of the two the server reads first, it reads no more. */
    private static String notSealed(String bounds) {
        return """
                not exists (select from ledger.sealed x
                  where x.seller_id = j.seller_id and x.entry_id = j.entry_id and x.kind = j.kind %s)
                """.formatted(bounds);
    }

    /** Whoever writes past the service may write an id that no {@link SellerId} can be. */
    private static final String A_SELLER = "s.seller_id ~ '^[0-9a-hjkmnp-tv-z]{12}$'";

    private static final List<String> RATE = List.of("rate_asset", "rate_usd", "rate_at", "rate_source");

    static final UUID BEFORE_ALL = new UUID(0, 0);

    private final JdbcClient jdbc;

    JdbcSeals(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Sellers with lines after the newest that is sealed and before {@code ahead}, after {@code after}, by their ids. */
    List<SellerId> unsealed(String after, UUID ahead, int limit) {
        return sellers("""
                cross join lateral (select j.entry_id from ledger.journal j where j.seller_id = s.seller_id and j.entry_id < :ahead order by j.entry_id desc limit 1) newest
                left join lateral (select until_entry from ledger.seal l where l.seller_id = s.seller_id order by l.seq desc limit 1) last on true
                where s.seller_id > :after and (last.until_entry is null or newest.entry_id > last.until_entry)
                """, after, Instant.EPOCH, ahead, limit);
    }

    /** Sellers of whom something was sealed since, after {@code after}, by their ids. */
    List<SellerId> sealedSince(Instant since, String after, int limit) {
        return sellers("""
                cross join lateral (select sealed_at from ledger.seal l where l.seller_id = s.seller_id order by l.seq desc limit 1) last
                where s.seller_id > :after and last.sealed_at >= :since
                """, after, since, BEFORE_ALL, limit);
    }

    private List<SellerId> sellers(String which, String after, Instant since, UUID ahead, int limit) {
        return jdbc.sql(SELLERS + "select s.seller_id from sellers s " + which + " and " + A_SELLER
                        + " order by s.seller_id limit :limit")
                .param("after", after)
                .param("since", Columns.at(since))
                .param("ahead", ahead)
                .param("limit", limit)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    /** All that have a journal, or had. */
    List<SellerId> all() {
        return jdbc.sql(SELLERS + """
                select s.seller_id from (select seller_id from sellers union select seller_id from ledger.seal where seq = 1) s
                where
                """ + A_SELLER + " order by s.seller_id")
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    /** The first by whose id no seller goes, though it has lines. */
    Optional<String> nobody() {
        return jdbc.sql(SELLERS + "select s.seller_id from sellers s where not (" + A_SELLER
                        + ") order by s.seller_id limit 1")
                .query(String.class)
                .optional();
    }

    Optional<Seal> last(SellerId seller) {
        return jdbc.sql("select * from ledger.seal where seller_id = ? order by seq desc limit 1")
                .param(seller.value())
                .query(JdbcSeals::seal)
                .optional();
    }

    List<Seal> after(SellerId seller, long seq, int limit) {
        return jdbc.sql("select * from ledger.seal where seller_id = ? and seq > ? order by seq limit ?")
                .params(seller.value(), seq, limit)
                .query(JdbcSeals::seal)
                .list();
    }

    private static Seal seal(ResultSet row, int n) throws SQLException {
        return new Seal(
                row.getLong("seq"),
                row.getInt("lines"),
                row.getObject("until_entry", UUID.class),
                row.getObject("open_from", UUID.class),
                row.getString("key_id"),
                row.getBytes("hash"));
    }

    /**
     * Lines after the newest that is sealed and after {@code after}, and before {@code ahead}; oldest first, whole entries: some more than
     * {@code atLeast} where there are so many.
     */
    List<Read> open(SellerId seller, @Nullable Seal last, UUID after, UUID ahead, int atLeast) {
        return lines("j.entry_id > :until and j.entry_id < :ahead", seller, last, after, ahead, atLeast);
    }

    /** As {@link #open}: lines before the newest that is sealed, which committed later than it. */
    List<Read> late(SellerId seller, Seal last, UUID after, int atLeast) {
        return lines(
                "j.entry_id between :from and :until and " + notSealed("and x.entry_id between :from and :until"),
                seller,
                last,
                after,
                BEFORE_ALL,
                atLeast);
    }

    private List<Read> lines(String which, SellerId seller, @Nullable Seal last, UUID after, UUID ahead, int atLeast) {
        return jdbc.sql(
                        "select * from (select j.* from ledger.journal j where j.seller_id = :seller and j.entry_id > :after and "
                                + which
                                + " order by j.entry_id fetch first :limit rows with ties) j order by entry_id, kind")
                .param("seller", seller.value())
                .param("after", after)
                .param("from", last == null ? BEFORE_ALL : last.openFrom())
                .param("until", last == null ? BEFORE_ALL : last.untilEntry())
                .param("ahead", ahead)
                .param("limit", atLeast)
                .query(Read::of)
                .list();
    }

    /** A line; what it says is empty for one that the service cannot have written, since it does not understand it. */
    record Read(Ledger.Key key, Optional<Ledger.Stated> line) {
        static Read of(ResultSet row, int n) throws SQLException {
            return new Read(
                    new Ledger.Key(row.getObject("entry_id", UUID.class), row.getString("kind")), readable(row, n));
        }
    }

    /** Values there are that the database takes and Java has no type for, {@code NaN} for one: they end nothing. */
    private static Optional<Ledger.Stated> readable(ResultSet row, int n) {
        try {
            return isRateWhole(row) ? Optional.of(Ledger.stated(row, n)) : Optional.empty();
        } catch (SQLException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Sums go by parts of a rate also where the rest is not there. */
    private static boolean isRateWhole(ResultSet row) throws SQLException {
        int parts = 0;
        for (String part : RATE) {
            parts += row.getString(part) == null ? 0 : 1;
        }
        return parts == 0 || parts == RATE.size();
    }

    /** A line in no seal. */
    record Unsealed(Ledger.Key key, Instant at) {}

    /**
     * The first line that is in no seal though one made later is closed for it, or though it was booked before {@code before}; or that is
     * numbered or dated {@code ahead} of any that the service seals.
     */
    Optional<Unsealed> left(SellerId seller, @Nullable UUID openFrom, Instant before, Instant ahead) {
        return jdbc.sql("""
                select j.entry_id, j.kind, j.at from ledger.journal j
                where j.seller_id = :seller and (j.entry_id < :closed or j.entry_id < :from or j.at < :before
                  or j.entry_id >= :ahead or j.at >= :dated) and
                """ + notSealed("") + " order by j.entry_id, j.kind limit 1")
                .param("seller", seller.value())
                .param("closed", openFrom)
                .param("from", Ids.firstAt(before))
                .param("before", Columns.at(before))
                .param("ahead", Ids.firstAt(ahead))
                .param("dated", Columns.at(ahead))
                .query((row, n) -> new Unsealed(
                        new Ledger.Key(row.getObject("entry_id", UUID.class), row.getString("kind")),
                        Columns.instant(row, "at")))
                .optional();
    }

    /** Within the current transaction. */
    void add(SellerId seller, Seal seal, List<Ledger.Stated> lines, List<byte[]> digests, Instant at) {
        jdbc.sql("""
                insert into ledger.seal (seller_id, seq, lines, from_entry, until_entry, open_from, key_id, hash, sealed_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(
                        seller.value(),
                        seal.seq(),
                        seal.lines(),
                        lines.getFirst().line().entryId(),
                        seal.untilEntry(),
                        seal.openFrom(),
                        seal.keyId(),
                        seal.hash(),
                        Columns.at(at))
                .update();
        List<Object[]> rows = new java.util.ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Ledger.Posted line = lines.get(i).line();
            rows.add(Columns.all(
                    seller.value(), line.entryId(), line.kind(), seal.seq(), Integer.toString(i + 1), digests.get(i)));
        }
        jdbc.sql("""
                insert into ledger.sealed (seller_id, entry_id, kind, seq, position, digest)
                select r->>0, (r->>1)::uuid, r->>2, (r->>3)::bigint, (r->>4)::int, (r->>5)::bytea
                from unnest(?::jsonb[]) as r
                """).params(Columns.rows(rows)).update();
    }

    /** What a seal says of a line, whether that is there, and what it says, if the service can have written that. */
    record Sealed(Ledger.Key key, int position, byte[] digest, boolean isThere, Optional<Ledger.Stated> line) {}

    /**
     * By the seal's {@code from_entry}, which no hash is over: a greater one leaves out lines, which are missed, a lesser one only takes longer.
     * Nor is one over {@code sealed_at}, by which lines that commit late are looked for: they would be in no seal, and named.
     */
    List<Sealed> in(SellerId seller, long seq) {
        return jdbc.sql("""
                select j.*, x.entry_id as sealed_entry, x.kind as sealed_kind, x.position, x.digest from ledger.seal l
                join ledger.sealed x on x.seller_id = l.seller_id and x.seq = l.seq and x.entry_id <= l.until_entry
                  and x.entry_id >= coalesce(l.from_entry,
                    (select p.open_from from ledger.seal p where p.seller_id = l.seller_id and p.seq = l.seq - 1), '00000000-0000-0000-0000-000000000000')
                left join ledger.journal j on j.seller_id = x.seller_id and j.entry_id = x.entry_id and j.kind = x.kind
                where l.seller_id = ? and l.seq = ? order by x.position
                """)
                .params(seller.value(), seq)
                .query((row, n) -> new Sealed(
                        new Ledger.Key(row.getObject("sealed_entry", UUID.class), row.getString("sealed_kind")),
                        row.getInt("position"),
                        row.getBytes("digest"),
                        row.getString("kind") != null,
                        row.getString("kind") == null ? Optional.empty() : readable(row, n)))
                .list();
    }

    /** How many lines are said to be in a seal up to {@code seq}, or in one that is not there. */
    long linesUpTo(SellerId seller, long seq) {
        return jdbc.sql("""
                select count(*) from ledger.sealed x where x.seller_id = :seller and (x.seq <= :seq
                  or not exists (select from ledger.seal l where l.seller_id = x.seller_id and l.seq = x.seq))
                """)
                .param("seller", seller.value())
                .param("seq", seq)
                .query(Long.class)
                .single();
    }

    long marksOfNoSeal(SellerId seller) {
        return jdbc.sql("""
                select count(*) from ledger.mark m where m.seller_id = ?
                  and not exists (select from ledger.seal l where l.seller_id = m.seller_id and l.seq = m.seq)
                """).param(seller.value()).query(Long.class).single();
    }

    /** What a sum is over. */
    record Moved(String kind, String debit, String credit, String asset) {}

    /** The newest seal that has a mark; 0: none. */
    long marked(SellerId seller) {
        return jdbc.sql("select coalesce(max(seq), 0) from ledger.mark where seller_id = ?")
                .param(seller.value())
                .query(Long.class)
                .single();
    }

    /** How many lines are sealed after a seal. */
    long linesAfter(SellerId seller, long seq) {
        return jdbc.sql("select coalesce(sum(lines), 0) from ledger.seal where seller_id = ? and seq > ?")
                .params(seller.value(), seq)
                .query(Long.class)
                .single();
    }

    Map<Moved, BigInteger> mark(SellerId seller, long seq) {
        return sums("""
                select kind, debit, credit, asset, total from ledger.mark where seller_id = ? and seq = ?
                """, seller.value(), seq);
    }

    /** As it is written, whatever that is. */
    Map<Moved, String> written(SellerId seller, long seq) {
        Map<Moved, String> sums = new HashMap<>();
        jdbc.sql("select kind, debit, credit, asset, total::text from ledger.mark where seller_id = ? and seq = ?")
                .params(seller.value(), seq)
                .query(row -> {
                    sums.put(moved(row), row.getString("total"));
                });
        return sums;
    }

    /** Of the lines in the seals after {@code seq}. */
    Map<Moved, BigInteger> sumsAfter(SellerId seller, long seq) {
        return sums("""
                with since as (select coalesce(
                    (select l.from_entry from ledger.seal l where l.seller_id = ? and l.seq > ? order by l.from_entry nulls first limit 1),
                    (select open_from from ledger.seal where seller_id = ? and seq = ?), '00000000-0000-0000-0000-000000000000') as entry_id)
                select j.kind, j.debit, j.credit, j.asset, sum(j.amount) as total from ledger.sealed x
                join ledger.journal j on j.seller_id = x.seller_id and j.entry_id = x.entry_id and j.kind = x.kind
                  and j.entry_id >= (select entry_id from since)
                where x.seller_id = ? and x.seq > ? and x.entry_id >= (select entry_id from since)
                group by j.kind, j.debit, j.credit, j.asset
                """, seller.value(), seq, seller.value(), seq, seller.value(), seq);
    }

    private Map<Moved, BigInteger> sums(String sql, Object... parameters) {
        Map<Moved, BigInteger> sums = new HashMap<>();
        jdbc.sql(sql).params(parameters).query(row -> {
            sums.put(moved(row), row.getBigDecimal("total").toBigIntegerExact());
        });
        return sums;
    }

    private static Moved moved(ResultSet row) throws SQLException {
        return new Moved(
                row.getString("kind"), row.getString("debit"), row.getString("credit"), row.getString("asset"));
    }

    /** Within the current transaction. */
    void addMark(SellerId seller, long seq, Map<Moved, BigInteger> sums) {
        jdbc.sql("""
                insert into ledger.mark (seller_id, seq, kind, debit, credit, asset, total)
                select r->>0, (r->>1)::bigint, r->>2, r->>3, r->>4, r->>5, (r->>6)::numeric
                from unnest(?::jsonb[]) as r
                """)
                .params(Columns.rows(sums.entrySet().stream()
                        .map(sum -> Columns.all(
                                seller.value(),
                                seq,
                                sum.getKey().kind(),
                                sum.getKey().debit(),
                                sum.getKey().credit(),
                                sum.getKey().asset(),
                                new BigDecimal(sum.getValue())))
                        .toList()))
                .update();
    }
}
