package admitone.access;

import admitone.access.Giving.By;
import admitone.access.Listed.Word;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.catalog.Catalog;
import admitone.runtime.SellerId;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Asks a person about a payment of somebody whom the seller banned. It counted as any payment and has its grant, so that nothing is lost
 * whatever they decide; only the way in is shut.
 */
@Component
class PaidWhileBanned implements CaseDecider {
    static final String KIND = "paid_while_banned";

    private static final String LIFT = "lift";

    private final Listing listing;
    private final Catalog catalog;

    PaidWhileBanned(Listing listing, Catalog catalog) {
        this.listing = listing;
        this.catalog = catalog;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                LIFT,
                "the ban is taken back, and they are sent the way in",
                "keep",
                "they stay out; give the money back at the provider, which ends the grant");
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (!decision.equals(LIFT)) {
            return;
        }
        UUID channelId = UUID.fromString(one.need("channel"));
        listing.takeBack(
                catalog.channel(seller, channelId).orElseThrow(),
                Long.parseLong(one.need("user")),
                Word.BANNED,
                new By("case", by, "paid"));
    }
}
