package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.ledger.Account;
import admitone.ledger.Ledger;
import admitone.ledger.Ledger.Posted;
import admitone.ledger.Ledger.Stated;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StatementTests {
    @Test
    void neverHoldsAFormula() {
        assertThat(LedgerController.row(List.of("=1+1", "+1", "-1", "@x", "\tx", "a\"b", "")))
                .isEqualTo("\"'=1+1\",\"'+1\",\"'-1\",\"'@x\",\"'\tx\",\"a\"\"b\",\"\"\r\n");
    }

    /** However many lines there are, one page of them is in memory. */
    @Test
    void isWrittenPageByPageWithTheRunningBalance() throws IOException {
        SellerId seller = new SellerId("0123456789ab");
        Instant at = Instant.parse("2026-01-01T00:00:00Z");
        List<List<Stated>> pages = new ArrayList<>();
        for (int page = 0; page < 3; page++) {
            List<Stated> lines = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                boolean reserve = page == 1 && i == 1;
                lines.add(new Stated(
                        "payment:" + page + i,
                        new Posted(
                                new UUID(page, i),
                                "accrual",
                                reserve ? Account.SELLER_PAYABLE : Account.EXCHANGE,
                                reserve ? Account.PAYOUT_RESERVED : Account.SELLER_PAYABLE,
                                Money.parse("1.06", Asset.USD),
                                null,
                                at)));
            }
            pages.add(lines);
        }
        List<Optional<Ledger.Key>> asked = new ArrayList<>();
        StringWriter out = new StringWriter();

        LedgerController.write(
                seller,
                after -> {
                    asked.add(after);
                    assertThat(out.toString().lines())
                            .as("all before is written")
                            .hasSize(1 + 2 * (asked.size() - 1));
                    return asked.size() > pages.size() ? List.of() : pages.get(asked.size() - 1);
                },
                out);

        assertThat(asked)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(new Ledger.Key(new UUID(0, 1), "accrual")),
                        Optional.of(new Ledger.Key(new UUID(1, 1), "accrual")),
                        Optional.of(new Ledger.Key(new UUID(2, 1), "accrual")));
        assertThat(out.toString().lines().skip(1).map(line -> line.substring(line.lastIndexOf(',') + 1)))
                .containsExactly("\"1.06\"", "\"2.12\"", "\"3.18\"", "\"2.12\"", "\"3.18\"", "\"4.24\"");
    }
}
