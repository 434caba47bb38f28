package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelTimeFlowTests {
    private static final TestService SERVICE = TestService.shared();

    private final TestClient api = SERVICE.operator();

    @Test
    void defaultsHoldUntilTheyAreSet() {
        String path = path(SERVICE.newShop("1.35", 30));
        var before = api.get(path).must(200);
        assertThat(before.body())
                .contains(
                        "\"reminders_hours\":[72,24]",
                        "\"grace_hours\":24",
                        "\"unreachable_days\":7",
                        "\"most_removals\":20",
                        "\"most_removals_percent\":10");

        api.call("PUT", path, "{\"reminders_hours\":[1,240],\"grace_hours\":48}", "application/json")
                .must(200);

        assertThat(api.get(path).must(200).body())
                .contains("\"reminders_hours\":[240,1]", "\"grace_hours\":48", "\"unreachable_days\":7");
        api.call("PUT", path, "{\"reminders_hours\":[]}", "application/json").must(200);
        assertThat(api.get(path).must(200).body()).contains("\"reminders_hours\":[]", "\"grace_hours\":24");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reminders_hours       | [0]",
                "reminders_hours       | [337]",
                "reminders_hours       | [1,2,3,4,5,6]",
                "reminders_hours       | [\"x\"]",
                "reminders_hours       | 24",
                "grace_hours           | 0",
                "grace_hours           | 721",
                "unreachable_days      | 91",
                "most_removals         | 0",
                "most_removals_percent | 101",
            })
    void limitsAreKept(String field, String value) {
        String path = path(SERVICE.newShop("1.35", 30));

        var refused = api.call("PUT", path, "{\"" + field + "\":" + value + "}", "application/json");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains(field, "whole number");
    }

    @Test
    void questionAboutManyRemovalsIsDecidedByItsOwnWordsOnce() {
        TestService.Shop shop = SERVICE.newShop("1.35", 30);
        api.call("PUT", path(shop), "{}", "application/json").must(200);
        UUID question = UUID.randomUUID();
        SERVICE.sql()
                .sql("update access.channel_terms set stopped = ?, stopped_at = now() where seller_id = ?")
                .params(question, shop.sellerId())
                .update();
        SERVICE.sql().sql("""
                        insert into cases.cases (seller_id, case_id, kind, subject, opened_at, detail)
                        select seller_id, ?, 'many_removals', 'removals:' || channel_id, now(), jsonb_build_object('channel', channel_id)
                        from access.channel_terms where seller_id = ?
                        """).params(UUID.randomUUID(), shop.sellerId()).update();
        String id = api.get("/api/v1/cases?seller_id=" + shop.sellerId())
                .must(200)
                .json()
                .path("items")
                .path(0)
                .path("case_id")
                .asString();

        var wrong = api.post("/api/v1/cases/" + id + "/decide", decision("dismiss"));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.body()).contains("go_on, keep");
        assertThat(api.get("/api/v1/cases/" + id).must(200).body()).contains("go_on", "keep");
        api.post("/api/v1/cases/" + id + "/decide", decision("go_on")).must(200);
        assertThat(api.post("/api/v1/cases/" + id + "/decide", decision("keep")).status())
                .isEqualTo(409);

        List<String> stopped = SERVICE.sql()
                .sql("select coalesce(stopped::text, 'goes on') from access.channel_terms where seller_id = ?")
                .param(shop.sellerId())
                .query((row, n) -> row.getString(1))
                .list();
        assertThat(stopped).containsExactly("goes on");
    }

    private static Map<String, Object> decision(String word) {
        return new HashMap<>(Map.of("decision", word, "reason", "as agreed"));
    }

    private static String path(TestService.Shop shop) {
        return "/api/v1/channels/" + shop.channelId() + "/time";
    }
}
