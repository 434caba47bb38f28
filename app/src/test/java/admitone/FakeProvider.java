package admitone;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coin;
import admitone.payments.Heard;
import admitone.payments.PaymentProvider;
import admitone.runtime.Answer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** A payment provider whose answers a test gives. */
public final class FakeProvider implements PaymentProvider {
    public final List<NewPayment> created = new CopyOnWriteArrayList<>();
    public final List<String> found = new CopyOnWriteArrayList<>();
    public final List<Asset> minimums = new CopyOnWriteArrayList<>();

    public volatile Function<NewPayment, Answer<Created>> onCreate = payment -> new Answer.Unknown<>("not scripted");
    public volatile BiFunction<String, Heard.Trigger, Answer<Optional<Heard>>> onFind =
            (id, trigger) -> new Answer.Done<>(Optional.empty());

    public volatile Supplier<Answer<List<Coin>>> onCoins = () -> new Answer.Unknown<>("not scripted");
    public volatile Function<Asset, Answer<Money>> onMinimum = coin -> new Answer.Unknown<>("not scripted");

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
