package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
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

    /** The same members are imported once more when the other bot is left. */
    private static final Duration ANSWER_HOLDS = Duration.ofDays(30);

    private final Cases cases;
    private final Tasks tasks;
    private final Clock clock;

    NotStartedCase(Cases cases, Tasks tasks, Clock clock) {
        this.cases = cases;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** Within the current transaction: once for each import, which {@code key} names, and not while the channel's seller is asked, or has just answered. */
    void offer(SellerId seller, UUID channelId, String key, int members) {
        if (cases.isAskedAbout(
                seller, KIND, "channel", channelId.toString(), clock.instant().minus(ANSWER_HOLDS))) {
            return;
        }
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
