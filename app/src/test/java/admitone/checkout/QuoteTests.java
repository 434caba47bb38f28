package admitone.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.catalog.Plan;
import admitone.checkout.Coupon.Off;
import admitone.checkout.Coupon.Refusal;
import admitone.checkout.Reduction.Kind;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuoteTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final UUID CHANNEL = new UUID(0, 1);
    private static final UUID PLAN = new UUID(0, 2);
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // list, percent, price: half-up to the cent of what is taken off
        "10.00, 20, 8.00",
        "9.99, 33.33, 6.66", // 3.329667
        "1.35, 25, 1.01", // 0.3375
        "9.90, 2.5, 9.65", // 0.2475
        "3.30, 15, 2.80", // 0.495 is half, up
        "2.00, 99.99, 1.00", // never below one
        "1.00, 50, 1.00",
        "0.50, 50, 0.50"
    })
    void percentIsTakenOffHalfUpAndNeverBelowOneDollar(String list, String percent, String price) {
        Reduction off = new Reduction(Kind.COUPON, "X", new Off.Percent(new BigDecimal(percent)).of(usd(list)));

        assertThat(Quote.of(usd(list), Quote.LEAST).less(off).price()).isEqualTo(usd(price));
    }

    @Test
    void restOfABiggerReductionIsNotUsed() {
        Quote quote = Quote.of(usd("10.00"), Quote.LEAST)
                .less(new Reduction(Kind.COUPON, "BIG", usd("7.50")))
                .less(new Reduction(Kind.UPGRADE, "ao_1", usd("4.00")))
                .less(new Reduction(Kind.UPGRADE, "ao_2", usd("4.00")));

        assertThat(quote.reductions())
                .containsExactly(
                        new Reduction(Kind.COUPON, "BIG", usd("7.50")),
                        new Reduction(Kind.UPGRADE, "ao_1", usd("1.50")));
        assertThat(quote.price()).isEqualTo(Quote.LEAST);
    }

    @Test
    void whatNoCoinTakesIsNeverAsked() {
        Money least = usd("9.45");
        Reduction off = new Reduction(Kind.UPGRADE, "ao_1", usd("94.74"));

        assertThat(Quote.of(usd("99.00"), least).less(off).price()).isEqualTo(least);
        assertThat(Quote.of(usd("9.00"), least).less(off).reductions())
                .as("nothing helps there")
                .isEmpty();
    }

    @Test
    void priceAndReductionsAddUpToTheListWhateverIsTakenOff() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Money list = cents(1 + random.nextInt(1_000_000));
            Quote quote = Quote.of(list, Quote.LEAST);
            for (int n = random.nextInt(4); n > 0; n--) {
                quote = quote.less(new Reduction(Kind.UPGRADE, "ao_" + n, off(random, list)));
            }
            Money sum = quote.price();
            for (Reduction one : quote.reductions()) {
                assertThat(one.amount().isPositive()).as("seed %d", seed).isTrue();
                sum = sum.plus(one.amount());
            }
            assertThat(sum).as("seed %d", seed).isEqualTo(list);
            assertThat(quote.price())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(list.compareTo(Quote.LEAST) < 0 ? list : Quote.LEAST);
        }
    }

    /** Of a percentage, of an amount, or of time that is left. */
    private static Money off(Random random, Money list) {
        return switch (random.nextInt(3)) {
            case 0 -> new Off.Percent(BigDecimal.valueOf(1 + random.nextInt(9_999), 2)).of(list);
            case 1 -> cents(random.nextInt(500_000));
            default -> {
                Instant until = NOW.plusMillis(1 + random.nextInt(2_000_000_000));
                Instant at = NOW.plusMillis(random.nextInt(2_000_000_000));
                yield UnusedTime.left(list, NOW, until, at);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 30.00", // all of it
        "P10D, 20.00",
        "P29DT23H59M, 0.00", // 0.0007
        "P29DT23H52M48S, 0.01", // half a cent, up
        "P30D, 0.00",
        "P40D, 0.00",
        "-P5D, 30.00" // begins later
    })
    void unusedTimeIsWorthItsPartOfWhatWasPaid(String later, String worth) {
        Instant until = NOW.plus(java.time.Duration.ofDays(30));
        Instant at = NOW.plus(java.time.Duration.parse(later));

        assertThat(UnusedTime.left(usd("30.00"), NOW, until, at)).isEqualTo(usd(worth));
    }

    @Test
    void usedAndUnusedTimeAddUpToTheWhole() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Money paid = cents(1 + random.nextInt(100_000));
            long whole = 1L + random.nextInt(Integer.MAX_VALUE);
            long part = (long) (random.nextInt() & Integer.MAX_VALUE) % (whole + 1);
            Money sum = paid.shareHalfUp(part, whole).plus(paid.shareHalfUp(whole - part, whole));

            // each is off by half a cent at most, and by as much to the other side
            assertThat(sum.minus(paid).units().abs()).as("seed %d", seed).isLessThanOrEqualTo(BigInteger.ONE);
            assertThat(paid.shareHalfUp(part, whole)).as("seed %d", seed).isLessThanOrEqualTo(paid);
        }
    }

    @Test
    void couponRefusesByItsOwnTerms() {
        Plan plan = new Plan(SELLER, PLAN, CHANNEL, "Month", usd("10.00"), 30, null);
        Plan least = new Plan(SELLER, PLAN, CHANNEL, "Day", usd("1.00"), 1, null);

        assertThat(coupon(null, null, null, null).refusal(plan, Quote.LEAST, NOW))
                .isEmpty();
        assertThat(coupon(PLAN, NOW, NOW.plusSeconds(1), null).refusal(plan, Quote.LEAST, NOW))
                .isEmpty();
        assertThat(coupon(null, NOW.plusSeconds(1), null, null).refusal(plan, Quote.LEAST, NOW))
                .contains(Refusal.NOT_YET);
        assertThat(coupon(null, null, NOW, null).refusal(plan, Quote.LEAST, NOW))
                .contains(Refusal.OVER);
        assertThat(coupon(null, null, null, NOW).refusal(plan, Quote.LEAST, NOW))
                .contains(Refusal.OVER);
        assertThat(coupon(CHANNEL, null, null, null).refusal(plan, Quote.LEAST, NOW))
                .contains(Refusal.OTHER_PLAN);
        assertThat(coupon(null, null, null, null).refusal(least, Quote.LEAST, NOW))
                .contains(Refusal.NOTHING_OFF);
    }

    @Test
    void codeIsReadHoweverItIsWritten() {
        assertThat(Coupon.code(" spring-20 ")).isEqualTo(Optional.of("SPRING-20"));
        for (String wrong : new String[] {"", "AB", "A B C", "Ä-1234", "X".repeat(33), "A_BC"}) {
            assertThat(Coupon.code(wrong)).as(wrong).isEmpty();
        }
    }

    private static Coupon coupon(
            @Nullable UUID plan, @Nullable Instant from, @Nullable Instant until, @Nullable Instant closedAt) {
        return new Coupon(
                SELLER,
                new UUID(0, 3),
                CHANNEL,
                plan,
                "SPRING",
                "abcdefgh",
                new Off.Amount(usd("2.00")),
                null,
                from,
                until,
                closedAt);
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    private static Money cents(int cents) {
        return new Money(BigInteger.valueOf(cents), Asset.USD);
    }
}
