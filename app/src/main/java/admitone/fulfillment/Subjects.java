package admitone.fulfillment;

import admitone.access.Grants;
import admitone.access.LinkPool;
import admitone.access.LinkPool.Place;
import admitone.access.Seat;
import admitone.access.WayIn;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.Sold;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.Reductions;
import admitone.database.Read;
import admitone.database.Reads;
import admitone.ledger.Custody;
import admitone.ledger.Line;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.NotificationInbox;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import admitone.payments.Wallet;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Locks and reads what decisions are about; always payment, order, place in the channel, and among several by their keys. */
@Component
class Subjects {
    private final Reads reads;
    private final Placing placing;
    private final NotificationInbox inbox;
    private final Payments payments;
    private final Orders orders;
    private final Reductions reductions;
    private final Grants grants;
    private final LinkPool pool;
    private final Catalog catalog;
    private final Rates rates;
    private final Clock clock;
    private final Ids ids;
    private final Settings settings;

    Subjects(
            Reads reads,
            Placing placing,
            NotificationInbox inbox,
            Payments payments,
            Orders orders,
            Reductions reductions,
            Grants grants,
            LinkPool pool,
            Catalog catalog,
            Rates rates,
            Clock clock,
            Ids ids,
            Settings settings) {
        this.reads = reads;
        this.placing = placing;
        this.inbox = inbox;
        this.payments = payments;
        this.orders = orders;
        this.reductions = reductions;
        this.grants = grants;
        this.pool = pool;
        this.catalog = catalog;
        this.rates = rates;
        this.clock = clock;
        this.ids = ids;
        this.settings = settings;
    }

    /**
     * Something heard, with the rows it is about, locked.
     *
     * @param order null where none is known
     * @param seat the buyer's; null where none is given or taken
     * @param sold what is sold there; null where no place is given or taken
     * @param parts the order's other payments that brought a part of its price
     * @param stored whether this very body was heard before
     */
    record Subject(
            SellerId seller,
            Heard heard,
            Payment payment,
            @Nullable Order order,
            @Nullable Seat seat,
            @Nullable Sold sold,
            List<Payment> parts,
            boolean stored,
            boolean firstSeen) {
        /** Not in its place yet. */
        Subject(
                SellerId seller,
                Heard heard,
                Payment payment,
                @Nullable Order order,
                List<Payment> parts,
                boolean stored,
                boolean firstSeen) {
            this(seller, heard, payment, order, null, null, parts, stored, firstSeen);
        }

        Subject at(@Nullable Seat locked, @Nullable Sold there) {
            return new Subject(seller, heard, payment, order, locked, there, parts, stored, firstSeen);
        }

        Subject beside(List<Payment> found) {
            return new Subject(seller, heard, payment, order, seat, sold, found, stored, firstSeen);
        }

        /** Whether it may bring a part of the price only, so that what other payments brought matters. */
        boolean mayBePart() {
            return mayGrant()
                    && (payment.rest() != null
                            || heard.status() == ProviderStatus.PARTIALLY_PAID
                            || isLess(heard.actuallyPaid(), payment.payAmount()));
        }

        /** Whether more came than was counted, so that there may be a deposit beside it. */
        boolean mayBeMore() {
            return payment.state() instanceof Paid paid
                    && heard.isSettled()
                    && isLess(paid.received(), heard.actuallyPaid());
        }

        private static boolean isLess(@Nullable Money received, @Nullable Money asked) {
            return received == null
                    || asked == null
                    || !received.asset().equals(asked.asset())
                    || received.compareTo(asked) < 0;
        }

        /** Whether a place in the channel may be given or taken. */
        boolean maySettle() {
            return order != null && (heard.isSettled() || heard.status() == ProviderStatus.REFUNDED);
        }

        /** Whether it may bring a way in. */
        boolean mayGrant() {
            return order != null && heard.isSettled() && order.paidBy() == null;
        }

        /** Whether what took the price down may be another's by now. */
        boolean mayLackReduction(Instant now) {
            return mayGrant() && order != null && order.isReduced() && now.isAfter(order.expiresAt());
        }

        Optional<Seat.Key> place() {
            return maySettle() && order != null
                    ? Optional.of(new Seat.Key(order.seller(), order.channelId(), order.telegramUserId()))
                    : Optional.empty();
        }
    }

