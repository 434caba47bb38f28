package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.runtime.SellerId;
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
