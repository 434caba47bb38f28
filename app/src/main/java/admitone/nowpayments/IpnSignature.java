package admitone.nowpayments;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether an IPN comes from a holder of the IPN secret. It says so only for a body whose signed text is known to the last
 * byte, and hands out what that text says, not what the body says: where the two differ, only one of them was signed.
 */
final class IpnSignature {
    private static final String ALGORITHM = "HmacSHA512";
    private static final int MIN_SECRET_LENGTH = 16;
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{128}");

    sealed interface Verdict {
        record Genuine(Json.Obj body, Form form) implements Verdict {}

        /** Signed as sent, but over a limit: repeating it will not help, and it was not read. */
        record Malformed(String reason) implements Verdict {}

        record Refused(String reason) implements Verdict {}
    }

    /** Which text the signature covers. NOWPayments' own bodies arrive as signed; the others are for what was rewritten on the way. */
    enum Form {
        RAW,
        CANONICAL,
        CANONICAL_ARRAYS_AS_OBJECTS
    }

    private final List<SecretKeySpec> keys;

    /** Several secrets are valid at once while one replaces another. */
    IpnSignature(String... secrets) {
        if (secrets.length == 0) {
            throw new IllegalArgumentException(
                    "No NOWPayments IPN secret: make one in the dashboard (Settings, Payments) and configure it");
        }
        this.keys = Arrays.stream(secrets).map(IpnSignature::key).toList();
    }

    Verdict verify(byte[] rawBody, @Nullable String header) {
        if (header == null || header.isBlank()) {
            return new Verdict.Refused("no signature");
        }
        String digits = header.strip();
        if (!SIGNATURE.matcher(digits).matches()) {
            return new Verdict.Refused("a signature is 128 lower-case hex digits");
        }
        byte[] claimed = HexFormat.of().parseHex(digits);
        boolean signedAsSent = isSigned(rawBody, claimed);
        return switch (JsonText.read(rawBody)) {
            case JsonText.Reading.Whole(var body) when signedAsSent -> new Verdict.Genuine(body, Form.RAW);
            case JsonText.Reading.Whole(var body) -> verifyRewritten(body, claimed);
            case JsonText.Reading.OverLimit(var reason) when signedAsSent -> new Verdict.Malformed(reason);
            case JsonText.Reading.OverLimit(var reason) ->
                new Verdict.Refused("not signed as sent, and not read: " + reason);
            case JsonText.Reading.Fault(var reason) ->
                new Verdict.Refused("no JSON object with single names: " + reason);
        };
    }

    private Verdict verifyRewritten(Json.Obj body, byte[] claimed) {
        String text = SignedText.of(body);
        if (isSigned(text.getBytes(UTF_8), claimed)) {
            return new Verdict.Genuine(asSigned(text), Form.CANONICAL);
        }
        String withoutArrays = SignedText.withArraysAsObjects(body);
        if (!withoutArrays.equals(text) && isSigned(withoutArrays.getBytes(UTF_8), claimed)) {
            return new Verdict.Genuine(asSigned(text), Form.CANONICAL_ARRAYS_AS_OBJECTS);
        }
        return new Verdict.Refused("signature does not hold");
    }

    /** 9007199254740993 was signed as 9007199254740992, so that text is read. It keeps the limits if the body does. */
    private static Json.Obj asSigned(String text) {
        return switch (JsonText.read(text.getBytes(UTF_8))) {
            case JsonText.Reading.Whole(var body) -> body;
            case JsonText.Reading.Fault(var reason) ->
                throw new IllegalStateException("Signed text unreadable: " + reason);
            case JsonText.Reading.OverLimit(var reason) ->
                throw new IllegalStateException("Signed text unreadable: " + reason);
        };
    }

    private boolean isSigned(byte[] text, byte[] claimed) {
        boolean signed = false;
        for (SecretKeySpec key : keys) {
            signed |= MessageDigest.isEqual(mac(key, text), claimed);
        }
        return signed;
    }

    private static byte[] mac(SecretKeySpec key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }

    private static SecretKeySpec key(String secret) {
        String trimmed = secret.strip();
        if (trimmed.length() < MIN_SECRET_LENGTH) {
            throw new IllegalArgumentException(
                    "A NOWPayments IPN secret has %d characters, fewer than %d: copy the whole secret from the dashboard"
                            .formatted(trimmed.length(), MIN_SECRET_LENGTH));
        }
        return new SecretKeySpec(trimmed.getBytes(UTF_8), ALGORITHM);
    }

    @Override
    public String toString() {
        return "IpnSignature[secrets=" + keys.size() + "]";
    }
}
