package admitone.fulfillment;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.money.Money;
import java.time.Instant;

/** What the bot tells a seller of a case about a buyer's money, and what they may answer. */
interface CaseTexts {
    // what happened, by the kind of case

    Html manyRemovals();

    Html membersUntold();

    Html membersNotStarted();

    Html insideWithoutGrant();

    Html manyInsideWithoutGrant();

    Html administratorInside();

    Html orphanLink();

    Html tooManyStrangers();

    Html underpaid();

    Html overpaid();

    Html paidLate();

    Html wrongAsset();

    Html priceMismatch();

    Html childPayment();

    Html amountMissing();

    Html paidTwice();

    Html dismissed();

    Html partRefunded();

    Html moreArrived();

    Html reductionGone();

    Html paidMuchTooLate();

    Html refundedAfterUpgrade();

    Html finishedAfterRefund();

    Html orderUnknown();

    Html paidWhileBanned();

    Html bannedByHand();

    Html chatTaken();

    Html priceTooLow();

    // whom and what it is about

    Html setAside();

    Html toBeRemoved(String channel, String due, String entitled);

    /** {@code users} are some of them; {@code why} the channel itself could not be told. */
    Html notStarted(String channel, String members);

    Html untold(String channel, String members, String users, Html why);

    Html postRefused();

    Html postNotKnown();

    Html outsiders(String channel, String count);

    /** Beside {@link #member}: who let them in. */
    Html addedBy(long user);

    /** Beside {@link #outsiders}. */
    Html manyAddedBy(String users);

    Html purchase(String channel, String plan, Lasting.Days days, long user);

    Html channel(String channel);

    /** {@code least}: no coin takes less. */
    Html plan(String plan, Money price, Money least);

    /** Of who has access that they did not buy. */
    Html member(String channel, long user);

    Html price(Money price);

    Html asked(Money asked);

    Html arrived(Money arrived);

    Html arrivedUnknown();

    /** Of what was counted before: so much was not. */
    Html notCounted(String amount);

    Html payment(String payment);

    Html mayComplete(Instant until);

    Html choose();

    /** It can be counted for an order, too, that must be named. */
    Html elsewhere();

    /** The seller is told of no more in this hour. */
    Html full(int most);

    // buttons

    String grant(Lasting.Days days);

    String extend(Lasting.Days days);

    String refunded();

    String leaveSetAside();

    String leave();

    String noted();

    String goOn();

    String keepInside();

    String letStay();

    String anotherLink();

    String noLink();

    String toldThem();

    String postStart();

    String waitLonger();

    String lift();

    String unban();

    String keep();

    // what was decided

    Html byYou(Html was);

    Html bySomebody(String by, Html was);

    Html settled(Html was);

    Html wasGranted();

    Html wasExtended();

    Html wasRefunded();

    Html wasLeft();

    Html wasGoneOn();

    Html wasKeptInside();

    Html wasLetStay();

    Html wasAnotherLink();

    Html wasTold();

    Html wasPosted();

    Html wasWaited();

    Html wasLifted();

    Html wasUnbanned();

    Html wasKept();

    Html wasCompleted();

    Html wasSoldAgain();

    Html wasOther(String decision);
}
