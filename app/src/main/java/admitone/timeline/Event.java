package admitone.timeline;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a subject.
 *
 * @param subject what it happened to, as {@code payment:5996609246} or {@code order:ao_…}
 * @param kind stable name, such as {@code trigger}, {@code payment_paid}, {@code granted}, {@code message_sent}
 * @param cause why, such as {@code ipn}, {@code sweep}, {@code task_retry}, {@code operator}
 * @param source who or what caused it, such as a sender's address or a task's id
 * @param detail short facts; never a secret, a link or a whole body
 */
public record Event(String subject, Instant at, String kind, String cause, String source, Map<String, String> detail) {
    /** A call that could have changed something, whatever came of it. */
    public static final String TRIGGER = "trigger";

    public static final String OUTCOME = "outcome";
    public static final String ABSORBED = "absorbed";

    public static String payment(String paymentId) {
        return "payment:" + paymentId;
    }

    /** A grant that nobody paid for; one that was paid is told of under its payment. */
    public static String grant(String handle) {
        return "grant:" + handle;
    }

    public static String order(String orderId) {
        return "order:" + orderId;
    }
}
