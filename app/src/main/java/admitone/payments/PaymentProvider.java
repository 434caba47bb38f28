package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What we ask of the payment provider. Creating a payment cannot be repeated: it has no idempotency key. */
public interface PaymentProvider {
    record NewPayment(String orderId, Money price, Asset payCurrency, String description, String notifyUrl) {}

    record Created(
            String paymentId,
            String payAddress,
            Money payAmount,
            @Nullable String payinExtraId,
            @Nullable Instant expiresAt) {}

    /** Declined codes: {@code below_minimum}, {@code coin_unavailable}, {@code key_refused}, {@code refused}. */
    Answer<Created> create(NewPayment payment);

    /** What the provider says about a payment now; empty when it knows none by this id. */
    Answer<Optional<Heard>> find(String paymentId, Heard.Trigger trigger);
}
