package admitone.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The statement of one seller whose journal is that of a busy year: three lines an entry, sealed as any are. */
final class Statement {
    static final int LINES_OF_AN_ENTRY = 3;
    private static final long SEALED_WITHIN_SECONDS = 600;
    private static final List<String> LINES = List.of(
            "'settlement', 'provider_clearing', 'exchange', 273600000000000, 'eth'",
            "'accrual', 'exchange', 'seller_payable', 101, 'usd'",
            "'fee', 'exchange', 'fee_income', 5, 'usd'");

    private final Service service;
    private final String seller;
    private final int lines;

    private Statement(Service service, String seller, int lines) {
        this.service = service;
        this.seller = seller;
        this.lines = lines;
    }

    /** @param entries over the last 365 days */
    static Statement of(int entries, Service service, Connection database) throws SQLException {
        String seller = service.api()
                .post(
                        "/sellers",
                        Map.of(
                                "name",
                                "A busy year",
                                "telegram_user_id",
                                3_100_000_001L,
                                "fee_percent",
                                "5",
                                "payout",
                                Map.of("mode", "direct")))
                .path("seller_id")
                .stringValue();
        long until = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);
        long from = until - TimeUnit.DAYS.toMillis(365);
        for (String line : LINES) {
            try (var insert = database.prepareStatement("""
                    insert into ledger.journal (seller_id, entry_id, reference, at, kind, debit, credit, amount, asset)
                    select ?, (lpad(to_hex(ms), 12, '0') || '7000' || '8' || lpad(to_hex(i), 15, '0'))::uuid, 'payment:' || i,
                      to_timestamp(ms / 1000.0), %s
                    from (select i, ? + i * ((? - ?) / ?) as ms from generate_series(1::bigint, ?) i) made
                    """.formatted(line))) {
                insert.setString(1, seller);
                insert.setLong(2, from);
                insert.setLong(3, until);
                insert.setLong(4, from);
                insert.setLong(5, entries);
                insert.setLong(6, entries);
                insert.executeUpdate();
            }
        }
        int lines = LINES_OF_AN_ENTRY * entries;
        awaitSealed(database, seller, lines);
        return new Statement(service, seller, lines);
    }

    private static void awaitSealed(Connection database, String seller, int lines) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SEALED_WITHIN_SECONDS);
        try (var query = database.prepareStatement("select count(*) from ledger.sealed where seller_id = ?")) {
            query.setString(1, seller);
            while (true) {
                var row = query.executeQuery();
                row.next();
                if (row.getLong(1) == lines) {
                    return;
                }
                if (System.nanoTime() > end) {
                    throw new Failure("only " + row.getLong(1) + " of " + lines + " lines were sealed");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            }
        }
    }

    /** The newest lines, with the balance after each. */
    double firstPageMillis() {
        long began = System.nanoTime();
        int got = service.api()
                .get("/sellers/" + seller + "/ledger")
                .path("items")
                .size();
        double millis = (System.nanoTime() - began) / 1e6;
        if (got == 0) {
            throw new Failure("the statement has no lines");
        }
        return millis;
    }

    /** All lines; answers how many a second. */
    double csvPerSecond() {
        long began = System.nanoTime();
        long got = 0;
        try (InputStream csv =
                new BufferedInputStream(service.api().stream("/sellers/" + seller + "/ledger?format=csv"), 1 << 16)) {
            for (int next = csv.read(); next >= 0; next = csv.read()) {
                got += next == '\n' ? 1 : 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (got != lines + 1) {
            throw new Failure("the CSV has " + got + " lines, not " + lines + " and its head");
        }
        return lines / ((System.nanoTime() - began) / 1e9);
    }

    int lines() {
        return lines;
    }
}
