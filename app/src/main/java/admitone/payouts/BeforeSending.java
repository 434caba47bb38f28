package admitone.payouts;

import admitone.ledger.Claims;
import admitone.ledger.Ledger;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Whether a payout is still what was made and approved: looked at before its batch is made, and before each code. Rows can be set back by
 * hand; what our key has sealed and what the journal says cannot without its being seen.
 */
@Component
class BeforeSending {
    static final String ALTERED = "its row was changed by hand";
    static final String NOT_APPROVED = "its approval is not as we wrote it";
    static final String OVER = "by the journal it is over: what was set aside for it was paid, or given back";

    private final Payouts payouts;
    private final BuyerRefunds refunds;
    private final Ledger ledger;
    private final Claims claims;

    BeforeSending(Payouts payouts, BuyerRefunds refunds, Ledger ledger, Claims claims) {
        this.payouts = payouts;
        this.refunds = refunds;
        this.ledger = ledger;
        this.claims = claims;
    }

    /** Why a person must look first; empty: nothing speaks against it. */
    Optional<String> objection(Payout payout) {
        if (!payouts.isIntact(payout)) {
            return Optional.of(ALTERED);
        }
        if (!ledger.isReserved(payout.seller(), payout.subject())) {
            return Optional.of(OVER);
        }
        if (!payouts.isApproved(payout)) {
            return Optional.of(NOT_APPROVED);
        }
        if (!claims.claimed(payout.seller(), payout.id()).equals(payout.reserved())) {
            return Optional.of("its sum is not that of its claims");
        }
        return refunds.isOvertaken(payout) ? Optional.of(BuyerRefunds.OVERTAKEN) : Optional.empty();
    }
}
