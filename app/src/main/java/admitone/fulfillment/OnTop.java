package admitone.fulfillment;

import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What comes on top of a payment that counts already, under the payment's own id: kept as a payment beside it, as a repeated deposit is that has
 * an id at the provider. So its coins are set aside, and a person decides. Values in, values out.
 */
final class OnTop {
    private OnTop() {}

    /** How much more is told than was counted or kept before; null where nothing is, or it cannot be told. */
    static @Nullable Money beyond(
            @Nullable Money told,
            @Nullable Money counted,
            List<Payment> before,
            Function<Payment, @Nullable Money> amount) {
        Money known = counted;
        for (Payment one : before) {
            Money more = amount.apply(one);
            known = known == null || more == null || !more.asset().equals(known.asset()) ? null : known.plus(more);
        }
        return told == null || known == null || !told.asset().equals(known.asset()) || told.compareTo(known) <= 0
                ? null
                : told.minus(known);
    }

    /** The {@code n}th, as if the provider had told it with an id of its own. */
    static Heard heard(Payment payment, int n, Money received, Money outcome, Heard heard) {
        String id = payment.idOnTop(n);
        return new Heard(
                id,
                payment.id(),
                payment.orderId(),
                ProviderStatus.FINISHED,
                heard.statusWord(),
                null,
                received.asset(),
                null,
                received,
                outcome,
                heard.trigger(),
                (id + ": " + received + ", " + outcome).getBytes(StandardCharsets.UTF_8));
    }
}
