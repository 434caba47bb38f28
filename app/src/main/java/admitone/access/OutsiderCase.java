package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.runtime.SellerId;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Asks a person about somebody who is inside without a right. */
@Component
public class OutsiderCase implements CaseDecider {
    public static final String KIND = "inside_without_grant";

    private final OutsiderDecision decision;

    OutsiderCase(OutsiderDecision decision) {
        this.decision = decision;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return OutsiderDecision.CHOICES;
    }

    @Override
    public void decided(SellerId seller, Case one, String chosen, String by) {
        decision.take(Outsider.of(seller, one.detail()), chosen, by);
    }
}
