package admitone.ledger;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.ledger.Claims.Claimable;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DuplicateKeyException;

@TestInstance(Lifecycle.PER_CLASS)
class ClaimsDatabaseTests {
    private final Core core = Core.start("claims");
    private final Ledger ledger = core.bean(Ledger.class);
    private final Claims claims = core.bean(Claims.class);
    private final SellerId seller = newSeller();
    private final UUID payout = UUID.randomUUID();

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void everythingThatIsOwedToASellerMayBeClaimed() {
        SellerId other = newSeller();
        book(other, "payment:1", accrual("1.06"), referral("0.10"));
        book(other, "payment:2", accrual("2.00"));
        core.transactions.run(other, () -> claims.reverse(other, "payment:2"));
        book(other, "payout:" + payout, Line.payoutReserve(usd("0.50")));
        book(
                other,
                "payment:3",
                new Line(Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_DIRECT, usd("9"), null),
                new Line(
                        Line.Kind.SETTLEMENT,
                        Account.PROVIDER_CLEARING,
                        Account.EXCHANGE,
                        Money.parse("1", new Asset("eth")),
                        null));

        List<Claimable> found = core.transactions.run(other, () -> claims.claimable(other));

        assertThat(found)
                .extracting(one -> one.kind() + " " + one.amount().text())
                .containsExactly("accrual 1.06", "referral -0.10", "accrual 2.00", "reversal_of_accrual -2.00");
    }

    @Test
    void whatIsClaimedIsNotClaimedAgainUntilItIsGivenBack() {
        SellerId other = newSeller();
        book(other, "payment:1", accrual("1.06"));
        List<Claimable> lines = claimAll(other, payout);

        assertThat(claimAll(other, UUID.randomUUID())).isEmpty();
        assertThatThrownBy(() -> core.transactions.run(other, () -> claims.claim(other, UUID.randomUUID(), lines)))
                .isInstanceOf(DuplicateKeyException.class);
        assertThat(claims.isClaimed(other, "payment:1")).isTrue();

        core.transactions.run(other, () -> claims.release(other, payout));

        assertThat(claims.isClaimed(other, "payment:1")).isFalse();
        assertThat(claimAll(other, UUID.randomUUID())).isEqualTo(lines);
    }

    @Test
    void whatWasPaidLongAgoIsNotLookedAtAgain() {
        SellerId other = newSeller();
        for (int i = 0; i < 200; i++) {
            book(other, "payment:" + i, accrual("1.06"));
        }
        List<Claimable> paid = claimAll(other, payout);
        core.clock.advance(Duration.ofDays(3));
        book(other, "payment:new", accrual("2.00"));
        List<Claimable> first = core.transactions.run(other, () -> claims.claimable(other));
        core.owner().sql("analyze ledger.journal, ledger.claim").update();

        assertThat(core.transactions.<Long>run(other, () -> {
                    core.jdbc
                            .sql("set local plan_cache_mode = force_generic_plan")
                            .update();
                    core.jdbc.sql("set local enable_bitmapscan = off").update();
                    long before = read();
                    assertThat(claims.claimable(other)).isEqualTo(first).hasSize(1);
                    assertThat(claims.claimable(other, "payment:new")).isEqualTo(first);
                    assertThat(claims.claimable(other, "payment:7")).isEmpty();
                    return read() - before;
                }))
                .as("lines and claims that were read")
                .isLessThan(20);

        core.transactions.run(other, () -> claims.release(other, payout));
        assertThat(core.transactions.run(other, () -> claims.claimable(other)))
                .isEqualTo(Stream.concat(paid.stream(), first.stream()).toList());
    }

    private long read() {
        return core.jdbc.sql("""
                        select sum(coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::bigint from pg_stat_xact_user_tables
                        where schemaname = 'ledger' and relname in ('journal', 'claim')
                        """).query(Long.class).single();
    }

    @Test
    void aLineThatCommitsLateIsPaidAllTheSame() throws Exception {
        SellerId other = newSeller();
        book(other, "payment:1", accrual("1.06"));

        core.whileUncommitted(other, () -> ledger.bookAtOnce(other, "payment:2", List.of(accrual("2.00"))), () -> {
            core.clock.advance(Duration.ofHours(20));
            book(other, "payment:3", accrual("3.00"));
            claimAll(other, payout);
            claimAll(other, UUID.randomUUID());
        });

        assertThat(core.transactions.run(other, () -> claims.claimable(other)))
                .extracting(Claimable::reference)
                .containsExactly("payment:2");
    }

