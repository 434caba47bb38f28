package admitone.payouts;

import admitone.database.Columns;
import admitone.database.Listing;
import admitone.database.Sql;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payouts.Payout.HeldBy;
import admitone.payouts.Payout.To;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutState.Approved;
import admitone.payouts.PayoutState.AwaitingApproval;
import admitone.payouts.PayoutState.Cancelled;
import admitone.payouts.PayoutState.Created;
import admitone.payouts.PayoutState.Creating;
import admitone.payouts.PayoutState.Failed;
import admitone.payouts.PayoutState.Finished;
import admitone.payouts.PayoutState.Rejected;
import admitone.payouts.PayoutState.Released;
import admitone.payouts.PayoutState.Sent;
import admitone.payouts.PayoutState.Verifying;
import admitone.payouts.PayoutState.Waits;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The payouts of sellers and their attempts. */
@Repository
public class Payouts {
    private static final String SELECT = select("payouts.payout");

    private static final String MAY_BE_HELD =
            "state in ('awaiting_approval', 'approved', 'creating', 'created', 'verifying')";

    /** Coins have one scale, 16 digits finer than cents. */
    private static final String COINS = """
            select coalesce(sum(p.coin_units + coalesce(r.kept_units, ceil(p.fee_units / p.rate_usd * 1e16))), 0) as units
            from payouts.payout p left join payouts.refund r on r.seller_id = p.seller_id and r.payout_id = p.payout_id
            """;

    private final JdbcClient jdbc;
    private final Seal seal;

    Payouts(JdbcClient jdbc, Seal seal) {
        this.jdbc = jdbc;
        this.seal = seal;
    }

    /** A batch of a payout, as it is shown. */
    public record Tried(
            int number,
            String externalId,
            Instant calledAt,
            @Nullable String batchId,
            int codes,
            @Nullable Instant verifiedAt,
            @Nullable String word,
            @Nullable String hash,
            @Nullable Instant endedAt) {}

