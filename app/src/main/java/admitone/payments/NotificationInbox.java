package admitone.payments;

import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Read;
import admitone.database.Sql;
import admitone.runtime.SellerId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Everything genuine that was heard, one row per payment and body, kept for ever. */
@Repository
public class NotificationInbox {
    private static final String INSERT = """
            insert into payments.notification
              (seller_id, payment_id, digest, body, provider_status, cause, source, received_at, fate)
            select r->>0, r->>1, (r->>2)::bytea, (r->>3)::bytea, r->>4, r->>5, r->>6, (r->>7)::timestamptz, r->>8
            from unnest(?::jsonb[]) as r
            """;
    private static final String UNLESS_STORED = INSERT + "on conflict (seller_id, payment_id, digest) do nothing";

    private final JdbcClient jdbc;
    private final Gathered<Entry> heard;

    NotificationInbox(JdbcTemplate template, JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.heard = new Gathered<>(template, NotificationInbox::insert);
    }

    /** What was heard about a seller's payment, and what becomes of it. */
    public record Entry(SellerId seller, Heard heard, Fate fate) {}

    /** What became of a row. */
    public enum Fate {
        /** Decided: moved something, or had nothing new to say. */
        APPLIED,
        /** Kept; a task decides. */
        WAITING,
        /** Kept for a person. */
        CASE,
        /** Kept; a word without a meaning to us. */
        NOT_UNDERSTOOD;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The body of a row that still waits. */
    public record Waiting(byte[] digest, byte[] body, String cause, String source, java.time.Instant at) {}

    /** SHA-256 of the body. */
    public static byte[] digest(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether this very body was stored before, and what became of it. */
    public Optional<Fate> fate(SellerId seller, Heard heard) {
        return jdbc.sql("select fate from payments.notification where seller_id = ? and payment_id = ? and digest = ?")
                .params(seller.value(), heard.paymentId(), digest(heard.body()))
                .query((row, n) -> Fate.valueOf(row.getString("fate").toUpperCase(java.util.Locale.ROOT)))
                .optional();
    }

    /** What tells one body about a payment from all others. */
    public static String key(Heard heard) {
        return key(heard.paymentId(), digest(heard.body()));
    }

    private static String key(String paymentId, byte[] digest) {
        return paymentId + ":" + HexFormat.of().formatHex(digest);
    }

    /** The keys of those bodies that were stored before. */
    public Read<Set<String>> stored(Collection<Heard> bodies, Map<String, SellerId> sellers) {
        Set<String> stored = new HashSet<>();
        return Read.of(
                """
                select n.payment_id, n.digest from payments.notification n
                join (select r->>0 as seller_id, r->>1 as payment_id, (r->>2)::bytea as digest from unnest(?::jsonb[]) as r) as v
                  on n.seller_id = v.seller_id and n.payment_id = v.payment_id and n.digest = v.digest
                """,
                bodies.stream()
                        .map(one -> new Object[] {
                            String.valueOf(sellers.get(one.paymentId())), one.paymentId(), digest(one.body())
                        })
                        .toList(),
                stored,
                row -> stored.add(key(row.getString("payment_id"), row.getBytes("digest"))));
    }

    /**
     * Within the current transaction, for a body that was not stored when its payment had been locked; written when it commits.
     *
     * @throws org.springframework.dao.DuplicateKeyException then, where it was kept for later meanwhile
     */
    public void add(Entry entry) {
        heard.add(entry);
    }

    private static Sql insert(List<Entry> entries) {
        return new Sql(
                INSERT,
                Columns.rows(entries.stream().map(NotificationInbox::row).toList()));
    }

    private static Object[] row(Entry entry) {
        Heard heard = entry.heard();
        return row(entry.seller(), heard.paymentId(), heard.body(), heard.statusWord(), heard.trigger(), entry.fate());
    }

    /** Within the current transaction; false when another caller stored the same body first. */
    public boolean remember(SellerId seller, Heard heard, Fate fate) {
        return isNew(row(new Entry(seller, heard, fate)));
    }

    private static Object[] row(
            SellerId seller, String paymentId, byte[] body, String statusWord, Heard.Trigger trigger, Fate fate) {
        return new Object[] {
            seller.value(),
            paymentId,
            digest(body),
            body,
            statusWord,
            trigger.cause().word(),
            trigger.source(),
            Columns.at(trigger.at()),
            fate.word()
        };
    }

    private boolean isNew(Object[] row) {
        return jdbc.sql(UNLESS_STORED)
                        .params(Columns.rows(List.<Object[]>of(row)))
                        .update()
                == 1;
    }

    /** Within the current transaction: a genuine body about no payment; false when it was stored before. */
    public boolean rememberUnrecognised(byte[] body, Heard.Trigger trigger) {
        return isNew(row(SellerId.PLATFORM, "", body, "", trigger, Fate.CASE));
    }

    /** Within the current transaction: decides the fate of a row that waited; false when it no longer waits. */
    public boolean settle(SellerId seller, Heard heard, Fate fate) {
        return jdbc.sql("""
                        update payments.notification set fate = ?
                        where seller_id = ? and payment_id = ? and digest = ? and fate = 'waiting'
                        """)
                        .params(fate.word(), seller.value(), heard.paymentId(), digest(heard.body()))
                        .update()
                == 1;
    }

    /** The rows of a payment that wait for a decision, oldest first. */
    public List<Waiting> waiting(SellerId seller, String paymentId) {
        return jdbc.sql("""
                select digest, body, cause, source, received_at from payments.notification
                where seller_id = ? and payment_id = ? and fate = 'waiting' order by received_at
                """)
                .params(seller.value(), paymentId)
                .query((row, n) -> new Waiting(
                        row.getBytes("digest"),
                        row.getBytes("body"),
                        row.getString("cause"),
                        row.getString("source"),
                        Columns.instant(row, "received_at")))
                .list();
    }
}
