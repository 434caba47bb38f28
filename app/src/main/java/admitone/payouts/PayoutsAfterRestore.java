package admitone.payouts;

import admitone.hold.AfterRestore;
import admitone.runtime.Answer;
import org.springframework.stereotype.Component;

/** What the provider sent in the time that the database lost must not be sent again. */
@Component
class PayoutsAfterRestore implements AfterRestore {
    private final Payouts payouts;
    private final MissingPayouts missing;
    private final PayoutProvider provider;

    PayoutsAfterRestore(Payouts payouts, MissingPayouts missing, PayoutProvider provider) {
        this.payouts = payouts;
        this.missing = missing;
        this.provider = provider;
    }

    @Override
    public String deed() {
        return "payouts: compared with the provider's list; where it sent one that is not on record, its seller's stand still";
    }

    @Override
    public long count() {
        return payouts.countOpen();
    }

    @Override
    public void putRight() {
        if (provider.canPay() && !(missing.lookNow() instanceof Answer.Done<Integer>)) {
            throw new IllegalStateException(
                    "the provider's list of payouts cannot be had: effects stay on hold, resume again when it answers");
        }
    }
}
