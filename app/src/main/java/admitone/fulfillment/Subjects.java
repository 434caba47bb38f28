package admitone.fulfillment;

import admitone.access.Grants;
import admitone.access.Seat;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.Payment;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Locks and reads what decisions are about; always payment, order, place in the channel, and among several by their keys. */
@Component
class Subjects {
    private final Placing placing;
    private final Payments payments;
    private final Orders orders;
    private final Grants grants;
    private final Catalog catalog;
    private final Rates rates;
    private final Clock clock;
    private final Ids ids;
    private final Settings settings;

    Subjects(
            Placing placing,
            Payments payments,
            Orders orders,
            Grants grants,
            Catalog catalog,
            Rates rates,
            Clock clock,
            Ids ids,
            Settings settings) {
        this.placing = placing;
        this.payments = payments;
        this.orders = orders;
        this.grants = grants;
        this.catalog = catalog;
        this.rates = rates;
        this.clock = clock;
        this.ids = ids;
        this.settings = settings;
    }

    /** Something heard, with the rows it is about, locked. {@code order} is null where none is known. */
    record Subject(
            SellerId seller,
            Heard heard,
            Payment payment,
            @Nullable Order order,
            boolean firstSeen) {
        /** Whether a place in the channel may be given or taken. */
        boolean maySettle() {
            return order != null && (heard.isSettled() || heard.status() == ProviderStatus.REFUNDED);
        }

        Optional<Seat.Key> seat() {
            return maySettle() && order != null
                    ? Optional.of(new Seat.Key(order.seller(), order.channelId(), order.telegramUserId()))
                    : Optional.empty();
        }
    }

    /** Within the current transaction: waits for whoever holds the rows, as long as the lane's lock timeout. A payment not known yet is added. */
    Subject lock(SellerId seller, Heard heard) {
        boolean firstSeen = false;
        Optional<Payment> known = payments.lock(seller, heard.paymentId());
        if (known.isEmpty()) {
            firstSeen = payments.add(
                    placing.firstSeen(seller, heard), clock.instant().plus(settings.sweepFirst()));
            known = payments.lock(seller, heard.paymentId());
        }
        Payment payment = known.orElseThrow();
        Order order = Optional.ofNullable(payment.orderId())
                .flatMap(id -> orders.lock(seller, id))
                .orElse(null);
        return new Subject(seller, heard, payment, order, firstSeen);
    }

    /**
     * Within the current transaction: waits for nobody. Left out are payments that are not known yet, those whose rows somebody
     * else holds, and all but the first about one payment, order or place.
     */
    List<Subject> lockFree(List<Heard> batch, Map<String, SellerId> sellers) {
        Map<String, Payment> payment = payments.lockFree(sellers);
        Map<String, SellerId> wanted = new LinkedHashMap<>();
        payment.values().stream()
                .filter(one -> one.orderId() != null)
                .forEach(one -> wanted.put(String.valueOf(one.orderId()), one.seller()));
        Map<String, Order> order = wanted.isEmpty() ? Map.of() : orders.lockFree(wanted);
        Set<Object> taken = new HashSet<>();
        List<Subject> subjects = new ArrayList<>(batch.size());
        for (Heard heard : batch) {
            Payment its = payment.get(heard.paymentId());
            if (its == null || (its.orderId() != null && !order.containsKey(its.orderId()))) {
                continue;
            }
            Order paidFor = its.orderId() == null ? null : order.get(its.orderId());
            Subject subject = new Subject(its.seller(), heard, its, paidFor, false);
            if (taken.add(its.id())
                    && (paidFor == null || taken.add(paidFor.id()))
                    && subject.seat().map(taken::add).orElse(true)) {
                subjects.add(subject);
            }
        }
        return subjects;
    }

    /** Within the current transaction: what each decision depends on beside its subject. */
    List<Facts> facts(List<Subject> subjects) {
        List<Seat.Key> keys =
                subjects.stream().flatMap(one -> one.seat().stream()).toList();
        Map<Seat.Key, Seat> seats = keys.isEmpty() ? Map.of() : grants.lockSeats(keys);
        Map<UUID, Channel> channels = keys.isEmpty()
                ? Map.of()
                : catalog.channels(keys.stream()
                        .collect(Collectors.toMap(Seat.Key::channelId, Seat.Key::seller, (one, _) -> one)));
        return subjects.stream()
                .map(one -> new Facts(
                        clock.instant(),
                        one.seat().map(seats::get).orElse(null),
                        one.seat()
                                .map(key -> channels.get(key.channelId()))
                                .filter(channel -> channel.standingLink() != null)
                                .isPresent(),
                        Optional.ofNullable(one.heard().outcome())
                                .flatMap(money -> rates.fresh(money.asset()))
                                .orElse(null),
                        settings.underpaidTolerancePercent(),
                        settings.confirmAboveUsd().orElse(null),
                        ids.next()))
                .toList();
    }
}
