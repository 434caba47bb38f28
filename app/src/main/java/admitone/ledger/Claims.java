package admitone.ledger;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Which payout each line of the journal is paid by. A line has one living claim at most, and what is claimed is not taken back. All of
 * it within the current transaction, with the seller's account locked until it ends.
 */
@Repository
public class Claims {
    /** More are left for the next payout. */
    public static final int MOST_IN_A_PAYOUT = 10_000;

    /** A line may commit so much later than one with a greater id, and its instance's clock be so much behind, generously. */
    private static final Duration COMMITTED_WITHIN = Duration.ofDays(1);

    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    private final JdbcClient jdbc;
    private final Ledger ledger;
    private final Clock clock;

    Claims(JdbcClient jdbc, Ledger ledger, Clock clock) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** A line that is still to be paid to the seller: {@code amount} is negative where it takes something off. */
    public record Claimable(UUID entryId, String kind, String reference, Money amount) {}

    /** Waits for whoever else claims, gives back or takes back anything of this seller. */
    public void lockAccount(SellerId seller) {
        jdbc.sql("insert into ledger.account (seller_id) values (?) on conflict do nothing")
                .param(seller.value())
                .update();
        jdbc.sql("select seller_id from ledger.account where seller_id = ? for update")
                .param(seller.value())
                .query(String.class)
                .single();
    }

    /** Everything that no payout has claimed, oldest first; {@value #MOST_IN_A_PAYOUT} lines at most. What was paid long ago is not looked at again. */
    public List<Claimable> claimable(SellerId seller) {
        lockAccount(seller);
        UUID from = claimedUntil(seller);
        List<Claimable> lines = jdbc.sql(CLAIMABLE + """
                  and j.entry_id >= :from
                  and not exists (select from ledger.claim c
                    where c.seller_id = j.seller_id and c.entry_id = j.entry_id and c.kind = j.kind and c.released_at is null and c.entry_id >= :from)
                order by j.entry_id, j.kind limit\s""" + MOST_IN_A_PAYOUT)
                .param("seller", seller.value())
                .param("from", from)
                .query(Claims::claimable)
                .list();
        allBeforeAreClaimed(
                seller,
                lines.isEmpty() ? clock.instant() : Ids.madeAt(lines.getFirst().entryId()));
        return lines;
    }

    /** The same where the balance says that it was not everything: whatever was remembered of those before it is forgotten. */
    public List<Claimable> claimableOfAll(SellerId seller) {
        lockAccount(seller);
        UUID from = claimedUntil(seller);
        jdbc.sql("update ledger.account set claimed_until = null where seller_id = ?")
                .param(seller.value())
                .update();
        List<Claimable> lines = claimable(seller);
        long missing =
                lines.stream().filter(line -> isBefore(line.entryId(), from)).count();
        if (missing > 0) {
            log.warn("{} lines of seller {} were taken for claimed, and are not: they are paid now", missing, seller);
        }
        return lines;
    }

    private UUID claimedUntil(SellerId seller) {
        return jdbc.sql("""
                select coalesce(claimed_until, '00000000-0000-0000-0000-000000000000') from ledger.account where seller_id = ?
                """).param(seller.value()).query(UUID.class).single();
    }

    /** As the database has it: {@code UUID.compareTo} takes the first half for a signed number. */
    private static boolean isBefore(UUID one, UUID other) {
        return one.toString().compareTo(other.toString()) < 0;
    }

    /** Everything that was booked for the reference and no payout has claimed. */
    public List<Claimable> claimable(SellerId seller, String reference) {
        lockAccount(seller);
        return jdbc.sql(CLAIMABLE + """
                  and j.reference = :reference
                  and not exists (select from ledger.claim c
                    where c.seller_id = j.seller_id and c.entry_id = j.entry_id and c.kind = j.kind and c.released_at is null)
                order by j.entry_id, j.kind
                """)
                .param("seller", seller.value())
                .param("reference", reference)
                .query(Claims::claimable)
                .list();
    }

    private static final String CLAIMABLE = """
            select j.entry_id, j.kind, j.reference,
              case when j.credit = 'seller_payable' then j.amount else -j.amount end as amount
            from ledger.journal j
            where j.seller_id = :seller and j.asset = 'usd' and (j.debit = 'seller_payable' or j.credit = 'seller_payable')
              and j.kind not in ('payout_reserve', 'reversal_of_payout_reserve')
            """;

    private static Claimable claimable(ResultSet row, int n) throws SQLException {
        return new Claimable(
                row.getObject("entry_id", UUID.class),
                row.getString("kind"),
                row.getString("reference"),
                new Money(row.getBigDecimal("amount").toBigIntegerExact(), Asset.USD));
    }

    private void allBeforeAreClaimed(SellerId seller, Instant first) {
        Instant now = clock.instant();
        UUID until = Ids.firstAt((first.isBefore(now) ? first : now).minus(COMMITTED_WITHIN));
        jdbc.sql("""
                update ledger.account set claimed_until = :until
                where seller_id = :seller and (claimed_until is null or claimed_until < :until)
                """).param("seller", seller.value()).param("until", until).update();
    }

