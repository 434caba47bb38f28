package admitone;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coin;
import admitone.payments.Heard;
import admitone.payments.InvoiceProvider;
import admitone.payments.PaymentProvider;
import admitone.runtime.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** A payment provider whose answers a test gives. */
public final class FakeProvider implements PaymentProvider, InvoiceProvider {
    public final List<NewPayment> created = new CopyOnWriteArrayList<>();
    public final List<String> found = new CopyOnWriteArrayList<>();
    public final List<Asset> minimums = new CopyOnWriteArrayList<>();

    public volatile Function<NewPayment, Answer<Created>> onCreate = payment -> new Answer.Unknown<>("not scripted");
    public volatile BiFunction<String, Heard.Trigger, Answer<Optional<Heard>>> onFind =
            (id, trigger) -> new Answer.Done<>(Optional.empty());

    public volatile Supplier<Answer<List<Coin>>> onCoins = () -> new Answer.Unknown<>("not scripted");
    public volatile Function<Asset, Answer<Money>> onMinimum = coin -> new Answer.Unknown<>("not scripted");

    public final List<NewInvoice> invoices = new CopyOnWriteArrayList<>();
    public final List<String> listed = new CopyOnWriteArrayList<>();
    /** How far back its list was asked for last. */
    public volatile Instant listedSince = Instant.MAX;

    public volatile boolean canList = true;
    public volatile boolean isLoginRefused;
    public volatile Supplier<Boolean> onLogIn = () -> true;

    public volatile BiFunction<Integer, Heard.Trigger, Answer<Listed>> onAll =
            (page, trigger) -> new Answer.Done<>(new Listed(List.of(), Map.of(), true));

    public volatile Function<NewInvoice, Answer<Page>> onInvoice = invoice -> new Answer.Unknown<>("not scripted");
    public volatile BiFunction<String, Heard.Trigger, Answer<List<Heard>>> onList =
            (id, trigger) -> new Answer.Done<>(List.of());

    @Override
    public Answer<Page> make(NewInvoice invoice) {
        invoices.add(invoice);
        return onInvoice.apply(invoice);
    }

    @Override
    public Answer<List<Heard>> paymentsBy(String invoiceId, Heard.Trigger trigger) {
        listed.add(invoiceId);
        return onList.apply(invoiceId, trigger);
    }

    @Override
    public Answer<Listed> madeSince(Instant from, int page, Heard.Trigger trigger) {
        listedSince = from;
        return onAll.apply(page, trigger);
    }

    @Override
    public boolean canList() {
        return canList;
    }

    @Override
    public Answer<Boolean> logIn() {
        isLoginRefused = isLoginRefused && !onLogIn.get();
        return isLoginRefused ? new Answer.Declined<>("login_refused", "as scripted") : new Answer.Done<>(true);
    }

    @Override
    public boolean isLoginRefused() {
        return isLoginRefused;
    }

    @Override
    public Set<String> origins() {
        return Set.of("https://nowpayments.io");
    }

    @Override
    public Answer<Created> create(NewPayment payment) {
        created.add(payment);
        return onCreate.apply(payment);
    }

    @Override
    public Answer<List<Coin>> coins() {
        return onCoins.get();
    }

    @Override
    public Answer<Money> minimum(Asset coin, Asset settled) {
        minimums.add(settled);
        return onMinimum.apply(coin);
    }

    @Override
    public Answer<Money> minimum(Asset coin) {
        minimums.add(coin);
        return onMinimum.apply(coin);
    }

    @Override
    public Answer<Optional<Heard>> find(String paymentId, Heard.Trigger trigger) {
        found.add(paymentId);
        return onFind.apply(paymentId, trigger);
    }
}
