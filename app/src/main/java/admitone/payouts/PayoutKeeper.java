package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Seller;
import admitone.hold.Hold;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutMaking.Made;
import admitone.runtime.Loop;
import admitone.runtime.Recurring;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks at sellers' balances, a hundred a round, and has those paid who are due; also who is paid by the provider itself has a balance,
 * of what was settled to the account all the same. Each instance does; one makes it.
 */
@Component
class PayoutKeeper extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(PayoutKeeper.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    static final int MOST_SELLERS = 100;

    /** In a row that cannot be looked at now: the provider is away, and each that is asked about more would wait for it too. */
    static final int MOST_NOT_NOW = 3;

    /** What the provider asks does not change each moment: who is not due for it is looked at again after this. */
    private static final Duration NOT_DUE = Duration.ofMinutes(10);

    private final Catalog catalog;
    private final PayoutMaking making;
    private final NotPaid notPaid;
    private final Hold hold;
    private final Clock clock;
    private final Map<SellerId, Instant> later = new ConcurrentHashMap<>();
    private Optional<SellerId> after = Optional.empty();

    PayoutKeeper(Catalog catalog, PayoutMaking making, NotPaid notPaid, Hold hold, Clock clock) {
        super("payouts", PAUSE);
        this.catalog = catalog;
        this.making = making;
        this.notPaid = notPaid;
        this.hold = hold;
        this.clock = clock;
    }

    @Override
    protected void round() {
        look();
    }

    /** Answers how many payouts were made. */
    int look() {
        if (hold.isOn()) {
            return 0;
        }
        List<Seller> sellers = catalog.sellers(after, MOST_SELLERS);
        after = sellers.size() < MOST_SELLERS
                ? Optional.empty()
                : Optional.of(sellers.getLast().id());
        Instant now = clock.instant();
        later.values().removeIf(now::isAfter);
        int made = 0;
        int notNow = 0;
        for (Seller seller : sellers) {
            if (Loop.isEnding()) {
                break;
            }
            if (later.containsKey(seller.id())) {
                continue;
            }
            Looked looked = look(seller);
            made += looked == Looked.MADE ? 1 : 0;
            notNow = looked == Looked.NOT_NOW ? notNow + 1 : 0;
            if (notNow == MOST_NOT_NOW) {
                after = Optional.of(seller.id()); // the next round goes on from there
                break;
            }
        }
        return made;
    }

    private enum Looked {
        MADE,
        NOT_DUE,
        NOT_NOW
    }

    private Looked look(Seller seller) {
        try {
            return switch (making.make(seller, /* byHand= */ false, new By("time", Payout.BY_ITSELF, null))) {
                case Made.Done _ -> {
                    notPaid.over(seller.id());
                    yield Looked.MADE;
                }
                case Made.NotDue(String code, String _)
                when code.equals(Due.Why.NOTHING_PAYABLE.word()) || code.equals(Due.Why.BELOW_THRESHOLD.word()) -> {
                    notPaid.over(seller.id());
                    yield Looked.NOT_DUE;
                }
                case Made.NotDue(String code, String reason) -> {
                    later.put(seller.id(), clock.instant().plus(NOT_DUE));
                    notPaid.keep(seller.id(), code, reason);
                    yield Looked.NOT_DUE;
                }
                case Made.NotNow(String reason) -> {
                    notPaid.keep(seller.id(), NotPaid.NOT_NOW, reason);
                    log.info("a payout of seller {} cannot be made now ({}), next round again", seller.id(), reason);
                    yield Looked.NOT_NOW;
                }
            };
        } catch (RuntimeException e) {
            if (!Loop.isEnding()) {
                log.warn(
                        "whether seller {} is paid out cannot be looked at ({}), next round again",
                        seller.id(),
                        e.toString());
            }
            return Looked.NOT_NOW;
        }
    }
}
