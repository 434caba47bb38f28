package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PayoutTerms;
import admitone.money.Money;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** How a seller is paid out, and what the operator keeps of each sale: changed by the operator, and told to the seller. */
@Component
public class SellerTerms {
    private final Catalog catalog;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    SellerTerms(Catalog catalog, Tasks tasks, Timeline timeline, Clock clock) {
        this.catalog = catalog;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** Within the current transaction. Orders that were made keep their fee; what was made of payouts goes on. */
    public void change(SellerId id, PayoutTerms payout, BigDecimal feePercent, String by) {
        Seller before = catalog.lockSeller(id);
        if (before.payout().equals(payout) && before.feePercent().compareTo(feePercent) == 0) {
            return;
        }
        catalog.terms(id, payout, feePercent);
        Map<String, String> said = said(payout, feePercent);
        timeline.append(id, new Event(Safeguards.ALL, clock.instant(), "terms_set", "operator", by, said));
        tasks.owe(id, TellTermsTask.owed(said, clock.instant()));
    }

    private static Map<String, String> said(PayoutTerms payout, BigDecimal feePercent) {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("mode", payout.mode().name().toLowerCase(Locale.ROOT));
        Money threshold = payout.threshold();
        if (threshold != null) {
            said.put("threshold", threshold.text());
        }
        said.put("fee_percent", feePercent.stripTrailingZeros().toPlainString());
        return said;
    }
}
