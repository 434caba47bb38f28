package admitone.fulfillment;

import admitone.messaging.Html;
import admitone.money.Money;

/** What the bot tells a seller of sales, and a buyer of money that gives no access yet. */
interface SaleTexts {
    Html one(String channel, Money price, Money balance);

    Html many(Html counts, Money balance);

    /** As {@link #one}, of a seller whose money comes to their own wallet at once. */
    Html oneDirect(String channel, Money price, Money earned);

    Html manyDirect(Html counts, Money earned);

    /** One of {@link #many}. */
    Html count(long count, String channel);

    /** After {@code sales}: how far it is to the next payout. */
    Html untilPayout(Html sales, Money missing, Money threshold);

    /** Stands for a channel that is not there any more. */
    String unnamedChannel();

    /** To the buyer, in the words of their page. */
    Html waits(String channel, String heading, String message);

    /** To the buyer, of a purchase that they have paid: what became of more money. */
    Html second(String channel, String message);

    /** To the buyer: a payout has given their payment back. */
    Html refunded(String channel, Money coins, String address);

    /** The same, where the transaction is known. */
    Html refundedBy(String channel, Money coins, String address, String hash);

    /** Opens the pay page. */
    String payRest();

    String openPurchase();
}
