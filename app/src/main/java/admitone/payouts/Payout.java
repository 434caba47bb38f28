package admitone.payouts;

import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money on its way to a seller, or back to a buyer: it claims exact lines of the journal, {@code amount} and {@code fee} are their sum.
 *
 * @param amount what of it is paid, in USD
 * @param fee what is kept for the provider's fee, in USD
 * @param coins what the provider is asked to send
 * @param to whose it is
 * @param held who holds it; null: nobody
 * @param hash of the transaction, once the provider told
 * @param reason what the provider, or a person, said last
 */
public record Payout(
        SellerId seller,
        UUID id,
        PayoutState state,
        Money amount,
        Money fee,
        Money coins,
        Rate rate,
        To to,
        String madeBy,
        Instant madeAt,
        @Nullable String approvedBy,
        @Nullable HeldBy held,
        @Nullable Instant endedAt,
        @Nullable String hash,
        @Nullable String reason) {
    /** What coins cost an amount is sent at no rate that is older. */
    static final Duration QUOTED_FOR = Duration.ofDays(1);

    public static final String HANDLE = "po";

    /** Who made one that no person has asked for. */
    static final String BY_ITSELF = "admitone";

    public sealed interface To {
        /** @param destination the version that counted when it was made */
        record Seller(UUID destination) implements To {}

        /** @param paymentId what is given back by it */
        record Buyer(String paymentId) implements To {}
    }

    /** A person's stop. */
    public record HeldBy(String by, String why) {}

    static String subject(UUID id) {
        return "payout:" + id;
    }

    public String handle() {
        return new Handle(HANDLE, seller, id).toString();
    }

    String subject() {
        return subject(id);
    }

    /** What of the seller's balance it takes. */
    Money reserved() {
        return amount.plus(fee);
    }

    /** Whether it gives back what was set aside, which was on no balance. */
    boolean isOfSetAside() {
        return to instanceof To.Buyer && !reserved().isPositive();
    }

    /** What the provider's list may name an attempt by: it carries seller, payout and attempt. */
    String externalId(int attempt) {
        return handle() + "_" + attempt;
    }

    /** Of one that is being verified another code is held back; the one that was given may do. */
    boolean mayBeHeld() {
        return switch (state) {
            case PayoutState.AwaitingApproval _,
                    PayoutState.Approved _,
                    PayoutState.Creating _,
                    PayoutState.Created _,
                    PayoutState.Verifying _ -> true;
            case PayoutState.Sent _,
                    PayoutState.Failed _,
                    PayoutState.Finished _,
                    PayoutState.Rejected _,
                    PayoutState.Cancelled _,
                    PayoutState.Released _ -> false;
        };
    }

    /** Whether nothing of it was ever asked of the provider, or what was is over there. */
    boolean isUnbegun() {
        return state instanceof PayoutState.AwaitingApproval || state instanceof PayoutState.Approved;
    }

    /** Whether its coins are worth something else by now. What a buyer gets back is coins, whatever they are worth. */
    boolean isQuotedTooLongAgo(Instant now) {
        return to instanceof To.Seller && !rate.isOneToOne() && rate.at().isBefore(now.minus(QUOTED_FOR));
    }

    /** Whether a person's stop keeps it where it is. */
    public boolean isHeld() {
        return held != null && mayBeHeld();
    }

    /** What everybody calls its state. */
    public String status() {
        return isHeld() ? "held" : state.word();
    }

    /** What it waits for, in a word; null: nothing that is known. */
    public @Nullable String waitsFor() {
        return switch (state) {
            case PayoutState.Approved(int _, var waits) -> waits == null ? null : waits.word();
            case PayoutState.Creating(Attempt _), PayoutState.Verifying(Attempt _) -> "being_checked";
            case PayoutState.Failed(Attempt _) -> "the_provider_or_a_person";
            default -> null;
        };
    }
}
