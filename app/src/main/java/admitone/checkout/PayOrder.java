package admitone.checkout;

import admitone.access.HandBans;
import admitone.access.Lists;
import admitone.access.Seat;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NotSold;
import admitone.catalog.Channel;
import admitone.catalog.Seller.PaymentPage;
import admitone.database.Transactions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Invoice;
import admitone.payments.InvoiceCreation;
import admitone.payments.InvoiceProvider;
import admitone.payments.Made;
import admitone.payments.Payment;
import admitone.payments.PaymentCreation;
import admitone.payments.Payments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Gives the buyer of an order an address to pay to, in the coin they chose, or a page of the provider's: for the whole price, or for
 * what is missing of it where a part has arrived. The same order, coin and rest get the same one. When the order is paid or its
 * time is over, an address that was given stays, a new one is refused, and so is the page.
 */
@Component
public class PayOrder {
    private static final Logger log = LoggerFactory.getLogger(PayOrder.class);
    /** More than anybody who means to pay tries; each is a call to the provider that stays known for ever. */
    private static final int MOST_COINS = 12;

    private final Payments payments;
    private final Catalog catalog;
    private final OrderCopy copy;
    private final Lists lists;
    private final HandBans handBans;
    private final Reductions reductions;
    private final Transactions transactions;
    private final PaymentCreation creation;
    private final InvoiceCreation invoicing;
    private final InvoiceProvider invoices;
    private final Clock clock;

    PayOrder(
            Payments payments,
            Catalog catalog,
            OrderCopy copy,
            Lists lists,
            HandBans handBans,
            Reductions reductions,
            Transactions transactions,
            PaymentCreation creation,
            InvoiceCreation invoicing,
            InvoiceProvider invoices,
            Clock clock) {
        this.payments = payments;
        this.catalog = catalog;
        this.copy = copy;
        this.lists = lists;
        this.handBans = handBans;
        this.reductions = reductions;
        this.transactions = transactions;
        this.creation = creation;
        this.invoicing = invoicing;
        this.invoices = invoices;
        this.clock = clock;
    }

    public sealed interface Outcome<T> {
        record Ready<T>(T made) implements Outcome<T> {}

        /**
         * {@code code}: {@code already_paid}, {@code rest_below_minimum}, {@code order_expired}, {@code buyer_banned},
         * {@code cannot_admit}, {@code not_a_coin}, {@code too_many_coins}, {@code coupon_gone}, {@code not_hosted}, {@code page_declined}, or the
         * provider's.
         */
        record Refused<T>(String code, String reason) implements Outcome<T> {}

        record NotNow<T>(Duration after, String reason) implements Outcome<T> {}
    }

    /**
     * Whether its buyer pays on a page of the provider's. Without the account's login, or while it is refused, nobody does, since
     * payments could be lost to us there.
     */
    public boolean isHosted(Order order) {
        return invoices.canList()
                && !invoices.isLoginRefused()
                && catalog.seller(order.seller())
                        .filter(seller -> seller.paymentPage() == PaymentPage.HOSTED)
                        .isPresent();
    }

    /** The page of the provider's where the order is paid; none once it is, or it would be paid twice there, and none when its time is over, since the page would take its price for ever. */
    public Outcome<Invoice> byInvoice(Order order) {
        if (!isHosted(order)) {
            return new Outcome.Refused<>("not_hosted", "its seller's buyers pay on our own page");
        }
        if (order.paidBy() != null) {
            return alreadyPaid(order);
        }
        Optional<Outcome<Invoice>> late = refusalOfLate(order);
        if (late.isPresent()) {
            return late.get();
        }
        List<Payment> parts = payments.ofOrder(order.seller(), order.id());
        @Nullable Money rest = Purchase.rest(order.price(), parts).orElse(null);
        return invoicing
                .made(order.seller(), order.id(), rest)
                .<Outcome<Invoice>>map(Outcome.Ready::new)
                .or(() -> refusalOfBanned(order))
                .or(() -> refusalOfClosed(order))
                .or(() -> refusalOfReduction(order, parts))
                .or(() -> refusalOfBannedByHand(order))
                .orElseGet(() -> page(
                        order,
                        outcome(
                                order,
                                rest,
                                invoicing.create(new InvoiceCreation.Request(
                                        order.seller(), order.id(), order.price(), rest, copy.of(order))))));
    }

    /** What the provider objects to in a page is of no coin, and a coin of our own page may be the way out. */
    private static Outcome<Invoice> page(Order order, Outcome<Invoice> outcome) {
        if (outcome instanceof Outcome.Refused<Invoice>(String code, String reason) && !code.equals("key_refused")) {
            log.warn(
                    "order {}: NOWPayments declines to make its page ({} {}); its buyer is offered the coins of our own",
                    order.id(),
                    code,
                    reason);
            return new Outcome.Refused<>("page_declined", reason);
        }
        return outcome;
    }

    public Outcome<Payment> inCoin(Order order, String coin) {
        Asset asset;
        try {
            asset = Asset.of(coin);
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused<>("not_a_coin", "the name of a coin is short, such as btc");
        }
        return inCoin(order, asset);
    }

