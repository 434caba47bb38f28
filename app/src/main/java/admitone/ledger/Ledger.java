package admitone.ledger;

import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Write;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The journal. Each line debits one account and credits another by the same amount, so it balances by construction; lines are
 * only ever inserted, one of each kind per reference.
 */
@Repository
public class Ledger {
    private final JdbcClient jdbc;
    private final Ids ids;
    private final Clock clock;
    private final Gathered<Booking> bookings;

    Ledger(JdbcTemplate template, JdbcClient jdbc, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
        this.bookings = new Gathered<>(template, Ledger::insert);
    }

    private record Booking(SellerId seller, UUID entry, String reference, Line line, Instant at) {}

    /** A line of the journal; {@code entryId} is shared by the lines booked together. */
    public record Posted(
            UUID entryId,
            String kind,
            Account debit,
            Account credit,
            Money amount,
            @Nullable Rate rate,
            Instant at,
            @Nullable String holder) {
        public Posted(
                UUID entryId,
                String kind,
                Account debit,
                Account credit,
                Money amount,
                @Nullable Rate rate,
                Instant at) {
            this(entryId, kind, debit, credit, amount, rate, at, null);
        }
    }

    /** Sums over the seller's account, in USD. */
    public record Balance(Money accrued, Money reserved, Money paidOut, Money available) {}

    /**
     * Within the current transaction, when it commits: books the lines as one entry. It fails with a {@code DuplicateKeyException}
     * when one of these kinds was booked for the reference before.
     *
     * @param reference what they are about, such as {@code payment:5996609246}
     */
    public void book(SellerId seller, String reference, List<Line> lines) {
        if (lines.isEmpty()) {
            return;
        }
        UUID entry = ids.next();
        Instant at = clock.instant();
        lines.forEach(line -> bookings.add(new Booking(seller, entry, reference, line, at)));
    }

    private static Write insert(List<Booking> all) {
        return new Write("""
                insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at, rate_asset, rate_usd, rate_at, rate_source, holder)
                select * from unnest(?::text[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::numeric[], ?::text[],
                  ?::timestamptz[], ?::text[], ?::numeric[], ?::timestamptz[], ?::text[], ?::text[])
                """, Columns.arrays(all.stream().map(Ledger::row).toList()));
    }

    private static Object[] row(Booking one) {
        Line line = one.line();
        @Nullable Rate rate = line.rate();
        return Columns.all(
                one.seller().value(),
                one.entry(),
                line.kind(),
                one.reference(),
                line.debit().word(),
                line.credit().word(),
                new BigDecimal(line.amount().units()),
                line.amount().asset().code(),
                Columns.at(one.at()),
                rate == null ? null : rate.from().code(),
                rate == null ? null : rate.usd(),
                rate == null ? null : Columns.at(rate.at()),
                rate == null ? null : rate.source(),
                line.holder());
    }

    /** The lines about a reference, in the order they were booked. */
    public List<Posted> of(SellerId seller, String reference) {
        return jdbc.sql(
                        "select * from ledger.journal where seller_id = ? and reference = ? order by at, entry_id, kind")
                .params(seller.value(), reference)
                .query((row, n) -> posted(row))
                .list();
    }

    /** A line with what it is about. */
    public record Stated(String reference, Posted line) {}

    /** Where a line stands in a statement. */
    public record Key(UUID entryId, String kind) {}

    /** All lines of a seller, newest first, by key: those before {@code before}. */
    public List<Stated> statement(SellerId seller, Optional<Key> before, int limit) {
        return jdbc.sql("""
                select * from ledger.journal
                where seller_id = ? and (?::uuid is null or (entry_id, kind) < (?, ?))
                order by entry_id desc, kind desc limit ?
                """)
                .params(Columns.all(
                        seller.value(),
                        before.map(Key::entryId).orElse(null),
                        before.map(Key::entryId).orElse(null),
                        before.map(Key::kind).orElse(null),
                        limit))
                .query((row, n) -> new Stated(row.getString("reference"), posted(row)))
                .list();
    }

    private static Posted posted(ResultSet row) throws SQLException {
        return new Posted(
                row.getObject("entry_id", UUID.class),
                row.getString("kind"),
                Account.of(row.getString("debit")),
                Account.of(row.getString("credit")),
                new Money(row.getBigDecimal("amount").toBigIntegerExact(), new Asset(row.getString("asset"))),
                rate(row),
                Columns.instant(row, "at"),
                row.getString("holder"));
    }

    private static @Nullable Rate rate(ResultSet row) throws SQLException {
        @Nullable Instant at = Columns.instantOrNull(row, "rate_at");
        return at == null
                ? null
                : new Rate(
                        new Asset(row.getString("rate_asset")),
                        row.getBigDecimal("rate_usd"),
                        at,
                        row.getString("rate_source"));
    }

    /** What a seller owes to each of these who brought buyers, in USD; who is owed nothing may be left out. */
    public Map<String, Money> owedTo(SellerId seller, Collection<String> holders) {
        Map<String, Money> owed = new HashMap<>();
        jdbc.sql("""
                select holder, sum(case when credit = :account then amount else -amount end) as sum from ledger.journal
                where seller_id = :seller and asset = 'usd' and holder = any(:holders)
                  and (credit = :account or debit = :account)
                group by holder
                """)
                .param("account", Account.REFERRER_PAYABLE.word())
                .param("seller", seller.value())
                .param("holders", holders.toArray(String[]::new))
                .query(row -> {
                    owed.put(
                            row.getString("holder"),
                            new Money(row.getBigDecimal("sum").toBigIntegerExact(), Asset.USD));
                });
        return owed;
    }

    /** What the seller has earned, less what of it goes to those who brought buyers, and what of it is still theirs to be paid. */
    public Balance balance(SellerId seller) {
        BigDecimal payable = jdbc.sql("""
                        select coalesce(sum(case when credit = :account then amount else -amount end), 0) as sum
                        from ledger.journal
                        where seller_id = :seller and asset = 'usd' and (credit = :account or debit = :account)
                        """)
                .param("seller", seller.value())
                .param("account", Account.SELLER_PAYABLE.word())
                .query((row, n) -> row.getBigDecimal("sum"))
                .single();
        Money available = new Money(payable.toBigIntegerExact(), Asset.USD);
        Money nothing = new Money(BigInteger.ZERO, Asset.USD);
        return new Balance(available, nothing, nothing, available);
    }
}
