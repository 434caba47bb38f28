package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.payouts.Paying;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each invariant of payouts finds what breaks it. */
class PayoutInvariantsDatabaseTests {
    private final Paying paying = Paying.start("payout-invariants");

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void nothingIsBrokenByWhatHappens() {
        happen();
        giveBack();

        assertThat(Broken.in(paying.core)).noneMatch(PayoutInvariantsDatabaseTests::isOfPayouts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "claimed_once          | drop index ledger.claim_living; insert into ledger.claim select seller_id, gen_random_uuid(), entry_id, kind, at from ledger.claim",
                "all_before_are_claimed | update ledger.account set claimed_until = 'ffffffff-ffff-ffff-ffff-ffffffffffff'; update ledger.claim set released_at = now()",
                "payout_is_its_claims  | update payouts.payout set amount_units = amount_units + 1",
                "payout_is_reserved    | delete from ledger.journal where kind = 'payout'",
                "nobody_is_overdrawn   | update ledger.journal set amount = amount + 100 where kind = 'payout_reserve'",
                "one_batch_lives       | drop index payouts.attempt_living; insert into payouts.attempt (seller_id, payout_id, number, external_id, called_at) select seller_id, payout_id, n, concat(external_id, n), called_at from payouts.attempt, generate_series(7, 8) n",
                "made_anew_when_absent | insert into payouts.attempt (seller_id, payout_id, number, external_id, called_at) select seller_id, payout_id, 2, concat(external_id, '2'), ended_at - interval '1 second' from payouts.attempt",
                "payout_goes_on        | update payouts.attempt set called_at = called_at - interval '49 hours', verified_at = verified_at - interval '49 hours', ended_at = null; update payouts.payout set state = 'sent', ended_at = null",
                "paid_where_approved   | update payouts.destination set usable_from = usable_from + interval '1 day'",
            })
    void findsWhatBreaksIt(String id, String harm) {
        happen();

        paying.core.owner().sql(harm).update();

        assertThat(Broken.in(paying.core)).anyMatch(broken -> broken.startsWith(id + " "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refund_is_of_its_payment | update payments.payment set state = 'paid'",
                "refund_is_of_its_payment | update ledger.claim set released_at = null where claimed_by in (select payout_id from payouts.refund)",
                "refund_is_of_its_payment | update payouts.refund set given_back_at = now()",
                "refund_is_of_its_payment | delete from payouts.refund",
                "payout_is_reserved    | delete from ledger.journal where kind = 'reversal_of_payout_reserve'",
            })
    void findsWhatBreaksARefund(String id, String harm) {
        paying.seller(Paying.SELLER, "instant", "1");
        giveBack();

        paying.core.owner().sql(harm).update();

        assertThat(Broken.in(paying.core)).anyMatch(broken -> broken.startsWith(id + " "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set_aside_is_not_sent_twice | update payouts.refund set kept_units = kept_units + 1",
                "set_aside_is_not_sent_twice | update payments.payment set state = 'paid', paid_at = created_at",
                "payout_is_reserved          | delete from ledger.journal where kind = 'refund_reserve'",
                "payout_is_reserved          | update ledger.journal set amount = amount - 1 where kind = 'refund_reserve'",
                "payout_is_reserved          | update ledger.journal set asset = 'eth' where kind = 'refund_reserve'",
            })
    void findsWhatBreaksARefundOfSetAside(String id, String harm) {
        paying.seller(Paying.SELLER, "instant", "1");
        paying.refunded(Paying.SELLER, paying.partlyPaid(Paying.SELLER, "20"));
        assertThat(Broken.in(paying.core)).isEmpty();

        paying.core.owner().sql(harm).update();

        assertThat(Broken.in(paying.core)).anyMatch(broken -> broken.startsWith(id + " "));
    }

    @Test
    void whoIsStoppedNeedsNotGoOn() {
        happen();
        paying.core.owner().sql("""
                        update payouts.attempt set called_at = called_at - interval '49 hours', verified_at = verified_at - interval '49 hours', ended_at = null;
                        update payouts.payout set state = 'sent', ended_at = null;
                        insert into payouts.safeguard (seller_id, stopped_why, stopped_at) select seller_id, 'a case', made_at from payouts.payout
                        """).update();

        assertThat(Broken.in(paying.core)).noneMatch(broken -> broken.startsWith("payout_goes_on "));
    }

    /** The journal holds accruals that no payment brought: other invariants say so. */
    private static boolean isOfPayouts(String broken) {
        return broken.matches(
                "(claimed_once|set_aside_is_not_sent_twice|refund_is_of_its_payment|payout_is_its_claims|payout_is_reserved|nobody_is_overdrawn|one_batch_lives|made_anew_when_absent|payout_goes_on|paid_where_approved) .*");
    }

    private void giveBack() {
        paying.approve(paying.refunded(Paying.SELLER, paying.paid(Paying.SELLER, "20")));
        paying.pass(Duration.ofMinutes(10));
    }

    private void happen() {
        paying.seller(Paying.SELLER, "instant", "1");
        paying.approved("50.00");
        paying.pass(Duration.ofMinutes(10));
    }
}
