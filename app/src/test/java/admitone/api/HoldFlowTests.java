package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a person does by HTTP after a restore. */
class HoldFlowTests {
    @SuppressWarnings("NullAway.Init")
    private static TestService service;

    @BeforeAll
    static void start() {
        service = TestService.start("hold");
        TestService.until(() -> count("hold.identity") == 1);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void lift() {
        service.sql()
                .sql("update hold.hold set lifted_at = began_at, lifted_by = 'test' where lifted_at is null")
                .update();
    }

    @Test
    void showsWhatWaitsAndWhatAResumeWillDo() {
        String id = hold();

        var shown = service.operator().get("/api/v1/hold").must(200).json();

        assertThat(shown.path("held").asBoolean()).isTrue();
        assertThat(shown.path("hold_id").asString()).isEqualTo(id);
        assertThat(shown.path("reason").asString()).isEqualTo("behind");
        assertThat(shown.path("on_resume")).isNotEmpty();
        assertThat(service.operator().get("/api/v1/queues").must(200).json())
                .anySatisfy(queue -> {
                    assertThat(queue.path("name").asString()).isEqualTo("deliver_access");
                    assertThat(queue.path("held").asBoolean()).isTrue();
                })
                .anySatisfy(queue -> {
                    assertThat(queue.path("name").asString()).isEqualTo("accrue");
                    assertThat(queue.path("held").asBoolean()).isFalse();
                });
    }

    @Test
    void answersTheSameToARepeatedResume() {
        String id = hold();
        TestClient client = service.operator().withKey("resume " + id);

        var first = resume(client, id).must(200);
        var again = resume(client, id).must(200);

        assertThat(first.json().path("lifted").asBoolean()).isTrue();
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(service.operator().get("/api/v1/hold").json().path("held").asBoolean())
                .isFalse();
        assertThat(count("timeline.event where kind = 'hold_lifted' and detail->>'hold' = '" + uuidOf(id) + "'"))
                .isOne();
        assertThat(resume(client, handle(UUID.randomUUID())).must(422).code()).isEqualTo("idempotency_key_reused");
    }

    @Test
    void saysThatNothingWasLiftedWhereNothingIsHeld() {
        var answer = resume(service.operator(), handle(UUID.randomUUID())).must(200);

        assertThat(answer.json().path("lifted").asBoolean()).isFalse();
        assertThat(service.operator()
                        .get("/api/v1/hold")
                        .must(200)
                        .json()
                        .path("held")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void refusesToLiftAnotherHoldThanTheOneThatIsOn() {
        String id = hold();
        String other = handle(UUID.randomUUID());
        TestClient client = service.operator().withKey("another " + id);

        assertThat(resume(client, other).must(409).code()).isEqualTo("another_hold");

        assertThat(service.operator().get("/api/v1/hold").json().path("hold_id").asString())
                .isEqualTo(id);
        lift();
        assertThat(resume(client, other).must(200).json().path("lifted").asBoolean())
                .as("a refusal is no answer that is kept")
                .isFalse();
    }

    @Test
    void refusesASellersToken() {
        TestClient seller = service.as(service.newSeller("Seller"));
        String id = hold();

        assertThat(seller.get("/api/v1/hold").must(404).code()).isEqualTo("not_found");
        assertThat(resume(seller, id).must(404).code()).isEqualTo("not_found");

        assertThat(count("hold.hold where lifted_at is null")).isOne();
    }

    private static TestClient.Reply resume(TestClient client, String holdId) {
        return client.post("/api/v1/hold/resume", Map.of("hold_id", holdId));
    }

    /** A hold as the watch begins it; answers its id. */
    private static String hold() {
        UUID id = UUID.randomUUID();
        service.sql().sql("""
                        insert into hold.hold (seller_id, hold_id, epoch, reason, why, noticed_by, began_at)
                        select seller_id, ?, epoch, 'behind', 'a test', 'test', now() from hold.identity
                        """).param(id).update();
        return handle(id);
    }

    private static String handle(UUID id) {
        return new Handle(Handle.HOLD, SellerId.PLATFORM, id).toString();
    }

    private static UUID uuidOf(String handle) {
        return Handle.parse(Handle.HOLD, handle).orElseThrow().id();
    }

    private static long count(String fromWhere) {
        return service.sql()
                .sql("select count(*) from " + fromWhere)
                .query(Long.class)
                .single();
    }
}
