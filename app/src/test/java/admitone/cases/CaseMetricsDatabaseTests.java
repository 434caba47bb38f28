package admitone.cases;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CaseMetricsDatabaseTests {
    private final Core core = Core.start("case_metrics");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void countsWhatWaitsForAPersonOfAllSellers() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        core.bean(CaseMetrics.class).bindTo(registry);
        for (Shop shop : new Shop[] {core.shop("0123456789ab"), core.shop("bbbbbbbbbbbb")}) {
            core.transactions.run(shop.seller(), () -> {
                Cases cases = core.bean(Cases.class);
                cases.open(shop.seller(), new Case.Draft("many_removals", "removals:1", null, null, Map.of()));
                cases.open(shop.seller(), new Case.Draft("buyer_banned", "channel:1", null, null, Map.of()));
                cases.settle(shop.seller(), "channel:1", "buyer_banned", "mended", "not any more");
            });
        }

        assertThat(registry.get("admitone.cases.open").gauge().value()).isEqualTo(2);
    }
}
