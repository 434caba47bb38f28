package admitone.bot;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.money.Money;

/** What the bot says to somebody who puts a chat on sale. */
interface SetupTexts {
    Html ask(String channel);

    /** A plan's button. */
    String plan(Money price, Lasting.Days days);

    String no();

    Html how(String channel);

    String byRequest();

    String byLink();

    Html confirm(String channel, Money price, Lasting.Days days, String how);

    String yes();

    /** The plan's name on the page. */
    String planName();

    Html onSale(String channel, String link);

    /** Besides, of a group where members may add others. */
    Html membersMayAdd();

    /** Besides: how members of before are taken over. */
    Html insideAlready();

    /** Besides, to a seller who has set no address. */
    Html reachedThere();

    /** A button. */
    String addPlan();

    /** A button: {@code channel} is what is sold already. */
    String postHere(String channel);

    /** {@code chat}: where its plans are posted. */
    Html posted(String channel, String chat);

    Html cannotPost(String chat);

    String stopPosting();

    Html notAdministrator(String channel);

    Html botLacksRights(String channel);

    Html basicGroup(String channel);

    Html publicChat(String channel);

    Html soldByAnother(String channel);

    /** {@code id}: their own, in Telegram, by which the operator makes them a seller. */
    Html notASeller(String channel, String id);

    /** Plain, at most 200 characters. */
    String notSold();
}
