package admitone.fulfillment;

import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider;
import admitone.payments.Invoices;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Asks the provider which payments were made by each invoice: nobody else would tell us of one whose notifications are lost. Once
 * known, a payment is asked about by the {@link Sweep} itself. Goes on when the order is paid, since it may be paid twice.
 */
@Component
class InvoiceSweep extends Asking {
    /** A day more than an order may be open. */
    private static final Duration UNTIL = Duration.ofDays(8);

    private final InvoiceProvider provider;
    private final Fulfillment fulfillment;

    InvoiceSweep(Invoices invoices, InvoiceProvider provider, Fulfillment fulfillment, Clock clock, Settings settings) {
        super("invoice sweep", invoices.asking(), clock, settings.sweepFirst(), UNTIL);
        this.provider = provider;
        this.fulfillment = fulfillment;
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
        if (answer instanceof Answer.Done<List<Heard>>(List<Heard> payments)) {
            payments.forEach(fulfillment::hear);
        }
        return answer;
    }
}