    @Test
    void fiftyAtOnceClaimEachLineOnce() throws Exception {
        SellerId other = newSeller();
        for (int i = 0; i < 20; i++) {
            book(other, "payment:" + i, accrual("1.06"));
        }

        List<List<Claimable>> claimed = atOnce(50, () -> claimAll(other, UUID.randomUUID()));

        assertThat(claimed.stream().filter(lines -> !lines.isEmpty()))
                .singleElement()
                .satisfies(lines -> assertThat(lines).hasSize(20));
    }

    @Test
    void whatIsClaimedAtThatMomentIsNotTakenBack() throws Exception {
        book(seller, "payment:7", accrual("1.06"));
        CompletableFuture<Void> go = new CompletableFuture<>();
        CompletableFuture<Void> claimed = new CompletableFuture<>();
        CompletableFuture<Void> claiming = CompletableFuture.runAsync(() -> core.transactions.run(seller, () -> {
            claims.claim(seller, payout, claims.claimable(seller));
            claimed.complete(null);
            go.join();
        }));
        claimed.join();

        CompletableFuture<Boolean> reversing = CompletableFuture.supplyAsync(
                () -> core.transactions.run(seller, () -> claims.reverse(seller, "payment:7")));
        Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> reversing.isDone() || waitsForALock());
        go.complete(null);
        claiming.get();

        assertThat(reversing.get()).isFalse();
        assertThat(core.strings("select kind from ledger.journal where seller_id = ?", seller.value()))
                .containsExactly("accrual");
    }

    @Test
    void whatShouldHaveBeenTakenBackIsTakenBackWhenItIsGivenBack() {
        SellerId other = newSeller();
        book(other, "payment:1", accrual("1.06"));
        book(other, "payment:2", accrual("2.00"));
        claimAll(other, payout);
        assertThat(core.transactions.run(other, () -> claims.reverse(other, "payment:1")))
                .isFalse();
        assertThat(ledger.balance(other).accrued()).isEqualTo(usd("3.06"));

        core.transactions.run(other, () -> claims.release(other, payout));
        core.transactions.run(other, () -> claims.release(other, payout));

        assertThat(ledger.balance(other).accrued()).isEqualTo(usd("2.00"));
        assertThat(core.strings(
                        "select kind from ledger.journal where seller_id = ? and reference = 'payment:1'",
                        other.value()))
                .containsExactlyInAnyOrder("accrual", "reversal_of_accrual");
    }

    @ParameterizedTest
    @ValueSource(strings = {"claimable", "claim", "release", "reverse", "deduct", "paid to a referrer", "seal"})
    void whoeverDecidesAboutLinesWaitsForTheOthers(String deed) throws Exception {
        SellerId other = newSeller();
        book(other, "payment:1", accrual("1.06"), referral("0.10"));
        List<Claimable> lines = core.transactions.run(other, () -> claims.claimable(other));
        Map<String, Runnable> deeds = Map.of(
                "claimable", () -> claims.claimable(other),
                "claim", () -> claims.claim(other, payout, lines),
                "release", () -> claims.release(other, payout),
                "reverse", () -> claims.reverse(other, "payment:1"),
                "deduct", () -> claims.reverseAllTheSame(other, "payment:1"),
                "paid to a referrer", () -> core.bean(Referrers.class).paid(other, "41", usd("0.10"), "march"));
        Runnable work = deed.equals("seal")
                ? () -> core.bean(Sealing.class).seal(other)
                : () -> core.transactions.run(other, Objects.requireNonNull(deeds.get(deed)));

        try (Connection holder = core.connection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select from ledger.account where seller_id = '" + other + "' for update");
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(work);
            try {
                Awaitility.await().pollInterval(Duration.ofMillis(5)).until(this::waitsForALock);
            } finally {
                holder.rollback();
            }
            waiting.get();
        }
    }

    /** Whose account is there already: making it waits for others by itself. */
    private SellerId newSeller() {
        SellerId made = core.bean(Ids.class).nextSeller();
        core.transactions.run(made, () -> claims.lockAccount(made));
        return made;
    }

    private boolean waitsForALock() {
        return core.count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0;
    }

    private List<Claimable> claimAll(SellerId whose, UUID by) {
        return core.transactions.run(whose, () -> {
            List<Claimable> lines = claims.claimable(whose);
            if (!lines.isEmpty()) {
                claims.claim(whose, by, lines);
            }
            return lines;
        });
    }

    private void book(SellerId whose, String reference, Line... lines) {
        core.transactions.run(whose, () -> ledger.book(whose, reference, List.of(lines)));
    }

    private static Line accrual(String amount) {
        return new Line(Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_PAYABLE, usd(amount), null);
    }

    private static Line referral(String amount) {
        return new Line(Line.Kind.REFERRAL, Account.SELLER_PAYABLE, Account.REFERRER_PAYABLE, usd(amount), null, "41");
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }
}
