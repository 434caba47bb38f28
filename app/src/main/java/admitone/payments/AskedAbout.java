package admitone.payments;

import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of all sellers that the provider is asked about again and again, each time by one instance. */
public interface AskedAbout {
    /** One whose turn it is. */
    record ToAsk(SellerId seller, String id, int asked, Instant createdAt) {}

    /** Looks without locks over all sellers. */
    List<ToAsk> dueForAsking(Instant now, int limit);

    /** Takes the question on itself and sets when to ask next (null: never again); false when another instance was first. */
    boolean claimAsking(ToAsk toAsk, @Nullable Instant next);

    /** The question got no answer: it does not count, and is asked again at {@code next}. */
    void notAnswered(ToAsk toAsk, Instant next);

    /** How many are asked about. */
    long count();

    /** Makes it the turn of each, in a transaction for each seller. */
    void askAll(Instant now);
}
