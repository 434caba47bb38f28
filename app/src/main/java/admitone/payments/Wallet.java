package admitone.payments;

import admitone.money.Asset;
import org.jspecify.annotations.Nullable;

/** A wallet of a seller's own, which the provider settles a payment to, past us. */
public record Wallet(Asset coin, String address, @Nullable String extraId) {}