    /** Within the current transaction: waits for whoever holds the rows, as long as the lane's lock timeout. A payment not known yet is added. */
    Subject lock(SellerId seller, Heard heard) {
        boolean firstSeen = false;
        Optional<Payment> known = lockPayment(seller, heard.paymentId());
        if (known.isEmpty()) {
            firstSeen = payments.add(
                    placing.firstSeen(seller, heard), clock.instant().plus(settings.sweepFirst()));
            known = lockPayment(seller, heard.paymentId());
        }
        Payment payment = known.orElseThrow().offered(heard);
        Order order = Optional.ofNullable(payment.orderId())
                .flatMap(id -> orders.lock(seller, id))
                .orElse(null);
        boolean stored = inbox.fate(seller, heard).isPresent();
        Subject alone = new Subject(seller, heard, payment, order, List.of(), stored, firstSeen);
        return placed(alone.mayBePart() ? alone.beside(parts(payment)) : alone);
    }

    /** Within the current transaction: with the buyer's seat, locked, and what is sold there, where one may be given or taken. */
    Subject placed(Subject subject) {
        return subject.place()
                .map(place -> subject.at(
                        grants.lockSeat(place.seller(), place.channelId(), place.telegramUserId()),
                        reads.one(sold(List.of(place))).get(place.channelId())))
                .orElse(subject);
    }

    /**
     * With all other payments of its order, by their keys and before the order: who counts the parts of a price changes them all,
     * and must not wait for one who waits for the order.
     */
    private Optional<Payment> lockPayment(SellerId seller, String paymentId) {
        payments.find(seller, paymentId)
                .map(Payment::orderId)
                .ifPresent(orderId -> payments.lockOfOrder(seller, orderId));
        return payments.lock(seller, paymentId);
    }

    /** What other payments brought of the price of a payment's order. A statement of its own, after the order is locked: the ones before see the payments as they were when they began to wait. */
    List<Payment> parts(Payment payment) {
        return payments.ofOrder(payment.seller(), String.valueOf(payment.orderId())).stream()
                .filter(one -> one.state() instanceof PartiallyPaid
                        && one.hold() == null
                        && !one.id().equals(payment.id()))
                .toList();
    }

    /**
     * Within the current transaction: waits for nobody but who takes the same new place at this moment. Left out are payments that are not known yet, those that may bring a part of a price only, or more than was counted, or lack what reduced it, those that were given back (payouts are locked for them, and another's before them in the commit may have locked the account, for which those wait), those whose body does not name their order, those whose rows somebody
     * else holds, and all but the first about one payment, order or place.
     */
    List<Subject> lockFree(List<Heard> batch, Map<String, SellerId> sellers) {
        List<Heard> known = batch.stream()
                .filter(heard -> sellers.containsKey(heard.paymentId()))
                .toList();
        Map<String, SellerId> named = named(known, sellers);
        Read<Map<String, Payment>> lockPayments = payments.lockFree(sellers);
        Read<Map<String, Order>> lockOrders = orders.lockFree(named);
        Read<Set<String>> stored = inbox.stored(known, sellers);
        reads.together(lockPayments, lockOrders, stored);
        Map<String, Payment> payment = lockPayments.answer();
        Map<String, Order> order = lockOrders.answer();
        Instant now = clock.instant();
        Set<Object> taken = new HashSet<>();
        List<Subject> subjects = new ArrayList<>(batch.size());
        for (Heard heard : batch) {
            Payment locked = payment.get(heard.paymentId());
            if (locked == null) {
                continue;
            }
            Payment its = locked.offered(heard);
            if (its.orderId() != null && !order.containsKey(its.orderId())) {
                continue;
            }
            Order paidFor = its.orderId() == null ? null : order.get(its.orderId());
            boolean isStored = stored.answer().contains(NotificationInbox.key(heard));
            Subject subject = new Subject(its.seller(), heard, its, paidFor, List.of(), isStored, false);
            if (!subject.mayBePart()
                    && !subject.mayBeMore()
                    && !subject.mayLackReduction(now)
                    && heard.status() != ProviderStatus.REFUNDED
                    && taken.add(its.id())
                    && (paidFor == null || taken.add(paidFor.id()))
                    && subject.place().map(taken::add).orElse(true)) {
                subjects.add(subject);
            }
        }
        List<Seat.Key> places =
                subjects.stream().flatMap(one -> one.place().stream()).toList();
        Read<Map<Seat.Key, Seat>> lockSeats = grants.lockNewSeats(places);
        Read<Map<UUID, Sold>> sold = sold(places);
        reads.together(lockSeats, sold);
        Map<Seat.Key, Seat> seats = lockSeats.answer();
        grants.lockFreeSeats(places, seats);
        return subjects.stream()
                .filter(one -> one.place().map(seats::containsKey).orElse(true))
                .map(one -> one.place()
                        .map(place -> one.at(seats.get(place), sold.answer().get(place.channelId())))
                        .orElse(one))
                .toList();
    }

