package admitone.payments;

import admitone.money.Money;
import admitone.runtime.Answer;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What we ask of the payment provider about pages that it hosts. Making one cannot be repeated: it has no idempotency key. */
public interface InvoiceProvider {
    /**
     * @param returnUrl where the buyer comes back to when they have paid
     * @param cancelUrl where they come back to without
     */
    record NewInvoice(
            String orderId, Money price, String description, String notifyUrl, String returnUrl, String cancelUrl) {}

    /** {@code url} is the provider's own, on one of {@link #origins}. */
    record Page(String invoiceId, URI url) {}

    /** Declined as in {@link PaymentProvider#create}. */
    Answer<Page> make(NewInvoice invoice);

    /** What the provider says now about the payments that were made by an invoice, the oldest first; of very many the newest. */
    Answer<List<Heard>> paymentsBy(String invoiceId, Heard.Trigger trigger);

    /**
     * @param madeAt when each payment was made, by its id; without those of which it is not said
     * @param last there is no page after it
     */
    record Listed(List<Heard> payments, Map<String, Instant> madeAt, boolean last) {}

    /** What the provider says now about all payments made since an instant, the newest first; a page of a hundred, the first is 0. */
    Answer<Listed> madeSince(Instant from, int page, Heard.Trigger trigger);

    /** Whether {@link #paymentsBy} and {@link #madeSince} can be asked, since the account's login is set. */
    boolean canList();

    /** Tries the login, unless it is known to be good. Declined: it is refused. */
    Answer<Boolean> logIn();

    /** Whether the login was refused when it was last tried. */
    boolean isLoginRefused();

    /** Where the provider's pages are, as the sources of a Content-Security-Policy name them. */
    Set<String> origins();
}
