package admitone.fulfillment;

import admitone.cases.Case;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.OldOrderId;
import admitone.checkout.Order;
import admitone.checkout.OrderCopy;
import admitone.checkout.Orders;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.NotificationReader;
import admitone.payments.OwnWallets;
import admitone.payments.Payment;
import admitone.payments.PaymentCreation;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState;
import admitone.payments.Payments;
import admitone.payments.Wallet;
import admitone.payments.WalletMark;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds whose payment a notification is about. A known payment id decides, always; only a first-seen one is placed by what the
 * provider says of its order, and is adopted where the price matches.
 */
@Component
class Placing {
    /** As long as the provider looks for a deposit to an address: whoever was given one in time may be that late. */
    static final Duration LATEST = Duration.ofDays(7);

    private final Payments payments;
    private final Orders orders;
    private final Catalog catalog;
    private final PaymentCreation creation;
    private final OrderCopy copies;
    private final WalletMark marks;
    private final OwnWallets wallets;
    private final NotificationReader reader;
    private final Clock clock;

    Placing(
            Payments payments,
            Orders orders,
            Catalog catalog,
            PaymentCreation creation,
            OrderCopy copies,
            WalletMark marks,
            OwnWallets wallets,
            NotificationReader reader,
            Clock clock) {
        this.payments = payments;
        this.orders = orders;
        this.catalog = catalog;
        this.creation = creation;
        this.copies = copies;
        this.marks = marks;
        this.wallets = wallets;
        this.reader = reader;
        this.clock = clock;
    }

    /**
     * @param hold why the payment may never grant by itself, or null
     * @param rest what was missing of the order's price, where the payment was made for that
     * @param lost the order, where it is not there and its copy is
     * @param wallet the seller's own, where it was made for that, or came on top of what went there
     */
    private record Place(
            SellerId seller,
            @Nullable String orderId,
            @Nullable String hold,
            @Nullable Money rest,
            @Nullable Order lost,
            @Nullable Wallet wallet) {
        Place(SellerId seller, @Nullable String orderId, @Nullable String hold) {
            this(seller, orderId, hold, null, null, null);
        }

        Place to(@Nullable Wallet own) {
            return new Place(seller, orderId, hold, rest, lost, own);
        }
    }

    /** Whose payment this is. A first-seen id is claimed for its seller in a transaction of its own. */
    SellerId sellerOf(Heard heard) {
        return payments.sellerOf(heard.paymentId())
                .orElseGet(() ->
                        payments.claimRoute(heard.paymentId(), place(heard).seller()));
    }

    /** Within the current transaction: the row of a payment heard of for the first time, for the seller who holds its id. */
    Payment firstSeen(SellerId seller, Heard heard) {
        Place place = placeFor(seller, heard);
        if (place.lost() != null) {
            orders.addLost(place.lost());
        }
        return new Payment(
                seller,
                heard.paymentId(),
                place.orderId(),
                place.hold(),
                new PaymentState.Waiting(),
                heard.statusWord(),
                heard.payCurrency(),
                heard.payAmount(),
                null,
                null,
                null,
                null,
                null,
                heard.parentPaymentId(),
                clock.instant(),
                null,
                null,
                place.rest(),
                place.wallet());
    }

    private Place placeFor(SellerId seller, Heard heard) {
        Place place = place(heard);
        return place.seller().equals(seller)
                ? place
                : held(seller, Why.UNKNOWN_ORDER).to(place.wallet());
    }

    private Place place(Heard heard) {
        String parent = heard.parentPaymentId();
        if (parent != null) {
            // a repeated deposit: never placed by its order id but by its parent, never acted on by itself
            return payments.sellerOf(parent)
                    .map(seller -> childOf(seller, parent, Payment.isOnTop(heard.paymentId())))
                    .orElseGet(() -> held(SellerId.PLATFORM, Why.CHILD_PAYMENT));
        }
        String orderId = heard.orderId() == null ? "" : heard.orderId();
        Optional<SellerId> seller = Handle.sellerOfOrder(orderId);
        if (seller.isPresent()) {
            return orders.find(seller.get(), orderId)
                    .map(order -> byPrice(order, heard))
                    .or(() -> byCopy(orderId, heard))
                    .orElseGet(() -> held(SellerId.PLATFORM, Why.UNKNOWN_ORDER))
                    .to(wallet(seller.get(), orderId, heard));
        }
        return OldOrderId.parse(orderId)
                .map(old -> byPair(old, heard))
                .orElseGet(() -> held(SellerId.PLATFORM, Why.UNKNOWN_ORDER));
    }

