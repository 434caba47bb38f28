package admitone.nowpayments;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as JavaScript writes them: ECMAScript's Number::toString prescribes the digits and the layout. */
final class JsNumber {
    /** Below it one digit can be enough, where Java writes at least two (4.9E-324 for 5e-324, 9.9E-324 for 1e-323). */
    private static final double ONE_DIGIT_MAY_DO = 1e-321;

    private JsNumber() {}

    static String text(double value) {
        if (value == 0) {
            return "0"; // the negative zero too
        }
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        return (value < 0 ? "-" : "") + layOut(shortest(Math.abs(value)));
    }

    /** The fewest digits that read back as the same double, and of these the closest. Double.toString has them since JDK 19. */
    private static BigDecimal shortest(double magnitude) {
        var decimal = new BigDecimal(Double.toString(magnitude));
        if (magnitude < ONE_DIGIT_MAY_DO) {
            BigDecimal oneDigit = decimal.round(new MathContext(1));
            if (oneDigit.doubleValue() == magnitude) {
                return oneDigit;
            }
        }
        return decimal.stripTrailingZeros();
    }

    private static String layOut(BigDecimal decimal) {
        String digits = decimal.unscaledValue().toString();
        int beforePoint = digits.length() - decimal.scale();
        if (beforePoint > 21 || beforePoint <= -6) {
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            return mantissa + (beforePoint > 0 ? "e+" : "e") + (beforePoint - 1);
        }
        return decimal.toPlainString();
    }
}
