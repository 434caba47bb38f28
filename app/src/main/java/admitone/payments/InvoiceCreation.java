package admitone.payments;

import admitone.money.Money;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the provider's invoice of an order, for its whole price or for what is missing of it, by the {@link CreationProtocol}. One
 * that was made twice takes no money twice: each payment by either carries our order id and its price, and is known.
 */
@Component
public class InvoiceCreation {
    private final CreationProtocol protocol;
    private final JdbcCreations creations;
    private final Invoices invoices;
    private final InvoiceProvider provider;
    private final FaultPoints faults;
    private final String publicUrl;
    private final Duration firstAsk;

    InvoiceCreation(
            CreationProtocol protocol,
            JdbcCreations creations,
            Invoices invoices,
            InvoiceProvider provider,
            FaultPoints faults,
            Settings settings) {
        this.protocol = protocol;
        this.creations = creations;
        this.invoices = invoices;
        this.provider = provider;
        this.faults = faults;
        this.publicUrl = settings.publicUrl().toString();
        this.firstAsk = settings.sweepFirst();
    }

    /**
     * The order's part of an invoice.
     *
     * @param rest what is missing of the price, where the invoice is for that; null: it is for the whole price
     */
    public record Request(
            SellerId seller,
            String orderId,
            Money price,
            @Nullable Money rest,
            String description) {
        private Intent intent() {
            return new Intent(seller, orderId, null, rest);
        }
    }

    /** The invoice of an order that was made, for the whole price or for this rest of it, if one was. */
    public Optional<Invoice> made(SellerId seller, String orderId, @Nullable Money rest) {
        return creations
                .recorded(new Intent(seller, orderId, null, rest))
                .map(invoiceId -> invoices.find(seller, invoiceId).orElseThrow());
    }

    /** The same order and rest get the same invoice, however often and from wherever this is called. */
    public Made<Invoice> create(Request request) {
        return protocol.make(request.intent(), new OneInvoice(request));
    }

    private final class OneInvoice implements CreationProtocol.Making<InvoiceProvider.Page, Invoice> {
        private final Request request;

        OneInvoice(Request request) {
            this.request = request;
        }

        @Override
        public Answer<InvoiceProvider.Page> call() {
            return provider.make(new InvoiceProvider.NewInvoice(
                    request.orderId(),
                    request.rest() == null ? request.price() : request.rest(),
                    request.description(),
                    publicUrl + "/ipn",
                    publicUrl + "/success?order_id=" + request.orderId(),
                    publicUrl + "/pay/" + request.orderId()));
        }

        @Override
        public void claim(InvoiceProvider.Page page) {
            faults.reach(Point.CP00_INVOICE_MADE);
        }

        @Override
        public String id(InvoiceProvider.Page page) {
            return page.invoiceId();
        }

        @Override
        public void keep(InvoiceProvider.Page page, Instant now) {
            invoices.add(
                    new Invoice(request.seller(), page.invoiceId(), request.orderId(), request.rest(), page.url(), now),
                    now.plus(firstAsk));
        }

        @Override
        public Invoice made(String invoiceId) {
            return invoices.find(request.seller(), invoiceId).orElseThrow();
        }
    }
}
