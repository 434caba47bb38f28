package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static admitone.payouts.Paying.SELLER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.runtime.SellerId;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

/** What the schema itself does not let happen, whatever the code does. */
class PayoutKeysDatabaseTests {
    private final Paying paying = Paying.start("payout-keys");

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void anAttemptBesideALivingOneAndAnotherVerifiedOneCannotBeWritten() {
        paying.seller(SELLER, "instant", "1");
        paying.approved("50.00");
        paying.work();

        refuses("attempt_living", "null, null");
        refuses("attempt_verified", "called_at, called_at");
    }

    @Test
    void aPaymentIsGivenBackByOnePayout() {
        paying.seller(SELLER, "instant", "1");
        String payment = paying.paid(SELLER, "50");
        paying.refunded(SELLER, payment);
        Payout other = paying.approved("50.00");

        assertThatThrownBy(() -> paying.core
                        .owner()
                        .sql(
                                "insert into payouts.refund (seller_id, payout_id, payment_id, address, kept_units, mac) values (?, ?, ?, 'B', 0, '')")
                        .params(SELLER.value(), other.id(), payment)
                        .update())
                .isInstanceOf(DuplicateKeyException.class)
                .hasMessageContaining("refund_living");
    }

    private void refuses(String key, String endedAndVerified) {
        assertThatThrownBy(() ->
                        paying.core.owner().sql("""
                                insert into payouts.attempt (seller_id, payout_id, number, external_id, called_at, ended_at, verified_at)
                                select seller_id, payout_id, 2, external_id || '2', called_at, %s from payouts.attempt
                                """.formatted(endedAndVerified)).update())
                .isInstanceOf(DuplicateKeyException.class)
                .hasMessageContaining(key);
    }

    /** The provider takes a code once: of all who ask at once one has it, and a clock that is turned back gives none twice. */
    @Test
    void theCodeOfThirtySecondsIsOnes() throws Exception {
        TotpSteps steps = paying.core.bean(TotpSteps.class);
        paying.core.clock.advance(steps.untilNext());

        assertThat(atOnce(20, steps::take)).filteredOn(Optional::isPresent).hasSize(1);
        assertThat(steps.take()).isEmpty();

        paying.core.clock.advance(TotpSteps.STEP);
        assertThat(atOnce(20, steps::take)).filteredOn(Optional::isPresent).hasSize(1);
        paying.core.clock.advance(TotpSteps.STEP.negated());
        assertThat(steps.take()).isEmpty();

        paying.core.clock.advance(TotpSteps.STEP.multipliedBy(3).minusMillis(2_999));
        assertThat(steps.take()).as("it might arrive too late").isEmpty();
    }

    @Test
    void aBatchIsOneSellersAndTheirsOnce() {
        BatchRoutes routes = paying.core.bean(BatchRoutes.class);
        SellerId other = new SellerId("1123456789ab");
        routes.claim("77", SELLER);
        routes.claim("77", SELLER);

        assertThatThrownBy(() -> routes.claim("77", other)).isInstanceOf(IllegalStateException.class);

        assertThat(paying.core.strings("select seller_id from payouts.batch_route"))
                .containsExactly(SELLER.value());
    }
}
