package admitone.payments;

import java.util.Optional;

/** Reads a stored notification; implemented where the wire format is known. */
public interface NotificationReader {
    /** What a genuine body says. */
    sealed interface Reading {
        record Understood(Heard heard) implements Reading {}

        /** It tells of money that goes out, and of no payment. */
        record AboutPayout() implements Reading {}

        /** Genuine, and yet nothing we can act on; {@code why} is for a person. */
        record Unrecognised(String why) implements Reading {}
    }

    Reading read(byte[] body, Heard.Trigger trigger);

    /** What was written beside the payment when it was made. */
    Optional<String> description(byte[] body);
}
