package admitone.checkout;

import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.runtime.Ids;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Makes orders. An order is a snapshot: what it depends on is not asked for again. */
@Component
public class Ordering {
    private final Orders orders;
    private final Catalog catalog;
    private final Ids ids;
    private final Clock clock;
    private final Duration ttl;

    Ordering(Orders orders, Catalog catalog, Ids ids, Clock clock, Settings settings) {
        this.orders = orders;
        this.catalog = catalog;
        this.ids = ids;
        this.clock = clock;
        this.ttl = settings.orderTtl();
    }

    /** Within the current transaction of the plan's seller: an order for this user, at today's price. */
    public Order place(Plan plan, long telegramUserId) {
        Instant now = clock.instant();
        Order order = new Order(
                plan.seller(),
                ids.nextOrderId(plan.seller()),
                plan.channelId(),
                plan.id(),
                telegramUserId,
                plan.price(),
                plan.days(),
                catalog.seller(plan.seller()).orElseThrow().feePercent(),
                now,
                now.plus(ttl),
                null);
        orders.add(order);
        return order;
    }

    /** As {@link #place}, for somebody who may pick the same plan many times: the order they have already, where half of its time is left. */
    public Order placeOnce(Plan plan, long telegramUserId) {
        Optional<Order> open =
                orders.newestOpen(plan, telegramUserId, clock.instant().plus(ttl.dividedBy(2)));
        return open.orElseGet(() -> place(plan, telegramUserId));
    }
}
