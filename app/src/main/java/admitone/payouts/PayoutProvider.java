package admitone.payouts;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What we ask of who sends the money. Creating a batch cannot be repeated, and moves nothing; verifying it moves the money, and may be
 * repeated for one batch. Declined codes of every call: {@code key_refused}, {@code ip_refused} (our address is not on the account's
 * list), {@code no_login}, {@code no_totp}, {@code refused}.
 */
public interface PayoutProvider {
    /** Coins are sent with at most so many decimals. */
    int DECIMALS = 6;

    /** One withdrawal; {@code externalId} is ours, and only a label there: a repeat is not refused for it. */
    record NewBatch(String externalId, Place to, Money coins, String notifyUrl) {}

    record Batch(String batchId, List<Seen> withdrawals) {}

    /**
     * A withdrawal as the provider shows it now.
     *
     * @param extraId the memo that it goes with; null: it has none, or the provider does not say
     * @param changedAt when it last changed, at the provider; null: it does not say
     * @param fee what it took for sending, beside the amount; null: it does not say
     */
    record Seen(
            String withdrawalId,
            String batchId,
            @Nullable String externalId,
            String address,
            @Nullable String extraId,
            Asset currency,
            Money amount,
            @Nullable Money fee,
            Status status,
            String statusWord,
            @Nullable String hash,
            @Nullable String error,
            @Nullable Instant createdAt,
            @Nullable Instant changedAt) {
        /** How long it had been there when it last changed; null: the provider does not say. */
        @Nullable
        Duration age() {
            return createdAt == null || changedAt == null ? null : Duration.between(createdAt, changedAt);
        }
    }

    enum Status {
        /** Waits for its verification: nothing moves. */
        CREATING,
        WAITING,
        PROCESSING,
        SENDING,
        FINISHED,
        /** Not final: the provider may send it later all the same. */
        FAILED,
        REJECTED,
        CANCELLED,
        /** A word without a meaning to us. */
        UNKNOWN_WORD;

        public static Status of(String word) {
            try {
                return valueOf(word.strip().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                return UNKNOWN_WORD;
            }
        }
    }

    /** What the provider says of a place that money may go to. {@code byProvider}: it has looked at the address itself. */
    record Checked(@Nullable String network, boolean byProvider) {}

    /** Whether the account's login and its second factor are set: without them nothing can be sent. */
    boolean canPay();

    /** Declined also: {@code address_refused}, {@code not_whitelisted}, {@code below_minimum}, {@code short_of_coin}, {@code coin_unavailable}. */
    Answer<Batch> create(NewBatch batch);

    /**
     * With the code of the 30 second step that {@code step} lies in; one is good for one batch of the account. Declined also: {@code
     * code_refused}, {@code attempts_exceeded}, {@code not_open} (verified, rejected or unknown there).
     */
    Answer<Boolean> verify(String batchId, Instant step);

    /** What the provider shows of a batch of one withdrawal; empty when it knows none by this id. */
    Answer<Optional<Seen>> batch(String batchId);

    /** All that was created in between: done means that none is missing. */
    Answer<List<Seen>> list(Instant from, Instant to);

    /** The least that is sent of a coin. */
    Answer<Money> minimum(Asset coin);

    /** What sending so much costs, as it is estimated now. */
    Answer<Money> fee(Asset coin, Money amount);

    /** Declined also: {@code address_refused}, {@code memo_needed}, {@code memo_refused}, {@code coin_unavailable}. */
    Answer<Checked> validate(Place place);

    /** What can be sent now, by coin. */
    Answer<Map<Asset, Money>> balance();
}
