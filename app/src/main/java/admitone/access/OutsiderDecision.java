package admitone.access;

import admitone.catalog.Catalog;
import admitone.tasks.Tasks;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Does what a person decided about one stay without a right. */
@Component
class OutsiderDecision {
    /** What a person may say of one stay, or of many together. */
    static final Map<String, String> CHOICES = Map.of(
            Outsiders.KEEP, "whoever is still inside is whitelisted: they stay, and may come back",
            Outsiders.REMOVE, "they are removed, unless they have bought meanwhile; they may buy later",
            Outsiders.DISMISS, "nothing is done, and nobody is asked about them again as long as they stay");

    private final Outsiders outsiders;
    private final Grants grants;
    private final Listing listing;
    private final Catalog catalog;
    private final Tasks tasks;

    OutsiderDecision(Outsiders outsiders, Grants grants, Listing listing, Catalog catalog, Tasks tasks) {
        this.outsiders = outsiders;
        this.grants = grants;
        this.listing = listing;
        this.catalog = catalog;
        this.tasks = tasks;
    }

    /** Within the current transaction. Who has gone meanwhile, or has got a right, is left alone. */
    void take(Outsider one, String decision, String by) {
        Seat.Key seat = one.seat();
        grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        if (!outsiders.decide(one, decision)) {
            return;
        }
        switch (decision) {
            case Outsiders.KEEP ->
                listing.whitelist(
                        catalog.channel(seat.seller(), seat.channelId()).orElseThrow(),
                        seat.telegramUserId(),
                        new Giving.By("case", by, "was inside, and kept"));
            case Outsiders.REMOVE -> tasks.owe(seat.seller(), Effects.remove(one));
            default -> {
                // known, and left as it is
            }
        }
    }
}
