package admitone.payouts;

import admitone.messaging.Html;
import java.time.Instant;

/** What is said when another Telegram user is to be a seller's contact. */
interface ContactTexts {
    Html asked(String user, Instant from);

    Html stays();

    Html notAnyMore();

    Html now(String name);

    String no();
}