    public Outcome<Payment> inCoin(Order order, Asset coin) {
        if (order.paidBy() != null) {
            return creation.newest(order.seller(), order.id(), coin)
                    .<Outcome<Payment>>map(Outcome.Ready::new)
                    .orElseGet(() -> alreadyPaid(order));
        }
        List<Payment> before = payments.ofOrder(order.seller(), order.id());
        @Nullable Money rest = Purchase.rest(order.price(), before).orElse(null);
        return creation.made(order.seller(), order.id(), coin, rest)
                .<Outcome<Payment>>map(Outcome.Ready::new)
                .or(() -> refusalOfLate(order))
                .or(() -> refusalOfBanned(order))
                .or(() -> refusalOfClosed(order))
                .or(() -> refusalOfMany(before, rest))
                .or(() -> refusalOfReduction(order, before))
                .or(() -> refusalOfBannedByHand(order))
                .orElseGet(() -> outcome(
                        order,
                        rest,
                        creation.create(new PaymentCreation.Request(
                                order.seller(), order.id(), order.price(), rest, coin, copy.of(order)))));
    }

    private static <T> Outcome<T> alreadyPaid(Order order) {
        return new Outcome.Refused<>("already_paid", "paid by payment " + order.paidBy());
    }

    private <T> Optional<Outcome<T>> refusalOfLate(Order order) {
        return clock.instant().isAfter(order.expiresAt())
                ? Optional.of(new Outcome.Refused<>("order_expired", "it was to be paid until " + order.expiresAt()))
                : Optional.empty();
    }

    private <T> Optional<Outcome<T>> refusalOfBanned(Order order) {
        return lists.isBanned(seat(order)) ? Optional.of(buyerBanned()) : Optional.empty();
    }

    /** In the messenger itself, since the offer; the last thing asked, for it is a call. Where nobody answers, and none was known before, the address is given: a payment is kept safe whatever the answer. */
    private <T> Optional<Outcome<T>> refusalOfBannedByHand(Order order) {
        Channel channel = catalog.channel(order.seller(), order.channelId()).orElseThrow();
        Instant began = clock.instant();
        return switch (handBans.lookSoon(channel, order.telegramUserId())) {
            case HandBans.Finding.Banned() -> {
                transactions.run(order.seller(), () -> handBans.ask(seat(order), order.id()));
                yield Optional.of(buyerBanned());
            }
            case HandBans.Finding.Free() -> {
                boolean isBannedSince = handBans.isAsked(seat(order))
                        && transactions.run(
                                order.seller(),
                                // it is over too where another look has settled it meanwhile
                                () -> !handBans.over(seat(order), began) && handBans.isAsked(seat(order)));
                yield isBannedSince ? Optional.of(buyerBanned()) : Optional.empty();
            }
            case HandBans.Finding.NotKnown _ ->
                handBans.isAsked(seat(order)) ? Optional.of(buyerBanned()) : Optional.empty();
        };
    }

    private static Seat.Key seat(Order order) {
        return new Seat.Key(order.seller(), order.channelId(), order.telegramUserId());
    }

    private static <T> Outcome<T> buyerBanned() {
        return new Outcome.Refused<>("buyer_banned", "the seller banned the buyer from the channel");
    }

    private <T> Optional<Outcome<T>> refusalOfClosed(Order order) {
        return catalog.whyNotSold(order.seller(), order.channelId())
                .map(why -> new Outcome.Refused<>("cannot_admit", remedy(why)));
    }

    private static String remedy(NotSold why) {
        return switch (why) {
            case NO_RIGHTS ->
                "The bot lacks its rights in this channel, so a payment would let nobody in. Make it an administrator that may"
                        + " add users by link and ban users; it notices that by itself.";
            case PUBLIC ->
                "This channel is public, so everybody reads it without paying. Make it private in its settings; then it is sold"
                        + " again by itself.";
            case BASIC_GROUP ->
                "This is a basic group, which keeps nobody out who was removed. Make it a supergroup (let new members see its"
                        + " history, say); then it is sold again by itself.";
        };
    }

    /** Those for what is asked now: of coins that were chosen for an earlier rest, or the whole price, none can be paid with any more. */
    private static Optional<Outcome<Payment>> refusalOfMany(List<Payment> before, @Nullable Money rest) {
        return before.stream()
                                .filter(payment -> Objects.equals(payment.rest(), rest))
                                .count()
                        >= MOST_COINS
                ? Optional.of(new Outcome.Refused<>("too_many_coins", MOST_COINS + " were chosen"))
                : Optional.empty();
    }

    /** Whoever only looked for a while has lost the coupon's use where others needed it. */
    private <T> Optional<Outcome<T>> refusalOfReduction(Order order, List<Payment> before) {
        return order.isReduced() && before.isEmpty() && !transactions.run(order.seller(), () -> reductions.hold(order))
                ? Optional.of(new Outcome.Refused<>("coupon_gone", "all uses of its coupon were taken meanwhile"))
                : Optional.empty();
    }

    private static <T> Outcome<T> outcome(Order order, @Nullable Money rest, Made<T> made) {
        return switch (made) {
            case Made.Ready<T>(T ready) -> new Outcome.Ready<>(ready);
            case Made.Declined<T>(String code, String reason) -> {
                if (code.equals("key_refused")) {
                    log.error(
                            "order {}: NOWPayments refuses the API key ({}); no order can be paid", order.id(), reason);
                }
                yield new Outcome.Refused<>(
                        rest != null && code.equals("below_minimum") ? "rest_below_minimum" : code, reason);
            }
            case Made.NotNow<T>(Duration after, String reason) -> new Outcome.NotNow<>(after, reason);
        };
    }
}
