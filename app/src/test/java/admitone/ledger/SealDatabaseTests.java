package admitone.ledger;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.ledger.LedgerCheck.Bad;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.EndingLoop;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.SigningKey;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

@TestInstance(Lifecycle.PER_CLASS)
class SealDatabaseTests {
    private static final Asset ETH = new Asset("eth");
    private static final UUID AFTER_ALL = new UUID(-1, -1);

    private final Core core = Core.start("seals");
    private final Ledger ledger = core.bean(Ledger.class);
    private final Sealing sealing = core.bean(Sealing.class);
    private final LedgerCheck check = core.bean(LedgerCheck.class);
    private int payments;

    @BeforeAll
    void anInstanceThatRuns() {
        sealing.round();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    /** Of 100 rows chosen by chance, changed or deleted by the superuser, each is named. */
    @Test
    void everyLineThatIsChangedOrDeletedIsNamed() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        SellerId seller = seller();
        book(seller, 60);
        sealAll(seller);
        book(seller, 20);
        sealAll(seller);
        List<Ledger.Stated> lines = ledger.statement(seller, Ledger.Span.ALL, Optional.empty(), 1_000);
        assertThat(check.verify(seller)).isEmpty();

        int named = 0;
        for (int i = 0; i < 100; i++) {
            Ledger.Posted line = lines.get(random.nextInt(lines.size())).line();
            String harm = HARMS.get(random.nextInt(HARMS.size()));
            try (Connection superuser = core.connection();
                    var statement = superuser.createStatement()) {
                String row = " where seller_id = '" + seller + "' and entry_id = '" + line.entryId() + "' and kind = '"
                        + line.kind() + "'";
                statement.execute("create table if not exists public.kept as select * from ledger.journal" + row);
                statement.execute("truncate public.kept");
                statement.execute("insert into public.kept select * from ledger.journal" + row);
                statement.execute(harm + row);
                Bad bad = check.verify(seller).orElseThrow(() -> new AssertionError("seed " + seed + ": " + harm));
                assertThat(bad.line())
                        .as("seed %s, %s", seed, harm)
                        .isEqualTo(new Ledger.Key(line.entryId(), line.kind()));
                named++;
                statement.execute("delete from ledger.journal where seller_id = '" + seller + "' and entry_id = '"
                        + line.entryId() + "' and kind in ('" + line.kind() + "', 'other')");
                statement.execute("insert into ledger.journal select * from public.kept");
            }
        }

        assertThat(named).isEqualTo(100);
        assertThat(check.verify(seller)).isEmpty();
    }

