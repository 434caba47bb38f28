package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.checkout.Order;
import admitone.fulfillment.Ruling.About;
import admitone.fulfillment.Ruling.Extension;
import admitone.fulfillment.Ruling.Possible;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.Refunded;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulingTests {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final Asset BTC = new Asset("btc");

    /** Of a price of 10 USD, for which 0.001 BTC were asked; what of it still counts when a part was given back. */
    @ParameterizedTest
    @CsvSource({
        "0.0004, 30, 5, 7", // two fifths of thirty days
        "0.0004, 30, 12, ",
        "0.0004, 30, 40, ",
        "0.00099, 30, 5, 25", // covers the price less the tolerance: all that is left of the time
        "0.0012, 30, 5, 25",
        "0.000989, 30, 0, 29",
        "0.0012, 0, 5, for life",
        "0.00099, 0, 5, for life",
        "0.0005, 0, 5, ",
        "0, 30, 0, ",
    })
    void whatIsLeftWhenAPartWasGivenBackIsWorthSoManyDays(String left, int days, int used, @Nullable String expected) {
        Payment rest = payment("2", new Paid(btc(left), null, NOW), btc(left));
        About about = about(List.of(payment("1", new Refunded(), btc("0.001")), rest), days == 0 ? null : days, used);

        Optional<String> bought = Ruling.extension(about)
                .map(Extension::days)
                .map(String::valueOf)
                .or(() -> Ruling.extension(about).map(_ -> "for life"));

        assertThat(bought).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void whenNothingIsLeftThereIsNothingToGiveBack() {
        About about = about(List.of(payment("1", new Refunded(), btc("0.001"))), 30, 0);

        assertThat(Ruling.possible(about)).extracting(Possible::decision).containsExactly(Ruling.DISMISS);
    }

    private static About about(List<Payment> ofOrder, @Nullable Integer days, int used) {
        Order order = new Order(
                SELLER,
                "ao_test",
                new UUID(1, 1),
                new UUID(1, 2),
                7,
                Money.parse("10", Asset.USD),
                days,
                BigDecimal.ZERO,
                NOW,
                NOW.plus(Duration.ofDays(1)),
                "1");
        return new About(Why.PART_REFUNDED, ofOrder.getFirst(), null, order, ofOrder, used, BigDecimal.ONE);
    }

    private static Payment payment(String id, PaymentState state, Money received) {
        return new Payment(
                SELLER,
                id,
                "ao_test",
                null,
                state,
                state.word(),
                BTC,
                btc("0.001"),
                "address",
                null,
                received,
                null,
                null,
                null,
                NOW,
                null,
                null,
                null,
                null);
    }

    private static Money btc(String amount) {
        return Money.parse(amount, BTC);
    }
}
