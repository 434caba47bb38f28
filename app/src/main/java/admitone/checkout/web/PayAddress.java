package admitone.checkout.web;

import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.money.Money;
import admitone.payments.Coins;
import admitone.payments.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where to send what.
 *
 * @param label the coin with its network and code
 * @param memo what must be sent with it, or null
 * @param uri opens a wallet; null where its form is not certain
 * @param qr of the URI, or else of the address; null where that is too long
 * @param until when the offer ends: the order's time or the provider's address, whichever is first
 */
record PayAddress(
        String paymentId,
        String coin,
        String label,
        String unit,
        String amount,
        String address,
        @Nullable String memo,
        @Nullable String uri,
        @Nullable Qr qr,
        Instant until,
        String untilText,
        long secondsLeft) {
    /** Of a payment with address and amount. */
    static PayAddress of(Payment payment, Coins coins, Instant orderEnds, Instant now, Language language) {
        Money amount = Objects.requireNonNull(payment.payAmount());
        String code = amount.asset().code();
        String address = Objects.requireNonNull(payment.payAddress());
        Optional<String> uri = payment.payinExtraId() == null ? PaymentUri.of(address, amount) : Optional.empty();
        Instant addressEnds = payment.expiresAt();
        Instant until = addressEnds != null && addressEnds.isBefore(orderEnds) ? addressEnds : orderEnds;
        return new PayAddress(
                payment.id(),
                code,
                CoinNames.of(coins.of(amount.asset()), language) + " (" + code + ")",
                amount.asset().ticker(),
                amount.text(),
                address,
                payment.payinExtraId(),
                uri.orElse(null),
                Qr.of(uri.orElse(address)).orElse(null),
                until,
                Form.in(language).moment(until),
                Math.max(0, Duration.between(now, until).toSeconds()));
    }
}
