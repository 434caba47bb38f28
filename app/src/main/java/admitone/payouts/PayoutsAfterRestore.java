package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.hold.AfterRestore;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.Payouts.Open;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * What the provider sent in the time that the database lost must not be sent again; and what people decided in it, such as to cancel a
 * payout, to stop a seller's, or to have them sent elsewhere, is lost: they are asked once more.
 */
@Component
class PayoutsAfterRestore implements AfterRestore {
    private static final int AT_ONCE = 500;
    private static final By BY =
            new By("restore", Payout.BY_ITSELF, "what was decided about it since the backup is lost");

    private final Payouts payouts;
    private final PayoutFlow flow;
    private final Safeguards safeguards;
    private final Destinations destinations;
    private final Catalog catalog;
    private final SellerContact contact;
    private final MissingPayouts missing;
    private final PayoutProvider provider;
    private final Tasks tasks;
    private final Transactions transactions;
    private final Clock clock;

    PayoutsAfterRestore(
            Payouts payouts,
            PayoutFlow flow,
            Safeguards safeguards,
            Destinations destinations,
            Catalog catalog,
            SellerContact contact,
            MissingPayouts missing,
            PayoutProvider provider,
            Tasks tasks,
            Transactions transactions,
            Clock clock) {
        this.payouts = payouts;
        this.flow = flow;
        this.safeguards = safeguards;
        this.destinations = destinations;
        this.catalog = catalog;
        this.contact = contact;
        this.missing = missing;
        this.provider = provider;
        this.tasks = tasks;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String deed() {
        return "payouts: compared with the provider's list; where it sent one that is not on record, its seller's stand still."
                + " Each that is under way waits for your word (case payout_restored), each new one for your approval until"
                + " ./admitone payouts switch on --reason …; each seller is told the address that counts now,"
                + " and asked again where they are to become another Telegram user";
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
        transactions.run(SellerId.PLATFORM, () -> safeguards.restored(clock.instant()));
        holdAll();
        tellAll();
        askAll();
    }

    private void holdAll() {
        Open after = new Open(SellerId.PLATFORM, new UUID(0, 0));
        List<Open> page;
        do {
            page = payouts.openOfAll(after, AT_ONCE);
            for (Open one : page) {
                transactions.run(one.seller(), () -> flow.restored(one.seller(), one.id(), BY));
                after = one;
            }
        } while (page.size() == AT_ONCE);
    }

    private void tellAll() {
        String after = "";
        List<SellerId> page;
        do {
            page = destinations.sellers(after, AT_ONCE);
            for (SellerId seller : page) {
                transactions.run(seller, () -> tell(seller));
                after = seller.value();
            }
        } while (page.size() == AT_ONCE);
    }

    /** Whoever a seller is now may have said no to another. */
    private void askAll() {
        String after = "";
        List<SellerId> page;
        do {
            page = catalog.withNewContact(after, AT_ONCE);
            for (SellerId seller : page) {
                transactions.run(seller, () -> contact.askAgain(seller));
                after = seller.value();
            }
        } while (page.size() == AT_ONCE);
    }

    private void tell(SellerId seller) {
        Instant now = clock.instant();
        destinations
                .current(seller, now)
                .ifPresent(row ->
                        tasks.oweAgain(seller, TellDestinationTask.owed(TellDestinationTask.Step.RESTORED, row)));
    }
}