    /**
     * The lines are paid by this payout, and by no other.
     *
     * @throws DuplicateKeyException when one of them has a living claim
     */
    public void claim(SellerId seller, UUID payoutId, List<Claimable> lines) {
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("payout " + payoutId + " claims nothing");
        }
        lockAccount(seller);
        Instant at = clock.instant();
        jdbc.sql("""
                insert into ledger.claim (seller_id, claimed_by, entry_id, kind, at)
                select r->>0, (r->>1)::uuid, (r->>2)::uuid, r->>3, (r->>4)::timestamptz
                from unnest(?::jsonb[]) as r
                """)
                .params(Columns.rows(lines.stream()
                        .map(line -> Columns.all(seller.value(), payoutId, line.entryId(), line.kind(), at))
                        .toList()))
                .update();
    }

    /** What the lines that the payout claims come to, in USD. */
    public Money claimed(SellerId seller, UUID payoutId) {
        BigDecimal units = jdbc.sql("""
                select coalesce(sum(case when j.credit = 'seller_payable' then j.amount else -j.amount end), 0)
                from ledger.claim c
                join ledger.journal j on j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                where c.seller_id = ? and c.claimed_by = ? and c.released_at is null
                """)
                .params(seller.value(), payoutId)
                .query(BigDecimal.class)
                .single();
        return new Money(units.toBigIntegerExact(), Asset.USD);
    }

    /** What the payout claimed may be claimed again; what of it should have been taken back meanwhile is taken back now. */
    public void release(SellerId seller, UUID payoutId) {
        lockAccount(seller);
        List<String> late = jdbc.sql("""
                with released as (
                  update ledger.claim set released_at = :at
                  where seller_id = :seller and claimed_by = :payout and released_at is null
                  returning seller_id, entry_id, kind, reversal_asked_at)
                select distinct j.reference from released r
                join ledger.journal j on j.seller_id = r.seller_id and j.entry_id = r.entry_id and j.kind = r.kind
                where r.reversal_asked_at is not null order by j.reference
                """)
                .param("at", Columns.at(clock.instant()))
                .param("seller", seller.value())
                .param("payout", payoutId)
                .query((row, n) -> row.getString("reference"))
                .list();
        jdbc.sql("""
                update ledger.account a set claimed_until = first.entry_id
                from (select entry_id from ledger.claim where seller_id = :seller and claimed_by = :payout order by entry_id limit 1) first
                where a.seller_id = :seller and a.claimed_until > first.entry_id
                """).param("seller", seller.value()).param("payout", payoutId).update();
        late.forEach(reference -> reverse(seller, reference));
    }

    /** The payouts that pay something that was booked for the reference, in order. */
    public List<UUID> claimants(SellerId seller, String reference) {
        return jdbc.sql("""
                select distinct c.claimed_by from ledger.journal j
                join ledger.claim c on c.seller_id = j.seller_id and c.entry_id = j.entry_id and c.kind = j.kind
                where j.seller_id = ? and j.reference = ? and c.released_at is null order by c.claimed_by
                """)
                .params(seller.value(), reference)
                .query((row, n) -> row.getObject("claimed_by", UUID.class))
                .list();
    }

    /** What the payout claims and should have been taken back meanwhile: the references, in order. */
    public List<String> overtaken(SellerId seller, UUID payoutId) {
        return jdbc.sql("""
                select distinct j.reference from ledger.claim c
                join ledger.journal j on j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                where c.seller_id = ? and c.claimed_by = ? and c.released_at is null and c.reversal_asked_at is not null
                order by j.reference
                """)
                .params(seller.value(), payoutId)
                .query((row, n) -> row.getString("reference"))
                .list();
    }

    /** Whether a payout pays something that was booked for the reference. */
    public boolean isClaimed(SellerId seller, String reference) {
        return jdbc.sql("""
                select exists (select from ledger.journal j
                  join ledger.claim c on c.seller_id = j.seller_id and c.entry_id = j.entry_id and c.kind = j.kind
                  where j.seller_id = ? and j.reference = ? and c.released_at is null)
                """)
                .params(seller.value(), reference)
                .query(Boolean.class)
                .single();
    }

    /**
     * Takes back what was booked for the reference, unless a payout has claimed some of it: then it is taken back when that claim is given
     * back, if ever.
     *
     * @return whether it was taken back
     */
    public boolean reverse(SellerId seller, String reference) {
        lockAccount(seller);
        if (isClaimed(seller, reference)) {
            askForReversal(seller, reference);
            return false;
        }
        reverseAllTheSame(seller, reference);
        return true;
    }

    /** Takes back what was booked for the reference, though it was paid out: the seller owes it, and the next payouts are less. */
    public void reverseAllTheSame(SellerId seller, String reference) {
        lockAccount(seller);
        List<Ledger.Posted> booked = ledger.of(seller, reference);
        if (booked.stream().noneMatch(line -> line.kind().startsWith(Line.Kind.REVERSAL))) {
            ledger.book(seller, reference, Line.reversal(booked));
        }
    }

    private void askForReversal(SellerId seller, String reference) {
        Instant now = clock.instant();
        jdbc.sql("""
                update ledger.claim c set reversal_asked_at = :at from ledger.journal j
                where c.seller_id = :seller and j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                  and j.reference = :reference and c.released_at is null and c.reversal_asked_at is null
                """)
                .param("at", Columns.at(now))
                .param("seller", seller.value())
                .param("reference", reference)
                .update();
    }
}
