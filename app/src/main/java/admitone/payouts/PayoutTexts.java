package admitone.payouts;

import admitone.messaging.Html;
import admitone.money.Money;

/** What the bot tells a seller of payouts. */
interface PayoutTexts {
    Html made(Money amount, Money fee, Money coins, String address);

    Html awaitsApproval(Money amount, Money fee, Money coins, String address);

    /** It could not be sent for a day, and somebody is asked. */
    Html waits(Money amount);

    Html refundWaits(Money coins, String payment);

    Html sent(Money coins, String address, String hash);

    Html failed(Money amount, String reason);

    Html cameBack(Money amount, String reason);

    Html calledOff(Money amount, String payment);

    Html quotedAnew(Money amount, Money coins);

    /** To the seller, of a payment that is given back to its buyer. */
    Html refundAwaitsApproval(Money coins, String payment, String address, Money amount);

    Html refundSent(Money coins, String payment, String address, String hash);

    Html refundFailed(Money coins, String payment, String reason);

    Html refundCameBack(String payment, Money amount, String reason);

    Html refundOvertaken(String payment);

    /** The same of money that was set aside, and is on no balance. */
    Html asideAwaitsApproval(Money coins, String payment, String address);

    Html asideSent(Money coins, String payment, String address, String hash);

    Html asideCameBack(String payment, String reason);

    /** Why it has not gone through, in brackets. */
    String whyFailed();

    String whyRejected();

    String whyCancelled();

    String whyReleased();

    /** Stands where nobody told a reason or a hash. */
    String untold();

    Html noDestination();

    Html feeTooHigh(Money least);

    Html belowMinimum(Money least);
}
