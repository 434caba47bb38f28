package admitone.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.access.Grant.Access;
import admitone.catalog.Channel.Admission;
import admitone.checkout.SecondPayment.Became;
import admitone.checkout.StatusWords.Asker;
import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.PublicStatus;
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
import org.junit.jupiter.params.provider.EnumSource;

class StatusWordsTests {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofDays(30));
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final Asset BTC = new Asset("btc");

    @ParameterizedTest
    @CsvSource({
        "waiting, , AWAITING_PAYMENT, NONE, AWAITING, false",
        "confirming, , CONFIRMING, NONE, CONFIRMING, false",
        "confirmed, , CONFIRMING, NONE, SETTLING, false",
        "sending, , CONFIRMING, NONE, SETTLING, false",
        "expired, , EXPIRED, NONE, EXPIRED_PAY_AGAIN, false",
        "failed, , FAILED, NONE, FAILED_PAY_AGAIN, true",
        "cancelled, , FAILED, NONE, FAILED_PAY_AGAIN, true",
        "partially_paid, , PARTIALLY_PAID, NONE, SHORT_PAY_REST, false",
        "held, , PARTIALLY_PAID, NONE, HELD, false",
        "held, READY, PARTIALLY_PAID, READY, READY, false",
        "paid, , CONFIRMED, NONE, PREPARING, false",
        "paid, PREPARING, CONFIRMED, PREPARING, PREPARING, false",
        "paid, READY, CONFIRMED, READY, READY, false",
        "paid, DELIVERED, CONFIRMED, DELIVERED, DELIVERED, true",
        "paid, ADMITTED, CONFIRMED, ADMITTED, ADMITTED, true",
        "paid, ENDED, CONFIRMED, ENDED, ENDED, true",
        "refunded, , REFUNDED, NONE, REFUNDED, true",
        "refunded, ENDED, REFUNDED, ENDED, REFUNDED, true",
    })
    void tellsEachStateInItsWords(
            String state, @Nullable Access granted, PublicStatus status, Access access, Words words, boolean isFinal) {
        BuyerStatus told = of(order(null), List.of(payment("1", state(state))), granted, LATER, Asker.HOLDER);

        assertThat(told.status()).isEqualTo(status);
        assertThat(told.access()).isEqualTo(access);
        assertThat(told.words()).isEqualTo(words);
        assertThat(told.isFinal()).isEqualTo(isFinal);
    }

    @Test
    void leavesNoPlaceholderInAnyWords() {
        for (String state : List.of(
                "waiting",
                "confirming",
                "sending",
                "expired",
                "failed",
                "partially_paid",
                "held",
                "paid",
                "refunded")) {
            for (Access access : Access.values()) {
                for (Asker asker : Asker.values()) {
                    for (Instant end : new @Nullable Instant[] {null, LATER, NOW.minusSeconds(1)}) {
                        BuyerStatus told = of(order(null), List.of(payment("1", state(state))), access, end, asker);
                        assertThat(told.message() + told.heading())
                                .as("%s %s %s %s", state, access, asker, end)
                                .doesNotContain("{", "null", "  ");
                    }
                }
            }
        }
    }

    @Test
    void saysTheSameInSpanish() {
        Purchase isShort =
                new Purchase(order(null), List.of(payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)))), null);
        Purchase isOver = new Purchase(
                order("1"),
                List.of(payment("1", paid("0.0011", NOW))),
                new Purchase.Granted(Access.ADMITTED, LATER, null, Admission.JOIN_REQUEST));

        assertThat(spanish(isShort).heading()).isEqualTo("Faltan 0.0006 BTC: paga aquí el resto");
        assertThat(spanish(isOver).message())
                .endsWith(
                        "Tu acceso dura hasta el 31 de marzo de 2026, 12:00 UTC. Pagaste 0.0001 BTC más de lo pedido; el vendedor también lo ve.");
    }

    private static BuyerStatus spanish(Purchase purchase) {
        return StatusWords.of(purchase, NOW, BigDecimal.ONE, Asker.HOLDER, Language.SPANISH);
    }

    @Test
    void saysByHowMuchThePaymentIsShort() {
        BuyerStatus told = of(
                order(null),
                List.of(payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)))),
                null,
                null,
                Asker.HOLDER);

        assertThat(told.heading()).isEqualTo("Short by 0.0006 BTC: pay the rest here");
        assertThat(told.message())
                .startsWith(
                        "0.0004 BTC of 0.001 BTC arrived and is kept safe. You get access when the missing 0.0006 BTC is paid too.");
        assertThat(told.shortBy()).isEqualTo(Money.parse("0.0006", BTC));
    }

    @Test
    void asksTheSellerWhenTheTimeForTheRestIsOver() {
        BuyerStatus told = of(
                orderExpiring(NOW.minusSeconds(1), null),
                List.of(payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)))),
                null,
                null,
                Asker.HOLDER);

        assertThat(told.words()).isEqualTo(Words.SHORT);
        assertThat(told.heading()).isEqualTo("Short by 0.0006 BTC");
        assertThat(told.words().invitesPayment()).isFalse();
    }

    @Test
    void saysWhatIsMissingOfAllPartsTogether() {
        Payment first = payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)));
        Payment second = rest("2", "6", new PartiallyPaid(Money.parse("0.0005", BTC)));

        BuyerStatus told = of(order(null), List.of(first, second), null, null, Asker.HOLDER);

        assertThat(new Purchase(order(null), List.of(first, second), null).rest())
                .contains(Money.parse("3", Asset.USD));
        assertThat(told.shortBy()).isEqualTo(Money.parse("0.0005", BTC));
    }

    @Test
    void offersTheAddressForTheRestOnlyOnceAPartHasArrived() {
        Payment whole = payment("1", new Waiting());
        Payment otherCoin = payment("2", new Waiting());
        Payment part = payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)));
        Payment rest = rest("3", "6", new Waiting());
        Payment olderRest = rest("4", "7", new Waiting());

        assertThat(new Purchase(order(null), List.of(whole, otherCoin), null).payable())
                .containsExactly(whole, otherCoin);
        assertThat(new Purchase(order(null), List.of(part, otherCoin, rest, olderRest), null).payable())
                .containsExactly(rest);
    }

    @Test
    void letsTheRestSpeakWhenItIsSeen() {
        Payment part = payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)));
        Payment waiting = rest("2", "6", new Waiting());
        Payment seen = rest("2", "6", new Confirming(Stage.CONFIRMING));

        assertThat(speaks(part, waiting)).isEqualTo(part);
        assertThat(speaks(part, seen)).isEqualTo(seen);
    }

    @Test
    void tellsAnybodyNeitherAmountsNorTimes() {
        BuyerStatus isShort = of(
                order(null),
                List.of(payment("1", new PartiallyPaid(Money.parse("0.0004", BTC)))),
                null,
                null,
                Asker.ANYBODY);
        BuyerStatus over =
                of(order("1"), List.of(payment("1", paid("0.002", NOW))), Access.READY, LATER, Asker.ANYBODY);

        assertThat(isShort.words()).isEqualTo(Words.SHORT_UNTOLD);
        assertThat(isShort.shortBy()).isNull();
        assertThat(isShort.received()).isNull();
        assertThat(over.message()).doesNotContain("0.001", "until").contains("You paid more than was asked");
        assertThat(over.endsAt()).isNull();
    }

    @Test
    void saysThatAPaymentCameLateOrTooLarge() {
        Order order = order("1");
        BuyerStatus late = of(
                order,
                List.of(payment("1", paid("0.001", order.expiresAt().plusSeconds(1)))),
                Access.READY,
                null,
                Asker.HOLDER);
        BuyerStatus over = of(order, List.of(payment("1", paid("0.0011", NOW))), Access.ADMITTED, LATER, Asker.HOLDER);
        BuyerStatus withinTolerance =
                of(order, List.of(payment("1", paid("0.00101", NOW))), Access.ADMITTED, LATER, Asker.HOLDER);

        assertThat(late.message())
                .endsWith(
                        "Your access has no end. Your payment came after its time; it counts all the same, and the seller is told.");
        assertThat(over.message())
                .endsWith(
                        "Your access lasts until 31 March 2026, 12:00 UTC. You paid 0.0001 BTC more than was asked; the seller sees that too.");
        assertThat(withinTolerance.message()).doesNotContain("more than");
    }

    /** Never told to begin anew where another coin can be chosen, nor to choose one where none can. */
    @ParameterizedTest
    @CsvSource({"expired, EXPIRED", "failed, FAILED", "cancelled, CANCELLED"})
    void onlyTheEndOfAnOrdersTimeAsksForAnotherPurchase(String state, Words atTheEnd) {
        List<Payment> payments = List.of(payment("1", state(state)));

        Words inTime = of(order(null), payments, null, null, Asker.HOLDER).words();
        Words over = of(orderExpiring(NOW.minusSeconds(1), null), payments, null, null, Asker.HOLDER)
                .words();

        assertThat(inTime.invitesPayment()).isTrue();
        assertThat(inTime.invitesPurchase()).isFalse();
        assertThat(over).isEqualTo(atTheEnd);
        assertThat(over.invitesPurchase()).isTrue();
        assertThat(over.invitesPayment()).isFalse();
    }

    @Test
    void waitsForAChoiceOfCoinUntilTheOrderIsOver() {
        assertThat(of(order(null), List.of(), null, null, Asker.HOLDER).words()).isEqualTo(Words.NO_COIN_YET);

        Order over = orderExpiring(NOW.minusSeconds(1), null);
        assertThat(of(over, List.of(), null, null, Asker.HOLDER).status()).isEqualTo(PublicStatus.EXPIRED);
        assertThat(of(over, List.of(payment("1", new Waiting())), null, null, Asker.HOLDER)
                        .words())
                .isEqualTo(Words.EXPIRED);
        assertThat(of(over, List.of(payment("1", new Confirming(Stage.CONFIRMING))), null, null, Asker.HOLDER)
                        .status())
                .isEqualTo(PublicStatus.CONFIRMING);
    }

    @ParameterizedTest
    @CsvSource({
        ", NONE, PREPARING, false",
        "ADMITTED, ADMITTED, ADMITTED, true",
        "ENDED, ENDED, ENDED, true",
    })
    void orderPaidByTheSurplusOfAnotherIsConfirmed(
            @Nullable Access granted, Access access, Words words, boolean isFinal) {
        Order extension = orderExpiring(NOW.minus(Duration.ofHours(1)), "1");

        BuyerStatus told = of(extension, List.of(), granted, LATER, Asker.HOLDER);

        assertThat(told.status()).isEqualTo(PublicStatus.CONFIRMED);
        assertThat(told.access()).isEqualTo(access);
        assertThat(told.words()).isEqualTo(words);
        assertThat(told.isFinal()).isEqualTo(isFinal);
    }

    @Test
    void letsThePaymentSpeakThatPaidTheOrder() {
        List<Payment> payments = List.of(payment("1", paid("0.001", NOW)), payment("2", new Refunded()));

        assertThat(of(order("1"), payments, Access.ADMITTED, null, Asker.HOLDER).status())
                .isEqualTo(PublicStatus.CONFIRMED);
    }

    @Test
    void letsTheFurthestPaymentSpeakAndNoneThatEndedWhileAnotherLives() {
        Payment expired = payment("1", new Closed(Reason.EXPIRED));
        Payment failed = payment("2", new Closed(Reason.FAILED));
        Payment confirming = payment("3", new Confirming(Stage.CONFIRMING));
        Payment waiting = payment("4", new Waiting());

        assertThat(speaks(expired, failed)).isEqualTo(failed);
        assertThat(speaks(expired, waiting)).isEqualTo(waiting);
        assertThat(speaks(failed, confirming, waiting)).isEqualTo(confirming);
    }

    @Test
    void endsAccessWhoseTimeIsOver() {
        BuyerStatus told = of(
                order("1"),
                List.of(payment("1", paid("0.001", NOW))),
                Access.ADMITTED,
                NOW.minusSeconds(1),
                Asker.HOLDER);

        assertThat(told.access()).isEqualTo(Access.ENDED);
        assertThat(told.message()).startsWith("It lasted until 1 March 2026, 11:59 UTC.");
        assertThat(told.showsWayIn()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"PREPARING", "READY", "DELIVERED", "ADMITTED", "ENDED"})
    void toWhoIsBannedNoWayInIsOpen(Access access) {
        BuyerStatus told = StatusWords.of(
                new Purchase(
                        order("1"),
                        List.of(payment("1", paid("0.001", NOW))),
                        new Purchase.Granted(access, LATER, null, Admission.ONE_TIME_LINK),
                        /* isBanned= */ true,
                        List.of(),
                        false),
                NOW,
                BigDecimal.ONE,
                Asker.HOLDER,
                Language.ENGLISH);

        assertThat(told.showsWayIn()).isFalse();
        assertThat(told.words()).isEqualTo(access == Access.ENDED ? Words.ENDED_PLAIN : Words.HELD_BACK);
        assertThat(told.isFinal()).isEqualTo(access == Access.ENDED);
        assertThat(told.message()).doesNotContain("Your access lasts");
    }

    @ParameterizedTest
    @CsvSource({
        "'', BANNED",
        "waiting, BANNED",
        "confirming, BANNED",
        "sending, BANNED",
        "expired, BANNED",
        "failed, BANNED",
        "part, SHORT",
        "other coin, OTHER_COIN",
        "held, HELD"
    })
    void whoIsBannedIsAskedForNothingAndReadsWhy(String state, Words words) {
        PaymentState its = switch (state) {
            case "part" -> new PartiallyPaid(Money.parse("0.0004", BTC));
            case "other coin" -> new Held(Why.WRONG_ASSET);
            case "held" -> new Held(Why.PRICE_MISMATCH);
            default -> state.isEmpty() ? new Waiting() : state(state);
        };
        List<Payment> payments = state.isEmpty() ? List.of() : List.of(payment("1", its));
        for (Instant at : List.of(NOW, LATER)) {
            BuyerStatus told = StatusWords.of(
                    new Purchase(order(null), payments, null, /* isBanned= */ true, List.of(), false),
                    at,
                    BigDecimal.ONE,
                    Asker.HOLDER,
                    Language.ENGLISH);

            assertThat(told.words()).isEqualTo(words);
            assertThat(told.words().invitesPayment()).isFalse();
            assertThat(told.message()).contains("The seller has banned you from the channel");
        }
    }

    @ParameterizedTest
    @CsvSource({"refunded, , REFUNDED_PLAIN", "paid, 2026-02-01T00:00:00Z, ENDED_ON_PLAIN", "paid, , ENDED_PLAIN"})
    void whoIsBannedIsNotInvitedToBuyAgain(String state, @Nullable Instant endsAt, Words words) {
        for (Language language : Language.values()) {
            BuyerStatus told = StatusWords.of(ended(state, endsAt), NOW, BigDecimal.ONE, Asker.HOLDER, language);

            assertThat(told.words()).isEqualTo(words);
            assertThat(told.words().invitesPurchase()).isFalse();
            assertThat(told.message()).doesNotContain("plan");
        }
    }

    @ParameterizedTest
    @CsvSource({"'', NO_COIN_YET", "waiting, AWAITING", "held, HELD", "paid, PREPARING", "refunded, REFUNDED"})
    void anOldIdTellsNobodyWhoIsBanned(String state, Words words) {
        List<Payment> payments = state.isEmpty()
                ? List.of()
                : List.of(payment("1", state.equals("waiting") ? new Waiting() : state(state)));
        BuyerStatus told = StatusWords.of(
                new Purchase(order(null), payments, null, /* isBanned= */ true, List.of(), false),
                NOW,
                BigDecimal.ONE,
                Asker.ANYBODY,
                Language.ENGLISH);

        assertThat(told.words()).isEqualTo(words);
        assertThat(told.message()).doesNotContain("banned");
    }

    private static Purchase ended(String state, @Nullable Instant endsAt) {
        return new Purchase(
                order("1"),
                List.of(payment("1", state(state))),
                new Purchase.Granted(Access.ENDED, endsAt, null, Admission.JOIN_REQUEST),
                /* isBanned= */ true,
                List.of(),
                false);
    }

    @Test
    void restThatNoCoinTakesIsNotAskedFor() {
        Payment part = payment("1", state("partially_paid")); // six dollars are missing
        Purchase purchase = new Purchase(order(null), List.of(part), null);

        assertThat(words(purchase.withRestPayable(rest -> rest.compareTo(usd("6.01")) >= 0)))
                .isEqualTo(Words.SHORT);
        assertThat(words(purchase.withRestPayable(rest -> rest.compareTo(usd("6")) >= 0)))
                .isEqualTo(Words.SHORT_PAY_REST);
    }

    @Test
    void addressThatWasGivenForTheRestHoldsWhateverCoinsTakeNow() {
        Payment part = payment("1", state("partially_paid"));
        Purchase purchase = new Purchase(order(null), List.of(part, rest("2", "6", new Waiting())), null);

        assertThat(words(purchase.withRestPayable(rest -> false))).isEqualTo(Words.SHORT_PAY_REST);
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    private static Words words(Purchase purchase) {
        return StatusWords.of(purchase, NOW, BigDecimal.ONE, Asker.HOLDER, Language.ENGLISH)
                .words();
    }

    @Test
    void moneyBesideThePaymentThatPaidIsToldInExactWords() {
        Money amount = Money.parse("1.06", new Asset("usdttrc20"));
        List<SecondPayment> second = List.of(
                new SecondPayment(amount, Became.WAITS, null),
                new SecondPayment(amount, Became.EXTENDED, LATER),
                new SecondPayment(amount, Became.TAKEN_FOR_ANOTHER, null),
                new SecondPayment(amount, Became.GIVEN_BACK, null),
                new SecondPayment(amount, Became.KEPT, null));
        var purchase = new Purchase(
                order("1"),
                List.of(payment("1", paid("0.001", NOW))),
                new Purchase.Granted(Access.ADMITTED, null, null, Admission.JOIN_REQUEST),
                /* isBanned= */ false,
                second,
                false);

        String told = StatusWords.of(purchase, NOW, BigDecimal.ONE, Asker.HOLDER, Language.ENGLISH)
                .message();

        assertThat(told)
                .contains(
                        "Another payment of 1.06 USDT arrived; the seller is told and decides.",
                        "Your other payment of 1.06 USDT extended your access: it lasts until "
                                + Form.in(Language.ENGLISH).moment(LATER) + ".",
                        "The seller counted your other payment of 1.06 USDT towards another purchase.",
                        "Your other payment of 1.06 USDT was given back.",
                        "The seller decided that your other payment of 1.06 USDT adds no access.");
        assertThat(StatusWords.of(purchase, NOW, BigDecimal.ONE, Asker.ANYBODY, Language.ENGLISH)
                        .message())
                .as("an old id can be guessed")
                .doesNotContain("1.06");
    }

    @ParameterizedTest
    @CsvSource({
        "held, true, false, , WAITS",
        "partially_paid, true, false, , WAITS",
        "held, true, false, dismiss, KEPT",
        "paid, false, true, extend, EXTENDED",
        "paid, false, false, grant, TAKEN_FOR_ANOTHER",
        "paid, true, false, completed, ",
        "refunded, true, false, dismiss, GIVEN_BACK",
        "refunded, false, true, extend, GIVEN_BACK"
    })
    void whatBecameOfMoneyBesideIsKnownByItsStateAndTheDecision(
            String state, boolean isOfOrder, boolean addsTime, @Nullable String decision, @Nullable Became became) {
        assertThat(SecondPayment.became(state, isOfOrder, addsTime, decision)).isEqualTo(Optional.ofNullable(became));
    }

    private static Payment speaks(Payment... payments) {
        return StatusWords.deciding(order(null), List.of(payments)).orElseThrow();
    }

    private static BuyerStatus of(
            Order order, List<Payment> payments, @Nullable Access access, @Nullable Instant endsAt, Asker asker) {
        var granted = access == null ? null : new Purchase.Granted(access, endsAt, null, Admission.JOIN_REQUEST);
        return StatusWords.of(new Purchase(order, payments, granted), NOW, BigDecimal.ONE, asker, Language.ENGLISH);
    }

    private static PaymentState state(String word) {
        return switch (word) {
            case "waiting" -> new Waiting();
            case "confirming" -> new Confirming(Stage.CONFIRMING);
            case "confirmed" -> new Confirming(Stage.CONFIRMED);
            case "sending" -> new Confirming(Stage.SENDING);
            case "expired" -> new Closed(Reason.EXPIRED);
            case "failed" -> new Closed(Reason.FAILED);
            case "cancelled" -> new Closed(Reason.CANCELLED);
            case "partially_paid" -> new PartiallyPaid(Money.parse("0.0004", BTC));
            case "held" -> new Held(Why.PRICE_MISMATCH);
            case "paid" -> paid("0.002", NOW);
            case "refunded" -> new Refunded();
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static Paid paid(String received, Instant at) {
        return new Paid(Money.parse(received, BTC), null, at);
    }

    private static Order order(@Nullable String paidBy) {
        return orderExpiring(NOW.plus(Duration.ofHours(1)), paidBy);
    }

    private static Order orderExpiring(Instant at, @Nullable String paidBy) {
        return new Order(
                SELLER,
                "ao_test",
                new UUID(1, 1),
                new UUID(1, 2),
                7,
                Money.parse("10", Asset.USD),
                30,
                BigDecimal.ZERO,
                NOW.minus(Duration.ofHours(2)),
                at,
                paidBy);
    }

    private static Payment payment(String id, PaymentState state) {
        return new Payment(
                SELLER,
                id,
                "ao_test",
                null,
                state,
                state.word(),
                BTC,
                Money.parse("0.001", BTC),
                "address",
                null,
                state instanceof PartiallyPaid(Money received) ? received : null,
                null,
                null,
                null,
                NOW,
                null,
                null,
                null,
                null);
    }

    private static Payment rest(String id, String usd, PaymentState state) {
        Payment of = payment(id, state);
        return new Payment(
                of.seller(),
                of.id(),
                of.orderId(),
                of.hold(),
                of.state(),
                of.providerStatus(),
                of.payCurrency(),
                of.payAmount(),
                of.payAddress(),
                of.payinExtraId(),
                of.received(),
                of.outcome(),
                of.suspended(),
                of.parentPaymentId(),
                of.createdAt(),
                of.paidAt(),
                of.expiresAt(),
                Money.parse(usd, Asset.USD),
                null);
    }
}
