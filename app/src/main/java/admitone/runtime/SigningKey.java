package admitone.runtime;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs rows, so that who can write to the database alone cannot make one that holds. The key is kept outside of it: the setting, else a
 * file of the data directory, made at first start.
 */
public final class SigningKey {
    private final byte[] secret;

    private SigningKey(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    public static SigningKey of(Settings settings, Ids ids) {
        return new SigningKey(settings.signingKey()
                .map(Settings.Secret::value)
                .orElseGet(() ->
                        KeptSecret.read(settings.dataDir(), "signing-key", "the signing key", () -> ids.random(48))));
    }

    /** Tells one key from another, and nothing about it. */
    public String id() {
        return HexFormat.of().formatHex(mac("key id", new byte[0]), 0, 8);
    }

    /** HMAC-SHA-256; what is signed for one purpose holds for no other. */
    public byte[] mac(String purpose, byte[] text) {
        return hmac(hmac(secret, ("admitone " + purpose + " 1\n").getBytes(StandardCharsets.UTF_8)), text);
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
