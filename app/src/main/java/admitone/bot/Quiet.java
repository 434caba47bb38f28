package admitone.bot;

import admitone.access.Grants;
import admitone.announcements.Announcements;
import admitone.announcements.QuietButton;
import admitone.database.Transactions;
import admitone.messaging.Incoming.Pressed;
import admitone.runtime.SellerId;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Keeps announcements from those who want none. */
@Component
class Quiet {
    private final Grants grants;
    private final Announcements announcements;
    private final Transactions transactions;

    Quiet(Grants grants, Announcements announcements, Transactions transactions) {
        this.grants = grants;
        this.announcements = announcements;
        this.transactions = transactions;
    }

    /** Whether the button was one of ours; then there are no more of its seller's. */
    boolean pressed(Pressed pressed) {
        Optional<SellerId> seller = QuietButton.seller(pressed.data());
        seller.ifPresent(one -> from(one, pressed.userId()));
        return seller.isPresent();
    }

    /** No more of any seller whom the person has dealt with. */
    void fromAll(long user) {
        grants.sellersOf(user).forEach(seller -> from(seller, user));
    }

    private void from(SellerId seller, long user) {
        transactions.run(seller, () -> announcements.quiet(seller, user));
    }
}