    void add(Payout payout) {
        jdbc.sql("""
                insert into payouts.payout (seller_id, payout_id, state, amount_units, fee_units, coin, coin_units, rate_usd, rate_at,
                  rate_source, destination_id, made_by, made_at, approved_by, approved_at, approval_mac, mac)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        payout.seller().value(),
                        payout.id(),
                        payout.state().word(),
                        new BigDecimal(payout.amount().units()),
                        new BigDecimal(payout.fee().units()),
                        payout.coins().asset().code(),
                        new BigDecimal(payout.coins().units()),
                        payout.rate().usd(),
                        Columns.at(payout.rate().at()),
                        payout.rate().source(),
                        payout.to() instanceof To.Seller(UUID destination) ? destination : null,
                        payout.madeBy(),
                        Columns.at(payout.madeAt()),
                        payout.approvedBy(),
                        payout.approvedBy() == null ? null : Columns.at(payout.madeAt()),
                        payout.approvedBy() == null
                                ? null
                                : approvalMac(payout, payout.approvedBy(), number(payout.state())),
                        mac(payout)))
                .update();
    }

    /** Whether what is sent, whereto and for how much is as we wrote it; of one from before rows were sealed it is not known. */
    boolean isIntact(Payout payout) {
        return jdbc.sql("select mac from payouts.payout where seller_id = ? and payout_id = ? and mac is not null")
                .params(payout.seller().value(), payout.id())
                .query(String.class)
                .optional()
                .filter(written -> seal.holds(mac(payout), written))
                .isPresent();
    }

    /** Whether who is said to have approved it did, for the attempt that it is at. */
    boolean isApproved(Payout payout) {
        String by = payout.approvedBy();
        return by != null
                && jdbc.sql("""
                        select approval_mac from payouts.payout where seller_id = ? and payout_id = ? and approval_mac is not null
                        """)
                        .params(payout.seller().value(), payout.id())
                        .query(String.class)
                        .optional()
                        .filter(written -> seal.holds(approvalMac(payout, by, number(payout.state())), written))
                        .isPresent();
    }

    /** An approval is good for so many attempts that a person is asked anew after them. */
    private String approvalMac(Payout payout, String by, int attempt) {
        return seal.of("approval", payout.seller(), payout.id(), by, (attempt - 1) / PayoutRules.MOST_ATTEMPTS);
    }

    private String mac(Payout payout) {
        return seal.of(
                "payout",
                payout.seller(),
                payout.id(),
                switch (payout.to()) {
                    case To.Seller(UUID destination) -> destination;
                    case To.Buyer(String payment) -> payment;
                },
                payout.amount().units(),
                payout.fee().units(),
                payout.coins().asset().code(),
                payout.coins().units(),
                payout.rate().usd().stripTrailingZeros().toPlainString(),
                payout.rate().at().toEpochMilli(),
                payout.madeAt().toEpochMilli());
    }

    public Optional<Payout> find(SellerId seller, UUID id) {
        return jdbc.sql(SELECT + "where p.seller_id = ? and p.payout_id = ?")
                .params(seller.value(), id)
                .query(Payouts::read)
                .optional();
    }

    /** Within the current transaction; what is decided about it is decided one after the other. */
    Optional<Payout> lock(SellerId seller, UUID id) {
        jdbc.sql("select 1 from payouts.payout where seller_id = ? and payout_id = ? for update")
                .params(seller.value(), id)
                .query(Integer.class)
                .optional();
        return find(seller, id); // by a statement of its own, which sees what the one waited for has written
    }

    /** Newest first, by key: those before {@code before}; of all sellers where none is given. The state is what everybody calls it. */
    public List<Payout> list(Optional<SellerId> seller, Optional<String> state, Optional<UUID> before, int limit) {
        Listing payouts = Listing.of("payouts.payout", seller);
        if (state.filter("held"::equals).isPresent()) {
            payouts.where("held_by is not null and " + MAY_BE_HELD);
        } else {
            payouts.whereGiven("state = ? and not (held_by is not null and " + MAY_BE_HELD + ")", state);
        }
        Sql page = payouts.before("payout_id", before).sql(limit);
        return jdbc.sql(select("(" + page.text() + ")") + "order by p.payout_id desc")
                .params(page.parameters())
                .query(Payouts::read)
                .list();
    }

    private static String select(String payouts) {
        return "select p.*, a.external_id, a.called_at, a.absent_at, a.batch_id, a.tries, r.payment_id from " + payouts
                + """
                 p
                left join payouts.attempt a on a.seller_id = p.seller_id and a.payout_id = p.payout_id and a.number = p.attempt
                left join payouts.refund r on r.seller_id = p.seller_id and r.payout_id = p.payout_id
                """;
    }

    /** Whether one to this seller, of which nothing was asked of the provider, waits for a person. */
    boolean awaitsApproval(SellerId seller) {
        return jdbc.sql("""
                select exists (select from payouts.payout
                  where seller_id = ? and ended_at is null and state = 'awaiting_approval' and destination_id is not null)
                """).param(seller.value()).query(Boolean.class).single();
    }

    /** Whether one for this destination came back after the last one that arrived there or that a person made. */
    boolean cameBack(SellerId seller, UUID destination) {
        return jdbc.sql("""
                select exists (select from payouts.payout back
                  where back.seller_id = ? and back.destination_id = ? and back.state in ('rejected', 'cancelled', 'released') and back.called_off_for is null
                    and not exists (select from payouts.payout later
                      where later.seller_id = back.seller_id and later.destination_id = back.destination_id
                        and ((later.state = 'finished' and later.ended_at >= back.ended_at)
                          or (later.made_by <> ? and later.made_at >= back.ended_at))))
                """)
                .params(seller.value(), destination, Payout.BY_ITSELF)
                .query(Boolean.class)
                .single();
    }

    /** When the newest attempt of all began. */
    Optional<Instant> newestAttempt() {
        return jdbc.sql("select max(called_at) as newest from payouts.attempt")
                .query((row, n) -> Optional.ofNullable(Columns.instantOrNull(row, "newest")))
                .single();
    }

    /** Those that are not over, in order. */
    List<UUID> open(SellerId seller) {
        return jdbc.sql(
                        "select payout_id from payouts.payout where seller_id = ? and ended_at is null order by payout_id")
                .param(seller.value())
                .query((row, n) -> row.getObject("payout_id", UUID.class))
                .list();
    }

    /** One that is not over. */
    record Open(SellerId seller, UUID id) {}

    /** Of all sellers, in order: those after {@code after}. */
    List<Open> openOfAll(Open after, int limit) {
        return jdbc.sql("""
                select seller_id, payout_id from payouts.payout where ended_at is null and (seller_id, payout_id) > (?, ?)
                order by seller_id, payout_id limit ?
                """)
                .params(after.seller().value(), after.id(), limit)
                .query((row, n) ->
                        new Open(new SellerId(row.getString("seller_id")), row.getObject("payout_id", UUID.class)))
                .list();
    }

    long countOpen() {
        return jdbc.sql("select count(*) from payouts.payout where ended_at is null")
                .query(Long.class)
                .single();
    }

    /** The attempts of a payout, in order. */
    public List<Tried> attempts(SellerId seller, UUID id) {
        return jdbc.sql("select * from payouts.attempt where seller_id = ? and payout_id = ? order by number")
                .params(seller.value(), id)
                .query((row, n) -> new Tried(
                        row.getInt("number"),
                        row.getString("external_id"),
                        Columns.instant(row, "called_at"),
                        row.getString("batch_id"),
                        row.getInt("tries"),
                        Columns.instantOrNull(row, "verified_at"),
                        row.getString("word"),
                        row.getString("hash"),
                        Columns.instantOrNull(row, "ended_at")))
                .list();
    }

    /** Whose attempt something at the provider is. What was refused, or not called, has nothing there. */
    record Owner(UUID payout, int number) {}

    Optional<Owner> owner(SellerId seller, String batchId, @Nullable String externalId) {
        return jdbc.sql("""
                select payout_id, number from payouts.attempt
                where seller_id = ? and (batch_id = ? or (batch_id is null and external_id = ? and refused_at is null))
                """)
                .params(Columns.all(seller.value(), batchId, externalId))
                .query((row, n) -> new Owner(row.getObject("payout_id", UUID.class), row.getInt("number")))
                .optional();
    }

    /** Of all sellers: whether an attempt has this batch. */
    boolean isKnown(String batchId) {
        return jdbc.sql("select exists (select from payouts.attempt where batch_id = ?)")
                .param(batchId)
                .query(Boolean.class)
                .single();
    }

    /** Within the current transaction, the last of its locks: nobody else counts {@link #awaitingCodes} until it ends. */
    void lockTurn() {
        jdbc.sql("select pg_advisory_xact_lock(hashtext('payouts.awaiting_codes'))")
                .query((row, n) -> n)
                .single();
    }

    /** Of all sellers: how many have a batch, or soon will, that needs a code. One that is older than a batch lives needs none. */
    int awaitingCodes(Instant now) {
        return jdbc.sql("""
                select count(*) from payouts.payout p
                join payouts.attempt a on a.seller_id = p.seller_id and a.payout_id = p.payout_id and a.number = p.attempt
                where p.ended_at is null and p.state in ('creating', 'created', 'verifying') and a.called_at > ?
                """)
                .param(Columns.at(now.minus(Attempt.LIFE)))
                .query(Integer.class)
                .single();
    }

    /** Of all sellers: how many were made before it and wait for a code too. */
    int awaitingCodesBefore(Attempt attempt, Instant now) {
        return jdbc.sql("""
                select count(*) from payouts.payout p
                join payouts.attempt a on a.seller_id = p.seller_id and a.payout_id = p.payout_id and a.number = p.attempt
                where p.ended_at is null and p.state in ('created', 'verifying') and a.called_at > ?
                  and (a.called_at, a.external_id) < (?, ?)
                """)
                .params(Columns.at(now.minus(Attempt.LIFE)), Columns.at(attempt.calledAt()), attempt.externalId())
                .query(Integer.class)
                .single();
    }

    /** What of a coin those that are not over will send of the seller's balance, and what the provider takes for it. */
    public Money needed(SellerId seller, Asset coin) {
        return jdbc.sql(COINS + "where p.seller_id = ? and p.coin = ? and p.ended_at is null and p.amount_units > 0")
                .params(seller.value(), coin.code())
                .query((row, n) -> money(row, "units", coin))
                .single();
    }

    /**
     * Of all sellers: what those under way take of the account there and may not have taken yet when its balance was asked for, the
     * provider's fee as it was expected. One that is older than a batch lives has taken it, or will not.
     */
    Money takenByUnverified(Asset coin, Instant balanceAt, Instant now) {
        return jdbc.sql(COINS + """
                join payouts.attempt a on a.seller_id = p.seller_id and a.payout_id = p.payout_id and a.number = p.attempt
                where p.ended_at is null and p.coin = ?
                  and ((p.state in ('creating', 'created', 'verifying') and a.called_at > ?)
                    or (p.state in ('sent', 'failed') and a.verified_at >= ?))
                """)
                .params(coin.code(), Columns.at(now.minus(Attempt.LIFE)), Columns.at(balanceAt))
                .query((row, n) -> money(row, "units", coin))
                .single();
    }

    /** The same of one. */
    Money takes(Payout payout) {
        return jdbc.sql(COINS + "where p.seller_id = ? and p.payout_id = ?")
                .params(payout.seller().value(), payout.id())
                .query((row, n) -> money(row, "units", payout.coins().asset()))
                .single();
    }

    /** What was made for a destination of the seller's, or for any, since then and did not come back, in USD. */
    Money takenSince(SellerId seller, Optional<UUID> destination, Instant since) {
        BigDecimal units = jdbc.sql("""
                select coalesce(sum(amount_units + fee_units), 0) from payouts.payout
                where seller_id = ? and made_at > ? and destination_id = coalesce(?::uuid, destination_id)
                  and state not in ('rejected', 'cancelled', 'released')
                """)
                .params(Columns.all(seller.value(), Columns.at(since), destination.orElse(null)))
                .query(BigDecimal.class)
                .single();
        return new Money(units.toBigIntegerExact(), Asset.USD);
    }

    /** Within the current transaction, after {@link #lock}: the payout goes on from {@code next}. */
    void save(Payout before, PayoutState next, @Nullable String reason, Instant now) {
        int attempt = next.isOver() ? number(before.state()) : number(next);
        saveAttempt(before, next, now);
        jdbc.sql("""
                update payouts.payout set state = ?, attempt = ?, waits = ?, reason = ?, ended_at = ?,
                  waits_since = case ? when 'since' then coalesce(waits_since, ?) when 'as_before' then waits_since end
                where seller_id = ? and payout_id = ?
                """)
                .params(Columns.all(
                        next.word(),
                        attempt,
                        next instanceof Approved(int _, var waits) && waits != null ? waits.word() : null,
                        reason,
                        next.isOver() ? Columns.at(now) : null,
                        waiting(next),
                        Columns.at(now),
                        before.seller().value(),
                        before.id()))
                .update();
    }

    private static String waiting(PayoutState next) {
        return switch (next) {
            case Approved(int _, var waits) -> waits == null ? "no" : "since";
            case Creating _ -> "as_before"; // what it waits for may be told by the answer
            case AwaitingApproval _, Created _, Verifying _, Sent _, Failed _ -> "no";
            case Finished _, Rejected _, Cancelled _, Released _ -> "no";
        };
    }

    static int number(PayoutState state) {
        return switch (state) {
            case AwaitingApproval(int next) -> next;
            case Approved(int next, var _) -> next;
            case Creating(Attempt attempt) -> attempt.number();
            case Created(Attempt attempt) -> attempt.number();
            case Verifying(Attempt attempt) -> attempt.number();
            case Sent(Attempt attempt) -> attempt.number();
            case Failed(Attempt attempt) -> attempt.number();
            case Finished(), Rejected(), Cancelled(), Released() -> 1; // nothing changes it any more
        };
    }

    private void saveAttempt(Payout before, PayoutState next, Instant now) {
        Attempt old = before.state().attempt();
        Attempt current = next.attempt();
        if (old != null && (current == null || current.number() != old.number())) {
            end(before, old, next, now);
        }
        if (current == null) {
            return;
        }
        jdbc.sql("""
                insert into payouts.attempt as a (seller_id, payout_id, number, external_id, called_at, absent_at, batch_id, tries, verified_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (seller_id, payout_id, number) do update set called_at = excluded.called_at, absent_at = excluded.absent_at,
                  batch_id = excluded.batch_id, tries = excluded.tries, verified_at = coalesce(a.verified_at, excluded.verified_at),
                  refused_at = null, ended_at = null
                """)
                .params(Columns.all(
                        before.seller().value(),
                        before.id(),
                        current.number(),
                        current.externalId(),
                        Columns.at(current.calledAt()),
                        Columns.atOrNull(current.absentAt()),
                        current.batchId(),
                        current.tries(),
                        next instanceof Sent || next instanceof Failed ? Columns.at(now) : null))
                .update();
    }

    /** What was not absent for good and had no batch was refused, or not called: then it may begin again. Of what a person released it is not known. */
    private void end(Payout payout, Attempt old, PayoutState next, Instant now) {
        boolean noBatch = old.batchId() == null;
        boolean gone = old.isGone(now);
        jdbc.sql("""
                update payouts.attempt set ended_at = ?, gone_at = ?, refused_at = ?, verified_at = coalesce(verified_at, ?)
                where seller_id = ? and payout_id = ? and number = ?
                """)
                .params(Columns.all(
                        Columns.at(now),
                        gone ? Columns.at(now) : null,
                        noBatch && !gone && !(next instanceof Finished || next instanceof Released)
                                ? Columns.at(now)
                                : null,
                        next instanceof Finished ? Columns.at(now) : null,
                        payout.seller().value(),
                        payout.id(),
                        old.number()))
                .update();
    }

    /** Within the current transaction: how the provider names where an attempt stands. Answers the first transaction that it told of it. */
    Optional<String> heard(SellerId seller, Owner of, Seen seen) {
        Optional<String> first = jdbc.sql("""
                        update payouts.attempt set word = ?, hash = coalesce(hash, ?) where seller_id = ? and payout_id = ? and number = ?
                        returning hash
                        """)
                .params(Columns.all(seen.statusWord(), seen.hash(), seller.value(), of.payout(), of.number()))
                .query((row, n) -> Optional.ofNullable(row.getString("hash")))
                .single();
        if (seen.hash() != null) {
            jdbc.sql("update payouts.payout set hash = coalesce(hash, ?) where seller_id = ? and payout_id = ?")
                    .params(seen.hash(), seller.value(), of.payout())
                    .update();
        }
        return first;
    }

    void approved(Payout payout, String by, Instant now) {
        jdbc.sql("""
                update payouts.payout set approved_by = ?, approved_at = ?, approval_mac = ? where seller_id = ? and payout_id = ?
                """)
                .params(
                        by,
                        Columns.at(now),
                        approvalMac(payout, by, number(payout.state())),
                        payout.seller().value(),
                        payout.id())
                .update();
    }

    /** Since when it waits for something; also through an attempt that began meanwhile. */
    Optional<Instant> waitsSince(Payout payout) {
        return jdbc.sql("select waits_since from payouts.payout where seller_id = ? and payout_id = ?")
                .params(payout.seller().value(), payout.id())
                .query((row, n) -> Optional.ofNullable(Columns.instantOrNull(row, "waits_since")))
                .single();
    }

    /** Empty: it does not wait. */
    void waitsSince(Payout payout, Optional<Instant> since) {
        jdbc.sql(
                        "update payouts.payout set waits_since = ? where seller_id = ? and payout_id = ? and waits_since is distinct from ?")
                .params(Columns.all(
                        since.map(Columns::at).orElse(null),
                        payout.seller().value(),
                        payout.id(),
                        since.map(Columns::at).orElse(null)))
                .update();
    }

    void calledOff(Payout payout, String paymentId) {
        jdbc.sql("update payouts.payout set called_off_for = ? where seller_id = ? and payout_id = ?")
                .params(paymentId, payout.seller().value(), payout.id())
                .update();
    }

    /** What an approved one waits for; null: nothing. */
    void waits(Payout payout, @Nullable Waits waits, @Nullable String reason, Instant now) {
        jdbc.sql("""
                update payouts.payout set waits = ?, reason = ?, waits_since = coalesce(waits_since, ?)
                where seller_id = ? and payout_id = ? and state = 'approved'
                """)
                .params(Columns.all(
                        waits == null ? null : waits.word(),
                        reason,
                        Columns.at(now),
                        payout.seller().value(),
                        payout.id()))
                .update();
    }

    /** Within the current transaction, after {@link #lock}: null lets it go on. */
    void hold(Payout payout, @Nullable HeldBy held) {
        jdbc.sql("update payouts.payout set held_by = ?, held_why = ? where seller_id = ? and payout_id = ?")
                .params(Columns.all(
                        held == null ? null : held.by(),
                        held == null ? null : held.why(),
                        payout.seller().value(),
                        payout.id()))
                .update();
    }

    private static Payout read(ResultSet row, int n) throws SQLException {
        Asset coin = new Asset(row.getString("coin"));
        @Nullable String heldBy = row.getString("held_by");
        return new Payout(
                new SellerId(row.getString("seller_id")),
                row.getObject("payout_id", UUID.class),
                state(row),
                money(row, "amount_units", Asset.USD),
                money(row, "fee_units", Asset.USD),
                money(row, "coin_units", coin),
                new Rate(
                        coin,
                        row.getBigDecimal("rate_usd"),
                        Columns.instant(row, "rate_at"),
                        row.getString("rate_source")),
                to(row),
                row.getString("made_by"),
                Columns.instant(row, "made_at"),
                row.getString("approved_by"),
                heldBy == null ? null : new HeldBy(heldBy, row.getString("held_why")),
                Columns.instantOrNull(row, "ended_at"),
                row.getString("hash"),
                row.getString("reason"));
    }

    private static To to(ResultSet row) throws SQLException {
        @Nullable UUID destination = row.getObject("destination_id", UUID.class);
        return destination == null ? new To.Buyer(row.getString("payment_id")) : new To.Seller(destination);
    }

    private static PayoutState state(ResultSet row) throws SQLException {
        String word = row.getString("state");
        int number = row.getInt("attempt");
        return switch (word) {
            case "awaiting_approval" -> new AwaitingApproval(number);
            case "approved" -> new Approved(number, Waits.of(row.getString("waits")));
            case "creating" -> new Creating(attempt(row));
            case "created" -> new Created(attempt(row));
            case "verifying" -> new Verifying(attempt(row));
            case "sent" -> new Sent(attempt(row));
            case "failed" -> new Failed(attempt(row));
            case "finished" -> new Finished();
            case "rejected" -> new Rejected();
            case "cancelled" -> new Cancelled();
            case "released" -> new Released();
            default -> throw new IllegalStateException("a payout in the state " + word);
        };
    }

    private static Attempt attempt(ResultSet row) throws SQLException {
        return new Attempt(
                row.getInt("attempt"),
                row.getString("external_id"),
                Columns.instant(row, "called_at"),
                Columns.instantOrNull(row, "absent_at"),
                row.getString("batch_id"),
                row.getInt("tries"));
    }

    private static Money money(ResultSet row, String column, Asset asset) throws SQLException {
        return new Money(row.getBigDecimal(column).toBigIntegerExact(), asset);
    }
}
