package admitone.payouts;

import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider.Checked;
import admitone.runtime.Answer;
import org.springframework.stereotype.Component;

/** Looks at where money is to go before it is written down: by the checksum within the address, then at the provider. */
@Component
public class PlaceCheck {
    private final PayoutProvider provider;

    PlaceCheck(PayoutProvider provider) {
        this.provider = provider;
    }

    /** Declined as in {@link PayoutProvider#validate}. */
    public Answer<Checked> check(Place place) {
        return AddressChecksum.holds(place.currency(), place.address())
                ? provider.validate(place)
                : new Answer.Declined<>(
                        "address_refused",
                        "no address of " + place.currency() + ": its checksum does not hold. Compare every character");
    }
}
