package admitone.ledger;

import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Listing;
import admitone.database.Sql;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    /** A clock that was farther ahead is not gone after: ids would say nothing of when they were made. */
    static final Duration AHEAD_AT_MOST = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final Ids ids;
    private final Clock clock;
    private final Gathered<Booking> bookings;

    Ledger(JdbcTemplate template, JdbcClient jdbc, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
        this.bookings = new Gathered<>(template, Ledger::insert);
        goOnAfterNewest();
    }

    /**
     * Chains and balances go by the order of ids, also where the clock was ahead before this start, or that of another instance is while
     * this one runs.
     */
    void goOnAfterNewest() {
        newestBefore(Ids.firstAt(clock.instant().plus(AHEAD_AT_MOST))).ifPresent(ids::goOnAfter);
    }

    /** The greatest id of a line that is less. */
    private Optional<UUID> newestBefore(UUID ahead) {
        return jdbc.sql(JdbcSeals.SELLERS + """
                select newest.entry_id from sellers s
                cross join lateral (select j.entry_id from ledger.journal j where j.seller_id = s.seller_id and j.entry_id < ?
                  order by j.entry_id desc limit 1) newest
                order by newest.entry_id desc limit 1
                """).param(ahead).query(UUID.class).optional();
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
        /** What the line does to what may be paid out to the seller. */
        public Money change() {
            return onto(EnumSet.of(Account.SELLER_PAYABLE));
        }

        /** What the line does to what the seller has earned, whatever becomes of that. */
        public Money earned() {
            Money kept = onto(EnumSet.of(Account.SELLER_PAYABLE, Account.PAYOUT_RESERVED, Account.SELLER_DIRECT));
            return switch (kind) {
                case Line.Kind.PAYOUT, Line.Kind.PAYOUT_FEE -> kept.plus(amount);
                case Line.Kind.REVERSAL + Line.Kind.PAYOUT, Line.Kind.REVERSAL + Line.Kind.PAYOUT_FEE ->
                    kept.minus(amount);
                default -> kept;
            };
        }

        private Money onto(Set<Account> accounts) {
            Money none = Money.zero(Asset.USD);
            if (!amount.asset().equals(Asset.USD)) {
                return none;
            }
            Money came = accounts.contains(credit) ? amount : none;
            return accounts.contains(debit) ? came.minus(amount) : came;
        }

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

    /**
     * What a seller has earned and what became of it, in USD: accrued = reserved + paid out + available.
     *
     * @param accrued what was earned, less what was taken back
     * @param reserved what payouts that are under way have set aside
     * @param paidOut what payouts have paid, with what the provider took for them, and what came to the seller's own wallet at once
     * @param available what may be paid out; negative where more was paid than was earned in the end
     */
    public record Balance(Money accrued, Money reserved, Money paidOut, Money available) {
        static Balance of(Money reserved, Money paidOut, Money available) {
            return new Balance(reserved.plus(paidOut).plus(available), reserved, paidOut, available);
        }
    }

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
        Instant at = clock.instant(); // before its id: a span that begins with it has it
        UUID entry = ids.next();
        lines.forEach(line -> bookings.add(new Booking(seller, entry, reference, line, at)));
    }

    /** As {@link #book}, but written now, for what else is written about the lines; answers the entry's id. */
    public UUID bookAtOnce(SellerId seller, String reference, List<Line> lines) {
        Instant at = clock.instant();
        UUID entry = ids.next();
        Sql write = insert(lines.stream()
                .map(line -> new Booking(seller, entry, reference, line, at))
                .toList());
        jdbc.sql(write.text()).params(write.parameters()).update();
        return entry;
    }

    private static Sql insert(List<Booking> all) {
        return new Sql("""
                insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at, rate_asset, rate_usd, rate_at, rate_source, holder)
                select r->>0, (r->>1)::uuid, r->>2, r->>3, r->>4, r->>5, (r->>6)::numeric, r->>7, (r->>8)::timestamptz, r->>9,
                  (r->>10)::numeric, (r->>11)::timestamptz, r->>12, r->>13
                from unnest(?::jsonb[]) as r
                """, Columns.rows(all.stream().map(Ledger::row).toList()));
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

    /** Whether what a payout takes is set aside by the journal: neither paid nor given back. */
    public boolean isReserved(SellerId seller, String reference) {
        List<Posted> booked = of(seller, reference);
        return booked.stream().anyMatch(line -> Line.Kind.RESERVES.contains(line.kind()))
                && booked.stream()
                        .noneMatch(line -> line.kind().equals(Line.Kind.PAYOUT)
                                || line.kind().startsWith(Line.Kind.REVERSAL));
    }

    /** A line with what it is about. */
    public record Stated(String reference, Posted line) {}

    /** Where a line stands in a statement. */
    public record Key(UUID entryId, String kind) {}

    /** When lines were booked, to the millisecond: from then on, and before; null: all there are. */
    public record Span(@Nullable Instant from, @Nullable Instant before) {
        public static final Span ALL = new Span(null, null);

        private UUID first() {
            return from == null ? new UUID(0, 0) : Ids.firstAt(from);
        }

        private UUID beyond() {
            return before == null ? new UUID(-1, -1) : Ids.firstAt(before);
        }
    }

    private static final List<String> STATEMENT = List.of("entry_id", "kind");

    /** No kind is less. */
    private static final String FIRST_KIND = "";

    /** The lines of a seller, newest first, by key: those before {@code before}. */
    public List<Stated> statement(SellerId seller, Span span, Optional<Key> before, int limit) {
        Key key = before.orElse(new Key(span.beyond(), FIRST_KIND));
        return within(seller, span).before(STATEMENT, key.entryId(), key.kind()).page(jdbc, limit, Ledger::stated);
    }

    /** The lines of a seller, oldest first, by key: those after {@code after}. */
    public List<Stated> since(SellerId seller, Span span, Optional<Key> after, int limit) {
        Key key = after.orElse(new Key(span.first(), FIRST_KIND));
        return within(seller, span).after(STATEMENT, key.entryId(), key.kind()).page(jdbc, limit, Ledger::stated);
    }

    private static Listing within(SellerId seller, Span span) {
        return Listing.of("ledger.journal", seller)
                .where("entry_id >= ? and entry_id < ?", span.first(), span.beyond());
    }

    /** The balance after a line, in the order of the statement. */
    public Balance balanceAfter(SellerId seller, Key line) {
        return jdbc.sql(UP_TO + SUMS)
                .param("seller", seller.value())
                .param("asset", Asset.USD.code())
                .param("entry", line.entryId())
                .param("kind", line.kind())
                .query(Ledger::balance)
                .single();
    }

    /** The balance before the first line of the span. */
    public Balance balanceBefore(SellerId seller, Span span) {
        return balanceAfter(seller, new Key(span.first(), ""));
    }

    static Stated stated(ResultSet row, int n) throws SQLException {
        return new Stated(row.getString("reference"), posted(row));
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

    /** What those who brought buyers have earned of a seller, and what of it is still owed to them, in USD. */
    public record Shares(Money earned, Money owed) {}

    /** Of each of these; who has earned nothing may be left out. */
    public Map<String, Shares> sharesOf(SellerId seller, Collection<String> holders) {
        Map<String, Shares> shares = new HashMap<>();
        jdbc.sql("""
                select holder, coalesce(sum(change) filter (where kind not like 'referral_paid%'), 0) as earned, sum(change) as owed
                from (select holder, kind, case when credit = 'referrer_payable' then amount else -amount end as change
                  from ledger.journal
                  where seller_id = :seller and asset = 'usd' and holder = any(:holders) and 'referrer_payable' in (credit, debit)) line
                group by holder
                """)
                .param("seller", seller.value())
                .param("holders", holders.toArray(String[]::new))
                .query(row -> {
                    shares.put(row.getString("holder"), new Shares(usd(row, "earned"), usd(row, "owed")));
                });
        return shares;
    }

    /** What the seller has earned, less what of it goes to those who brought buyers, and what became of it. */
    public Balance balance(SellerId seller) {
        return balance(SINCE_MARK, seller, null);
    }

    /** As it was at an instant, what was booked at it included. Adds up all lines until then. */
    public Balance balance(SellerId seller, Instant at) {
        return balance(ALL_LINES, seller, at);
    }

    /** A check of {@link #balance(SellerId)}: by one statement, since something is booked at any moment. */
    boolean balanceIsThatOfAllLines(SellerId seller) {
        return jdbc
                        .sql("(" + SINCE_MARK + SUMS + ") union all (" + ALL_LINES + SUMS + ")")
                        .param("seller", seller.value())
                        .param("at", null)
                        .query(Ledger::balance)
                        .list()
                        .stream()
                        .distinct()
                        .count()
                == 1;
    }

    private static final String ALL_LINES = """
            with line as (select kind, debit, credit, amount from ledger.journal
              where seller_id = :seller and asset = 'usd' and (:at::timestamptz is null or at <= :at))
            """;

    /** The sums of the newest mark, and the lines that are not in them. Bounds of both sides: whichever the server reads first, it reads none before. */
    private static final String SINCE_MARK = """
            with mark as (select seq, open_from from ledger.seal where seller_id = :seller
                and seq = (select max(seq) from ledger.mark where seller_id = :seller)),
              since as (select coalesce((select open_from from mark), '00000000-0000-0000-0000-000000000000') as entry_id),
              line as (
                select m.kind, m.debit, m.credit, m.total as amount from ledger.mark m
                where m.seller_id = :seller and m.seq = (select seq from mark) and m.asset = 'usd'
                union all
                select j.kind, j.debit, j.credit, j.amount from ledger.journal j
                where j.seller_id = :seller and j.asset = 'usd' and :at::timestamptz is null
                  and j.entry_id >= (select entry_id from since)
                  and not exists (select from ledger.sealed x
                    where x.seller_id = j.seller_id and x.entry_id = j.entry_id and x.kind = j.kind
                      and x.entry_id >= (select entry_id from since) and x.seq <= (select seq from mark)))
            """;

    /** In an asset, the sums of the newest mark before a line, and the lines up to that one that are not in them. */
    private static final String UP_TO = """
            with mark as (select seq, open_from from ledger.seal where seller_id = :seller
                and seq = (select max(seq) from ledger.mark where seller_id = :seller and seq <= (
                  select seq from ledger.seal where seller_id = :seller and until_entry < :entry order by until_entry desc, seq desc limit 1))),
              line as (
                select m.kind, m.debit, m.credit, m.total as amount from ledger.mark m
                where m.seller_id = :seller and m.seq = (select seq from mark) and m.asset = :asset
                union all
                select j.kind, j.debit, j.credit, j.amount from ledger.journal j
                where j.seller_id = :seller and j.asset = :asset and j.entry_id <= :entry and (j.entry_id, j.kind) <= (:entry, :kind)
                  and j.entry_id >= coalesce((select open_from from mark), '00000000-0000-0000-0000-000000000000')
                  and not exists (select from ledger.sealed x
                    where x.seller_id = j.seller_id and x.entry_id = j.entry_id and x.kind = j.kind and x.seq <= (select seq from mark)
                      and x.entry_id <= :entry and x.entry_id >= coalesce((select open_from from mark), '00000000-0000-0000-0000-000000000000')))
            """;

    private static final String SUMS = """
            select
              coalesce(sum(case 'seller_payable' when credit then amount when debit then -amount end), 0) as available,
              coalesce(sum(case 'payout_reserved' when credit then amount when debit then -amount end), 0) as reserved,
              coalesce(sum(case 'seller_direct' when credit then amount when debit then -amount end), 0)
                + coalesce(sum(amount) filter (where kind in ('payout', 'payout_fee')), 0)
                - coalesce(sum(amount) filter (where kind in ('reversal_of_payout', 'reversal_of_payout_fee')), 0) as paid_out
            from line
            """;

    private Balance balance(String lines, SellerId seller, @Nullable Instant at) {
        return jdbc.sql(lines + SUMS)
                .param("seller", seller.value())
                .param("at", Columns.atOrNull(at))
                .query(Ledger::balance)
                .single();
    }

    private static Balance balance(ResultSet row, int n) throws SQLException {
        return Balance.of(usd(row, "reserved"), usd(row, "paid_out"), usd(row, "available"));
    }

    /** What stands on an account: credit less debit. Over all accounts an asset comes to nothing. */
    public record Standing(Account account, BigDecimal amount, Asset asset) {}

    /** Every account of a seller that was booked on, in each asset. Adds up all lines. */
    public List<Standing> accounts(SellerId seller) {
        return jdbc.sql("""
                select account, asset, sum(change) as sum from (
                  select credit as account, asset, amount as change from ledger.journal where seller_id = :seller
                  union all
                  select debit, asset, -amount from ledger.journal where seller_id = :seller) line
                group by account, asset order by account, asset
                """)
                .param("seller", seller.value())
                .query((row, n) -> {
                    Asset asset = new Asset(row.getString("asset"));
                    return new Standing(
                            Account.of(row.getString("account")),
                            row.getBigDecimal("sum").movePointLeft(asset.scale()),
                            asset);
                })
                .list();
    }

    /** What there is of a coin, and what it was worth when it came. */
    public Position position(SellerId seller, Asset coin) {
        return jdbc.sql("""
                select
                  coalesce(sum(case 'exchange' when credit then amount when debit then -amount end) filter (where asset = :coin), 0) as coins,
                  coalesce(sum(case 'exchange' when debit then amount when credit then -amount end)
                    filter (where asset = 'usd' and rate_asset = :coin), 0) as cost
                from ledger.journal
                where seller_id = :seller and 'exchange' in (debit, credit) and (asset = :coin or rate_asset = :coin)
                """)
                .param("seller", seller.value())
                .param("coin", coin.code())
                .query((row, n) ->
                        new Position(new Money(row.getBigDecimal("coins").toBigIntegerExact(), coin), usd(row, "cost")))
                .single();
    }

    /** What of a coin the provider should have of a seller's; more has left than came where it is negative. */
    public Money heldByProvider(SellerId seller, Asset coin) {
        Key all = new Key(Span.ALL.beyond(), FIRST_KIND);
        return jdbc.sql(UP_TO + """
                select coalesce(sum(case 'provider_clearing' when debit then amount when credit then -amount end), 0) from line
                """)
                .param("seller", seller.value())
                .param("asset", coin.code())
                .param("entry", all.entryId())
                .param("kind", all.kind())
                .query((row, n) -> new Money(row.getBigDecimal(1).toBigIntegerExact(), coin))
                .single();
    }

    static Money usd(ResultSet row, String column) throws SQLException {
        return new Money(row.getBigDecimal(column).toBigIntegerExact(), Asset.USD);
    }
}