    /** The orders that are said to be paid for, to be locked together with the payments; which a payment is for, the payment says. */
    private static Map<String, SellerId> named(List<Heard> known, Map<String, SellerId> sellers) {
        Map<String, SellerId> named = new LinkedHashMap<>();
        known.stream()
                .filter(heard -> heard.orderId() != null)
                .forEach(heard -> named.put(
                        String.valueOf(heard.orderId()), Objects.requireNonNull(sellers.get(heard.paymentId()))));
        return named;
    }

    private Read<Map<UUID, Sold>> sold(List<Seat.Key> places) {
        return catalog.sold(
                places.stream().collect(Collectors.toMap(Seat.Key::channelId, Seat.Key::seller, (one, _) -> one)));
    }

    /** Within the current transaction: what each decision depends on beside its subject. */
    List<Facts> facts(List<Subject> subjects) {
        Map<Seat.Key, WayIn> waysIn = waysIn(subjects);
        Instant now = clock.instant();
        return subjects.stream()
                .map(one -> new Facts(
                        now,
                        one.seat(),
                        one.place().map(waysIn::get).orElseGet(() -> new WayIn.Standing(false)),
                        Optional.ofNullable(one.heard().outcome())
                                .flatMap(money -> rates.fresh(money.asset()))
                                .orElse(null),
                        settings.underpaidTolerancePercent(),
                        settings.confirmAboveUsd().orElse(null),
                        ids.next(),
                        one.sold() != null && one.sold().channel().addsOverpaid(),
                        one.sold() == null ? Custody.PROVIDER : custody(one.sold(), settings),
                        creditedTo(one).orElse(null),
                        one.mayLackReduction(now) && reductions.isGone(Objects.requireNonNull(one.order())),
                        one.mayBeMore() ? payments.onTopOf(one.payment()) : List.of(),
                        one.parts().stream().map(this::part).toList()))
                .toList();
    }

    /** Of what is settled as the account is set: the seller has it at once only where the account is theirs. */
    static Custody custody(Sold sold, Settings settings) {
        return switch (sold.paidOut()) {
            case DIRECT ->
                settings.nowPayments().isAccountOf(sold.channel().seller(), sold.isOnlySellers())
                        ? Custody.SELLER
                        : Custody.PROVIDER;
            case INSTANT, THRESHOLD -> Custody.PROVIDER;
        };
    }

    /** What the provider was told to settle to the seller's own wallet is there, whatever their mode has become. */
    static Custody custody(Payment payment, Custody otherwise) {
        return payment.wallet() == null ? otherwise : Custody.SELLER;
    }

    static List<Line> settlement(Payment payment, Money outcome, Custody custody) {
        Wallet wallet = payment.wallet();
        return Line.settlement(outcome, payment.suspended(), custody, wallet == null ? null : wallet.address());
    }

    private Optional<String> creditedTo(Subject one) {
        return one.order() != null && one.heard().status() == ProviderStatus.REFUNDED
                ? orders.creditedTo(
                        one.seller(), one.payment().id(), one.order().id())
                : Optional.empty();
    }

    private Facts.Part part(Payment payment) {
        return new Facts.Part(
                payment,
                Optional.ofNullable(payment.outcome())
                        .flatMap(money -> rates.fresh(money.asset()))
                        .orElse(null));
    }

    /** Of those who may be granted something now; each has a place of their own. */
    private Map<Seat.Key, WayIn> waysIn(List<Subject> subjects) {
        List<Seat.Key> keys = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        for (Subject one : subjects) {
            Sold sold = one.sold();
            if (one.mayGrant() && sold != null) {
                Seat seat = one.seat();
                one.place().ifPresent(key -> {
                    keys.add(key);
                    places.add(new Place(sold.channel(), key.telegramUserId(), seat != null && seat.isInside()));
                });
            }
        }
        List<WayIn> found = pool.waysIn(places);
        Map<Seat.Key, WayIn> waysIn = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            waysIn.put(keys.get(i), found.get(i));
        }
        return waysIn;
    }
}
