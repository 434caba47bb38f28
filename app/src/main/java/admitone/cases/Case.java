package admitone.cases;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A question for a person. {@code subject} is what it is about, {@code kind} which question; there is one of each pair.
 *
 * @param toldAt when its seller was told of it in the chat; null: not told
 * @param untoldWhy why they could not be told of it there, or null
 */
public record Case(
        UUID id,
        String kind,
        String subject,
        @Nullable String paymentId,
        @Nullable String orderId,
        Instant openedAt,
        Map<String, String> detail,
        @Nullable Decided decided,
        @Nullable Instant toldAt,
        @Nullable String untoldWhy) {

    /** A part of the detail that its kind cannot do without. */
    public String need(String name) {
        return Objects.requireNonNull(detail.get(name), name);
    }

    /** What a person answered, and why. */
    public record Decided(String decision, String reason, String by, Instant at) {}

    /** A case yet to be opened. */
    public record Draft(
            String kind,
            String subject,
            @Nullable String paymentId,
            @Nullable String orderId,
            Map<String, String> detail) {}
}
