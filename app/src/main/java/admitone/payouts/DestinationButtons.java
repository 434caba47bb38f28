package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Messenger.PressButton;
import admitone.runtime.Handle;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** The buttons by which a seller says yes or no to where their money shall go. Whoever presses must be that seller. */
@Component
public class DestinationButtons {
    private static final Pattern BUTTON = Pattern.compile("dest:(yes|no):(\\w{1,60})");

    private final DestinationChanges changes;
    private final Catalog catalog;
    private final Transactions transactions;

    DestinationButtons(DestinationChanges changes, Catalog catalog, Transactions transactions) {
        this.changes = changes;
        this.catalog = catalog;
        this.transactions = transactions;
    }

    static PressButton yes(String text, Destination destination) {
        return new PressButton(text, "dest:yes:" + destination.handle());
    }

    static PressButton no(String text, Destination destination) {
        return new PressButton(text, "dest:no:" + destination.handle());
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
        Optional<Handle> handle = Handle.parse(Destination.HANDLE, button.group(2))
                .filter(one -> catalog.seller(one.seller())
                        .filter(seller -> seller.telegramUserId() == pressed.userId())
                        .isPresent());
        return handle.isPresent()
                && transactions.run(
                        handle.get().seller(),
                        () -> button.group(1).equals("yes")
                                ? changes.confirm(
                                        handle.get().seller(), handle.get().id())
                                : changes.withdraw(
                                        handle.get().seller(), handle.get().id(), "seller"));
    }
}
