package admitone.access;

import admitone.messaging.Html;
import admitone.messaging.Lasting;

/** What the bot says to those who are let in, or want to be. */
interface AccessTexts {
    Html wayIn(String title, Lasting.Until until, String link);

    /** {@code days}: so long is the link good. */
    Html wayInOnce(String title, Lasting.Until until, String link, Lasting.Days days);

    /** To somebody who is inside and has paid for more. */
    Html extended(String title, Lasting.Until until);

    Html inside(String title, Lasting.Until until);

    /** To somebody who asked to join without a purchase. */
    Html plans(String title);

    String seePlans();

    Html nothingYet();
}
