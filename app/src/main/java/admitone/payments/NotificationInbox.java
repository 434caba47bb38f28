package admitone.payments;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Everything genuine that was heard, one row per payment and body, kept for ever. */
@Repository
public class NotificationInbox {
    private static final String INSERT = """
            insert into payments.notification
              (seller_id, payment_id, digest, body, provider_status, cause, source, received_at, fate)
            select * from unnest(?::text[], ?::text[], ?::bytea[], ?::bytea[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
            on conflict (seller_id, payment_id, digest) do nothing returning payment_id
            """;

    private final JdbcClient jdbc;

    NotificationInbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
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

    /** Within the current transaction; false when another caller stored the same body first. */
    public boolean remember(SellerId seller, Heard heard, Fate fate) {
        return !remember(List.of(new Entry(seller, heard, fate))).isEmpty();
    }

    /** Within the current transaction, each about another payment; answers the payments whose body was not stored before. */
    public Set<String> remember(List<Entry> entries) {
        return insert(entries.stream()
                .map(one -> {
                    Heard heard = one.heard();
                    return row(
                            one.seller(),
                            heard.paymentId(),
                            heard.body(),
                            heard.statusWord(),
                            heard.trigger(),
                            one.fate());
                })
                .toList());
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

    private Set<String> insert(List<Object[]> rows) {
        if (rows.isEmpty()) {
            return Set.of(); // all that was heard together is held by somebody else just now
        }
        return Set.copyOf(jdbc.sql(INSERT)
                .params(Columns.arrays(rows))
                .query(String.class)
                .list());
    }

    /** Within the current transaction: a genuine body about no payment; false when it was stored before. */
    public boolean rememberUnrecognised(byte[] body, Heard.Trigger trigger) {
        return !insert(List.<Object[]>of(row(SellerId.PLATFORM, "", body, "", trigger, Fate.CASE)))
                .isEmpty();
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
