package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Access by hand and by other systems, over REST. */
class GivenGrantFlowTests {
    private static final TestService SERVICE = TestService.shared();

    private final TestClient api = SERVICE.operator();
    private final TestService.Shop shop = SERVICE.newShop("1.35", 30);
    private final long user = SERVICE.newBuyer();

    @Test
    void isGivenExtendedAndRevoked() {
        JsonNode given =
                api.post("/api/v1/grants", draft(Map.of("days", 30))).must(201).json();
        assertThat(given.path("origin").asString()).isEqualTo("manual");
        assertThat(given.path("payment_id").isNull()).isTrue();
        assertThat(given.path("state").asString()).isEqualTo("active");
        String path = "/api/v1/grants/" + given.path("grant_id").asString();

        JsonNode extended = api.post(path + "/extend", Map.of("days", 5, "reason", "an outage"))
                .must(200)
                .json();
        assertThat(extended.path("grant_id")).isEqualTo(given.path("grant_id"));
        assertThat(extended.path("ends_at").asString())
                .isGreaterThan(given.path("ends_at").asString());

        JsonNode revoked = api.post(path + "/revoke", Map.of("reason", "asked for it"))
                .must(200)
                .json();
        assertThat(revoked.path("state").asString()).isEqualTo("ended");
        assertThat(api.post(path + "/revoke", Map.of("reason", "again")).status())
                .isEqualTo(409);
        assertThat(api.post(path + "/extend", Map.of("days", 5, "reason", "again"))
                        .status())
                .isEqualTo(409);
        assertThat(api.get(path + "/timeline").must(200).body())
                .contains("\"granted\"", "\"grant_extended\"", "\"grant_ended\"", "asked for it");
        assertThat(api.get("/api/v1/grants?channel_id=" + shop.channelId())
                        .must(200)
                        .body())
                .contains(given.path("grant_id").asString());
    }

    @Test
    void anotherSystemsReferenceIsOneGrant() {
        Map<String, Object> draft = draft(Map.of("days", 30, "origin", "external", "reference", "shop-4711"));
        JsonNode first = api.post("/api/v1/grants", draft).must(201).json();

        JsonNode again = api.post("/api/v1/grants", draft).must(200).json();
        assertThat(again.path("grant_id")).isEqualTo(first.path("grant_id"));
        draft.put("telegram_user_id", SERVICE.newBuyer());
        var other = api.post("/api/v1/grants", draft);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.body())
                .contains("reference_taken", first.path("grant_id").asString());
    }

    @Test
    void isRefusedInWords() {
        assertThat(api.post("/api/v1/grants", draft(Map.of("origin", "external")))
                        .body())
                .contains("reference", "by which id the other system knows");
        assertThat(api.post("/api/v1/grants", draft(Map.of("origin", "import"))).body())
                .contains("manual, external");
        assertThat(api.post("/api/v1/grants", draft(Map.of("days", 0))).body()).contains("1 to 36500");
        Map<String, Object> unexplained = draft(Map.of());
        unexplained.remove("reason");
        assertThat(api.post("/api/v1/grants", unexplained).body()).contains("reason");
    }

    private Map<String, Object> draft(Map<String, Object> more) {
        Map<String, Object> draft = new HashMap<>(
                Map.of("channel_id", shop.channelId(), "telegram_user_id", user, "reason", "a friend of the house"));
        draft.putAll(more);
        return draft;
    }
}
