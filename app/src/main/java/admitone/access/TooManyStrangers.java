package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Task;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** After so many strangers by the links of one grant, no further link is given until a person says so; its buyer is told that they are asked. */
@Component
public class TooManyStrangers implements CaseDecider {
    public static final String KIND = "too_many_strangers";

    /** And as many again each time a person lets the buyer have another link. */
    static final int MOST_STRANGERS = 5;

    private static final String ANOTHER_LINK = "another_link";
    private static final String KEEP = "keep";
    private static final String GRANT = "grant";

    private final Grants grants;
    private final Strangers strangers;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    TooManyStrangers(Grants grants, Strangers strangers, Cases cases, Tasks tasks, Timeline timeline, Clock clock) {
        this.grants = grants;
        this.strangers = strangers;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    boolean areTooMany(Grant grant) {
        int given = cases.countDecidedAbout(grant.seller(), KIND, GRANT, grant.handle(), ANOTHER_LINK);
        return strangers.countOf(grant) >= MOST_STRANGERS * (1 + given);
    }

    /** Whether a person has decided that no further link is given, and is asked nothing more. */
    boolean isKept(Grant grant) {
        return cases.countDecidedAbout(grant.seller(), KIND, GRANT, grant.handle(), KEEP) > 0
                && !cases.isOpenAbout(grant.seller(), KIND, GRANT, grant.handle());
    }

    /** Within the current transaction, which holds the seat: a person is asked, once, and the buyer is told so whenever they ask. */
    void ask(Task task, Grant grant) {
        tasks.owe(grant.seller(), Effects.tellHeldBack(grant, "task-" + task.id()));
        if (cases.isOpenAndToldAbout(grant.seller(), KIND, GRANT, grant.handle())) {
            return;
        }
        int count = strangers.countOf(grant);
        Map<String, String> detail = new LinkedHashMap<>(grant.seat().told());
        detail.put(GRANT, grant.handle());
        detail.put("strangers", Integer.toString(count));
        boolean isNew = cases.openAndTell(
                grant.seller(),
                new Case.Draft(
                        KIND,
                        "strangers:" + grant.id() + ":" + count,
                        grant.paymentId().orElse(null),
                        grant.orderId().orElse(null),
                        detail));
        if (isNew) {
            timeline.append(
                    grant.seller(),
                    new Event(
                            grant.subject(),
                            clock.instant(),
                            "case_opened",
                            "task",
                            task.source(),
                            Map.of("kind", KIND)));
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                ANOTHER_LINK,
                "the buyer is sent another link; you are asked again after " + MOST_STRANGERS + " more strangers",
                KEEP,
                "the buyer gets no further link; what they bought stays theirs, and you may give another one later");
    }

    @Override
    public Set<String> forNow() {
        return Set.of(KEEP);
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (decision.equals(ANOTHER_LINK)) {
            Handle.parse(Handle.GRANT, one.need(GRANT))
                    .flatMap(handle -> grants.find(seller, handle.id()))
                    .ifPresent(grant -> tasks.owe(seller, Effects.assignLink(grant, "case-" + one.id())));
        }
    }
}
