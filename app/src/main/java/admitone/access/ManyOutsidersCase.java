package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Asks a person, in one case, about those of a day who are too many for a case each. */
@Component
public class ManyOutsidersCase implements CaseDecider {
    public static final String KIND = "many_inside_without_grant";

    private final Tasks tasks;

    ManyOutsidersCase(Tasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        Map<String, String> choices = new HashMap<>(OutsiderDecision.CHOICES);
        choices.put(
                Outsiders.REMOVE,
                OutsiderDecision.CHOICES.get(Outsiders.REMOVE) + "; " + DecideOutsidersTask.MOST_AT_ONCE
                        + " every ten minutes, and none while the channel is only observed: who is left waits until that ends");
        return Map.copyOf(choices);
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        tasks.owe(
                seller,
                Effects.decideOutsiders(
                        UUID.fromString(one.need("channel")),
                        Instant.parse(one.need("from")),
                        Instant.parse(one.need("until")),
                        decision));
    }
}
