package admitone.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was cut off the end of a chain leaves no trace in the database; the file beside it knows. */
class HeadsDatabaseTests {
    private static final SellerId ANN = new SellerId("00000000000a");
    private static final SellerId BEN = new SellerId("00000000000b");

    private final Core core;
    private final LedgerCheck check;
    private final Path file;

    HeadsDatabaseTests(@TempDir Path data) {
        core = Core.start("heads", java.util.Map.of("ADMITONE_DATA_DIR", data.toString()));
        check = core.bean(LedgerCheck.class);
        file = data.resolve("ledger-heads");
    }

    @BeforeEach
    void twoSealsEach() {
        for (SellerId seller : List.of(ANN, BEN)) {
            seal(seller);
            seal(seller);
        }
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void withoutTheFileACutOffEndIsNotNoticed() {
        cutOff(BEN, 2);

        assertThat(check.verify().firstBad()).isEmpty();
    }

    @Test
    void aCutOffEndIsNamed() throws IOException {
        assertThat(check.verifyAndKeepHeads(() -> {}).firstBad()).isEmpty();
        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allMatch(line -> line.matches("00000000000[ab] 2 [0-9a-f]{64} \\S+Z"));
        cutOff(BEN, 2);

        assertThat(check.verify().firstBad()).hasValueSatisfying(bad -> {
            assertThat(bad.seller()).isEqualTo(BEN);
            assertThat(bad.why()).startsWith("seal 2 and all after it, up to 2, are gone");
        });
        String kept = Files.readString(file);
        check.verifyAndKeepHeads(() -> {});
        assertThat(Files.readString(file)).as("what does not hold is not kept").isEqualTo(kept);
    }

    /** Else whoever harms one seller could cut off the ends of all others, each night anew. */
    @Test
    void theEndsOfThoseWhoHoldAreKeptBesideOneWhoDoesNot() throws IOException {
        check.verifyAndKeepHeads(() -> {});
        List<String> before = Files.readAllLines(file);
        cutOff(BEN, 2);
        seal(ANN);
        check.verifyAndKeepHeads(() -> {});

        List<String> after = Files.readAllLines(file);
        assertThat(after.getFirst()).startsWith(ANN + " 3 ");
        assertThat(after.getLast()).isEqualTo(before.getLast());
        cutOff(ANN, 3);
        assertThat(check.verify().bad()).extracting(LedgerCheck.Bad::seller).containsExactly(ANN, BEN);
    }

    @Test
    void aChainThatIsGoneAltogetherIsNamed() {
        check.verifyAndKeepHeads(() -> {});
        cutOff(ANN, 1);

        assertThat(check.verify().firstBad())
                .hasValueSatisfying(bad -> assertThat(bad.seller()).isEqualTo(ANN));
    }

    @Test
    void anEndThatWasMadeAnewIsNamed() {
        check.verifyAndKeepHeads(() -> {});
        cutOff(ANN, 2);
        seal(ANN);

        assertThat(check.verify().firstBad())
                .hasValueSatisfying(bad -> assertThat(bad.why()).startsWith("seal 2 is another than at"));
    }

    @Test
    void afterEachSellerItSaysThatItGoesOn() {
        AtomicInteger said = new AtomicInteger();

        check.verifyAndKeepHeads(said::incrementAndGet);

        assertThat(said).hasValue(2);
    }

    @Test
    void whatIsSealedSinceIsNoFault() {
        check.verifyAndKeepHeads(() -> {});
        seal(ANN);

        assertThat(check.verify()).satisfies(checked -> {
            assertThat(checked.firstBad()).isEmpty();
            assertThat(checked.keptHeads()).isEqualTo(2);
        });
    }

    @Test
    void aFileThatCannotBeReadIsNotTakenForNone() throws IOException {
        Files.writeString(file, "nonsense\n");

        LedgerCheck.Checked checked = check.verifyAndKeepHeads(() -> {});
        assertThat(checked.firstBad())
                .hasValueSatisfying(bad -> assertThat(bad.why())
                        .contains("ledger-heads cannot be read: put it back from a backup, or move it away"));
        assertThat(checked.keptHeads()).isZero();
        assertThat(checked.lines()).as("the chains are verified all the same").isEqualTo(4);
        assertThat(file).hasContent("nonsense");
    }

    private void seal(SellerId seller) {
        core.clock.advance(Duration.ofSeconds(1));
        Line line = new Line(
                Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_PAYABLE, Money.parse("1.00", Asset.USD), null);
        core.transactions.run(
                seller,
                () -> core.bean(Ledger.class)
                        .book(seller, "payment:" + core.clock.instant().toEpochMilli(), List.of(line)));
        core.bean(Sealing.class).seal(seller);
    }

    private void cutOff(SellerId seller, long from) {
        core.owner().sql("""
                delete from ledger.journal j using ledger.sealed s
                where s.seller_id = j.seller_id and s.entry_id = j.entry_id and s.kind = j.kind and s.seller_id = ? and s.seq >= ?
                """).params(seller.value(), from).update();
        for (String table : List.of("mark", "sealed", "seal")) {
            core.owner()
                    .sql("delete from ledger." + table + " where seller_id = ? and seq >= ?")
                    .params(seller.value(), from)
                    .update();
        }
    }
}
