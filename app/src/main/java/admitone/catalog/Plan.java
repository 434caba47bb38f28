package admitone.catalog;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What can be bought: access to a channel for a number of days, or for life when {@code days} is null.
 *
 * @param description what one gets, in the seller's own words: plain text, to be escaped; null: they say nothing
 */
public record Plan(
        SellerId seller,
        UUID id,
        UUID channelId,
        String name,
        Money price,
        @Nullable Integer days,
        @Nullable String description) {
    /** So many may be on sale in a channel at once. */
    public static final int MOST_OF_A_CHANNEL = 50;

    /** Of a description. */
    public static final int MOST_CHARACTERS = 200;

    public static final Money MOST_PRICE = Money.parse("1000000", Asset.USD);

    public String handle() {
        return new Handle(Handle.PLAN, seller, id).toString();
    }
}
