package admitone.bot;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.money.Money;
import java.time.Instant;

/** What the bot says to somebody who is about to buy. */
interface OfferTexts {
    Html offer(String channel, String plan, Lasting.Days days, Money price);

    /** Besides, where less is asked than the plan costs; {@code lines}: each of the next two. */
    Html reduced(Money listPrice, Html lines);

    Html lessByCoupon(String code, Money amount);

    Html lessByUnusedTime(Money amount);

    /** Besides, to somebody who has access. */
    Html addsTo(Lasting.Until until);

    /** Whoever renews late and is inside: the span, if it is paid now. */
    Html addsFrom(Instant startsAt, Instant endsAt);

    Html addsNothing();

    Html how(Instant expiresAt);

    String pay(Money price);

    Html gone();

    /** Instead of an offer: the bot lacks what it needs in the channel. */
    Html cannotAdmit(String channel);

    /** Instead of an offer: no coin takes so little. */
    Html tooLittle(String channel, Money price, Money least);

    /** Instead of an offer. */
    Html banned(String channel);
}
