package admitone.catalog;

import admitone.money.Money;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be bought: access to a channel for a number of days, or for life when {@code days} is null. */
public record Plan(
        SellerId seller,
        UUID id,
        UUID channelId,
        String name,
        Money price,
        @Nullable Integer days) {

    public String handle() {
        return new Handle(Handle.PLAN, seller, id).toString();
    }
}
