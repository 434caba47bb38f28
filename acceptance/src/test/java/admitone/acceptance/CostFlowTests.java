package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What fulfilling a payment costs the database, counted by the database. */
class CostFlowTests {
    private static final int PAYMENTS = 20;
    private static final int MOST_STATEMENTS = 16;

    /** All rows that a settling notification writes, by the transaction that wrote them last. */
    private static final String TRANSACTIONS_OF_A_PAYMENT = """
            select count(distinct x) from (
              select xmin::text x from payments.payment where payment_id = ?
              union all select xmin::text from payments.notification where payment_id = ?
              union all select xmin::text from access.grants where payment_id = ?
              union all select xmin::text from ledger.journal where reference = 'payment:' || ?
              union all select xmin::text from checkout.orders where paid_by = ?
              union all select xmin::text from timeline.entry where subject = 'payment:' || ?
              union all select t.xmin::text from tasks.task t join access.grants g
                on t.subject in ('grant:' || g.grant_id, 'payment:' || g.payment_id) where g.payment_id = ?) rows
            """;

    @Test
    void oneCommitFromTheSettlingNotificationToGrantAccrualAndOwedEffects() throws Exception {
        try (World world = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h"))) {
            world.service.start();
            countStatements(world.service.dataDir());
            world.service.close();
            world.service.start();
            Shop shop = world.openShop();
            // the rate of the coin is known before the first payment that is counted
            Purchase first = world.buy(shop, world.newBuyer());
            world.settle(first.id(), true);
            World.await("the accrual").until(() -> world.lines(first.paymentId(), "accrual") == 1);
            for (String queue : List.of("deliver_access", "tell_seller")) {
                assertThat(world.service
                                .post("/api/v1/queues/" + queue + "/pause", Map.of())
                                .status())
                        .isLessThan(300);
            }
            List<Purchase> purchases = new ArrayList<>();
            for (int i = 0; i < PAYMENTS; i++) {
                purchases.add(world.buy(shop, world.newBuyer()));
            }

            try (Connection database = world.service.database()) {
                database.createStatement().execute("create extension pg_stat_statements");
                database.createStatement().execute("select pg_stat_statements_reset()");
                for (Purchase purchase : purchases) {
                    world.settle(purchase.id(), false);
                    assertThat(world.provider
                                    .notify(purchase.id(), 1, false)
                                    .getFirst()
                                    .httpStatus())
                            .isEqualTo(200);
                }
                long statements = number(database, """
                        select sum(calls) from pg_stat_statements
                        where query ~ '(payments|checkout|access|ledger|timeline|catalog|cases)\\.' or query ~ 'insert into tasks'
                        """);
                long written = number(
                        database,
                        "select coalesce(sum(calls), 0) from pg_stat_statements where query ~ 'update checkout.orders'");

                System.out.printf(
                        "%d payments fulfilled: %.1f statements each, one transaction each%n",
                        written, statements / (double) PAYMENTS);
                for (Purchase purchase : purchases) {
                    assertThat(transactionsOf(database, purchase.paymentId()))
                            .as("commits of one payment")
                            .isEqualTo(1);
                }
                assertThat(written).isEqualTo(PAYMENTS);
                assertThat(statements).isLessThanOrEqualTo((long) PAYMENTS * MOST_STATEMENTS);
            }
        }
    }

    private static void countStatements(Path dataDir) throws Exception {
        Files.writeString(
                dataDir.resolve("postgres/data/postgresql.conf"),
                "\nshared_preload_libraries = 'pg_stat_statements'\n",
                StandardOpenOption.APPEND);
    }

    private static long transactionsOf(Connection database, String paymentId) throws SQLException {
        try (var query = database.prepareStatement(TRANSACTIONS_OF_A_PAYMENT)) {
            for (int i = 1; i <= 7; i++) {
                query.setString(i, paymentId);
            }
            var rows = query.executeQuery();
            rows.next();
            return rows.getLong(1);
        }
    }

    private static long number(Connection database, String sql) throws SQLException {
        try (var rows = database.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