    private Place childOf(SellerId seller, String parentId, boolean onTop) {
        Optional<Payment> parent = payments.find(seller, parentId);
        String orderId = parent.map(Payment::orderId).orElse(null);
        return onTop
                ? new Place(
                        seller,
                        orderId,
                        Why.MORE_ARRIVED,
                        null,
                        null,
                        parent.map(Payment::wallet).orElse(null))
                : new Place(seller, orderId, Why.CHILD_PAYMENT);
    }

    private Place byPrice(Order order, Heard heard) {
        Money price = heard.price();
        @Nullable String late = isMuchTooLate(order.expiresAt(), clock.instant()) ? Why.PAID_MUCH_TOO_LATE : null;
        if (order.price().equals(price)) {
            return new Place(order.seller(), order.id(), late);
        }
        return price != null && isRestOf(order, price)
                ? new Place(order.seller(), order.id(), late, price, null, null)
                : new Place(order.seller(), order.id(), Why.PRICE_MISMATCH);
    }

    /** A restore has lost the order: what it was is known, and a person decides. */
    private Optional<Place> byCopy(String orderId, Heard heard) {
        return reader.description(heard.body())
                .flatMap(description -> copies.read(orderId, WalletMark.without(description)))
                .map(order -> new Place(order.seller(), order.id(), Why.ORDER_LOST, null, order, null));
    }

    /** A case about an order that nobody knows tells what was bought, where the copy of it is signed: its seller or channel is lost as well. */
    Case.Draft withCopy(Case.Draft asked, Heard heard) {
        String orderId = heard.orderId();
        return orderId == null || !asked.kind().equals(Why.UNKNOWN_ORDER)
                ? asked
                : reader.description(heard.body())
                        .flatMap(description -> copies.signed(orderId, WalletMark.without(description)))
                        .map(order -> withCopy(asked, order))
                        .orElse(asked);
    }

    private static Case.Draft withCopy(Case.Draft asked, Order order) {
        Map<String, String> detail = new LinkedHashMap<>(asked.detail());
        detail.put("copy_seller", order.seller().value());
        detail.put("copy_channel", order.channelId().toString());
        detail.put("copy_plan", order.planId().toString());
        detail.put("copy_user", Long.toString(order.telegramUserId()));
        detail.put("copy_price", order.price().toString());
        detail.put("copy_days", order.days() == null ? "life" : order.days().toString());
        return new Case.Draft(asked.kind(), asked.subject(), asked.paymentId(), asked.orderId(), detail);
    }

    /** What its description says that it was settled to. One that is not on record any more is called by its print. */
    private @Nullable Wallet wallet(SellerId seller, String orderId, Heard heard) {
        return reader.description(heard.body())
                .flatMap(description -> marks.read(orderId, description))
                .map(print -> wallets.ever(seller).stream()
                        .filter(one -> marks.print(one).equals(print))
                        .findFirst()
                        .orElseGet(() -> new Wallet(settledIn(heard), "#" + print, null)))
                .orElse(null);
    }

    private static Asset settledIn(Heard heard) {
        return heard.outcome() != null
                ? heard.outcome().asset()
                : heard.payCurrency() != null ? heard.payCurrency() : Asset.USD;
    }

    /** Of a payment that was not known before: an invoice stays open at the provider for ever, a price of ours does not. */
    static boolean isMuchTooLate(Instant expiresAt, Instant firstSeen) {
        return firstSeen.isAfter(expiresAt.plus(LATEST));
    }

    /** A payment for the rest whose answer was lost when it was made. */
    private boolean isRestOf(Order order, Money price) {
        return price.isPositive()
                && price.asset().equals(order.price().asset())
                && creation.isRestOf(order.seller(), order.id(), price);
    }

    /** An old id names a pair of user and open chat: it is bound only where exactly one open order of that pair has the price. */
    private Place byPair(OldOrderId old, Heard heard) {
        List<Channel> channels = catalog.channelsBeside(old.openChat());
        if (channels.isEmpty()) {
            return held(SellerId.PLATFORM, Why.OLD_ORDER_ID);
        }
        SellerId seller = channels.getFirst().seller();
        if (heard.price() == null) {
            return held(seller, Why.OLD_ORDER_ID);
        }
        List<Order> open = channels.stream()
                .flatMap(channel -> orders.openAt(seller, channel.id(), old.telegramUserId(), heard.price()).stream())
                .toList();
        return open.size() == 1 ? new Place(seller, open.getFirst().id(), null) : held(seller, Why.OLD_ORDER_ID);
    }

    private Place held(SellerId seller, String why) {
        return new Place(seller, null, why);
    }
}
