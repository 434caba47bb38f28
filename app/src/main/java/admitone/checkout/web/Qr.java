package admitone.checkout.web;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.Optional;

/**
 * A QR code as a drawing for SVG, in which a module measures one.
 *
 * @param size the side of the drawing, the quiet border included
 * @param path the dark modules
 */
record Qr(int size, String path) {
    /** As the standard demands, or some cameras do not find it. */
    private static final int BORDER = 4;
    /** Longer than any address with its amount; more would be too fine to read from a phone. */
    private static final int LONGEST = 300;

    /** Empty where the text is too long for a code that a phone reads well. */
    static Optional<Qr> of(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    drawn(Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix()));
        } catch (WriterException e) {
            return Optional.empty();
        }
    }

    /** Each run of dark modules in a row is one rectangle. */
    private static Qr drawn(ByteMatrix modules) {
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < modules.getHeight(); y++) {
            int x = 0;
            while (x < modules.getWidth()) {
                int run = run(modules, x, y);
                if (run > 0) {
                    path.append('M').append(x + BORDER).append(' ').append(y + BORDER);
                    path.append('h').append(run).append("v1h-").append(run).append('z');
                }
                x += Math.max(1, run);
            }
        }
        return new Qr(modules.getWidth() + 2 * BORDER, path.toString());
    }

    private static int run(ByteMatrix modules, int x, int y) {
        int end = x;
        while (end < modules.getWidth() && modules.get(end, y) == 1) {
            end++;
        }
        return end - x;
    }
}
