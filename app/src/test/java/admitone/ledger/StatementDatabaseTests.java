package admitone.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.ledger.Ledger.Posted;
import admitone.ledger.Ledger.Span;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The balance beside a line, of a seller whose journal has several marks, lines that committed late, and some that are not sealed yet. */
@TestInstance(Lifecycle.PER_CLASS)
class StatementDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("statements");
    private final Ledger ledger = core.bean(Ledger.class);
    private final Sealing sealing = core.bean(Sealing.class);
    private final SellerId seller = core.bean(Ids.class).nextSeller();
    private final List<Instant> moments = new ArrayList<>();
    private int payments;

    @BeforeAll
    void aLongJournal() throws Exception {
        for (int batch = 0; batch < 6; batch++) {
            book(450);
            core.whileUncommitted(seller, () -> ledger.bookAtOnce(seller, next(), lines()), () -> {
                book(20);
                sealAll();
            });
            moments.add(core.clock.instant());
            core.clock.advance(Duration.ofMinutes(batch % 2 == 0 ? 9 : 30));
            sealAll();
        }
        core.clock.advance(Duration.ofHours(1));
        book(10);
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void isTheSumOfAllLinesUpToIt() {
        Money available = Money.zero(Asset.USD);
        Money accrued = Money.zero(Asset.USD);
        List<String> endsOfSeals =
                core.strings("select until_entry::text from ledger.seal where seller_id = ?", seller.value());
        int looked = 0;
        for (Posted line : all()) {
            available = available.plus(line.change());
            accrued = accrued.plus(line.earned());
            if (looked++ % 23 == 0 || endsOfSeals.contains(line.entryId().toString())) {
                Ledger.Balance after = ledger.balanceAfter(seller, new Ledger.Key(line.entryId(), line.kind()));
                assertThat(after.available()).as("line %s", looked).isEqualTo(available);
                assertThat(after.accrued()).as("line %s", looked).isEqualTo(accrued);
            }
        }
        assertThat(core.count("(select distinct seq from ledger.mark where seller_id = ?) m", seller.value()))
                .isGreaterThan(3);
        assertThat(ledger.balance(seller).available()).isEqualTo(available);
    }

    @Test
    void beforeASpanItIsTheSumOfWhatIsBefore() {
        for (Instant from : moments) {
            Money available = all().stream()
                    .filter(line -> line.entryId().compareTo(Ids.firstAt(from)) < 0)
                    .map(Posted::change)
                    .reduce(Money.zero(Asset.USD), Money::plus);

            assertThat(ledger.balanceBefore(seller, new Span(from, null)).available())
                    .isEqualTo(available);
        }
    }

    @Test
    void readsNoMoreThanTheLinesSinceAMark() {
        List<Posted> all = all();
        Posted last = all.getLast();
        core.owner()
                .sql("analyze ledger.journal, ledger.sealed, ledger.seal, ledger.mark")
                .update();

        assertThat(all.size()).isGreaterThan(8_000);
        // of ten minutes and the thousand to a mark, with their seals
        assertThat(readBy(() -> ledger.balanceAfter(seller, new Ledger.Key(last.entryId(), last.kind()))))
                .isLessThan(6_000);
        assertThat(readBy(() -> ledger.heldByProvider(seller, ETH))).isLessThan(6_000);
    }

    private long readBy(Runnable reading) {
        return core.transactions.run(seller, () -> {
            core.jdbc.sql("set local plan_cache_mode = force_generic_plan").update();
            core.jdbc.sql("set local enable_bitmapscan = off").update();
            long before = read();
            reading.run();
            return read() - before;
        });
    }

    @Test
    void whatTheProviderHoldsIsTheSumOfAllLines() {
        ledger.bookAtOnce(
                seller,
                next(),
                List.of(new Line(
                        Line.Kind.PAYOUT_COINS,
                        Account.EXCHANGE,
                        Account.PROVIDER_CLEARING,
                        Money.parse("0.25", ETH),
                        null)));

        assertThat(ledger.heldByProvider(seller, ETH).text())
                .isEqualTo(core.strings("""
                        select trim_scale(sum(case debit when 'provider_clearing' then amount else -amount end) / 1e18)::text from ledger.journal
                        where seller_id = ? and asset = 'eth' and 'provider_clearing' in (debit, credit)
                        """, seller.value()).getFirst());
    }

    private long read() {
        return core.jdbc.sql("""
                        select sum(coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::bigint from pg_stat_xact_user_tables
                        where schemaname = 'ledger'
                        """).query(Long.class).single();
    }

    private List<Posted> all() {
        return ledger.since(seller, Span.ALL, Optional.empty(), 10_000).stream()
                .map(Ledger.Stated::line)
                .toList();
    }

    private void sealAll() {
        while (sealing.seal(seller) || sealing.sealLate(seller)) {
            Thread.onSpinWait();
        }
    }

    private void book(int entries) {
        core.transactions.run(seller, () -> {
            for (int i = 0; i < entries; i++) {
                ledger.book(seller, next(), lines());
            }
        });
    }

    private String next() {
        return "payment:" + ++payments;
    }

    private static List<Line> lines() {
        return List.of(
                new Line(
                        Line.Kind.SETTLEMENT, Account.PROVIDER_CLEARING, Account.EXCHANGE, Money.parse("1", ETH), null),
                new Line(
                        Line.Kind.ACCRUAL,
                        Account.EXCHANGE,
                        Account.SELLER_PAYABLE,
                        Money.parse("1.06", Asset.USD),
                        null),
                new Line(
                        Line.Kind.REFERRAL,
                        Account.SELLER_PAYABLE,
                        Account.REFERRER_PAYABLE,
                        Money.parse("0.10", Asset.USD),
                        null,
                        "42"));
    }
}
