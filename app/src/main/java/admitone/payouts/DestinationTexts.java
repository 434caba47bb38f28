package admitone.payouts;

import admitone.messaging.Html;
import java.time.Instant;

/** What a seller is told about where their money goes. */
interface DestinationTexts {
    /** {@code address}: with its memo, where it has one. */
    Html set(String currency, String address);

    Html ask(String currency, String address);

    Html confirmed(String currency, String address, Instant from);

    Html withdrawn(String currency, String address);

    Html restored(String currency, String address);

    String yes();

    String no();
}
