package admitone.checkout;

import admitone.catalog.OpenChatId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The order ids of an earlier system: {@code PGP-<user>|<open chat>}. They name a pair, the same for each of its purchases, and so
 * can never be the key of one.
 */
public record OldOrderId(long telegramUserId, OpenChatId openChat) {
    private static final Pattern FORM = Pattern.compile("PGP-(\\d{1,16})\\|(-?\\d{1,16})");

    public static Optional<OldOrderId> parse(String text) {
        var match = FORM.matcher(text);
        return match.matches()
                ? Optional.of(
                        new OldOrderId(Long.parseLong(match.group(1)), new OpenChatId(Long.parseLong(match.group(2)))))
                : Optional.empty();
    }
}
