package admitone.bot;

import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.money.Money;

/** What the bot says to a seller about the plans of a channel. */
interface PlanTexts {
    Html list(String channel, Html plans, String link);

    Html none(String channel, String link);

    /** One of {@link #list}. */
    Html line(String plan, Lasting.Days days, Money price);

    /** So many are on sale that are not listed. */
    Html more(int plans);

    Html added(Lasting.Days days, Money price, Html list);

    Html howLong(String channel);

    Html price(String channel, Lasting.Days days, Money most);

    Html noPrice(String said, Money most);

    // the parts of one message: what it is, what one gets, and what can be done

    Html confirm(String channel, Lasting.Days days, Money price);

    /** Besides: nobody can pay so little. */
    Html tooCheap(Money least);

    Html says(String description);

    Html putOnSale();

    Html mayDescribe(int most);

    Html mayChange();

    Html tooLong(int most);

    Html full(String channel, int most);

    /** Whether to take the only plan off sale. */
    Html last(String channel, Lasting.Days days, Money price);

    // buttons

    /** In the list of what somebody sells. */
    String plansOf(String channel);

    String add();

    String span(Lasting.Days days);

    String at(Money price);

    String yes();

    String no();

    String stop(Lasting.Days days, Money price);

    // words to a press: plain, at most 200 characters

    String dropped();

    String stopped();
}
