package admitone.payments;

import admitone.money.Asset;
import org.jspecify.annotations.Nullable;

/**
 * A coin that the provider takes.
 *
 * @param name the provider's; null: not told
 * @param network the provider's short word for the chain it is paid on, such as {@code trx}; null: not told
 */
public record Coin(
        Asset asset, @Nullable String name, @Nullable String network) {}
