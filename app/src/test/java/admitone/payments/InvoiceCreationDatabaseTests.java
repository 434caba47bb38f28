package admitone.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.checkout.Order;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.InvoiceCreation.Request;
import admitone.payments.InvoiceProvider.NewInvoice;
import admitone.payments.InvoiceProvider.Page;
import admitone.runtime.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class InvoiceCreationDatabaseTests {
    private final Core core = Core.start("invoices");
    private final Shop shop = core.shop("0123456789ab");
    private final InvoiceCreation creation = core.bean(InvoiceCreation.class);
    private final AtomicLong nextId = new AtomicLong(6_000_000_000L);
    private Order order = core.order(shop);

    @BeforeEach
    void answer() {
        order = core.order(shop);
        core.provider.invoices.clear();
        core.provider.onInvoice = invoice -> new Answer.Done<>(page());
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void sameOrderAtOnceMakesOneCall() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Made<Invoice>> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Made<Invoice>>> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    return creation.create(request(null));
                }));
            }
            start.countDown();
            for (Future<Made<Invoice>> one : all) {
                outcomes.add(one.get());
            }
        }

        assertThat(core.provider.invoices).hasSize(1);
        assertThat(outcomes.stream().map(InvoiceCreationDatabaseTests::id).distinct())
                .hasSize(1);
    }

    @Test
    void tellsTheProviderWhereNotificationsGoAndTheBuyerComesBackTo() {
        creation.create(request(null));

        NewInvoice asked = core.provider.invoices.getFirst();
        assertThat(asked.orderId()).isEqualTo(order.id());
        assertThat(asked.price()).isEqualTo(Core.PRICE);
        assertThat(asked.notifyUrl()).isEqualTo("http://localhost:8080/ipn");
        assertThat(asked.returnUrl()).isEqualTo("http://localhost:8080/success?order_id=" + order.id());
        assertThat(asked.cancelUrl()).isEqualTo("http://localhost:8080/pay/" + order.id());
    }

    @Test
    void restIsAnInvoiceOfItsOwnAndSoIsAPaymentInACoin() {
        Money rest = Money.parse("0.40", Asset.USD);

        String whole = id(creation.create(request(null)));
        String part = id(creation.create(request(rest)));

        assertThat(part).isNotEqualTo(whole);
        assertThat(core.provider.invoices.getLast().price()).isEqualTo(rest);
        assertThat(id(creation.create(request(rest)))).isEqualTo(part);
        assertThat(creation.made(shop.seller(), order.id(), rest))
                .map(Invoice::rest)
                .contains(rest);
        assertThat(core.bean(PaymentCreation.class).isRestOf(shop.seller(), order.id(), rest))
                .isTrue();
        assertThat(core.bean(PaymentCreation.class).made(shop.seller(), order.id(), new Asset("eth"), null))
                .isEmpty();
    }

    @Test
    void lostAnswerIsAbandonedAndTheInvoiceMadeAnew() {
        core.provider.onInvoice = invoice ->
                core.provider.invoices.size() == 1 ? new Answer.Unknown<>("timeout") : new Answer.Done<>(page());

        Made<Invoice> outcome = creation.create(request(null));

        assertThat(core.provider.invoices).hasSize(2);
        assertThat(creation.create(request(null))).isEqualTo(outcome);
        assertThat(events()).containsExactly("invoice_creation_abandoned", "invoice_created");
    }

    @Test
    void crashAfterTheCallIsMadeUpForWhenTheLeaseEnds() {
        core.faults.set(point -> {
            throw new IllegalStateException("as if the process ended here");
        });
        assertThatThrownBy(() -> creation.create(request(null))).isInstanceOf(IllegalStateException.class);
        core.faults.set(point -> {});
        assertThat(creation.made(shop.seller(), order.id(), null)).isEmpty();
        core.clock.advance(Duration.ofSeconds(31));

        assertThat(creation.create(request(null))).isInstanceOf(Made.Ready.class);
        assertThat(core.provider.invoices).hasSize(2);
    }

    @Test
    void lateAnswerOfALostLeaseStaysKnownAndIsAskedAboutToo() {
        core.provider.onInvoice = invoice -> {
            if (core.provider.invoices.size() == 1) {
                core.clock.advance(Duration.ofSeconds(31));
                creation.create(request(null));
            }
            return new Answer.Done<>(page());
        };

        assertThat(creation.create(request(null))).isInstanceOf(Made.NotNow.class);

        assertThat(core.provider.invoices).hasSize(2);
        assertThat(core.count("payments.invoice where order_id = ? and next_ask_at is not null", order.id()))
                .isEqualTo(2);
        assertThat(creation.create(request(null))).isInstanceOf(Made.Ready.class);
        assertThat(core.provider.invoices).hasSize(2);
    }

    @Test
    void paymentByAnInvoiceThatNobodyKnowsOfIsAdopted() {
        core.provider.onInvoice = invoice ->
                core.provider.invoices.size() == 1 ? new Answer.Unknown<>("timeout") : new Answer.Done<>(page());
        creation.create(request(null));

        core.hear(Ipn.finished("4999999999", order.id()).with("invoice_id", "5999999999"));

        assertThat(core.state("4999999999")).isEqualTo("paid");
        assertThat(core.count("access.grants where order_id = ?", order.id())).isEqualTo(1);
    }

    /** Should the provider give one id for both, it is one invoice, about which it is asked once. */
    @Test
    void idThatIsKnownIsNoSecondInvoice() {
        Page page = page();
        core.provider.onInvoice = invoice -> new Answer.Done<>(page);

        creation.create(request(null));
        creation.create(request(Money.parse("0.40", Asset.USD)));

        assertThat(core.count("payments.invoice where invoice_id = ?", page.invoiceId()))
                .isEqualTo(1);
        assertThat(creation.create(request(null))).isInstanceOf(Made.Ready.class);
    }

    @Test
    void refusalIsToldAndMayBeTriedAgainLater() {
        core.provider.onInvoice = invoice -> new Answer.Declined<>("key_refused", "Invalid api key");
        assertThat(creation.create(request(null)))
                .isEqualTo(new Made.Declined<Invoice>("key_refused", "Invalid api key"));

        core.provider.onInvoice = invoice -> new Answer.Done<>(page());
        assertThat(creation.create(request(null))).isInstanceOf(Made.Ready.class);
    }

    private Page page() {
        String id = Long.toString(nextId.incrementAndGet());
        return new Page(id, URI.create("https://nowpayments.io/payment/?iid=" + id));
    }

    private Request request(@Nullable Money rest) {
        return new Request(shop.seller(), order.id(), order.price(), rest, "Access to Signals");
    }

    private List<String> events() {
        return core.strings(
                "select kind from timeline.event where subject = ? and kind like 'invoice%' order by at, kind desc",
                "order:" + order.id());
    }

    private static String id(Made<Invoice> outcome) {
        if (outcome instanceof Made.Ready<Invoice>(Invoice invoice)) {
            return invoice.id();
        }
        throw new AssertionError(outcome);
    }
}
