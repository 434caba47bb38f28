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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTests {
    @Test
    void neverHoldsAFormula() {
        assertThat(LedgerController.row(List.of("=1+1", "+1", "-1+1", "@x", "\tx", "a\"b", "")))
                .isEqualTo("\"'=1+1\",\"'+1\",\"'-1+1\",\"'@x\",\"'\tx\",\"a\"\"b\",\"\"\r\n");
    }

    /** As a text, a sum would leave it out. */
    @Test
    void aNegativeBalanceIsANumber() {
        assertThat(LedgerController.row(List.of("-12.40", "-1", "-1.", "--1")))
                .isEqualTo("\"-12.40\",\"-1\",\"'-1.\",\"'--1\"\r\n");
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
                new LedgerController.Running(usd("1.00"), usd("7.00")),
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
        assertThat(out.toString().lines().skip(1).map(line -> line.replaceAll(".*,(\"[^,]*\",\"[^,]*\")$", "$1")))
                .as("available and earned")
                .containsExactly(
                        "\"2.06\",\"8.06\"",
                        "\"3.12\",\"9.12\"",
                        "\"4.18\",\"10.18\"",
                        "\"3.12\",\"10.18\"",
                        "\"4.18\",\"11.24\"",
                        "\"5.24\",\"12.30\"");
    }

    /** A line of each kind that a seller sees; what is paid, set aside or in their own wallet was earned all the same. */
    @ParameterizedTest
    @CsvSource({
        "accrual, EXCHANGE, SELLER_PAYABLE, 1.06, 1.06",
        "accrual, EXCHANGE, SELLER_DIRECT, 0.00, 1.06",
        "reversal_of_accrual, SELLER_DIRECT, EXCHANGE, 0.00, -1.06",
        "referral, SELLER_PAYABLE, REFERRER_PAYABLE, -1.06, -1.06",
        "fee, EXCHANGE, FEE_INCOME, 0.00, 0.00",
        "payout_reserve, SELLER_PAYABLE, PAYOUT_RESERVED, -1.06, 0.00",
        "payout, PAYOUT_RESERVED, EXCHANGE, 0.00, 0.00",
        "payout_fee, PAYOUT_RESERVED, PROVIDER_FEES, 0.00, 0.00",
        "reversal_of_payout, EXCHANGE, PAYOUT_RESERVED, 0.00, 0.00",
        "market_gain, EXCHANGE, MARKET, 0.00, 0.00",
    })
    void aLineTellsWhatItDoes(String kind, Account debit, Account credit, String available, String earned) {
        var line = new Posted(new UUID(0, 1), kind, debit, credit, usd("1.06"), null, Instant.EPOCH);

        assertThat(line.change()).isEqualTo(usd(available));
        assertThat(line.earned()).isEqualTo(usd(earned));
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }
}
