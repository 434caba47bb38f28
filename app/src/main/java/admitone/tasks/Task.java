package admitone.tasks;

import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A claimed task.
 *
 * @param attempt the fencing number: only the newest attempt may record an outcome
 * @param failures how many earlier attempts certainly failed
 * @param unknowns how many earlier attempts ended in not knowing
 * @param leaseEnd until when this attempt has the task for itself
 * @param interrupted the attempt before this one never recorded an outcome: its call may have happened
 */
public record Task(
        SellerId seller,
        UUID id,
        String kind,
        String subject,
        Map<String, String> payload,
        int attempt,
        int failures,
        int unknowns,
        Instant leaseEnd,
        boolean interrupted) {

    /** A value of the payload that the kind cannot do without. */
    public String need(String name) {
        String value = payload.get(name);
        if (value == null) {
            throw new IllegalStateException("task " + kind + " " + id + " has no " + name);
        }
        return value;
    }

    /** When it was owed first; its id, a UUIDv7, tells. The same in every attempt. */
    public Instant owedAt() {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** Whether a call begun now is over before another attempt may begin, should it take {@code longest}. */
    public boolean leavesTimeFor(Duration longest, Instant now) {
        return !now.plus(longest).isAfter(leaseEnd);
    }

    /** Names the task as the source of what it causes. */
    public String source() {
        return "task " + kind + " #" + attempt;
    }
}
