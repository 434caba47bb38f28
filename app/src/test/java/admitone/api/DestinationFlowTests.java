package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DestinationFlowTests {
    private static final String FIRST = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    private static final String OTHER = "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359";

    private final TestService service = TestService.shared();
    private final TestClient api = service.operator();

    private TestClient.Reply seller(Map<String, String> payout) {
        return api.post(
                "/api/v1/sellers", Map.of("name", "Paid", "telegram_user_id", service.newBuyer(), "payout", payout));
    }

    private static Map<String, String> to(String address) {
        return Map.of("currency", "eth", "address", address);
    }

    private List<String> states(String path) {
        return api.get(path)
                .must(200)
                .json()
                .path("items")
                .valueStream()
                .map(item -> item.path("state").asString())
                .toList();
    }

    @Test
    void theFirstComesWithTheSellerAndCountsAtOnce() {
        JsonNode seller = seller(to(FIRST)).must(201).json();
        String path = "/api/v1/sellers/" + seller.path("seller_id").asString();

        JsonNode only = api.get(path + "/destinations").json().path("items").path(0);

        assertThat(seller.path("payout").path("address").asString()).isEqualTo(FIRST);
        assertThat(api.get(path).json().path("payout").path("currency").asString())
                .isEqualTo("eth");
        assertThat(only.path("state").asString()).isEqualTo("usable");
        assertThat(only.path("network").asString()).isEqualTo("eth");
        assertThat(only.path("version").asInt()).isEqualTo(1);
    }

    @Test
    void aChangeWaitsAndCanBeWithdrawn() {
        String path = "/api/v1/sellers/" + seller(to(FIRST)).must(201).text("seller_id") + "/destinations";
        String key = "change " + path;
        String id = api.withKey(key).post(path, to(OTHER)).must(201).text("destination_id");

        assertThat(api.withKey(key).post(path, to(OTHER)).must(201).text("destination_id"))
                .isEqualTo(id);
        assertThat(api.post(path, to(OTHER)).must(409).code()).isEqualTo("destination_waits");
        assertThat(states(path)).containsExactly("waiting_confirmation", "usable");

        api.delete(path + "/" + id).must(204);
        api.delete(path + "/" + id).must(204);
        assertThat(states(path)).containsExactly("withdrawn", "usable");
        assertThat(api.post(path, to(FIRST)).must(409).code()).isEqualTo("same_destination");
    }

    @Test
    void whatCountsIsNotWithdrawn() {
        String path = "/api/v1/sellers/" + seller(to(FIRST)).must(201).text("seller_id") + "/destinations";
        String id = api.get(path)
                .json()
                .path("items")
                .path(0)
                .path("destination_id")
                .asString();

        assertThat(api.delete(path + "/" + id).must(409).code()).isEqualTo("not_waiting");
    }

    @Test
    void aMistypedAddressIsRefusedByItsChecksumAndByTheProvider() {
        String mixed = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"; // the last letters are of the wrong case

        assertThat(seller(to(mixed)).body()).contains("payout.address", "checksum");
        assertThat(seller(to("0x5aaeb6")).body()).contains("payout.address", "not the form");
        assertThat(seller(Map.of("currency", "nocoin", "address", "x")).body()).contains("payout.currency");
        assertThat(seller(Map.of("currency", "eth", "address", FIRST, "extra_id", "7"))
                        .body())
                .contains("payout.extra_id");
        assertThat(seller(Map.of("currency", "eth", "extra_id", "7")).body()).contains("payout.address");
    }

    @Test
    void aSellersOwnTokenReadsAndChangesNothing() {
        String id = seller(to(FIRST)).must(201).text("seller_id");
        String path = "/api/v1/sellers/" + id + "/destinations";
        TestClient own = api.withToken(
                api.post("/api/v1/sellers/" + id + "/tokens", null).text("token"));

        own.get(path).must(200);
        own.post(path, to(OTHER)).must(404);
        assertThat(states(path)).containsExactly("usable");
    }
}
