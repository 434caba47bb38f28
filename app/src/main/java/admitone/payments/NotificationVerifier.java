package admitone.payments;

import org.jspecify.annotations.Nullable;

/** Tells whether a notification is the provider's; implemented where the wire format is known. */
public interface NotificationVerifier {
    sealed interface Verdict {
        /** The provider signed {@code signedText}: that, and not what came beside it, is acted on. */
        record Genuine(byte[] signedText) implements Verdict {}

        /** Signed, and beyond a limit of what is read. */
        record Malformed(String why) implements Verdict {}

        record Refused(String why) implements Verdict {}
    }

    Verdict verify(byte[] body, @Nullable String signature);
}
