package admitone.announcements;

import admitone.messaging.Html;

/** What the bot says for a seller to former members. */
interface AnnouncementTexts {
    /** {@code text}: the seller's own. */
    Html message(String channel, String text);

    String seePlans();

    String noMore();
}
