package admitone.payouts;

import admitone.payouts.BuyerRefunds.Refund;
import admitone.payouts.Destination.Place;
import admitone.payouts.Payout.To;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where a payout goes: to a destination of its seller, or to the buyer whose payment it gives back. */
@Component
public class Receivers {
    private final Destinations destinations;
    private final BuyerRefunds refunds;
    private final Clock clock;

    Receivers(Destinations destinations, BuyerRefunds refunds, Clock clock) {
        this.destinations = destinations;
        this.refunds = refunds;
        this.clock = clock;
    }

    /** @param version of the seller's destination; null: it is a buyer's */
    public record Receiver(Place place, @Nullable Integer version) {}

    /** As it stands on record, to be shown. */
    public Receiver of(Payout payout) {
        return switch (payout.to()) {
            case To.Seller(var destination) -> {
                Destination row =
                        destinations.byId(payout.seller(), destination).orElseThrow();
                yield new Receiver(row.place(), row.version());
            }
            case To.Buyer _ ->
                new Receiver(
                        refunds.find(payout.seller(), payout.id()).orElseThrow().place(), null);
        };
    }

    /** Where it may be sent to; empty where that is not what was approved. */
    Optional<Place> approved(Payout payout) {
        return switch (payout.to()) {
            case To.Seller(var destination) ->
                destinations
                        .byId(payout.seller(), destination)
                        .filter(destinations::isIntact)
                        .filter(row -> row.isUsable(clock.instant()))
                        .filter(row -> row.currency().equals(payout.coins().asset()))
                        .map(Destination::place);
            case To.Buyer(String paymentId) ->
                refunds.find(payout.seller(), payout.id())
                        .filter(refunds::isIntact)
                        .filter(row -> row.paymentId().equals(paymentId))
                        .map(Refund::place);
        };
    }

    /** Within the current transaction: the provider took it. */
    void whitelisted(Payout payout) {
        if (payout.to() instanceof To.Seller(var destination)) {
            destinations.whitelisted(payout.seller(), destination);
        }
    }

    /** Within the current transaction: the provider does not send there as long as it is not on its list. */
    void notWhitelisted(Payout payout, String reason) {
        if (payout.to() instanceof To.Seller(var destination)) {
            destinations.notWhitelisted(payout.seller(), destination, reason);
        }
    }
}
