package admitone.api;

import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider.Checked;
import admitone.payouts.PlaceCheck;
import admitone.runtime.Answer;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Says to a caller what is wrong with the place that money is to go to. */
@Component
class Places {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final PlaceCheck check;

    Places(PlaceCheck check) {
        this.check = check;
    }

    /** Asks the provider; {@code path} leads to the fields of the place in the request. */
    Checked require(Place place, String path) {
        return switch (check.check(place)) {
            case Answer.Done<Checked>(Checked checked) -> checked;
            case Answer.Declined<Checked>(String code, String reason) -> throw refused(code, reason, path);
            case Answer.NotNow<Checked>(Duration after, String reason) -> throw notNow(after, reason);
            case Answer.Unknown<Checked>(String reason) -> throw notNow(SOON, reason);
        };
    }

    private static Problem refused(String code, String reason, String path) {
        return switch (code) {
            case "address_refused" -> Problem.invalid(path + "address", reason);
            case "memo_needed", "memo_refused" -> Problem.invalid(path + "extra_id", reason);
            case "coin_unavailable" -> Problem.invalid(path + "currency", reason);
            default ->
                Problem.unprocessable(
                        "address_not_checked",
                        "NOWPayments does not look at the address (" + reason + "): mend that first.");
        };
    }

    private static Problem notNow(Duration after, String reason) {
        return Problem.notNow(
                "provider_unavailable",
                "NOWPayments could not look at the address (" + reason + "). Try again.",
                after);
    }
}
