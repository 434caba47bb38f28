package admitone.payouts;

import admitone.money.Asset;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of where a seller's money goes.
 *
 * @param usableFrom null: the seller has not confirmed it
 * @param mac what our key made of all that comes before it, when the row was written
 */
public record Destination(
        SellerId seller,
        UUID id,
        int version,
        Asset currency,
        @Nullable String network,
        String address,
        @Nullable String extraId,
        Instant requestedAt,
        @Nullable Instant usableFrom,
        @Nullable Instant withdrawnAt,
        String mac,
        @Nullable NotWhitelisted notWhitelisted) {
    public static final String HANDLE = "ds";

    /** The provider does not send to it before it stands on the account's list there. */
    public record NotWhitelisted(Instant at, String reason) {}

    /** A place that money can be sent to. */
    public record Place(
            Asset currency, String address, @Nullable String extraId) {
        /** Whether a withdrawal went there, as far as the provider says; it may write an address in other cases. */
        boolean takes(PayoutProvider.Seen seen) {
            return currency.equals(seen.currency())
                    && address.equalsIgnoreCase(seen.address())
                    && (seen.extraId() == null || extraId == null || extraId.equals(seen.extraId()));
        }
    }

    public Place place() {
        return new Place(currency, address, extraId);
    }

    /** Unsealed. */
    Destination with(@Nullable Instant usableFrom, @Nullable Instant withdrawnAt) {
        return new Destination(
                seller,
                id,
                version,
                currency,
                network,
                address,
                extraId,
                requestedAt,
                usableFrom,
                withdrawnAt,
                "",
                notWhitelisted);
    }

    Destination sealedBy(String mac) {
        return new Destination(
                seller,
                id,
                version,
                currency,
                network,
                address,
                extraId,
                requestedAt,
                usableFrom,
                withdrawnAt,
                mac,
                notWhitelisted);
    }

    public String handle() {
        return new Handle(HANDLE, seller, id).toString();
    }

    /** What it is now. */
    public enum State {
        WAITING_CONFIRMATION,
        /** Nobody confirmed it in time. */
        LAPSED,
        COOLING_OFF,
        USABLE,
        REPLACED,
        WITHDRAWN,
        /** Its row is not as we wrote it: nothing is paid to it, nor to those before it. */
        ALTERED
    }

    boolean isUsable(Instant now) {
        return withdrawnAt == null && usableFrom != null && !now.isBefore(usableFrom);
    }
}
