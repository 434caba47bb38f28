package admitone.payouts;

import admitone.messaging.Html;
import admitone.money.Money;

/** What a seller is told about how they are paid out from now on; {@code fee} in percent. */
interface TermsTexts {
    Html direct(String fee);

    Html instant(String fee);

    Html threshold(Money threshold, String fee);
}
