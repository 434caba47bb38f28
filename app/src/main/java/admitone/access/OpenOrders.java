package admitone.access;

import admitone.runtime.SellerId;
import java.util.UUID;

/** Whether somebody is about to pay; answered by the module that knows orders. */
public interface OpenOrders {
    boolean anyFor(SellerId seller, UUID channelId, long telegramUserId);
}
