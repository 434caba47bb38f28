package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.FakePayoutProvider.Lie;
import admitone.Ipn;
import admitone.hold.HoldMemory;
import admitone.ledger.Account;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payment is given back while a payout is to pay what it brought. */
class CalledOffDatabaseTests {
    private final Paying paying = Paying.start("called-off");
    private String payment = "";

    @BeforeEach
    void twoPaymentsOfASeller() {
        paying.seller(SELLER, "instant", "1");
        payment = paying.paid(SELLER, "50");
        paying.paid(SELLER, "30");
    }

    @AfterEach
    void stop() {
        paying.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsNotBegunIsCalledOffAndTheRestComesWithTheNext(boolean isApproved) {
        paying.provider.balance.put(USDT, Money.parse("1", USDT));
        Payout payout = paying.made(SELLER);
        if (isApproved) {
            paying.approve(payout);
        }
        paying.work();

        givenBack();

        assertThat(paying.state(payout)).isEqualTo("cancelled");
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.journal(payment)).containsOnlyOnce("reversal_of_accrual");
        paying.work();
        assertThat(paying.core.messenger.sent.getLast().html())
                .contains("the payment " + payment + " in it was given back");

        paying.provider.balance.put(USDT, Money.parse("1000", USDT));
        Payout rest = paying.made(SELLER);
        assertThat(rest.reserved())
                .isEqualTo(payout.reserved()
                        .minus(paying.ledger.of(SELLER, "payment:" + payment).stream()
                                .filter(line -> line.kind().equals("accrual"))
                                .findFirst()
                                .orElseThrow()
                                .amount()));
        paying.approve(rest);
        paying.pass(Duration.ofHours(30));
        assertThat(paying.provider.rows)
                .singleElement()
                .satisfies(row -> assertThat(row.asked.coins()).isEqualTo(rest.coins()));
        assertThat(paying.ledger.balance(SELLER).available().isPositive()).isFalse();
    }

    @Test
    void whatIsBegunIsLeftAsItIsAndAPersonIsAsked() {
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        while (!paying.state(payout).equals("created")) {
            paying.workOne();
        }

        givenBack();

        assertThat(paying.state(payout)).isEqualTo("created");
        assertThat(paying.openCases()).containsExactly("refund_after_payout");
    }

    /** Its code may have been taken. */
    @Test
    void whatHasACodeGoesOnAndAPersonIsAsked() {
        paying.provider.lies = operation -> operation.equals("verify") ? Lie.LOST_AFTER : Lie.NONE;
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        while (!paying.state(payout).equals("verifying")) {
            paying.workOne();
        }

        givenBack();
        paying.pass(Duration.ofHours(3));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.openCases()).containsExactly("refund_after_payout");
    }

    /** It may have been sent in the time that was lost. */
    @Test
    void nothingIsCalledOffWhileEffectsAreOnHold() {
        Payout payout = paying.made(SELLER);
        HoldMemory.blind(paying.core, true);

        givenBack();

        assertThat(paying.state(payout)).isEqualTo("awaiting_approval");
        assertThat(paying.openCases()).contains("refund_after_payout");
    }

    /** The hold ends, and a person approves: what it is to pay was given back all the same. */
    @Test
    void whatWasGivenBackDuringTheHoldIsNotSentAfterIt() {
        Payout payout = paying.made(SELLER);
        HoldMemory.blind(paying.core, true);
        givenBack();
        HoldMemory.blind(paying.core, false);

        paying.approve(payout);
        paying.pass(Duration.ofHours(3));

        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.state(payout)).isEqualTo("cancelled");
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.journal(payment)).containsOnlyOnce("reversal_of_accrual");
    }

    @Test
    void resumeAfterARestoreCallsOffWhatWasGivenBackDuringTheHold() {
        Payout payout = paying.made(SELLER);
        HoldMemory.blind(paying.core, true);
        givenBack();

        paying.core.bean(PayoutsAfterRestore.class).putRight();

        assertThat(paying.state(payout)).isEqualTo("cancelled");
        assertThat(paying.openCases()).isEmpty();
    }

    /** No code was given: its batch is left to lapse, and no other is made. */
    @Test
    void whatIsBegunAndHasNoCodeIsCalledOffWhenItsBatchHasLapsed() {
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        while (!paying.state(payout).equals("created")) {
            paying.workOne();
        }

        givenBack();
        paying.pass(Duration.ofHours(3));

        assertThat(paying.provider.calls).doesNotContain("verify");
        assertThat(paying.provider.rows).hasSize(1);
        assertThat(paying.state(payout)).isEqualTo("cancelled");
        assertThat(paying.openCases()).isEmpty();
    }

    /** Called off alone, the one would leave what it was to pay for the next, while the other pays the rest of it. */
    @Test
    void ofTwoThatPayForItNoneIsCalledOffWhileTheOtherIsBegun() throws Exception {
        Payout payout = paying.made(SELLER);
        paying.approve(payout); // while it waits for that no other is made
        paying.core.transactions.run(
                SELLER,
                () -> paying.ledger.book(
                        SELLER,
                        "payment:" + payment,
                        List.of(new Line(
                                Line.Kind.REFERRAL_PAID,
                                Account.EXCHANGE,
                                Account.SELLER_PAYABLE,
                                Money.parse("40", Asset.USD),
                                null))));
        Payout other = ((PayoutMaking.Made.Done) paying.making.byHand(SELLER, "operator")).payout();
        paying.approve(other);

        paying.core.whileUncommitted(
                SELLER,
                () -> paying.flow.apply(SELLER, other.id(), new PayoutEvent.Begin("other-1"), Paying.TEST),
                this::givenBack);

        assertThat(paying.state(other)).isEqualTo("creating");
        assertThat(paying.state(payout)).isEqualTo("approved");
        assertThat(paying.core.strings("select state from payments.payment where payment_id = ?", payment))
                .containsExactly("refunded");
        assertThat(paying.openCases()).contains("refund_after_payout");
    }

    private void givenBack() {
        String order = paying.core
                .strings("select order_id from payments.payment where payment_id = ?", payment)
                .getFirst();
        paying.core.hear(Ipn.of(payment, order, "refunded"));
    }
}
