package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What we ask of the payment provider. Creating a payment cannot be repeated: it has no idempotency key. */
public interface PaymentProvider {
    /** @param wallet what it is settled to; null: as the account is set */
    record NewPayment(
            String orderId,
            Money price,
            Asset payCurrency,
            String description,
            String notifyUrl,
            @Nullable Wallet wallet) {}

    record Created(
            String paymentId,
            String payAddress,
            Money payAmount,
            @Nullable String payinExtraId,
            @Nullable Instant expiresAt) {}

    /** Declined codes: {@code below_minimum}, {@code coin_unavailable}, {@code key_refused}, {@code refused}. */
    Answer<Created> create(NewPayment payment);

    /** The coins that the account has enabled and that can be paid in now; at least one. */
    Answer<List<Coin>> coins();

    /** The least that can be paid in {@code coin} on the terms of {@link #create}, in USD, rounded up to the cent. Declined as there. */
    Answer<Money> minimum(Asset coin);

    /** The same, where it is settled in {@code settled}. */
    Answer<Money> minimum(Asset coin, Asset settled);

    /** What the provider says about a payment now; empty when it knows none by this id. */
    Answer<Optional<Heard>> find(String paymentId, Heard.Trigger trigger);
}
