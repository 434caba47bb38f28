package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.nowpayments.Withdrawal;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * The real process dies at each step of one payout, as by kill -9, one death after the other; the seller is paid once.
 * {@code -Dadmitone.crash-rounds=n} does it with n payouts.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PayoutCrashFlowTests {
    private static final int ROUNDS = Integer.getInteger("admitone.crash-rounds", 1);

    private final World world = new World(Map.of(
            "ADMITONE_SWEEP_FIRST", "24h",
            "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
            "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password",
            "ADMITONE_NOWPAYMENTS_TOTP_SECRET", "JBSWY3DPEHPK3PXP"));
    private final Service service = world.service;

    @AfterAll
    void close() {
        world.close();
    }

    static IntStream rounds() {
        return IntStream.rangeClosed(1, Math.max(1, ROUNDS));
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void killedAtEachStepOfAPayout(int round) throws Exception {
        service.startIfDown();
        Shop shop = world.openShopPaidOut();

        service.dieAt("CP21_BEFORE_PAYOUT_IS_MADE");
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.provider.pay(purchase.id());
        World.await("the death while it is made").until(() -> {
            press(shop);
            return !service.isAlive();
        });
        service.awaitDeath();

        service.start();
        String payout = made(shop);
        service.dieAt("CP22_BEFORE_PAYOUT_CALL");
        whatever(() -> service.post("/api/v1/payouts/" + payout + "/approve", Map.of()));
        service.awaitDeath();

        service.start();
        World.await("a look that finds no batch").until(() -> isAbsent(shop));
        service.dieAt("CP23_PAYOUT_CREATED");
        anHourGoesBy(shop);
        service.awaitDeath();
        assertThat(batches(payout)).extracting(Withdrawal::status).containsExactly("CREATING");

        // each goes on where the one before died
        service.startAndDieAt("CP25_BEFORE_VERIFY");
        service.startAndDieAt("CP25_CODE_ON_RECORD");
        assertThat(batches(payout)).extracting(Withdrawal::status).containsExactly("CREATING");
        service.startAndDieAt("CP26_VERIFIED");
        assertThat(batches(payout)).extracting(Withdrawal::status).doesNotContain("CREATING");
        service.startAndDieAt("CP27_BEFORE_PAYOUT_IS_BOOKED");
        assertThat(batches(payout)).extracting(Withdrawal::status).containsExactly("FINISHED");

        service.start();
        isPaidOnce(shop, payout);
    }

    private void isPaidOnce(Shop shop, String payout) {
        World.await("the end of it")
                .until(() -> payout(payout)
                        .path("payout")
                        .path("state")
                        .stringValue("")
                        .equals("finished"));

        JsonNode whole = payout(payout);
        assertThat(whole.path("attempts"))
                .as("the one that never left, and the one that was paid")
                .hasSize(2);
        assertThat(whole.path("attempts").path(1).path("codes").intValue()).isEqualTo(2);
        assertThat(batches(payout)).singleElement().satisfies(batch -> {
            assertThat(batch.status()).isEqualTo("FINISHED");
            assertThat(batch.amount())
                    .isEqualByComparingTo(
                            whole.path("payout").path("coin_amount").stringValue());
        });
        assertThat(payouts(shop)).hasSize(1);
        assertThat(world.accrued(shop)).isPositive().isEqualByComparingTo(world.balance(shop, "paid_out_usd"));
        assertThat(world.balance(shop, "reserved_usd")).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(world.balance(shop, "available_usd")).isEqualByComparingTo(BigDecimal.ZERO);
        for (var invariant : service.ok(service.get("/api/v1/invariants"))) {
            assertThat(invariant.path("violations").intValue())
                    .as(invariant.path("title").stringValue())
                    .isZero();
        }
    }

    /** The seller's one payout, by the button or by itself. */
    private String made(Shop shop) {
        World.await("a payout").until(() -> {
            press(shop);
            return !payouts(shop).isEmpty();
        });
        return payouts(shop).getFirst().path("payout_id").stringValue();
    }

    private void press(Shop shop) {
        whatever(() -> service.post("/api/v1/sellers/" + shop.sellerId() + "/payouts", Map.of()));
    }

    /** Who dies does not answer. */
    private static void whatever(Runnable asked) {
        try {
            asked.run();
        } catch (IllegalStateException e) {
            // it is dead
        }
    }

    private List<JsonNode> payouts(Shop shop) {
        return service.ok(service.get("/api/v1/payouts?seller_id=" + shop.sellerId()))
                .path("items")
                .valueStream()
                .toList();
    }

    private JsonNode payout(String id) {
        return service.ok(service.get("/api/v1/payouts/" + id));
    }

    /** What was made for it at the provider. */
    private List<Withdrawal> batches(String payout) {
        return world.provider.withdrawals().stream()
                .filter(one -> String.valueOf(one.uniqueExternalId()).startsWith(payout + "_"))
                .toList();
    }

    private boolean isAbsent(Shop shop) throws IOException, SQLException {
        try (Connection database = service.database();
                var select = database.prepareStatement(
                        "select from payouts.attempt where seller_id = ? and absent_at is not null")) {
            select.setString(1, shop.sellerId());
            return select.executeQuery().next();
        }
    }

    /** After which a batch that was not verified is none any more. */
    private void anHourGoesBy(Shop shop) throws IOException, SQLException {
        try (Connection database = service.database();
                var attempt = database.prepareStatement("""
                        update payouts.attempt set called_at = called_at - interval '61 minutes',
                          absent_at = absent_at - interval '61 minutes' where seller_id = ?
                        """);
                var look = database.prepareStatement("""
                        update tasks.task set due_at = due_at - interval '61 minutes'
                        where seller_id = ? and kind = 'create_payout' and state = 'ready'
                        """)) {
            attempt.setString(1, shop.sellerId());
            assertThat(attempt.executeUpdate()).isEqualTo(1);
            look.setString(1, shop.sellerId());
            assertThat(look.executeUpdate()).isEqualTo(1);
        }
    }
}
