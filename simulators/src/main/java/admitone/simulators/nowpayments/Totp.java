package admitone.simulators.nowpayments;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;

/** One-time codes as RFC 6238 makes them: SHA-1, six digits, thirty seconds. */
public final class Totp {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int STEP_SECONDS = 30;
    private static final int MODULUS = 1_000_000;

    private Totp() {}

    public static String code(String base32Secret, Instant at) {
        return code(base32Secret, step(at));
    }

    static long step(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP_SECONDS);
    }

    static String code(String base32Secret, long step) {
        byte[] counter = ByteBuffer.allocate(Long.BYTES).putLong(step).array();
        byte[] mac = Signature.mac("HmacSHA1", decode(base32Secret), counter);
        int offset = mac[mac.length - 1] & 0xf;
        int number = ByteBuffer.wrap(mac).getInt(offset) & Integer.MAX_VALUE;
        return String.format(Locale.ROOT, "%06d", number % MODULUS);
    }

    private static byte[] decode(String base32) {
        String digits = base32.replaceAll("[ =-]", "").toUpperCase(Locale.ROOT);
        ByteBuffer bytes = ByteBuffer.allocate(digits.length() * 5 / 8);
        int bits = 0;
        int count = 0;
        for (int i = 0; i < digits.length(); i++) {
            int value = BASE32.indexOf(digits.charAt(i));
            Settings.require(value >= 0, "totp_secret is not base32");
            bits = (bits << 5) | value;
            count += 5;
            if (count >= 8) {
                count -= 8;
                bytes.put((byte) (bits >> count));
                bits &= (1 << count) - 1;
            }
        }
        return bytes.array();
    }
}
