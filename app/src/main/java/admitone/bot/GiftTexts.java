package admitone.bot;

import admitone.messaging.Html;
import admitone.messaging.Lasting;

/** What the bot says about gift codes. */
interface GiftTexts {
    Html ask(String channel, Lasting.Days days);

    /** Besides, to who has access for life. */
    Html addsNothing();

    /** To {@code /gift} without a code. */
    Html howTo();

    Html unknown();

    Html taken();

    Html revoked();

    Html banned();

    Html yours(String channel);

    Html tooMany();

    String use();

    /** To the press of the button: plain, at most 200 characters. */
    String given();
}
