package admitone.simulators.nowpayments;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/** How a notification is signed: HMAC-SHA512 over its sorted, compact text. */
final class Signature {
    private Signature() {}

    /** The text that is signed: the parsed body, sorted at every level and printed as JavaScript prints it. */
    static String signedText(JsonNode body, Settings.Arrays arrays) {
        JsonNode shaped = switch (arrays) {
            case KEPT -> body;
            case OBJECT -> JsJson.arraysAsObjects(body);
        };
        return JsJson.stringify(JsJson.sorted(shaped));
    }

    static String of(String secret, String signedText) {
        return HexFormat.of().formatHex(mac("HmacSHA512", secret.trim().getBytes(StandardCharsets.UTF_8), signedText));
    }

    static byte[] mac(String algorithm, byte[] key, String text) {
        return mac(algorithm, key, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] mac(String algorithm, byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is missing from this JDK or refuses the key", e);
        }
    }
}
