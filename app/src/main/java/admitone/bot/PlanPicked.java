package admitone.bot;

import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.checkout.Order;
import admitone.checkout.Ordering;
import admitone.checkout.Ordering.Placed;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Somebody comes from a channel's page with a plan in hand. By opening the bot they have told who they are, so the order is theirs from here
 * on, and the bot can write to them.
 */
@Component
class PlanPicked implements IncomingListener {
    private final Catalog catalog;
    private final Grants grants;
    private final Ordering ordering;
    private final Coupons coupons;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    PlanPicked(
            Catalog catalog,
            Grants grants,
            Ordering ordering,
            Coupons coupons,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        this.catalog = catalog;
        this.grants = grants;
        this.ordering = ordering;
        this.coupons = coupons;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof Said said) {
            said.startedBy(Handle.PLAN).ifPresent(plan -> picked(updateId, said, plan));
        }
    }

    private void picked(long updateId, Said said, Handle handle) {
        Optional<Plan> plan = catalog.planOnSale(handle.seller(), handle.id());
        if (plan.isEmpty()) {
            transactions.run(
                    SellerId.PLATFORM,
                    () -> tasks.owe(
                            SellerId.PLATFORM, OfferPlanTask.nothingThere(updateId, said.userId(), said.language())));
            return;
        }
        grants.knowBuyer(handle.seller(), said.userId());
        transactions.run(handle.seller(), () -> offer(updateId, said, plan.get()));
    }

    private void offer(long updateId, Said said, Plan plan) {
        SellerId seller = plan.seller();
        if (!tasks.ofSubject(seller, OfferPlanTask.subject(updateId)).isEmpty()) {
            return; // told again: answered since
        }
        // a coupon that cannot be used is told, and the plan offered without it
        Optional<String> coupon =
                said.startedWith().flatMap(tag -> coupons.byTag(seller, tag)).map(Coupon::code);
        Placed placed = ordering.placeOnce(plan, said.userId(), coupon);
        Optional<Placed.NoCoupon> refusal =
                placed instanceof Placed.NoCoupon refused ? Optional.of(refused) : Optional.empty();
        if (refusal.isPresent()) {
            placed = ordering.placeOnce(plan, said.userId(), Optional.empty());
        }
        if (!(placed instanceof Placed.Made(Order order))) {
            throw new IllegalStateException("no order without a coupon: " + placed);
        }
        tasks.owe(seller, OfferPlanTask.offer(updateId, order, refusal, said.language()));
        timeline.append(
                seller,
                new Event(
                        Event.order(order.id()),
                        clock.instant(),
                        "plan_picked",
                        "telegram",
                        "update " + updateId,
                        Map.of("plan", plan.handle())));
    }
}
