package admitone.announcements;

import admitone.messaging.Messenger.PressButton;
import admitone.runtime.SellerId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Below every announcement: no more of them from this seller. */
public final class QuietButton {
    private static final Pattern DATA = Pattern.compile("quiet:([0-9a-hjkmnp-tv-z]{12})");

    private QuietButton() {}

    static PressButton of(SellerId seller, String text) {
        return new PressButton(text, "quiet:" + seller.value());
    }

    /** Whose announcements somebody wants no more, if that is what a button means. */
    public static Optional<SellerId> seller(String data) {
        Matcher button = DATA.matcher(data);
        return button.matches() ? Optional.of(new SellerId(button.group(1))) : Optional.empty();
    }
}
