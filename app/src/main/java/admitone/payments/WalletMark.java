package admitone.payments;

import admitone.runtime.SigningKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Says, signed and at the end of a payment's description, which wallet of the seller's own the provider was told: where the row that
 * would say so is lost, by a restore or with the answer that told the payment's id, what went there must not be owed once more.
 */
@Component
public class WalletMark {
    private static final int PRINT = 6;
    private static final int MAC = 6;
    private static final Pattern FORM = Pattern.compile("(.*) w([A-Za-z0-9_-]{16})", Pattern.DOTALL);

    private final SigningKey key;

    WalletMark(SigningKey key) {
        this.key = key;
    }

    String on(String description, String orderId, Wallet wallet) {
        return description + " w" + text(signed(orderId, printed(wallet)));
    }

    /** The print of the wallet that a payment of this order was made for; empty: none was named. */
    public Optional<String> read(String orderId, String description) {
        Matcher match = FORM.matcher(description);
        if (!match.matches()) {
            return Optional.empty();
        }
        byte[] said = Base64.getUrlDecoder().decode(match.group(2));
        byte[] print = Arrays.copyOf(said, PRINT);
        return MessageDigest.isEqual(said, signed(orderId, print)) ? Optional.of(text(print)) : Optional.empty();
    }

    /** The description without it. */
    public static String without(String description) {
        Matcher match = FORM.matcher(description);
        return match.matches() ? match.group(1) : description;
    }

    public String print(Wallet wallet) {
        return text(printed(wallet));
    }

    private byte[] printed(Wallet wallet) {
        String text = String.join(
                "\n", wallet.coin().code(), wallet.address(), wallet.extraId() == null ? "" : wallet.extraId());
        return Arrays.copyOf(key.mac("wallet", text.getBytes(StandardCharsets.UTF_8)), PRINT);
    }

    private byte[] signed(String orderId, byte[] print) {
        byte[] about = (orderId + "\n" + text(print)).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(PRINT + MAC)
                .put(print)
                .put(key.mac("wallet of order", about), 0, MAC)
                .array();
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
