package admitone.access;

import admitone.runtime.SellerId;
import java.util.Optional;
import java.util.UUID;

/** Whether somebody is about to pay, and what they paid for; answered by the module that knows orders. */
public interface OpenOrders {
    boolean anyFor(SellerId seller, UUID channelId, long telegramUserId);

    /** The plan that an order was for. */
    Optional<UUID> planOf(SellerId seller, String orderId);
}
