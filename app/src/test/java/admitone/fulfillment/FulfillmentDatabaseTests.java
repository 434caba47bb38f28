package admitone.fulfillment;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.Core.Shop;
import admitone.HandClock;
import admitone.Ipn;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.hold.HoldMemory;
import admitone.ledger.Claims;
import admitone.ledger.Ledger;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.PaymentRules.Why;
import admitone.payments.ProviderStatus;
import admitone.runtime.Answer;
import admitone.timeline.Timeline;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FulfillmentDatabaseTests {
    private static final String ID = "5996609246";
    private static final String OTHER_ID = "5996609247";

    private final Core core = Core.start("fulfillment");
    private final Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void paidGrantsOnce() {
        Order order = core.order(shop);

        assertThat(core.hear(Ipn.finished(ID, order.id())).duplicate()).isFalse();

        assertThat(core.state(ID)).isEqualTo("paid");
        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("1.01"));
        assertThat(core.tasks("deliver_access")).containsExactly("ready");
        assertThat(core.tasks("tell_seller")).containsExactly("ready");
        assertThat(core.cases(ID)).isEmpty();
    }

    @Test
    void twoHundredAtOnceGrantOnce() throws Exception {
        for (int payment = 0; payment < 5; payment++) {
            String id = Long.toString(6_000_000_000L + payment);
            Order order = core.order(shop, 1000 + payment);
            Heard heard = core.heard(Ipn.finished(id, order.id()));

            List<Fulfillment.Outcome> outcomes = atOnce(200, () -> core.hear(heard));

            assertThat(outcomes).hasSize(200);
            assertThat(outcomes.stream().filter(outcome -> !outcome.duplicate()))
                    .hasSize(1);
            assertThat(core.journal(id)).containsExactly("accrual", "fee", "settlement");
        }
        assertThat(grants()).isEqualTo(5);
        core.bean(Timeline.class).flush();
        assertThat(core.count("timeline.event where kind = 'trigger'"))
                .as("each leaves its trace")
                .isEqualTo(1000);
    }

    @Test
    void differentBodiesAtOnceGrantOnceToo() throws Exception {
        Order order = core.order(shop);
        List<Heard> bodies = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            bodies.add(core.heard(
                    Ipn.finished(ID, order.id()).with("updated_at", new BigDecimal(1_765_249_461_000L + i))));
        }
        var next = new java.util.concurrent.ConcurrentLinkedQueue<>(bodies);

        atOnce(40, () -> core.hear(next.remove()));
        core.startTasks();
        core.awaitTasks();

        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
        assertThat(core.count("payments.notification")).isEqualTo(40);
        assertThat(core.count("payments.notification where fate = 'waiting'")).isZero();
    }

    @Test
    void orderOfWhatIsHeardDoesNotMatter() {
        List<String> words = Arrays.stream(ProviderStatus.values())
                .filter(status -> status != ProviderStatus.REFUNDED && status != ProviderStatus.OTHER)
                .map(ProviderStatus::word)
                .toList();
        for (int seed = 0; seed < 20; seed++) {
            String id = Long.toString(6_100_000_000L + seed);
            Order order = core.order(shop, 2000 + seed);
            List<String> shuffled = new ArrayList<>(words);
            shuffled.addAll(words.subList(0, 4));
            Collections.shuffle(shuffled, new Random(seed));

            shuffled.forEach(word -> core.hear(Ipn.of(id, order.id(), word)));

            assertThat(core.state(id)).as("seed %s: %s", seed, shuffled).isEqualTo("paid");
            assertThat(core.count("access.grants where order_id = ?", order.id()))
                    .isEqualTo(1);
            assertThat(core.count("ledger.journal where reference = ? and kind = 'accrual'", "payment:" + id))
                    .isEqualTo(1);
            assertThat(core.bean(Ledger.class).of(shop.seller(), "payment:" + id))
                    .as("seed %s: suspense is empty again", seed)
                    .satisfies(lines -> assertThat(lines.stream()
                                    .filter(line -> line.kind().equals("suspense"))
                                    .count())
                            .isEqualTo(lines.stream()
                                    .filter(line -> line.kind().equals("suspense_release"))
                                    .count()));
        }
    }

    @Test
    void wordsAtOnceEndWhereTheSetSays() throws Exception {
        core.startTasks();
        for (int round = 0; round < 15; round++) {
            String id = Long.toString(6_500_000_000L + round);
            Order order = core.order(shop, 5000L + round);
            core.hear(Ipn.of(id, order.id(), "waiting"));
            var ipns = new java.util.concurrent.ConcurrentLinkedQueue<>(List.of(
                    Ipn.of(id, order.id(), "partially_paid").paid("0.0001"),
                    Ipn.finished(id, order.id()),
                    Ipn.of(id, order.id(), "partially_paid").paid("0.0002"),
                    Ipn.of(id, order.id(), "expired"),
                    Ipn.of(id, order.id(), "sending"),
                    Ipn.of(id, order.id(), "wrong_asset_confirmed")));

            atOnce(6, () -> core.hear(ipns.remove()));
            core.awaitTasks();

            assertThat(core.state(id)).isEqualTo("paid");
            assertThat(core.count("access.grants where order_id = ?", order.id()))
                    .isEqualTo(1);
            assertThat(core.journal(id)).contains("accrual");
        }
    }

    @Test
    void refundReversesToZeroAndEndsTheGrant() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));

        core.hear(Ipn.of(ID, order.id(), "refunded"));

        assertThat(core.state(ID)).isEqualTo("refunded");
        assertThat(core.strings("select access from access.grants")).containsExactly("ended");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("0"));
        assertEveryAccountIsZero();
        core.hear(Ipn.of(ID, order.id(), "refunded").with("updated_at", BigDecimal.ONE));
        assertEveryAccountIsZero();
    }

    @Test
    void refundOfWhatAPayoutHasClaimedAsksAPerson() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));
        core.transactions.run(shop.seller(), () -> {
            Claims claims = core.bean(Claims.class);
            claims.claim(shop.seller(), UUID.randomUUID(), claims.claimable(shop.seller()));
        });

        core.hear(Ipn.of(ID, order.id(), "refunded"));

        assertThat(core.strings("select access from access.grants")).containsExactly("ended");
        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
        assertThat(core.cases(ID)).containsExactly("refund_after_payout");

        decideOnly("deduct");

        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("0"));
        assertEveryAccountIsZero();
    }

    @Test
    void whatAPersonHasGivenBackIsTakenBackOnce() {
        Order order = core.order(shop);
        Refunds refunds = core.bean(Refunds.class);
        core.hear(Ipn.of(ID, order.id(), "waiting"));
        assertThat(giveBack(refunds)).isFalse();
        core.hear(Ipn.finished(ID, order.id()));

        assertThat(giveBack(refunds)).isTrue();
        assertThat(giveBack(refunds)).isTrue();

        assertThat(core.state(ID)).isEqualTo("refunded");
        assertThat(core.strings("select access from access.grants")).containsExactly("ended");
        assertEveryAccountIsZero();
        assertThat(core.strings("select source from timeline.event where kind = 'payment_refunded'"))
                .containsExactly("Olga: unhappy");
    }

    private boolean giveBack(Refunds refunds) {
        return core.transactions.run(shop.seller(), () -> refunds.record(shop.seller(), ID, "unhappy", "Olga"));
    }

    @Test
    void whatComesToTheSellersOwnWalletIsPaidOutAtOnce() {
        core.owner().sql("update catalog.seller set payout_mode = 'direct'").update();
        Order order = core.order(shop);

        core.hear(Ipn.finished(ID, order.id()));

        var balance = core.bean(Ledger.class).balance(shop.seller());
        assertThat(balance.paidOut()).isEqualTo(usd("1.01"));
        assertThat(balance.accrued()).isEqualTo(usd("1.01"));
        assertThat(balance.available()).isEqualTo(usd("0"));
        core.hear(Ipn.of(ID, order.id(), "refunded"));
        assertEveryAccountIsZero();
    }

    @Test
    void refundOfWhatWasUnderpaidAndCompletedReversesToZero() {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "partially_paid")
                .paid("0.0002")
                .with("outcome_amount", new BigDecimal("0.00018")));
        assertThat(core.journal(ID)).containsExactly("suspense");
        core.hear(Ipn.finished(ID, order.id()));
        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement", "suspense", "suspense_release");

        core.hear(Ipn.of(ID, order.id(), "refunded"));

        assertEveryAccountIsZero();
    }

    @Test
    void finishedAfterARefundIsACase() {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "refunded"));

        core.hear(Ipn.finished(ID, order.id()));

        assertThat(grants()).isZero();
        assertThat(core.cases(ID)).containsExactly(Why.FINISHED_AFTER_REFUND);
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("0"));
    }

    @Test
    void twoPaymentsOfOneOrderAtOnceGrantOnce() throws Exception {
        for (int round = 0; round < 10; round++) {
            Order order = core.order(shop, 3000 + round);
            var ids = new java.util.concurrent.ConcurrentLinkedQueue<>(
                    List.of(Long.toString(6_200_000_000L + round), Long.toString(6_300_000_000L + round)));

            atOnce(2, () -> core.hear(Ipn.finished(ids.remove(), order.id())));
            core.startTasks();
            core.awaitTasks();

            assertThat(core.count("access.grants where order_id = ?", order.id()))
                    .isEqualTo(1);
            assertThat(core.count("cases.cases where order_id = ? and kind = ?", order.id(), Why.PAID_TWICE))
                    .isEqualTo(1);
            assertThat(core.strings("select state from payments.payment where order_id = ? order by state", order.id()))
                    .containsExactly("held", "paid");
        }
        assertThat(core.strings("select sum(amount)::text from ledger.journal where kind = 'suspense'"))
                .containsExactly(Money.parse("0.0002736", new Asset("eth"))
                        .units()
                        .multiply(java.math.BigInteger.TEN)
                        .toString());
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("10.10"));
    }

    @Test
    void spansOfTwoOrdersAtOnceFollowEachOther() throws Exception {
        for (int round = 0; round < 10; round++) {
            long buyer = 4000L + round;
            var ipns = new java.util.concurrent.ConcurrentLinkedQueue<Ipn>();
            for (int i = 0; i < 4; i++) {
                ipns.add(Ipn.finished(
                        Long.toString(6_400_000_000L + 10L * round + i),
                        core.order(shop, buyer).id()));
            }

            atOnce(4, () -> core.hear(ipns.remove()));
            core.startTasks();
            core.awaitTasks();

            assertThat(core.strings(
                            "select extract(epoch from starts_at - ?)::bigint / 86400 || '-' || extract(epoch from ends_at - ?)::bigint / 86400"
                                    + " from access.grants where telegram_user_id = ? order by starts_at",
                            HandClock.BEGIN.atOffset(java.time.ZoneOffset.UTC),
                            HandClock.BEGIN.atOffset(java.time.ZoneOffset.UTC),
                            buyer))
                    .containsExactly("0-30", "30-60", "60-90", "90-120");
        }
    }

    @Test
    void contendedRowIsKeptAndDecidedByTheTask() throws Exception {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "waiting"));

        try (Connection holder = core.connection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select from payments.payment for update");
            var outcome = core.hear(Ipn.finished(ID, order.id()));

            assertThat(outcome.duplicate()).isFalse();
            assertThat(core.count("payments.notification where fate = 'waiting'"))
                    .isEqualTo(1);
            assertThat(core.tasks("decide")).containsExactly("ready");
            assertThat(core.hear(Ipn.finished(ID, order.id())).duplicate()).isTrue();
            assertThat(grants()).isZero();
            holder.rollback();
        }
        core.startTasks();
        core.awaitTasks();

        assertThat(core.state(ID)).isEqualTo("paid");
        assertThat(grants()).isEqualTo(1);
        assertThat(core.count("payments.notification where fate = 'waiting'")).isZero();
    }

    /** Restored, or taken over by a server that had missed the last commits, while the process lives. */
    @Test
    void whatADatabaseThatWentBackHasLostIsHeardAgain() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));
        for (String table : List.of(
                "payments.notification",
                "payments.payment",
                "payments.route",
                "access.grants",
                "ledger.journal",
                "tasks.task",
                "timeline.entry")) {
            core.owner().sql("delete from " + table).update();
        }
        core.owner().sql("update checkout.orders set paid_by = null").update();

        HoldMemory.goneBack(core);

        assertThat(core.hear(Ipn.finished(ID, order.id())).duplicate()).isFalse();
        assertThat(grants()).isEqualTo(1);
        assertThat(core.count("payments.route")).isEqualTo(1);
    }

    @Test
    void decisionThatFailsKeepsTheNotificationAndIsTriedAgain() {
        Order order = core.order(shop);
        core.owner()
                .sql("alter table access.grants add constraint broken check (false)")
                .update();

        assertThat(core.hear(Ipn.finished(ID, order.id())).what()).isEqualTo("kept for later");
        assertThat(core.count("payments.notification where fate = 'waiting'")).isEqualTo(1);
        assertThat(core.journal(ID)).isEmpty();
        assertThat(core.count("checkout.orders where paid_by is not null")).isZero();

        core.owner().sql("alter table access.grants drop constraint broken").update();
        core.startTasks();
        core.awaitTasks();
        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
    }

    @Test
    void whatCannotBeStoredIsNotConfirmed() {
        Order order = core.order(shop);
        core.owner()
                .sql("alter table payments.notification add constraint broken check (false)")
                .update();

        assertThatThrownBy(() -> core.hear(Ipn.finished(ID, order.id()))).isInstanceOf(RuntimeException.class);

        assertThat(core.count("payments.notification")).isZero();
        assertThat(grants()).isZero();
    }

    // whose payment it is

    @Test
    void unknownOrderIsThePlatformsCase() {
        core.hear(Ipn.finished(ID, "ao_0123456789ab_" + "0".repeat(36)));

        assertThat(core.strings("select seller_id || ' ' || state from payments.payment"))
                .containsExactly("000000000000 held");
        assertThat(core.cases(ID)).containsExactly(Why.UNKNOWN_ORDER);
        assertThat(core.journal(ID)).containsExactly("suspense");
        assertThat(grants()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "order 17", "PGP-41|", "ao_zzzzzzzzzzzz_000000000000000000000000000000000000"})
    void anyOtherOrderIdIsAnUnknownOrder(String orderId) {
        core.hear(Ipn.finished(ID, orderId));

        assertThat(core.cases(ID)).containsExactly(Why.UNKNOWN_ORDER);
        assertThat(grants()).isZero();
    }

    @Test
    void otherPriceIsHeldAndItsMoneySetAside() {
        Order order = core.order(shop);

        core.hear(Ipn.finished(ID, order.id()).with("price_amount", new BigDecimal("0.01")));

        assertThat(core.state(ID)).isEqualTo("held");
        assertThat(core.cases(ID)).containsExactly(Why.PRICE_MISMATCH);
        assertThat(core.journal(ID)).containsExactly("suspense");
        assertThat(grants()).isZero();
    }

    @Test
    void knownPaymentIdDecidesWhateverOrderIsSaid() {
        Order mine = core.order(shop, 1);
        Order other = core.order(shop, 2);
        core.hear(Ipn.of(ID, mine.id(), "waiting"));

        core.hear(Ipn.finished(ID, other.id()));

        assertThat(core.strings("select order_id from access.grants")).containsExactly(mine.id());
    }

    @Test
    void childPaymentWithItsParentsOrderNeverGrants() {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "partially_paid").paid("0.0001"));

        core.hear(Ipn.finished(OTHER_ID, order.id()).with("parent_payment_id", new BigDecimal(ID)));

        assertThat(grants()).isZero();
        assertThat(core.state(OTHER_ID)).isEqualTo("held");
        assertThat(core.strings("select seller_id from payments.payment where payment_id = ?", OTHER_ID))
                .containsExactly(shop.seller().value());
        assertThat(core.cases(OTHER_ID)).containsExactly(Why.CHILD_PAYMENT);
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("0"));
    }

    @Test
    void unknownWordIsKeptAndChangesNothing() {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "teleported"));

        assertThat(core.state(ID)).isEqualTo("waiting");
        assertThat(core.strings("select fate || ' ' || provider_status from payments.notification"))
                .containsExactly("not_understood teleported");
    }

    @Test
    void oldOrderIdFindsTheOneOpenOrder() {
        Order order = core.order(shop);

        core.hear(Ipn.finished(ID, oldId()));

        assertThat(core.strings("select order_id from access.grants")).containsExactly(order.id());
    }

    @Test
    void oldOrderIdOfNoOpenOrderIsACase() {
        core.hear(Ipn.finished(ID, oldId()));

        assertThat(core.cases(ID)).containsExactly(Why.OLD_ORDER_ID);
        assertThat(core.strings("select seller_id from payments.payment"))
                .containsExactly(shop.seller().value());
        assertThat(grants()).isZero();
    }

    @Test
    void oldOrderIdOfSeveralOpenOrdersIsACase() {
        core.order(shop);
        core.order(shop);

        core.hear(Ipn.finished(ID, oldId()));

        assertThat(core.cases(ID)).containsExactly(Why.OLD_ORDER_ID);
        assertThat(grants()).isZero();
    }

    @Test
    void oldOrderIdRepeatedBelongsToItsPaymentsOrder() {
        Order first = core.order(shop);
        core.hear(Ipn.of(ID, oldId(), "waiting"));
        core.order(shop);

        core.hear(Ipn.finished(ID, oldId()));

        assertThat(core.strings("select order_id from access.grants")).containsExactly(first.id());
    }

    // the accrual that waits

    @Test
    void accrualFollowsWhenTheRateComes() {
        core.rates.usd.clear();
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));
        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(ID)).containsExactly("settlement");
        core.startTasks();
        core.awaitTasks();
        assertThat(core.tasks("accrue")).containsExactly("ready");

        core.rates.usd.put("eth", new BigDecimal("3870"));
        core.clock.advance(Duration.ofMinutes(1));
        core.awaitTasks();

        assertThat(core.tasks("accrue")).containsExactly("done");
        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("1.01"));
    }

    @Test
    void accrualThatFollowsIsBookedAsTheSellerIsPaidOutThen() {
        core.owner().sql("update catalog.seller set payout_mode = 'direct'").update();
        core.rates.usd.clear();
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));
        core.rates.usd.put("eth", new BigDecimal("3870"));

        core.startTasks();
        core.awaitTasks();

        assertThat(core.bean(Ledger.class).balance(shop.seller()).paidOut()).isEqualTo(usd("1.01"));
        assertThat(core.strings("select debit from ledger.journal where kind = 'settlement'"))
                .containsExactly("own_wallet");
    }

    /** Another seller came meanwhile, so the account counts as nobody's now. */
    @Test
    void accrualThatFollowsGoesWithItsCoins() {
        core.owner().sql("update catalog.seller set payout_mode = 'direct'").update();
        core.rates.usd.clear();
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));
        core.rates.usd.put("eth", new BigDecimal("3870"));
        core.shop("0123456789ac");

        core.startTasks();
        core.awaitTasks();

        assertThat(core.strings("select debit from ledger.journal where kind = 'settlement'"))
                .containsExactly("own_wallet");
        assertThat(core.strings("select credit from ledger.journal where kind = 'accrual'"))
                .containsExactly("seller_direct");
    }

    @Test
    void accrualAsksForAnOutcomeThatWasNotTold() {
        Order order = core.order(shop);
        core.provider.onFind =
                (id, trigger) -> new Answer.Done<>(Optional.of(core.heard(Ipn.finished(ID, order.id()))));

        core.hear(Ipn.finished(ID, order.id()).without("outcome_amount"));
        assertThat(core.journal(ID)).isEmpty();
        core.startTasks();
        core.awaitTasks();

        assertThat(core.journal(ID)).containsExactly("accrual", "fee", "settlement");
    }

    @Test
    void accrualOfWhatWasRefundedMeanwhileIsNotBooked() {
        core.rates.usd.clear();
        Order order = core.order(shop);
        core.hear(Ipn.finished(ID, order.id()));
        core.hear(Ipn.of(ID, order.id(), "refunded"));
        core.rates.usd.put("eth", new BigDecimal("3870"));

        core.startTasks();
        core.awaitTasks();

        assertThat(core.tasks("accrue")).containsExactly("done");
        assertEveryAccountIsZero();
    }

    @Test
    void lookTaskCompletesAPaymentWithoutAnyNotification() {
        Order order = core.order(shop);
        core.hear(Ipn.of(ID, order.id(), "waiting"));
        core.provider.onFind = (id, trigger) ->
                new Answer.Done<>(Optional.of(core.heard(Ipn.finished(ID, order.id()), Cause.TASK_RETRY)));
        core.transactions.run(
                shop.seller(), () -> core.bean(admitone.tasks.Tasks.class).owe(shop.seller(), Work.look(ID)));

        core.startTasks();
        core.awaitTasks();

        assertThat(grants()).isEqualTo(1);
        assertThat(core.strings("select distinct cause from timeline.event where kind = 'granted'"))
                .containsExactly("task_retry");
    }

    @Test
    void incidentOfNineTriggersGrantsOnceAndAccruesOnce() {
        Order order = core.order(shop("zzzzzzzzzzzz"));
        Instant begin = core.clock.instant();
        for (long offset : new long[] {0, 30, 90, 141, 377, 379, 446, 451, 492}) {
            core.clock.advance(Duration.between(core.clock.instant(), begin.plusSeconds(offset)));
            core.hear(core.heard(Ipn.finished(ID, order.id()), offset % 2 == 0 ? Cause.IPN : Cause.SWEEP));
        }

        assertThat(grants()).isEqualTo(1);
        assertThat(core.tasks("deliver_access")).hasSize(1);
        assertThat(core.bean(Ledger.class).balance(order.seller()).accrued()).isEqualTo(usd("1.06"));
    }

    private void decideOnly(String decision) {
        core.transactions.run(shop.seller(), () -> {
            var open = core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 2);
            return core.bean(CaseDecisions.class)
                    .decide(
                            shop.seller(),
                            open.getFirst().id(),
                            new CaseDecisions.Asked(decision, "a test", null, "operator", "Olga"));
        });
    }

    private Shop shop(String seller) {
        return core.shop(seller, BigDecimal.ZERO, "https://t.me/+free");
    }

    private String oldId() {
        var open = shop.channel().openChat();
        return "PGP-" + Core.BUYER + "|" + (open == null ? 0 : open.value());
    }

    private long grants() {
        return core.count("access.grants");
    }

    private void assertEveryAccountIsZero() {
        assertThat(core.strings("""
                select account || ' ' || asset || ' ' || sum(amount) from (
                  select debit as account, asset, -amount as amount from ledger.journal
                  union all select credit, asset, amount from ledger.journal) a
                group by account, asset having sum(amount) <> 0
                """)).isEmpty();
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }
}
