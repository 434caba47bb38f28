package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Transactions;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationInbox;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Keeps genuine notifications that nothing can be done with, each with a case. */
@Component
public class Unrecognised {
    private static final String KIND = "unrecognised";

    private final NotificationInbox inbox;
    private final Cases cases;
    private final Timeline timeline;
    private final Transactions transactions;

    Unrecognised(NotificationInbox inbox, Cases cases, Timeline timeline, Transactions transactions) {
        this.inbox = inbox;
        this.cases = cases;
        this.timeline = timeline;
        this.transactions = transactions;
    }

    /** Answers whether it is new. */
    public boolean keep(byte[] body, String why, Trigger trigger) {
        String subject = "notification:" + HexFormat.of().formatHex(NotificationInbox.digest(body), 0, 16);
        return transactions.run(SellerId.PLATFORM, () -> {
            boolean first = inbox.rememberUnrecognised(body, trigger);
            if (first) {
                cases.open(SellerId.PLATFORM, new Case.Draft(KIND, subject, null, null, Map.of("why", why)));
            }
            timeline.append(
                    SellerId.PLATFORM,
                    new Event(
                            subject,
                            trigger.at(),
                            Event.TRIGGER,
                            trigger.cause().word(),
                            trigger.source(),
                            Map.of(Event.OUTCOME, first ? KIND + ": " + why : Event.ABSORBED)));
            return first;
        });
    }
}
