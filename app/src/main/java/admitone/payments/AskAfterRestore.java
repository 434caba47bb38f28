package admitone.payments;

import admitone.hold.AfterRestore;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** The provider knows what became of open payments, and which were made by invoices, in the time that the database lost. */
@Component
class AskAfterRestore implements AfterRestore {
    private final Payments payments;
    private final Invoices invoices;
    private final Clock clock;

    AskAfterRestore(Payments payments, Invoices invoices, Clock clock) {
        this.payments = payments;
        this.invoices = invoices;
        this.clock = clock;
    }

    @Override
    public String deed() {
        return "open payments and invoices: the provider is asked about each at once";
    }

    @Override
    public long count() {
        return payments.asking().count() + invoices.asking().count();
    }

    @Override
    public void putRight() {
        payments.asking().askAll(clock.instant());
        invoices.asking().askAll(clock.instant());
    }
}
