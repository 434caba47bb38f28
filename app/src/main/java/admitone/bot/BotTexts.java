package admitone.bot;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.money.Money;
import java.time.Instant;

/** What the bot answers to commands. */
interface BotTexts {
    /** The menu's line for a command. */
    String doesAccess();

    String doesStatus();

    String doesPlans();

    String doesCoupon();

    String doesRefer();

    String doesMychannels();

    String doesStop();

    String doesHelp();

    String doesSupport();

    String doesPaysupport();

    String doesTerms();

    /** {@code commands}: a line each. */
    Html help(Html commands);

    Html helpLine(String command, String does);

    /** To whatever is no command. */
    Html unknown();

    Html plans();

    /** A button. */
    String trial(String title, Lasting.Days days);

    Html noPlans();

    /** To {@code /coupon} without a code. */
    Html whichCoupon();

    Html noCoupon(String code);

    /** With the buttons of the plans that it is good for. */
    Html coupon(String code, String channel);

    /** A plan's button. */
    String plan(String name, Lasting.Days days, Money price);

    /** {@code links}: a line each. */
    Html refer(Html links);

    Html referLine(String channel, String percent, String link);

    Html noRefer();

    Html channels(Html pages);

    Html channel(String title, String page);

    // what is amiss with one, and what to do

    Html channelCannotAdmit();

    Html channelIsPublic();

    Html channelIsBasicGroup();

    Html channelHasNoPlan();

    Html channelTooCheap(Money least);

    Html channelOnHold();

    Html channelObserved();

    Html channelRemovalsStopped();

    Html channelLinkMissing();

    Html channelMembersMayAdd();

    /** So many fit in no message. */
    Html more(int count);

    Html noChannels();

    Html has(String channel, Lasting.Until until);

    /** To somebody who may still renew before they are removed. */
    Html ended(String channel, Instant endedAt, Instant until);

    /** To somebody whom the seller lets in without a purchase. */
    Html listed(String channel);

    /** A button. */
    String renew(String channel);

    /** To somebody banned who has access. */
    Html barred(String channel, Lasting.Until until);

    /** {@code heading} and {@code message}: as its page says. */
    Html buying(String channel, String heading, String message);

    String openPurchase(String channel);

    Html hasNothing();

    /** To somebody who pressed Start, and of whom nothing is known. */
    Html nothingYet();

    /** As {@link #nothingYet}, to somebody who knows channels here; above a button for each. */
    Html nothingNow();

    Html support(Html sellers);

    Html paysupport(Html sellers);

    Html reachable(String seller, String contact);

    /** Who has set no address. */
    Html reachableThere(String seller, long user);

    /** To such a seller, below their channels. */
    Html reachedThere();

    Html noSellers();

    Html terms(Html sellers);

    Html sellsOn(String seller, String terms);

    Html sellsOnNone(String seller);

    /** To the press of a button that means nothing any more. Plain, at most 200 characters. */
    String buttonIsOld();

    /** To somebody who wants no more announcements: of any seller, and, plain and at most 200 characters, of one. */
    Html stopped();

    String quiet();

    /** To a seller who decides a case by a button. Plain, at most 200 characters. */
    String caseDecided();

    String caseDecidedBefore();

    String caseNotPossible();

    String caseNotNow();
}
