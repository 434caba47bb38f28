package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Asks a person, in one case, about those of a day who are too many for a case each. */
@Component
class ManyOutsidersCase implements CaseDecider {
    static final String KIND = "many_inside_without_grant";

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
        return Map.of(
                Outsiders.KEEP, "all of them who are still inside are whitelisted",
                Outsiders.REMOVE, "all of them are removed, unless they have bought meanwhile; they may buy later",
                Outsiders.DISMISS, "nothing is done, and they are not asked about again as long as they stay");
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        Map<String, String> detail = one.detail();
        tasks.owe(
                seller,
                Effects.decideOutsiders(
                        UUID.fromString(need(detail, "channel")),
                        Instant.parse(need(detail, "from")),
                        Instant.parse(need(detail, "until")),
                        decision));
    }

    private static String need(Map<String, String> detail, String name) {
        return Objects.requireNonNull(detail.get(name), name);
    }
}
