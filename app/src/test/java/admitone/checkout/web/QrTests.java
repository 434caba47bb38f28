package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrTests {
    private static final Pattern RUN = Pattern.compile("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");
    private static final int PIXELS = 4;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.00012345",
                "0x52908400098527886E0F7030069857D2E4169EE7",
                "monero:888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H?tx_amount=0.123456789012",
                "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH"
            })
    void isReadAgainAsItsText(String text) throws ReaderException {
        assertThat(read(Qr.of(text).orElseThrow())).isEqualTo(text);
    }

    @Test
    void isSmall() {
        assertThat(Qr.of("bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.00012345")
                        .orElseThrow()
                        .path()
                        .length())
                .isLessThan(8_000);
    }

    @Test
    void tooLongATextHasNone() {
        assertThat(Qr.of("x".repeat(300))).isPresent();
        assertThat(Qr.of("x".repeat(301))).isEmpty();
    }

    /** What a camera sees of the drawing. */
    static String read(Qr qr) throws ReaderException {
        int side = qr.size() * PIXELS;
        int[] picture = new int[side * side];
        Arrays.fill(picture, 0xffffff);
        var run = RUN.matcher(qr.path());
        int end = 0;
        while (run.find()) {
            assertThat(run.start()).isEqualTo(end);
            assertThat(run.group(3)).isEqualTo(run.group(4));
            end = run.end();
            paint(picture, side, number(run.group(1)), number(run.group(2)), number(run.group(3)));
        }
        assertThat(end).isEqualTo(qr.path().length());
        try {
            return new QRCodeReader()
                    .decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(side, side, picture))))
                    .getText();
        } catch (NotFoundException e) {
            throw new AssertionError("no QR code in the drawing", e);
        }
    }

    private static void paint(int[] picture, int side, int x, int y, int length) {
        for (int row = y * PIXELS; row < (y + 1) * PIXELS; row++) {
            Arrays.fill(picture, row * side + x * PIXELS, row * side + (x + length) * PIXELS, 0);
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }
}