    private static final List<String> HARMS = List.of(
            "delete from ledger.journal",
            "update ledger.journal set amount = amount + 1",
            "update ledger.journal set at = at + interval '1 microsecond'",
            "update ledger.journal set reference = reference || 'x'",
            "update ledger.journal set debit = 'suspense'",
            "update ledger.journal set debit = 'nobody'",
            "update ledger.journal set asset = 'btc'",
            "update ledger.journal set kind = 'other'",
            "update ledger.journal set holder = '41'",
            "update ledger.journal set rate_source = 'me', rate_usd = 2, rate_asset = 'x', rate_at = at");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delete from ledger.sealed where seq = 1 and position = 2 | line 2 of seal 1 is gone",
                "delete from ledger.sealed where seq = 2; delete from ledger.seal where seq = 2 | in no seal",
                "update ledger.seal set hash = 'x' where seq = 1 | seal 1 was changed",
                "update ledger.seal set key_id = 'x' where seq = 1 | another signing key",
                "insert into ledger.mark select seller_id, seq, 'accrual', 'x', 'y', 'usd', 'NaN' from ledger.seal where seq = 1 | the sums up to seal 1 are not those",
                "insert into ledger.mark select seller_id, 3, 'accrual', 'x', 'y', 'usd', 1 from ledger.seal where seq = 1 | of no seal",
                "update ledger.seal set from_entry = until_entry where seq = 1 | line 1 of seal 1 is gone",
                "update ledger.seal set from_entry = 'ffffffff-ffff-ffff-ffff-ffffffffffff' where seq = 2 | line 1 of seal 2 is gone",
                "update ledger.sealed set digest = 'x' where seq = 2 and position = 1 | the line was changed",
                "insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at) select seller_id, '00000000-0000-7000-8000-000000000001', 'accrual', 'payment:me', 'exchange', 'seller_payable', 100, 'usd', at from ledger.journal | in no seal",
                "insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at) select seller_id, '00000000-0000-7000-8000-000000000002', 'accrual', 'payment:me', 'exchange', 'seller_payable', 100, 'usd', at from ledger.journal; insert into ledger.sealed select seller_id, '00000000-0000-7000-8000-000000000002', 'accrual', 1, 99, digest from ledger.sealed | said to be sealed",
                "insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at) select seller_id, '00000000-0000-7000-8000-000000000003', 'accrual', 'payment:me', 'exchange', 'seller_payable', 100, 'usd', at from ledger.journal; insert into ledger.sealed select seller_id, '00000000-0000-7000-8000-000000000003', 'accrual', 99, 1, digest from ledger.sealed | said to be sealed",
            })
    void everyHarmToTheChainIsFound(String harm, String told) {
        SellerId seller = seller();
        book(seller, 2);
        sealAll(seller);
        core.clock.advance(Duration.ofHours(1));
        book(seller, 2);
        sealAll(seller);
        if (told.equals("in no seal")) {
            core.clock.advance(Duration.ofHours(1));
            book(seller, 1);
            sealAll(seller);
        }
        assertThat(check.verify(seller)).isEmpty();

        try (Connection superuser = core.connection();
                var statement = superuser.createStatement()) {
            statement.execute("set session_replication_role = replica");
            for (String one : harm.split(";", -1)) {
                statement.execute(
                        one.contains(" where ")
                                ? one + " and seller_id = '" + seller + "'"
                                : one + " where seller_id = '" + seller + "' limit 1");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }

        assertThat(check.verify(seller))
                .hasValueSatisfying(bad -> assertThat(bad.why()).containsAnyOf(told, "seal 2 is gone"));
    }

    /** What is under no hash does no harm, or shows in what becomes of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "from_entry = null",
                "from_entry = '00000000-0000-0000-0000-000000000000'",
                "sealed_at = '-infinity'",
                "sealed_at = 'infinity'",
            })
    void whatASealSaysBesideItsHashHidesNothing(String harm) {
        SellerId seller = seller();
        book(seller, 1);
        core.clock.advance(Duration.ofSeconds(2));
        book(seller, 1);
        sealAll(seller);
        core.owner()
                .sql("update ledger.seal set " + harm + " where seller_id = ?")
                .param(seller.value())
                .update();
        assertThat(check.verify(seller)).isEmpty();

        insert(
                seller,
                Ids.firstAt(core.clock.instant().minusSeconds(1)),
                "exchange",
                core.clock.instant().toString());
        core.clock.advance(Duration.ofMinutes(1));
        sealing.round();
        core.clock.advance(Duration.ofMinutes(16));

        boolean isSealed = core.count("ledger.sealed where seller_id = ?", seller.value()) == 7;
        assertThat(check.verify(seller).isEmpty()).isEqualTo(isSealed);
        deleteByHand(seller);
        deleteChain(seller);
        core.owner()
                .sql("delete from ledger.journal where seller_id = ?")
                .param(seller.value())
                .update();
    }

    /** Its id is made before those of others that are sealed already. */
    @Test
    void whatCommitsLateIsSealedOnce() throws Exception {
        SellerId seller = seller();
        CompletableFuture<Void> booked = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        CompletableFuture<Void> late = CompletableFuture.runAsync(() -> core.transactions.run(seller, () -> {
            ledger.book(seller, "payment:late", List.of(accrual("1.00")));
            booked.complete(null);
            go.join();
        }));
        booked.join();
        book(seller, 2);
        sealAll(seller);
        go.complete(null);
        late.get();

        for (int minute = 0; minute < 2; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            sealing.round();
        }

        assertThat(check.verify(seller)).isEmpty();
        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .isEqualTo(core.count("ledger.journal where seller_id = ?", seller.value()));
        assertThat(core.count("ledger.seal where seller_id = ?", seller.value()))
                .isEqualTo(2);
    }

    /** An account of that name there is not: the line cannot be read, and must not keep the others from being sealed. */
    @Test
    void aLineThatCannotBeReadIsNamedAndHoldsUpNoOther() {
        SellerId seller = seller();
        book(seller, 1);
        core.owner()
                .sql("""
                        insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at)
                        values (?, ?, 'accrual', 'payment:me', 'x', 'y', 1, 'usd', ?)
                        """)
                .params(seller.value(), core.bean(Ids.class).next(), admitone.database.Columns.at(core.clock.instant()))
                .update();
        book(seller, 1);
        sealAll(seller);
        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .isEqualTo(6);

        core.clock.advance(Duration.ofHours(1));
        book(seller, 1);
        sealAll(seller);
        assertThat(check.verify(seller))
                .hasValueSatisfying(bad -> assertThat(bad.why()).contains("in no seal"));

        core.owner()
                .sql("delete from ledger.journal where seller_id = ? and debit = 'x'")
                .param(seller.value())
                .update();
        assertThat(check.verify(seller)).isEmpty();
    }

    /** All instances followed it, one line was booked by it; it was set right, and they were started again. */
    @Test
    void whatIsBookedAfterAClockWasAheadIsSealedAndCounts() {
        SellerId seller = seller();
        core.clock.advance(Duration.ofHours(1));
        book(seller, 400); // with a mark
        sealAll(seller);
        core.clock.advance(Duration.ofHours(-1));
        Ids ids = new Ids(core.clock, new SecureRandom());
        Ledger restarted = new Ledger(core.bean(JdbcTemplate.class), core.jdbc, ids, core.clock);

        core.transactions.run(seller, () -> restarted.book(seller, "payment:after", List.of(accrual("1.06"))));
        sealAll(seller);
        core.clock.advance(Duration.ofMinutes(30));

        assertThat(check.verify(seller)).isEmpty();
        assertThat(restarted.balanceIsThatOfAllLines(seller)).isTrue();
        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .isEqualTo(1201);
    }

    @Test
    void anIdOfFarAheadIsNotGoneAfter() {
        SellerId seller = seller();
        book(seller, 1);
        core.owner()
                .sql("update ledger.journal set entry_id = 'ffffffff-ffff-7000-8000-000000000000' where seller_id = ?")
                .param(seller.value())
                .update();
        Ids ids = new Ids(core.clock, new SecureRandom());

        new Ledger(core.bean(JdbcTemplate.class), core.jdbc, ids, core.clock);

        assertThat(Ids.madeAt(ids.next())).isBefore(core.clock.instant().plusSeconds(1));
        core.owner()
                .sql("delete from ledger.journal where seller_id = ?")
                .param(seller.value())
                .update();
    }

    /** Nothing was ever sealed of one, nothing more is of the other: what is altered then would be the truth. */
    @ParameterizedTest
    @CsvSource({"0", "1"})
    void thatSealingStandsStillIsSaid(int sealed) {
        SellerId seller = seller();
        book(seller, sealed);
        sealAll(seller);
        book(seller, 1);
        Instant since = core.clock.instant();
        assertThat(check.verify(seller)).isEmpty();

        core.clock.advance(Duration.ofHours(1));
        core.owner()
                .sql(
                        "update ledger.journal j set amount = amount * 1000 where seller_id = ? and kind = 'referral' and not exists (select from ledger.sealed s where s.seller_id = j.seller_id and s.entry_id = j.entry_id)")
                .param(seller.value())
                .update();

        assertThat(check.verify(seller))
                .hasValueSatisfying(bad -> assertThat(bad.why()).contains("stands still since " + since));
    }

    /** An instance was stopped right after it had booked, and verify is asked for before its first round. */
    @Test
    void whatIsNotSealedYetAtAStartIsNotCalledForged() {
        SellerId seller = seller();
        book(seller, 1);
        core.clock.advance(Duration.ofHours(1));
        var started = new Sealing(
                core.bean(JdbcSeals.class),
                ledger,
                core.bean(Claims.class),
                core.bean(SigningKey.class),
                core.transactions,
                core.clock);
        var atStart = new LedgerCheck(
                core.bean(JdbcSeals.class),
                started,
                ledger,
                core.bean(SigningKey.class),
                core.bean(Heads.class),
                core.clock);

        assertThatThrownBy(() -> atStart.verify(seller)).isInstanceOf(LedgerCheck.NotSealedYet.class);

        started.round();
        assertThat(atStart.verify(seller)).isEmpty();
    }

    /** One instance booked while its clock was ahead; another runs on, with its own right. */
    @Test
    void anotherInstanceGoesOnAfterALineOfAClockThatWasAhead() {
        SellerId seller = seller();
        Ids ids = new Ids(core.clock, new SecureRandom());
        Ledger other = new Ledger(core.bean(JdbcTemplate.class), core.jdbc, ids, core.clock);
        var otherSealing = new Sealing(
                core.bean(JdbcSeals.class),
                other,
                core.bean(Claims.class),
                core.bean(SigningKey.class),
                core.transactions,
                core.clock);
        core.clock.advance(Duration.ofHours(1));
        book(seller, 1);
        sealAll(seller);
        core.clock.advance(Duration.ofHours(-1));

        otherSealing.round();
        core.transactions.run(seller, () -> other.book(seller, "payment:beside", List.of(accrual("1.06"))));
        sealAll(seller);
        core.clock.advance(Duration.ofMinutes(30));

        assertThat(check.verify(seller)).isEmpty();
        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .isEqualTo(4);
    }

    /** Whatever plan the server keeps for them: a condition that may be left out made it read all lines before each page and each round. */
    @Test
    void whatIsBehindAPageOrASealIsNotReadAgain() {
        SellerId seller = seller();
        book(seller, 200);
        sealAll(seller);
        learnHowManyThereAre();
        Seal last = core.bean(JdbcSeals.class).last(seller).orElseThrow();
        List<Ledger.Stated> lines = ledger.since(seller, Ledger.Span.ALL, Optional.empty(), 1_000);
        Ledger.Posted nearTheEnd = lines.get(lines.size() - 4).line();
        Ledger.Posted nearTheBegin = lines.get(3).line();

        assertThat(readBy(
                        seller,
                        () -> ledger.since(
                                seller,
                                Ledger.Span.ALL,
                                Optional.of(new Ledger.Key(nearTheEnd.entryId(), nearTheEnd.kind())),
                                5)))
                .isLessThan(10);
        assertThat(readBy(
                        seller,
                        () -> ledger.statement(
                                seller,
                                Ledger.Span.ALL,
                                Optional.of(new Ledger.Key(nearTheBegin.entryId(), nearTheBegin.kind())),
                                5)))
                .isLessThan(10);
        assertThat(readBy(
                        seller,
                        () -> core.bean(JdbcSeals.class).open(seller, last, JdbcSeals.BEFORE_ALL, AFTER_ALL, 5)))
                .isLessThan(10);
        String before = seller.value().substring(0, seller.value().length() - 1);
        assertThat(readBy(seller, () -> core.bean(JdbcSeals.class).unsealed(before, AFTER_ALL, 5)))
                .isLessThan(50);
    }

    /** A server that takes the seller for one of a few lines may as well sort all of them. */
    private void learnHowManyThereAre() {
        core.owner().sql("analyze ledger.journal, ledger.sealed, ledger.seal").update();
    }

    /** Also where the server reads both sides by themselves, which it takes for cheaper where most lines are one seller's. */
    @Test
    void whatIsBehindAMarkIsReadOfNeitherSide() {
        SellerId seller = seller();
        for (int entries : List.of(400, 200, 80, 2)) { // a mark of the first, none of the second, one of the third
            book(seller, entries);
            sealAll(seller);
            core.clock.advance(Duration.ofHours(1));
        }
        learnHowManyThereAre();
        JdbcSeals seals = core.bean(JdbcSeals.class);
        Seal last = seals.last(seller).orElseThrow();
        long marked = seals.marked(seller);
        assertThat(last.seq() - marked).as("one seal is after the mark").isEqualTo(1);

        assertThat(readOfBoth(seller, () -> ledger.balance(seller))).isLessThan(600);
        assertThat(readOfBoth(seller, () -> seals.sumsAfter(seller, marked))).isLessThan(30);
        assertThat(readOfBoth(seller, () -> seals.late(seller, last, JdbcSeals.BEFORE_ALL, 5)))
                .isLessThan(30);
    }

    private long readOfBoth(SellerId seller, Supplier<?> reading) {
        return core.transactions.run(seller, () -> {
            core.jdbc.sql("set local enable_nestloop = off").update();
            return readBy(reading);
        });
    }

    /** Lines. */
    private long readBy(SellerId seller, Supplier<List<?>> reading) {
        return core.transactions.run(
                seller,
                () -> readBy(() -> {
                    List<?> lines = reading.get();
                    assertThat(lines).hasSizeLessThanOrEqualTo(7);
                    return lines;
                }));
    }

    private long readBy(Supplier<?> reading) {
        for (String setting :
                List.of("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_bitmapscan = off")) {
            core.jdbc.sql("set local " + setting).update();
        }
        long before = read();
        assertThat(reading.get()).isNotNull();
        return read() - before;
    }

    private long read() {
        return core.jdbc.sql("""
                        select sum(coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0)) from pg_stat_xact_user_tables
                        where schemaname = 'ledger' and relname in ('journal', 'sealed')
                        """).query(Long.class).single();
    }

    @Test
    void twentyAtOnceSealEachLineOnce() throws Exception {
        SellerId seller = seller();
        book(seller, 5);

        atOnce(20, () -> {
            sealAll(seller);
            return true;
        });

        assertThat(core.count("ledger.seal where seller_id = ?", seller.value()))
                .isEqualTo(1);
        assertThat(check.verify(seller)).isEmpty();
    }

    @Test
    void balanceIsTheNewestMarkAndWhatCameSince() {
        SellerId seller = seller();
        book(seller, 400);
        sealAll(seller);
        assertThat(core.count("(select distinct seq from ledger.mark where seller_id = ?) m", seller.value()))
                .isEqualTo(1);
        book(seller, 1);
        Ledger.Balance sealed = ledger.balance(seller);
        assertThat(ledger.balanceIsThatOfAllLines(seller)).isTrue();
        sealAll(seller);
        assertThat(ledger.balance(seller)).isEqualTo(sealed);
        book(seller, 400);
        sealAll(seller);
        assertThat(core.count("(select distinct seq from ledger.mark where seller_id = ?) m", seller.value()))
                .isEqualTo(2);
        assertThat(ledger.balanceIsThatOfAllLines(seller)).isTrue();
        assertThat(check.verify(seller)).isEmpty();

        core.owner()
                .sql("update ledger.mark set total = total + 100 where seller_id = ? and kind = 'accrual'")
                .param(seller.value())
                .update();

        assertThat(check.verify(seller))
                .hasValueSatisfying(bad -> assertThat(bad.why()).contains("the sums up to seal"));
    }

    /** As where a sum takes seconds, and there is a sale in each. */
    @Test
    void aBalanceThatMovesBetweenTwoStatementsIsNotCalledWrong() {
        SellerId seller = seller();
        book(seller, 1);
        sealAll(seller);
        DataSource busy =
                new DelegatingDataSource(
                        Objects.requireNonNull(core.bean(JdbcTemplate.class).getDataSource())) {
                    @Override
                    public Connection getConnection() throws SQLException {
                        book(seller, 1);
                        return super.getConnection();
                    }
                };
        Ledger read =
                new Ledger(core.bean(JdbcTemplate.class), JdbcClient.create(busy), core.bean(Ids.class), core.clock);
        var meanwhile = new LedgerCheck(
                core.bean(JdbcSeals.class),
                sealing,
                read,
                core.bean(SigningKey.class),
                core.bean(Heads.class),
                core.clock);

        assertThat(meanwhile.verify(seller)).isEmpty();
    }

    @Test
    void aRoundSealsEverySeller() {
        List<SellerId> sellers = List.of(seller(), seller(), seller());
        sellers.forEach(seller -> book(seller, 1));

        sealing.round();

        sellers.forEach(seller -> assertThat(core.count("ledger.seal where seller_id = ?", seller.value()))
                .isEqualTo(1));
    }

    /** Its sum has more digits than an amount may have. */
    @Test
    void aSellerThatCannotBeCheckedHidesNoOther() {
        SellerId one = seller();
        for (String payment : List.of("payment:much", "payment:more")) {
            core.transactions.run(
                    one, () -> ledger.book(one, payment, List.of(accrual("999999999999999999999999999999999999.99"))));
        }
        SellerId other = seller();
        book(other, 1);
        sealing.round();
        core.owner()
                .sql("update ledger.journal set amount = 1 where seller_id = ? and kind = 'accrual'")
                .param(other.value())
                .update();

        assertThat(check.verify().bad()).extracting(Bad::seller).contains(one, other);
        assertThat(check.verify(one))
                .hasValueSatisfying(bad -> assertThat(bad.why()).contains("could not be checked: more than 38 digits"));

        core.owner()
                .sql("delete from ledger.journal where seller_id in (?, ?)")
                .params(one.value(), other.value())
                .update();
        deleteChain(one);
        deleteChain(other);
    }

    /** By hand, or by an instance whose clock was ahead of all others. */
    @ParameterizedTest
    @CsvSource({
        "f0000000-0000-7000-8000-000000000000, exchange, now",
        "ffffffff-ffff-ffff-ffff-ffffffffffff, nobody, 3000-01-01",
        ", exchange, 3000-01-01",
        ", exchange, infinity",
        ", nobody, infinity",
    })
    void whatIsOfFarAheadClosesNoChainAndIsNamed(@Nullable UUID numbered, String debit, String dated) {
        SellerId seller = seller();
        book(seller, 1);
        sealAll(seller);
        core.clock.advance(Duration.ofSeconds(1));
        UUID entry = numbered == null ? core.bean(Ids.class).next() : numbered;
        insert(seller, entry, debit, dated.equals("now") ? core.clock.instant().toString() : dated);
        sealAll(seller);
        core.clock.advance(Duration.ofSeconds(1));
        book(seller, 1);
        sealAll(seller);

        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .isEqualTo(6);
        assertThat(check.verify(seller))
                .hasValueSatisfying(bad -> assertThat(bad.line()).isEqualTo(new Ledger.Key(entry, "accrual")));

        deleteByHand(seller);
        core.clock.advance(Duration.ofHours(1));
        assertThat(check.verify(seller)).isEmpty();
    }

    @Test
    void oneOfFarAheadKeepsNoInstanceFromGoingOnAfterTheNewest() {
        SellerId far = seller();
        insert(far, AFTER_ALL, "exchange", core.clock.instant().toString());
        SellerId near = seller();
        core.clock.advance(Duration.ofHours(1));
        book(near, 1);
        core.clock.advance(Duration.ofHours(-1));
        Ids ids = new Ids(core.clock, new SecureRandom());

        new Ledger(core.bean(JdbcTemplate.class), core.jdbc, ids, core.clock);

        assertThat(Ids.madeAt(ids.next())).isAfterOrEqualTo(core.clock.instant().plus(Duration.ofHours(1)));
        deleteByHand(far);
        core.clock.advance(Duration.ofHours(1));
    }

    @Test
    void roundOfAnInstanceThatStopsSealsNothingMore() throws Exception {
        SellerId seller = seller();
        book(seller, 1);

        EndingLoop.run(ended -> {
            ended.run();
            core.bean(Sealing.class).round();
        });

        assertThat(core.strings("select seq::text from ledger.seal where seller_id = ?", seller.value()))
                .isEmpty();
    }

    /** A page full of them, after the newest that is sealed and before it. */
    @Test
    void aThousandLinesThatCannotBeReadHoldUpNoOther() {
        SellerId seller = seller();
        book(seller, 1);
        core.clock.advance(Duration.ofSeconds(2));
        book(seller, 1);
        sealAll(seller);
        Instant sealed = core.clock.instant();
        for (Instant at : List.of(sealed.minusSeconds(1), sealed.plusSeconds(1))) {
            core.owner()
                    .sql("""
                    insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at)
                    select ?, (substr(?, 1, 24) || lpad(n::text, 12, '0'))::uuid, 'accrual', 'payment:me' || ? || n, 'nobody', 'seller_payable', 1, 'usd', now()
                    from generate_series(1, ?) n
                    """)
                    .params(seller.value(), Ids.firstAt(at).toString(), at.toString(), Sealing.LINES)
                    .update();
        }
        core.clock.advance(Duration.ofSeconds(3));
        book(seller, 1);
        insert(seller, new UUID(Ids.firstAt(sealed).getMostSignificantBits() - 1, -1), "exchange", sealed.toString());

        sealAll(seller);

        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .isEqualTo(10);
        deleteByHand(seller);
    }

    private void insert(SellerId seller, UUID entry, String debit, String at) {
        core.owner().sql("""
                        insert into ledger.journal (seller_id, entry_id, kind, reference, debit, credit, amount, asset, at)
                        values (?, ?, 'accrual', 'payment:me', ?, 'seller_payable', 1000000, 'usd', ?::timestamptz)
                        """).params(seller.value(), entry, debit, at).update();
    }

    private void deleteByHand(SellerId seller) {
        core.owner()
                .sql("delete from ledger.journal where seller_id = ? and reference like 'payment:me%'")
                .param(seller.value())
                .update();
    }

    private void deleteChain(SellerId seller) {
        for (String table : List.of("mark", "sealed", "seal")) {
            core.owner()
                    .sql("delete from ledger." + table + " where seller_id = ?")
                    .param(seller.value())
                    .update();
        }
    }

    /** Named at once: nothing is waited for that the service cannot have written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "amount = 'NaN'",
                "debit = 'Suspense'",
                "rate_usd = null",
                "rate_usd = 'NaN'",
                "rate_asset = null",
                "asset = 'USD'",
            })
    void whatCannotBeReadIsNamedBeforeItIsSealed(String harm) {
        SellerId seller = seller();
        book(seller, 1);
        sealAll(seller);
        book(seller, 1);
        core.owner()
                .sql(
                        "update ledger.journal j set " + harm
                                + " where seller_id = ? and kind = 'accrual' and not exists (select from ledger.sealed s where s.seller_id = j.seller_id and s.entry_id = j.entry_id)")
                .param(seller.value())
                .update();

        assertThat(check.verify(seller))
                .hasValueSatisfying(bad -> assertThat(bad.why()).contains("cannot be read"))
                .hasValueSatisfying(bad -> assertThat(bad.line()).isNotNull());

        sealAll(seller);
        assertThat(core.count("ledger.sealed where seller_id = ?", seller.value()))
                .as("the others are sealed")
                .isEqualTo(5);
        core.owner()
                .sql("delete from ledger.journal where seller_id = ?")
                .param(seller.value())
                .update();
        deleteChain(seller);
    }

    private SellerId seller() {
        SellerId made = core.bean(Ids.class).nextSeller();
        core.transactions.run(
                made, () -> core.bean(Claims.class).lockAccount(made)); // making it waits for others by itself
        return made;
    }

    private void sealAll(SellerId seller) {
        while (sealing.seal(seller) || sealing.sealLate(seller)) {
            Thread.onSpinWait();
        }
    }

    /** Three lines each. */
    private void book(SellerId seller, int entries) {
        core.transactions.run(seller, () -> {
            for (int i = 0; i < entries; i++) {
                String reference = "payment:" + ++payments;
                ledger.book(
                        seller,
                        reference,
                        List.of(
                                new Line(
                                        Line.Kind.SETTLEMENT,
                                        Account.PROVIDER_CLEARING,
                                        Account.EXCHANGE,
                                        new Money(BigInteger.TWO.pow(64).add(BigInteger.valueOf(i)), ETH),
                                        null),
                                accrual("1.06"),
                                new Line(
                                        Line.Kind.REFERRAL,
                                        Account.SELLER_PAYABLE,
                                        Account.REFERRER_PAYABLE,
                                        Money.parse("0.10", Asset.USD),
                                        null,
                                        "42")));
            }
        });
    }

    private Line accrual(String amount) {
        @Nullable Rate rate = new Rate(ETH, new BigDecimal("3870.50"), core.clock.instant(), "test");
        return new Line(
                Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_PAYABLE, Money.parse(amount, Asset.USD), rate);
    }
}
