package admitone.payments;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.PaymentRules.Terms;
import admitone.payments.PaymentRules.Transition;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentRulesTests {
    static final Asset ETH = new Asset("eth");
    static final Asset TRX = new Asset("trx");
    static final Money PRICE = Money.parse("1.35", Asset.USD);
    static final Money ASKED = eth("0.0003");
    static final Terms TERMS = new Terms(PRICE, ASKED, BigDecimal.ONE);

    static Money eth(String amount) {
        return Money.parse(amount, ETH);
    }

    static Heard heard(ProviderStatus status, @Nullable Money received) {
        return heard(status, received, PRICE, ASKED, null);
    }

    static Heard heard(
            ProviderStatus status,
            @Nullable Money received,
            @Nullable Money price,
            @Nullable Money asked,
            @Nullable String parent) {
        return new Heard(
                "5996609246",
                parent,
                "order",
                status,
                status.word(),
                price,
                ETH,
                asked,
                received,
                received,
                new Trigger(Cause.IPN, "test", HandClock.BEGIN),
                (status + " " + received).getBytes(StandardCharsets.UTF_8));
    }

    /** What each status makes of each state; columns: {@link #STATES}. {@code =} nothing new, {@code !} refused, {@code ?} not understood. */
    private static final String TABLE = """
            status                | waiting        confirming     confirmed      sending        expired        failed         cancelled      partially_paid held     paid     refunded
            waiting               | =              =              =              =              =              =              =              =              =        =        =
            confirming            | confirming     =              =              =              =              =              =              =              =        =        =
            confirmed             | confirmed      confirmed      =              =              =              =              =              =              =        =        =
            sending               | sending        sending        sending        =              =              =              =              =              =        =        =
            expired               | expired        expired        expired        expired        =              =              =              =              =        =        =
            failed                | failed         failed         failed         failed         failed         =              =              =              =        =        =
            cancelled             | cancelled      cancelled      cancelled      cancelled      cancelled      cancelled      =              =              =        =        =
            wrong_asset_confirmed | held           held           held           held           held           held           held           held           =        =        =
            refunded              | refunded       refunded       refunded       refunded       refunded       refunded       refunded       refunded       refunded refunded =
            other                 | ?              ?              ?              ?              ?              ?              ?              ?              ?        ?        ?
            finished in full      | paid           paid           paid           paid           paid           paid           paid           paid           paid     =        !
            finished under        | partially_paid partially_paid partially_paid partially_paid partially_paid partially_paid partially_paid =              =        =        =
            partially in full     | paid           paid           paid           paid           paid           paid           paid           paid           paid     =        !
            partially under       | partially_paid partially_paid partially_paid partially_paid partially_paid partially_paid partially_paid =              =        =        =
            finished held         | held           held           held           held           held           held           held           held           =        =        =
            """;

    private static final Map<String, PaymentState> STATES = states();

    private static Map<String, PaymentState> states() {
        var states = new java.util.LinkedHashMap<String, PaymentState>();
        List.of(
                        new Waiting(),
                        new Confirming(Stage.CONFIRMING),
                        new Confirming(Stage.CONFIRMED),
                        new Confirming(Stage.SENDING),
                        new Closed(Reason.EXPIRED),
                        new Closed(Reason.FAILED),
                        new Closed(Reason.CANCELLED),
                        new PartiallyPaid(eth("0.0002")),
                        new Held(Why.WRONG_ASSET),
                        new Paid(ASKED, null, HandClock.BEGIN),
                        new Refunded())
                .forEach(state -> states.put(state.word(), state));
        return states;
    }

    static Stream<String> rows() {
        return TABLE.lines().skip(1);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void followsTheTable(String row) {
        String[] parts = row.split("\\|", -1);
        String status = parts[0].strip();
        List<String> expected = List.of(parts[1].strip().split("\\s+", -1));
        List<String> columns = List.copyOf(STATES.keySet());
        assertThat(expected).hasSameSizeAs(columns);

        List<String> actual = columns.stream()
                .map(column -> outcome(STATES.getOrDefault(column, new Waiting()), status))
                .toList();

        assertThat(actual).isEqualTo(expected);
    }

    private static String outcome(PaymentState state, String row) {
        String hold = row.endsWith("held") ? Why.UNKNOWN_ORDER : null;
        String[] words = row.split(" ", -1);
        ProviderStatus status =
                words[0].equals("partially") ? ProviderStatus.PARTIALLY_PAID : ProviderStatus.of(words[0]);
        Money received = row.endsWith("under") ? eth("0.0002") : ASKED;
        return switch (PaymentRules.apply(state, hold, heard(status, received), TERMS)) {
            case Transition.Repeated() -> "=";
            case Transition.NotUnderstood() -> "?";
            case Transition.Refused(String why) -> {
                assertThat(why).isEqualTo(Why.FINISHED_AFTER_REFUND);
                yield "!";
            }
            case Transition.Moved(PaymentState next) -> next.word();
        };
    }

    @Test
    void tableHasEveryStatusAndEveryState() {
        var statuses = new TreeSet<>(rows().map(row -> row.split("[ |]", -1)[0]).toList());

        assertThat(statuses)
                .containsAll(Arrays.stream(ProviderStatus.values())
                        .filter(status -> status != ProviderStatus.PARTIALLY_PAID)
                        .map(ProviderStatus::word)
                        .toList())
                .contains("partially");
        assertThat(STATES).hasSize(11);
    }

    @ParameterizedTest(name = "{0} of 0.0003 at a tolerance of {1} % is {2}")
    @CsvSource({
        "0.0003, 1, paid",
        "0.000297, 1, paid", // exactly one percent under
        "0.000296999999999999, 1, partially_paid",
        "0.000297, 0, partially_paid",
        "0.0003, 0, paid",
        "0.0009, 0, paid",
        "0, 1, partially_paid",
        "0.00015, 50, paid",
        "0.000149999999999999, 50, partially_paid",
    })
    void weighsWhatArrived(String received, String tolerance, String state) {
        for (ProviderStatus status : List.of(ProviderStatus.FINISHED, ProviderStatus.PARTIALLY_PAID)) {
            assertThat(reading(null, heard(status, eth(received)), new Terms(PRICE, ASKED, new BigDecimal(tolerance))))
                    .isEqualTo(state);
        }
    }

    @Test
    void measuresAgainstWhatWasRecordedAndOnlyElseAgainstTheNotification() {
        Heard smaller = heard(ProviderStatus.FINISHED, eth("0.0001"), PRICE, eth("0.0001"), null);

        assertThat(reading(null, smaller, TERMS)).isEqualTo("partially_paid");
        assertThat(reading(null, smaller, new Terms(PRICE, null, BigDecimal.ONE)))
                .isEqualTo("paid");
    }

    static List<Object[]> holds() {
        Heard full = heard(ProviderStatus.FINISHED, ASKED);
        List<Object[]> rows = new ArrayList<>();
        rows.add(new Object[] {"held before", Why.CHILD_PAYMENT, full, TERMS, Why.CHILD_PAYMENT});
        rows.add(new Object[] {
            "child", null, heard(ProviderStatus.FINISHED, ASKED, PRICE, ASKED, "1"), TERMS, Why.CHILD_PAYMENT
        });
        rows.add(new Object[] {
            "cheaper",
            null,
            heard(ProviderStatus.FINISHED, ASKED, Money.parse("1.34", Asset.USD), ASKED, null),
            TERMS,
            Why.PRICE_MISMATCH
        });
        rows.add(new Object[] {
            "dearer",
            null,
            heard(ProviderStatus.FINISHED, ASKED, Money.parse("1.36", Asset.USD), ASKED, null),
            TERMS,
            Why.PRICE_MISMATCH
        });
        rows.add(new Object[] {
            "other currency",
            null,
            heard(ProviderStatus.FINISHED, ASKED, Money.parse("1.35", new Asset("eur")), ASKED, null),
            TERMS,
            Why.PRICE_MISMATCH
        });
        rows.add(new Object[] {
            "no price", null, heard(ProviderStatus.FINISHED, ASKED, null, ASKED, null), TERMS, Why.PRICE_MISMATCH
        });
        rows.add(new Object[] {"no order", null, full, new Terms(null, ASKED, BigDecimal.ONE), Why.PRICE_MISMATCH});
        rows.add(new Object[] {
            "other coin",
            null,
            heard(ProviderStatus.FINISHED, Money.parse("0.0003", TRX), PRICE, ASKED, null),
            TERMS,
            Why.WRONG_ASSET
        });
        rows.add(new Object[] {
            "nothing said to have arrived", null, heard(ProviderStatus.FINISHED, null), TERMS, Why.AMOUNT_MISSING
        });
        rows.add(new Object[] {
            "nothing asked",
            null,
            heard(ProviderStatus.FINISHED, ASKED, PRICE, null, null),
            new Terms(PRICE, null, BigDecimal.ONE),
            Why.AMOUNT_MISSING
        });
        rows.add(new Object[] {
            "zero asked",
            null,
            heard(ProviderStatus.FINISHED, ASKED, PRICE, eth("0"), null),
            new Terms(PRICE, null, BigDecimal.ONE),
            Why.AMOUNT_MISSING
        });
        return rows;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("holds")
    void holdsWhatMayNotGrant(String name, @Nullable String hold, Heard heard, Terms terms, String why) {
        assertThat(PaymentRules.reading(hold, heard, terms)).contains(new Held(why));
    }

    @Test
    void growsWhatWasPartlyPaid() {
        var before = new PartiallyPaid(eth("0.0001"));

        assertThat(PaymentRules.apply(before, null, heard(ProviderStatus.PARTIALLY_PAID, eth("0.0002")), TERMS))
                .isEqualTo(new Transition.Moved(new PartiallyPaid(eth("0.0002"))));
        assertThat(PaymentRules.apply(before, null, heard(ProviderStatus.PARTIALLY_PAID, eth("0.00005")), TERMS))
                .isEqualTo(new Transition.Repeated());
    }

    @Test
    void dismissedPartIsAskedAboutAgainOnlyWhereMoreArrived() {
        var before = new PartiallyPaid(eth("0.0001"));

        assertThat(PaymentRules.apply(before, Why.DISMISSED, heard(ProviderStatus.FINISHED, eth("0.0001")), TERMS))
                .isEqualTo(new Transition.Repeated());
        assertThat(PaymentRules.apply(before, Why.DISMISSED, heard(ProviderStatus.FINISHED, eth("0.0002")), TERMS))
                .isEqualTo(new Transition.Moved(new Held(Why.DISMISSED)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"finished", "FINISHED", " finished ", "Finished"})
    void readsTheProvidersWordInAnyCase(String word) {
        assertThat(ProviderStatus.of(word)).isEqualTo(ProviderStatus.FINISHED);
        assertThat(ProviderStatus.of("canceled")).isEqualTo(ProviderStatus.CANCELLED);
        assertThat(ProviderStatus.of("finished!")).isEqualTo(ProviderStatus.OTHER);
        assertThat(ProviderStatus.of("")).isEqualTo(ProviderStatus.OTHER);
    }

    @Test
    void everyStateHasItsOwnRankAndWord() {
        assertThat(STATES.values()).extracting(PaymentState::rank).doesNotHaveDuplicates();
        assertThat(STATES.values()).extracting(PaymentState::rank).isSorted();
    }

    private static String reading(@Nullable String hold, Heard heard, Terms terms) {
        return PaymentRules.reading(hold, heard, terms).map(PaymentState::word).orElse("?");
    }
}
