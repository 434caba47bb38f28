package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Ipn;
import admitone.hold.HoldMemory;
import admitone.money.Money;
import java.time.Duration;
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
    void whatIsBegunGoesOnAndAPersonIsAsked() {
        Payout payout = paying.made(SELLER);
        paying.approve(payout);
        while (!paying.state(payout).equals("created")) {
            paying.workOne();
        }

        givenBack();

        assertThat(paying.state(payout)).isEqualTo("created");
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

    private void givenBack() {
        String order = paying.core
                .strings("select order_id from payments.payment where payment_id = ?", payment)
                .getFirst();
        paying.core.hear(Ipn.of(payment, order, "refunded"));
    }
}
