package admitone.checkout;

import admitone.runtime.Settings;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * The bot's own link to a pay page. It carries a key beside the order id, so that the browser that opened it can be told from one that
 * knows no more than the id, which the provider and many pages know too. Only the order's buyer is ever sent it.
 */
@Component
public class PrivateLinks {
    /** The query parameter that carries the key. */
    public static final String PARAMETER = "k";

    private static final String PURPOSE = "admitone private pay link 1\n";
    private static final int BYTES = 20;

    private final String publicUrl;
    private final SecretKeySpec secret;

    PrivateLinks(Settings settings) {
        this.publicUrl = settings.publicUrl().toString();
        // every instance has the bot's token, and whoever has it can read the bot's messages anyway
        this.secret = new SecretKeySpec(
                settings.telegram().botToken().value().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /** For a message to the buyer of this order, and for nobody else. */
    public String payPage(String orderId) {
        return publicUrl + "/pay/" + orderId + "?" + PARAMETER + "=" + key(orderId);
    }

    /** 160 bits, in hexadecimal. */
    String key(String orderId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            byte[] digest = mac.doFinal((PURPOSE + orderId).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether {@code key} is this order's; takes as long for every wrong one. */
    public boolean opens(String orderId, String key) {
        return MessageDigest.isEqual(
                key(orderId).getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
    }
}
