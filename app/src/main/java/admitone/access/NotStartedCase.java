package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Offers a seller who took over many members that never started this bot one post in the channel: without it nothing reminds them before their end. */
@Component
public class NotStartedCase implements CaseDecider {
    public static final String KIND = "members_not_started";

    /** Fewer are told of by name as their time ends. */
    static final int MANY = 10;

    private static final String POST = "post";

    private final Cases cases;
    private final Tasks tasks;

    NotStartedCase(Cases cases, Tasks tasks) {
        this.cases = cases;
        this.tasks = tasks;
    }

    /** Within the current transaction: once for each import, which {@code key} names. */
    void offer(SellerId seller, UUID channelId, String key, int members) {
        cases.openAndTell(
                seller,
                new Case.Draft(
                        KIND,
                        "not_started:" + channelId + ":" + key,
                        null,
                        null,
                        Map.of("channel", channelId.toString(), "members", Integer.toString(members))));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                POST,
                "the bot posts once in the channel that members press Start, so that it can remind them before their time ends",
                "dismiss",
                "nothing is posted");
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (decision.equals(POST)) {
            tasks.owe(seller, Effects.postStart(UUID.fromString(one.need("channel")), one.id()));
        }
    }
}
