package admitone.audit;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Takes an answer about what two sides say differently, where no night will find it gone by itself. */
@Component
class DifferenceCase implements CaseDecider {
    private static final String MENDED = "mended";
    private static final String ACCEPT = "accept";

    private final Nights nights;
    private final Clock clock;

    DifferenceCase(Nights nights, Clock clock) {
        this.nights = nights;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Nights.CASE;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                MENDED, "You have put it right: you are asked anew if the next night still finds it.",
                ACCEPT,
                        "It stays, and the reason says why: you are not asked about it again unless it goes and comes back.");
    }

    @Override
    public boolean isForOperator() {
        return true;
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (decision.equals(MENDED)) {
            nights.mended(
                    one.need("difference"), one.need("about"), LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
        }
    }
}
