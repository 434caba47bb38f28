package admitone.bot;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.money.Money;

/** The post of plans in an open chat, and what its seller is told about it. */
interface PostTexts {
    Html post(String channel);

    String plan(String plan, Lasting.Days days, Money price);

    /** What one gets by a plan. */
    Html says(String plan, Lasting.Days days, String description);

    String allPlans();

    /** To the seller: the post could not be made. */
    Html refused(String channel, String why);

    /** Posts again what was refused or switched off. */
    String on();

    String off();

    /** To the press of a button: plain, at most 200 characters. */
    String isOn();

    String isOff();
}
