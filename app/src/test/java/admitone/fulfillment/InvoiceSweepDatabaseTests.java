package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.catalog.Catalog;
import admitone.catalog.Seller.PaymentPage;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.PayOrder;
import admitone.database.Columns;
import admitone.payments.AskedAbout;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Hints;
import admitone.payments.Invoice;
import admitone.payments.InvoiceProvider.Page;
import admitone.payments.Invoices;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Orders that are paid on a page of the provider's, of which no notification ever comes. */
@TestInstance(Lifecycle.PER_CLASS)
class InvoiceSweepDatabaseTests {
    private static final AtomicLong NEXT = new AtomicLong(7_000_000_000L);

    private final Core core = Core.start("invoice sweep");
    private final Shop shop = core.shop("0123456789ab");
    private final InvoiceSweep sweep = core.bean(InvoiceSweep.class);
    private final Invoices invoices = core.bean(Invoices.class);
    private final PayOrder payOrder = core.bean(PayOrder.class);
    private Order order = core.order(shop);
    private String first = "";
    private String second = "";

    @BeforeEach
    void begin() {
        core.transactions.run(
                shop.seller(), () -> core.bean(Catalog.class).paymentPage(shop.seller(), PaymentPage.HOSTED));
        core.owner().sql("update payments.invoice set next_ask_at = null").update();
        order = core.order(shop, NEXT.incrementAndGet());
        first = Long.toString(NEXT.incrementAndGet());
        second = Long.toString(NEXT.incrementAndGet());
        core.provider.canList = true;
        core.provider.isLoginRefused = false;
        core.provider.listed.clear();
        core.provider.onList = (id, trigger) -> new Answer.Done<>(List.of());
        core.provider.onInvoice = invoice -> {
            String id = Long.toString(NEXT.incrementAndGet());
            return new Answer.Done<>(new Page(id, URI.create("https://nowpayments.io/payment/?iid=" + id)));
        };
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void findsWhatWasPaidAndGrantsOnceHoweverOftenItAsks() {
        invoice();
        says(Ipn.of(first, order.id(), "waiting").paid("0"));
        sweepAgain();
        assertThat(core.state(first)).isEqualTo("waiting");

        says(Ipn.finished(first, order.id()));
        for (int i = 0; i < 3; i++) {
            sweepAgain();
        }

        assertThat(core.state(first)).isEqualTo("paid");
        assertThat(core.count("access.grants where order_id = ?", order.id())).isEqualTo(1);
        assertThat(core.journal(first)).containsExactly("accrual", "fee", "settlement");
        assertThat(core.strings(
                        "select distinct cause || ' ' || source from timeline.event where subject = ? and kind = 'granted'",
                        "payment:" + first))
                .containsExactly("sweep invoice sweep #2");
    }

    @Test
    void paymentThatIsKnownIsAskedAboutByItselfToo() {
        invoice();
        says(Ipn.of(first, order.id(), "waiting").paid("0"));
        sweepAgain();

        assertThat(core.count("payments.payment where payment_id = ? and next_ask_at is not null", first))
                .isEqualTo(1);
    }

    @Test
    void paidTwiceOnOnePageIsACaseAndOneGrant() {
        invoice();
        says(Ipn.finished(first, order.id()), Ipn.finished(second, order.id()));

        sweepAgain();

        assertThat(core.state(first)).isEqualTo("paid");
        assertThat(core.state(second)).isEqualTo("held");
        assertThat(core.cases(second)).containsExactly("paid_twice");
        assertThat(core.count("access.grants where order_id = ?", order.id())).isEqualTo(1);
    }

    @Test
    void asksOnAfterTheOrderIsPaidSinceItMayBePaidTwice() {
        invoice();
        core.hear(Ipn.finished(first, order.id()));
        says(Ipn.finished(first, order.id()), Ipn.finished(second, order.id()));

        sweepAgain();

        assertThat(core.cases(second)).containsExactly("paid_twice");
    }

    @Test
    void partlyPaidIsCompletedOnAPageForTheRest() {
        Invoice whole = invoice();
        says(Ipn.of(first, order.id(), "partially_paid").paid("0.00015"));
        sweepAgain();
        assertThat(core.state(first)).isEqualTo("partially_paid");

        Invoice rest = invoice();
        assertThat(rest.id()).isNotEqualTo(whole.id());
        assertThat(rest.rest()).isNotNull();
        core.provider.onList = (id, trigger) -> new Answer.Done<>(
                id.equals(rest.id())
                        ? heard(trigger, Ipn.finished(second, order.id()).with("price_amount", new BigDecimal("0.68")))
                        : List.of());
        sweepAgain();

        assertThat(core.state(first)).isEqualTo("paid");
        assertThat(core.state(second)).isEqualTo("paid");
        assertThat(core.count("access.grants where order_id = ?", order.id())).isEqualTo(1);
    }

    /** The page makes its offer anew when the rate has moved; what counts is what the buyer was asked for at last. */
    @Test
    void offerThatThePageMadeAnewIsTheOneThatIsPaid() {
        invoice();
        says(Ipn.of(first, order.id(), "waiting").paid("0"));
        sweepAgain();

        says(Ipn.finished(first, order.id())
                .with("pay_amount", new BigDecimal("0.00025"))
                .paid("0.00025"));
        sweepAgain();

        assertThat(core.state(first)).isEqualTo("paid");
        assertThat(core.cases(first)).isEmpty();
    }

    @Test
    void lessThanTheNewOfferIsShort() {
        invoice();
        says(Ipn.of(first, order.id(), "waiting").paid("0"));
        sweepAgain();

        says(Ipn.finished(first, order.id()).with("pay_amount", new BigDecimal("0.0004")));
        sweepAgain();

        assertThat(core.state(first)).isEqualTo("partially_paid");
        assertThat(core.strings("select pay_amount_units::text from payments.payment where payment_id = ?", first))
                .containsExactly("400000000000000");
    }

    @Test
    void questionWithoutAnAnswerDoesNotCountAndAPauseHoldsForAll() {
        Invoice invoice = invoice();
        core.provider.onList = (id, trigger) -> new Answer.Unknown<>("timeout");
        sweepAgain();
        assertThat(asked(invoice)).isZero();

        core.provider.onList = (id, trigger) -> new Answer.NotNow<>(Duration.ofMinutes(5), "too many requests");
        sweepAgain();
        assertThat(asked(invoice)).isZero();
        int before = core.provider.listed.size();
        sweep.round();
        assertThat(core.provider.listed).hasSize(before);

        core.clock.advance(Duration.ofMinutes(5));
        says(Ipn.finished(first, order.id()));
        sweepAgain();
        assertThat(core.state(first)).isEqualTo("paid");
    }

    @Test
    void twoInstancesAskOnce() {
        invoice();
        core.clock.advance(Duration.ofHours(1));
        InvoiceSweep other = new InvoiceSweep(
                invoices,
                core.bean(Orders.class),
                core.bean(Payments.class),
                core.provider,
                core.bean(Fulfillment.class),
                core.clock,
                core.bean(Settings.class));

        var due = invoices.asking().dueForAsking(core.clock.instant(), 10);
        sweep.round();
        other.round();
        await().until(() -> sweep.isIdle() && other.isIdle());

        assertThat(due).hasSize(1);
        assertThat(invoices.asking().claimAsking(due.getFirst(), core.clock.instant()))
                .isFalse();
        assertThat(core.provider.listed).hasSize(1);
    }

    @Test
    void nobodyAsksWithoutTheLoginAndNoPageIsOffered() {
        invoice();
        core.provider.canList = false;

        sweepRound();

        assertThat(core.provider.listed).isEmpty();
        assertThat(payOrder.byInvoice(order))
                .isEqualTo(
                        new PayOrder.Outcome.Refused<Invoice>("not_hosted", "its seller's buyers pay on our own page"));
    }

    @Test
    void whileTheLoginStandsRefusedNoPageIsOfferedAndTheLoginIsTriedAgain() {
        invoice();
        core.provider.isLoginRefused = true;
        core.provider.onLogIn = () -> false;

        sweepAgain();
        assertThat(core.provider.listed).isEmpty();
        assertThat(payOrder.isHosted(order)).isFalse();
        assertThat(payOrder.byInvoice(order)).isInstanceOf(PayOrder.Outcome.Refused.class);

        core.provider.onLogIn = () -> true;
        sweepRound();
        assertThat(core.provider.listed).hasSize(1);
        assertThat(payOrder.isHosted(order)).isTrue();
    }

    @Test
    void paymentThatIsDoneIsHeardOnceAndAnythingNewOfItAgain() {
        invoice();
        for (int i = 0; i < 3; i++) {
            says(Ipn.finished(first, order.id()).with("updated_at", BigDecimal.valueOf(i)));
            core.clock.advance(Duration.ofHours(11));
            sweepAgain();
        }
        assertThat(core.provider.listed).hasSize(3);
        assertThat(triggers()).isEqualTo(1);

        says(Ipn.of(first, order.id(), "refunded"));
        core.clock.advance(Duration.ofHours(11));
        sweepAgain();
        assertThat(core.state(first)).isEqualTo("refunded");
        assertThat(triggers()).isEqualTo(2);
    }

    @Test
    void asksSeldomOnceTheOrderIsPaidOrNobodyCameInItsTime() {
        Invoice paid = invoice();
        core.hear(Ipn.finished(first, order.id()));
        order = core.order(shop, NEXT.incrementAndGet());
        Invoice open = invoice();
        sweepAgain();
        assertThat(pause(paid)).isEqualTo(InvoiceSweep.SELDOM);
        assertThat(pause(open)).isLessThan(InvoiceSweep.SELDOM);

        core.clock.advance(Duration.ofDays(1));
        sweepRound();
        assertThat(pause(open)).isEqualTo(InvoiceSweep.SELDOM);
    }

    @Test
    void freshInvoicesAreAskedAboutFirst() {
        Invoice old = invoice();
        sweepAgain();
        core.clock.advance(Duration.ofHours(2));
        order = core.order(shop, NEXT.incrementAndGet());
        Invoice fresh = invoice();
        core.clock.advance(Duration.ofMinutes(1));

        assertThat(invoices.asking().dueForAsking(core.clock.instant(), 10).stream()
                        .map(AskedAbout.ToAsk::id))
                .containsExactly(fresh.id(), old.id());
    }

    @Test
    void asksADayLongerThanAnOrderMayBeOpen() {
        Invoice invoice = invoice();
        core.clock.advance(Duration.ofDays(7).plusHours(23));
        sweepRound();
        assertThat(core.provider.listed).hasSize(1);
        assertThat(core.count("payments.invoice where invoice_id = ? and next_ask_at is not null", invoice.id()))
                .isEqualTo(1);

        core.clock.advance(Duration.ofHours(1));
        sweepRound();
        assertThat(core.provider.listed).hasSize(2);
        assertThat(core.count("payments.invoice where invoice_id = ? and next_ask_at is not null", invoice.id()))
                .isZero();
    }

    /** An invoice is open for ever: without a bound it would be an option at an old price. */
    @Test
    void paymentThatIsMadeMuchTooLateWaitsForAPerson() {
        invoice();
        core.clock.advance(
                Duration.between(core.clock.instant(), order.expiresAt().plus(Placing.LATEST)));
        says(Ipn.of(first, order.id(), "waiting").paid("0"));
        sweepAgain();
        assertThat(core.cases(first)).as("nothing was paid").isEmpty();

        core.hear(Ipn.finished(first, order.id()));

        assertThat(core.state(first)).isEqualTo("held");
        assertThat(core.cases(first)).containsExactly("paid_much_too_late");
        assertThat(core.journal(first)).containsExactly("suspense");
        assertThat(core.count("access.grants where order_id = ?", order.id())).isZero();
    }

    @Test
    void paymentThatWasKnownInTimeCountsHoweverLateItIsPaid() {
        invoice();
        core.clock.advance(
                Duration.between(core.clock.instant(), order.expiresAt().plus(Placing.LATEST)));
        core.hear(Ipn.of(first, order.id(), "waiting").paid("0"));
        core.clock.advance(Duration.ofDays(1));

        core.hear(Ipn.finished(first, order.id()));

        assertThat(core.state(first)).isEqualTo("paid");
        assertThat(core.cases(first)).containsExactly("paid_late");
    }

    @Test
    void noPageForAnOrderWhoseTimeIsOver() {
        invoice();
        core.clock.advance(Duration.between(core.clock.instant(), order.expiresAt()));
        assertThat(payOrder.byInvoice(order)).isInstanceOf(PayOrder.Outcome.Ready.class);

        core.clock.advance(Duration.ofMillis(1));

        assertThat(payOrder.byInvoice(order))
                .isEqualTo(new PayOrder.Outcome.Refused<Invoice>(
                        "order_expired", "it was to be paid until " + order.expiresAt()));
    }

    // what the buyer comes back with

    @Test
    void hintIsFollowedAndBelievedOnlyOfItsOwnOrder() {
        Order other = core.order(shop, NEXT.incrementAndGet());
        FollowHints follow = core.bean(FollowHints.class);
        core.provider.found.clear();
        core.provider.onFind = (id, trigger) ->
                new Answer.Done<>(Optional.of(core.heard(Ipn.finished(id, order.id()), trigger.cause())));

        core.bean(Hints.class).take(other.id(), first);
        follow.round();
        assertThat(core.provider.found).containsExactly(first);
        assertThat(core.count("payments.payment where payment_id = ?", first)).isZero();

        core.bean(Hints.class).take(order.id(), first);
        follow.round();
        assertThat(core.state(first)).isEqualTo("paid");
    }

    @Test
    void hintsAreFewForEachOrderAndOnlyIds() {
        Hints hints = core.bean(Hints.class);
        for (String text : List.of("", "abc", "-1", "1".repeat(19), "1 or 1=1")) {
            hints.take(order.id(), text);
        }
        for (int i = 0; i < 50; i++) {
            hints.take(order.id(), Long.toString(1000 + i));
            hints.take(order.id(), "1000");
        }

        assertThat(hints.next()).contains(new Hints.Hint(order.id(), "1000"));
        assertThat(hints.next()).isPresent();
        assertThat(hints.next()).isPresent();
        assertThat(hints.next()).isEmpty();
        for (int i = 0; i < 1000; i++) {
            hints.take(order.id() + i, "1");
        }
        int kept = 0;
        while (hints.next().isPresent()) {
            kept++;
        }
        assertThat(kept).isEqualTo(256);
    }

    private Invoice invoice() {
        return ((PayOrder.Outcome.Ready<Invoice>) payOrder.byInvoice(order)).made();
    }

    private void says(Ipn... payments) {
        core.provider.onList = (id, trigger) -> new Answer.Done<>(heard(trigger, payments));
    }

    private List<Heard> heard(Heard.Trigger trigger, Ipn... payments) {
        return Arrays.stream(payments)
                .map(ipn -> core.heard(ipn, Cause.SWEEP).againBy(trigger))
                .toList();
    }

    /** Moves on to when the next question is due, and waits for what it came to. */
    private void sweepAgain() {
        core.clock.advance(Duration.ofHours(1));
        sweepRound();
    }

    private void sweepRound() {
        sweep.round();
        await().until(sweep::isIdle);
    }

    private long triggers() {
        return core.count("timeline.event where kind = 'trigger' and subject = ?", "payment:" + first);
    }

    /** From now to the next question. */
    private Duration pause(Invoice invoice) {
        return Duration.between(
                core.clock.instant(),
                core.owner()
                        .sql("select next_ask_at from payments.invoice where invoice_id = ?")
                        .param(invoice.id())
                        .query((row, n) -> Columns.instant(row, "next_ask_at"))
                        .single());
    }

    private int asked(Invoice invoice) {
        return core.owner()
                .sql("select asked from payments.invoice where invoice_id = ?")
                .param(invoice.id())
                .query(Integer.class)
                .single();
    }
}
