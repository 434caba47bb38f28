package admitone.fulfillment;

import admitone.checkout.Orders;
import admitone.money.Money;
import admitone.payments.AskedAbout.ToAsk;
import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider;
import admitone.payments.Invoices;
import admitone.payments.Payment;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Asks the provider which payments were made by each invoice: nobody else would tell us of one whose notifications are lost. Once
 * known, a payment is asked about by the {@link Sweep} itself. Goes on when the order is paid, since it may be paid twice.
 */
@Component
class InvoiceSweep extends Asking {
    /** A day more than an order may be open. */
    private static final Duration UNTIL = Duration.ofDays(8);

    /** Where nobody waits. */
    static final Duration SELDOM = Duration.ofHours(12);

    private final Invoices invoices;
    private final Orders orders;
    private final Payments payments;
    private final InvoiceProvider provider;
    private final Fulfillment fulfillment;

    InvoiceSweep(
            Invoices invoices,
            Orders orders,
            Payments payments,
            InvoiceProvider provider,
            Fulfillment fulfillment,
            Clock clock,
            Settings settings) {
        super("invoice sweep", invoices.asking(), clock, settings.sweepFirst(), UNTIL);
        this.invoices = invoices;
        this.orders = orders;
        this.payments = payments;
        this.provider = provider;
        this.fulfillment = fulfillment;
    }

    /** The order is paid, or nobody came in its time. It may still be paid, twice or late. */
    @Override
    protected Duration leastPause(ToAsk one, Instant now) {
        return invoices.find(one.seller(), one.id())
                .flatMap(invoice -> orders.find(one.seller(), invoice.orderId()))
                .filter(order -> order.paidBy() != null
                        || (now.isAfter(order.expiresAt())
                                && payments.ofOrder(order.seller(), order.id()).isEmpty()))
                .map(_ -> SELDOM)
                .orElse(Duration.ZERO);
    }

    /** A login that is refused is tried also while no question is due, or nobody would hear that it is good again. */
    @Override
    protected void round() {
        if (provider.canList() && (!provider.isLoginRefused() || provider.logIn() instanceof Answer.Done<?>)) {
            super.round();
        }
    }

    @Override
    protected Answer<?> ask(String invoiceId, Trigger trigger) {
        Answer<List<Heard>> answer = provider.paymentsBy(invoiceId, trigger);
        if (answer instanceof Answer.Done<List<Heard>>(List<Heard> said)) {
            said.stream().filter(one -> !isKnown(one)).forEach(fulfillment::hear);
        }
        return answer;
    }

    /** A list says the same of a payment that is done each time: its timeline is not for that. */
    private boolean isKnown(Heard heard) {
        return payments.sellerOf(heard.paymentId())
                .flatMap(seller -> payments.find(seller, heard.paymentId()))
                .filter(known -> saysNothingNew(known, heard))
                .isPresent();
    }

    static boolean saysNothingNew(Payment known, Heard heard) {
        return !known.state().isOpen()
                && known.providerStatus().equals(heard.statusWord())
                && isSame(known.received(), heard.actuallyPaid())
                && isSame(known.outcome(), heard.outcome());
    }

    private static boolean isSame(@Nullable Money known, @Nullable Money said) {
        return said == null || said.equals(known);
    }
}
