package admitone;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider;
import admitone.runtime.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The provider's side of payouts: takes every address unless told otherwise, and sends nothing. */
public final class FakePayoutProvider implements PayoutProvider {
    /** What {@link #validate} answers. */
    public final AtomicReference<Answer<Checked>> validation =
            new AtomicReference<>(new Answer.Done<>(new Checked("eth", true)));

    @Override
    public boolean canPay() {
        return true;
    }

    @Override
    public Answer<Batch> create(NewBatch batch) {
        return new Answer.Declined<>("refused", "this one sends nothing");
    }

    @Override
    public Answer<Boolean> verify(String batchId, Instant step) {
        return new Answer.Declined<>("not_open", "no such batch");
    }

    @Override
    public Answer<Optional<Seen>> batch(String batchId) {
        return new Answer.Done<>(Optional.empty());
    }

    @Override
    public Answer<List<Seen>> list(Instant from, Instant to) {
        return new Answer.Done<>(List.of());
    }

    @Override
    public Answer<Money> minimum(Asset coin) {
        return new Answer.Done<>(Money.parse("0.01", coin));
    }

    @Override
    public Answer<Money> fee(Asset coin, Money amount) {
        return new Answer.Done<>(Money.parse("0.001", coin));
    }

    @Override
    public Answer<Checked> validate(Place place) {
        return validation.get();
    }

    @Override
    public Answer<Map<Asset, Money>> balance() {
        return new Answer.Done<>(Map.of());
    }
}
