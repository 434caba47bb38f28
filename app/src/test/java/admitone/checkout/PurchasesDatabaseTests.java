package admitone.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Ipn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PurchasesDatabaseTests {
    private static final String UNKNOWN = "ao_0123456789ab_" + "0".repeat(36);

    private final Core core = Core.start("purchases");
    private final Purchases purchases = core.bean(Purchases.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void findsManyAsItFindsEach() {
        List<String> known = new ArrayList<>();
        known.addAll(ordersOf("0123456789ab", "700"));
        known.addAll(ordersOf("0123456789ac", "800"));
        List<String> asked = new ArrayList<>(known);
        asked.addAll(List.of(UNKNOWN, "", "nonsense", "PGP-41|-1001000000002", "\u0000", known.getFirst()));

        Map<String, Purchase> found = purchases.findAll(asked);

        assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(known);
        assertThat(found)
                .allSatisfy((id, purchase) ->
                        assertThat(purchase).isEqualTo(purchases.find(id).orElseThrow()));
        assertThat(found.values()).anySatisfy(purchase -> {
            assertThat(purchase.payments()).hasSize(2);
            assertThat(purchase.granted()).isNotNull();
        });
    }

    /** One untouched, one paid twice, one failed. */
    private List<String> ordersOf(String seller, String payment) {
        Core.Shop shop = core.shop(seller);
        Order untouched = core.order(shop);
        Order paidTwice = core.order(shop, 42);
        core.hear(Ipn.finished(payment + "1", paidTwice.id()));
        core.hear(Ipn.finished(payment + "2", paidTwice.id()));
        Order failed = core.order(shop, 43);
        core.hear(Ipn.of(payment + "3", failed.id(), "failed"));
        return List.of(untouched.id(), paidTwice.id(), failed.id());
    }

    @Test
    void findsNoneOfNone() {
        assertThat(purchases.findAll(List.of())).isEmpty();
        assertThat(purchases.findAll(List.of(UNKNOWN, "nonsense"))).isEmpty();
    }
}
