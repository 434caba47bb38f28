package admitone.access;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import java.time.Instant;

/** What the bot says to those who are let in, or want to be. */
interface AccessTexts {
    /** Before each of the next three, to somebody who has paid. */
    Html paid();

    Html wayIn(String title, Lasting.Until until, String link);

    /** {@code days}: so long is the link good. */
    Html wayInOnce(String title, Lasting.Until until, String link, Lasting days);

    /** To somebody who is inside and has paid for more. */
    Html extended(String title, Lasting.Until until);

    Html inside(String title, Lasting.Until until);

    /** To whoever asks for a link, after too many others came in by theirs. */
    Html tooManyStrangers(String title);

    /** To the same, once the seller has decided so. */
    Html noFurtherLink(String title);

    /** To somebody whom the seller banned. */
    Html heldBack(String title);

    /** To somebody who asked to join without a purchase. */
    Html plans(String title);

    /** To somebody who may come in and is in as many channels and groups as Telegram allows. */
    Html tooManyChannels(String title);

    String seePlans();

    /** To somebody whom the seller lets in without a purchase. */
    Html listed(String title, String link);

    /** Somebody whitelisted asks for the way in and needs none. */
    Html listedInside(String title);

    /** The same where every link belongs to a purchase or a gift. */
    Html listedAskSeller(String title);

    Html endsSoon(String title, Instant endsAt);

    Html ended(String title, Instant endsAt, Lasting.Hours grace);

    /** Leads to paying for the same once more. */
    String renew();

    /** In the channel, to members whom the bot cannot write to. */
    Html someEnd(Instant until);

    /** In the channel, to members who never started the bot. */
    Html pressStart();

    String openBot();

    /** To a seller. {@code users} are some of them, {@code days} how long they stay. */
    Html unreachable(String title, int count, String users, Lasting.Days days);
}
