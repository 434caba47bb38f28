package admitone.bot;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.catalog.ChannelOffers;
import admitone.catalog.ChannelOffers.Offers;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.Referrals;
import admitone.checkout.Referrals.Code;
import admitone.ledger.Ledger;
import admitone.messaging.BotName;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class ReferralDatabaseTests {
    private final Core core = Core.start("referral");
    private Shop shop = core.shop("ref000000000");
    private int shops;
    private long friend = 500;
    private long buyer = 501;
    private long update = 1;
    private long payment = 9_000_000_000L;

    @BeforeAll
    void name() {
        BotName name = core.bean(BotName.class);
        name.start();
        Awaitility.await().until(() -> name.startLink("x").isPresent());
        name.stop();
    }

    @BeforeEach
    void open() {
        shop = core.shop("ref00000000" + "abcdefghjk".charAt(shops++));
        friend += 2;
        buyer += 2;
        offer("10");
        core.messenger.sent.clear();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void whoCameByALinkIsWelcomedAndTheirPaymentsGiveAShare() {
        order(friend);
        says(friend, "/refer");
        Code code = code();
        assertThat(last(friend).html())
                .contains("<b>Signals</b>, 10 % for you:\nhttps://t.me/admit_bot?start=" + code.handle());

        says(buyer, "/start " + code.handle());
        assertThat(last(buyer).html()).startsWith("Welcome! Somebody recommended <b>Signals</b>");
        assertThat(last(buyer).buttons())
                .containsExactly(new LinkButton(
                        "See the plans",
                        "http://localhost:8080/c/" + shop.channel().slug()));
        says(buyer, "/plans");
        assertThat(last(buyer).buttons())
                .extracting("text")
                .as("is known from then on")
                .containsExactly("Signals");
        Order order = order(buyer);
        assertThat(order.referral()).isEqualTo(new Order.Referral(friend, new BigDecimal("10.00")));
        String paid = pay(order);

        assertThat(lines(paid)).contains("referral seller_payable referrer_payable " + friend);
        long accrual = amount(paid, "accrual");
        long share = amount(paid, "referral");
        assertThat(share).isPositive().isEqualTo((accrual + 5) / 10); // half-up
        assertThat(core.bean(Ledger.class)
                        .balance(shop.seller())
                        .accrued()
                        .units()
                        .longValue())
                .isEqualTo(accrual - share);
        assertThat(owed(friend)).isEqualTo(share);
        assertThat(sumOverAccounts()).isZero();
    }

    @Test
    void paymentGivenBackTakesTheShareBack() {
        bring(friend, buyer);
        Order order = order(buyer);
        String paid = pay(order);
        assertThat(owed(friend)).isPositive();

        core.hear(Ipn.of(paid, order.id(), "refunded"));

        assertThat(lines(paid)).contains("reversal_of_referral referrer_payable seller_payable " + friend);
        assertThat(owed(friend)).isZero();
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued().isPositive())
                .isFalse();
        assertThat(sumOverAccounts()).isZero();
    }

    @Test
    void shareIsBookedOnceHoweverOftenThePaymentIsHeardOf() throws Exception {
        bring(friend, buyer);
        Order order = order(buyer);
        Ipn ipn = Ipn.finished(Long.toString(++payment), order.id());
        AtomicLong different = new AtomicLong();

        atOnce(9, () -> core.hear(ipn.with("updated_at", "" + different.incrementAndGet())));

        assertThat(core.journal(Long.toString(payment)))
                .filteredOn("referral"::equals)
                .hasSize(1);
    }

    @Test
    void firstWhoBringsSomebodyCounts() {
        bring(friend, buyer);
        bring(friend + 1000, buyer);

        assertThat(referrer(order(buyer))).isEqualTo(friend);
        assertThat(core.bean(Referrals.class).list(shop.seller(), 0, 10))
                .containsExactly(new Referrals.Referrer(friend, 1, 0));
    }

    @Test
    void nobodyBringsThemselvesNorAMemberAndWithoutAPercentageThereIsNoShare() {
        bring(friend, friend);
        assertThat(order(friend).referral()).isNull();

        pay(order(buyer));
        bring(friend, buyer);
        core.clock.advance(Duration.ofHours(25));
        assertThat(order(buyer).referral()).isNull();

        bring(friend, buyer + 5000);
        offer(null);
        assertThat(order(buyer + 5000).referral()).isNull();
        says(friend, "/refer");
        assertThat(last(friend).html()).startsWith("No channel that you have been at gives a share");
    }

    @Test
    void whoIsBroughtWhenTheirOrderIsOpenAlreadyGivesAShareOfIt() {
        offer("10");
        Order open = order(buyer);
        assertThat(referrer(open)).isZero();

        bring(friend, buyer);
        Order again = order(buyer);

        assertThat(again.id()).isEqualTo(open.id());
        assertThat(referrer(again)).isEqualTo(friend);
        bring(friend + 70, buyer);
        assertThat(referrer(order(buyer))).isEqualTo(friend);
        assertThat(lines(pay(open))).contains("referral seller_payable referrer_payable " + friend);
    }

    private void offer(@Nullable String percent) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelOffers.class)
                        .set(
                                shop.seller(),
                                shop.channel().id(),
                                new Offers(null, percent == null ? null : new BigDecimal(percent))));
    }

    private void bring(long by, long whom) {
        Code code = core.transactions.run(
                shop.seller(), () -> core.bean(Referrals.class).code(shop.channel(), by));
        says(whom, "/start " + code.handle());
    }

    private Code code() {
        return core.bean(Referrals.class).find(shop.channel(), friend).orElseThrow();
    }

    /** As the bot makes it of a picked plan. */
    private Order order(long user) {
        says(user, "/start " + shop.plan().handle());
        String id = core.strings(
                        "select order_id from checkout.orders where seller_id = ? and telegram_user_id = ? and paid_by is null",
                        shop.seller().value(),
                        user)
                .getLast();
        return core.bean(Orders.class).find(shop.seller(), id).orElseThrow();
    }

    private static long referrer(Order order) {
        return order.referral() == null ? 0 : order.referral().referrer();
    }

    private String pay(Order order) {
        String id = Long.toString(++payment);
        core.hear(Ipn.finished(id, order.id()));
        core.startTasks();
        core.awaitTasks();
        return id;
    }

    private List<String> lines(String paid) {
        return core.strings(
                "select concat_ws(' ', kind, debit, credit, holder) from ledger.journal where reference = ?",
                "payment:" + paid);
    }

    private long amount(String paid, String kind) {
        return Long.parseLong(core.strings(
                        "select amount::text from ledger.journal where reference = ? and kind = ?",
                        "payment:" + paid,
                        kind)
                .getFirst());
    }

    private long owed(long user) {
        return core.bean(Ledger.class).sharesOf(shop.seller(), List.of(Long.toString(user))).entrySet().stream()
                .map(Map.Entry::getValue)
                .mapToLong(shares -> shares.owed().units().longValue())
                .sum();
    }

    /** Of the seller's USD lines: what is credited over all accounts, less what is debited. */
    private long sumOverAccounts() {
        return Long.parseLong(
                core.strings("""
                        select coalesce(sum(balance), 0)::text from (
                          select credit as account, amount as balance from ledger.journal where seller_id = ? and asset = 'usd'
                          union all
                          select debit, -amount from ledger.journal where seller_id = ? and asset = 'usd') lines
                        """, shop.seller().value(), shop.seller().value()).getFirst());
    }

    private void says(long user, String text) {
        core.clock.advance(Duration.ofSeconds(6));
        Said said = new Said(user, text, core.clock.instant());
        long id = ++update;
        core.beans(IncomingListener.class).forEach(listener -> listener.on(id, said));
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    private Message last(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .toList()
                .getLast();
    }
}
