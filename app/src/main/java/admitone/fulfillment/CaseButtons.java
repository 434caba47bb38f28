package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.fulfillment.CaseDecisions.Outcome;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Messenger.PressButton;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** The buttons by which a seller decides a case in the chat. Whoever presses must be that seller; it is decided as over REST. */
@Component
public class CaseButtons {
    private static final Pattern BUTTON = Pattern.compile("case:([a-z_]{1,12}):(\\w{1,48})");
    private static final String REASON = "decided in the chat by the seller";

    private final Cases cases;
    private final CaseDecisions decisions;
    private final Catalog catalog;
    private final Tasks tasks;
    private final Transactions transactions;

    CaseButtons(Cases cases, CaseDecisions decisions, Catalog catalog, Tasks tasks, Transactions transactions) {
        this.cases = cases;
        this.decisions = decisions;
        this.catalog = catalog;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    /** What came of a press. */
    public enum Came {
        DECIDED,
        DECIDED_BEFORE,
        /** It cannot be decided so; the message says anew what can be. */
        NOT_POSSIBLE,
        /** It may be in a moment. */
        NOT_NOW,
        /** No case that this person is told of. */
        NOT_THEIRS
    }

    static PressButton button(String text, String decision, Handle handle) {
        return new PressButton(text, "case:" + decision + ":" + handle);
    }

    /** Who decides by a button, on record. */
    static String by(long user) {
        return "Telegram user " + user;
    }

    public boolean isOne(Pressed pressed) {
        return BUTTON.matcher(pressed.data()).matches();
    }

    /** Opens a transaction of the seller. The message below which the button is says from then on what became of the case. */
    public Came pressed(long updateId, Pressed pressed) {
        Matcher button = BUTTON.matcher(pressed.data());
        return button.matches()
                ? Handle.parse(Handle.CASE, button.group(2))
                        .filter(handle -> catalog.isSeller(handle.seller(), pressed.userId()))
                        .flatMap(handle -> cases.find(handle.seller(), handle.id())
                                .filter(CaseMessages::isTold)
                                .map(one -> decide(updateId, pressed, handle.seller(), one, button.group(1))))
                        .orElse(Came.NOT_THEIRS)
                : Came.NOT_THEIRS;
    }

    private Came decide(long updateId, Pressed pressed, SellerId seller, Case one, String decision) {
        Asked asked = new Asked(decision, REASON, null, "seller", by(pressed.userId()));
        try {
            decisions.before(seller, one.id(), asked);
            return transactions.run(seller, () -> {
                show(updateId, pressed, seller, one);
                return came(decisions.decide(seller, one.id(), asked));
            });
        } catch (DecisionRefused e) { // it came through the transaction, which is rolled back
            transactions.run(seller, () -> show(updateId, pressed, seller, one));
            return e.code().equals(DecisionRefused.NOT_NOW) ? Came.NOT_NOW : Came.NOT_POSSIBLE;
        }
    }

    private void show(long updateId, Pressed pressed, SellerId seller, Case one) {
        if (pressed.messageId() != 0) {
            tasks.owe(seller, Work.showCase(one.id(), updateId, pressed));
        }
    }

    private static Came came(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Decided _ -> Came.DECIDED;
            case Outcome.Refused refused ->
                refused.code().equals(CaseDecisions.ALREADY_DECIDED) ? Came.DECIDED_BEFORE : Came.NOT_POSSIBLE;
        };
    }
}
