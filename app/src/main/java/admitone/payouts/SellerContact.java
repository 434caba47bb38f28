package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewContact;
import admitone.database.Transactions;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Messenger.PressButton;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Which Telegram user a seller is. Who is asked about destinations can send the money elsewhere: so a change that the operator asks for
 * counts after the cooling-off only, which begins when whoever it is now has been asked, and until then they may say no.
 */
@Component
public class SellerContact {
    private static final Pattern BUTTON = Pattern.compile("contact:no:([0-9a-hjkmnp-tv-z]{12})");

    private final Catalog catalog;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;
    private final Duration coolingOff;

    SellerContact(
            Catalog catalog,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock,
            Settings settings) {
        this.catalog = catalog;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
        this.coolingOff = settings.payouts().coolingOff();
    }

    /** By the operator, within the current transaction; of who it is already: a change under way is off. */
    public void ask(SellerId seller, long user, String by) {
        long now = catalog.lockSeller(seller).telegramUserId();
        if (user == now) {
            withdraw(seller, "operator", by);
            return;
        }
        if (catalog.newContact(seller).filter(it -> it.telegramUserId() == user).isPresent()) {
            return; // who repeats the request puts nothing off
        }
        begin(seller, now, user);
        note(seller, "contact_asked", "operator", by, user);
    }

    private void begin(SellerId seller, long now, long user) {
        NewContact asked = new NewContact(user, earliest());
        catalog.newContact(seller, asked);
        tasks.owe(seller, ContactTask.ask(now, asked));
    }

    /** When a change counts of which whoever it is now is asked at this moment. */
    Instant earliest() {
        return clock.instant().plus(coolingOff).truncatedTo(ChronoUnit.MILLIS);
    }

    boolean isUnderWay(SellerId seller, NewContact asked) {
        return catalog.newContact(seller).filter(asked::equals).isPresent();
    }

    /** Within the current transaction: whoever it is now has read that it counts from then on, or can be told nothing. */
    void asked(SellerId seller, NewContact asked, Instant countsFrom) {
        catalog.lockSeller(seller);
        if (!isUnderWay(seller, asked)) {
            return;
        }
        NewContact told = new NewContact(asked.telegramUserId(), countsFrom);
        catalog.newContact(seller, told);
        tasks.owe(seller, ContactTask.change(told));
    }

    /** Within the current transaction, after a restore: whoever it is now may have said no since, and is asked once more. */
    void askAgain(SellerId seller) {
        long now = catalog.lockSeller(seller).telegramUserId();
        catalog.newContact(seller).ifPresent(it -> {
            begin(seller, now, it.telegramUserId());
            note(seller, "contact_asked", "restore", Payout.BY_ITSELF, it.telegramUserId());
        });
    }

    /** Within the current transaction, when its time has come. */
    void change(SellerId seller, long user, Instant countsFrom) {
        long before = catalog.lockSeller(seller).telegramUserId();
        if (!isUnderWay(seller, new NewContact(user, countsFrom))) {
            return; // it is off, or another was asked for
        }
        catalog.forgetNewContact(seller);
        catalog.contact(seller, user, countsFrom);
        note(seller, "contact_changed", "time", Payout.BY_ITSELF, user);
        tasks.owe(seller, ContactTask.tell(ContactTask.Step.NOT_ANY_MORE, before, countsFrom));
        tasks.owe(seller, ContactTask.tell(ContactTask.Step.NOW, user, countsFrom));
    }

    private boolean withdraw(SellerId seller, String cause, String by) {
        long stays = catalog.lockSeller(seller).telegramUserId(); // first, as who asks for one and who changes it
        if (!catalog.forgetNewContact(seller)) {
            return false;
        }
        note(seller, "contact_stays", cause, by, stays);
        tasks.owe(seller, ContactTask.tell(ContactTask.Step.STAYS, stays, clock.instant()));
        return true;
    }

    static PressButton no(String text, SellerId seller) {
        return new PressButton(text, "contact:no:" + seller.value());
    }

    public boolean isOne(Pressed pressed) {
        return BUTTON.matcher(pressed.data()).matches();
    }

    /** Opens a transaction of the seller; a message about what came of it follows. False: the button is of no use any more. */
    public boolean pressed(Pressed pressed) {
        Matcher button = BUTTON.matcher(pressed.data());
        if (!button.matches()) {
            return false;
        }
        SellerId seller = new SellerId(button.group(1));
        return catalog.isSeller(seller, pressed.userId())
                && transactions.run(seller, () -> withdraw(seller, "seller", "seller"));
    }

    private void note(SellerId seller, String kind, String cause, String by, long user) {
        timeline.append(
                seller,
                new Event(
                        Safeguards.ALL,
                        clock.instant(),
                        kind,
                        cause,
                        by,
                        Map.of("telegram_user_id", Long.toString(user))));
    }
}
