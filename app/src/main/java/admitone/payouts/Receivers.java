package admitone.payouts;

import admitone.database.Columns;
import admitone.payouts.BuyerRefunds.Refund;
import admitone.payouts.Destination.Place;
import admitone.payouts.Payout.To;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Where a payout goes: to a destination of its seller, or to the buyer whose payment it gives back. */
@Component
public class Receivers {
    private static final int MOST = 100;

    private final Destinations destinations;
    private final BuyerRefunds refunds;
    private final JdbcClient jdbc;
    private final Clock clock;

    Receivers(Destinations destinations, BuyerRefunds refunds, JdbcClient jdbc, Clock clock) {
        this.destinations = destinations;
        this.refunds = refunds;
        this.jdbc = jdbc;
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

    /** What of its batch is not as it should be; a code moves what the batch holds, whatever we asked for. */
    Optional<String> difference(Payout payout, PayoutProvider.Seen holds) {
        Place to = of(payout).place();
        return to.takes(holds) && holds.amount().equals(payout.coins())
                ? Optional.empty()
                : Optional.of("its batch holds " + holds.amount() + " to " + holds.address()
                        + (holds.extraId() == null ? "" : " (" + holds.extraId() + ")") + ", and not "
                        + payout.coins() + " to " + to.address());
    }

    /**
     * All who may be paid by what went to an address without a name of ours: the sellers whose destination it is, and those of a buyer who
     * waits for a refund there. It may be of many, told apart by a memo, which the provider need not say. Whoever books it first has it.
     */
    public List<SellerId> waitingAt(String address, @Nullable String extraId) {
        return jdbc.sql("""
                select distinct seller_id from (
                  select seller_id, address, extra_id from payouts.destination where address = ?
                  union all
                  select r.seller_id, r.address, r.extra_id from payouts.refund r
                  join payouts.payout p on p.seller_id = r.seller_id and p.payout_id = r.payout_id
                  where r.address = ? and p.ended_at is null) receiver
                where ?::text is null or extra_id is null or extra_id = ? order by seller_id limit ?
                """)
                .params(Columns.all(address, address, extraId, extraId, MOST))
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
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
