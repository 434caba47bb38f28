package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.checkout.Order;
import admitone.money.Asset;
import admitone.money.Rates;
import java.math.BigDecimal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each invariant of money and grants finds what breaks it. */
class MoneyInvariantsDatabaseTests {
    private static final String PAID = "5996609246";
    private static final String TWICE = "5996609247";
    private static final String COMPLETED = "5996609248";

    private final Core core = Core.start("money-invariants");
    private final Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void nothingIsBrokenByWhatHappens() {
        happen();

        assertThat(Broken.in(core)).isEmpty();
    }

    /** A fiat counts hundredths, a coin 10^-18. */
    @Test
    void nothingIsBrokenByWhatIsSettledInAFiat() {
        core.rates.usd.put("eur", new BigDecimal("1.08"));
        core.bean(Rates.class).fetch(new Asset("eur"));
        Order order = core.order(shop);

        core.hear(Ipn.finished(PAID, order.id())
                .with("outcome_currency", "eur")
                .with("outcome_amount", new BigDecimal("1.25")));

        assertThat(core.strings("select kind || ' ' || amount from ledger.journal where asset = 'usd' order by kind"))
                .containsExactly("accrual 128", "fee 7");
        assertThat(Broken.in(core)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "paid_is_granted             | delete from access.grants where payment_id = '" + PAID + "'",
                "not_paid_twice              | update payments.payment set state = 'paid', hold_kind = null, paid_at = created_at where payment_id = '"
                        + TWICE + "'",
                "refunded_is_ended           | update payments.payment set state = 'refunded' where payment_id = '"
                        + PAID + "'",
                "money_is_in_one_place       | delete from ledger.journal where kind = 'suspense_release'",
                "suspense_is_asked           | delete from cases.cases where payment_id = '" + TWICE + "'",
                "one_grant_per_payment       | update access.grants set payment_id = '" + PAID + "'",
                "order_of_a_case_is_decided  | update checkout.orders set case_id = channel_id where paid_by = '" + PAID
                        + "'",
                "order_paid_by_its_payment   | update checkout.orders set paid_by = '" + TWICE + "' where paid_by = '"
                        + COMPLETED + "'",
                "one_accrual_per_payment     | alter table ledger.journal drop constraint journal_seller_id_reference_kind_key; insert into ledger.journal select seller_id, gen_random_uuid(), kind, reference, debit, credit, amount, asset, at, rate_asset, rate_usd, rate_at, rate_source from ledger.journal where kind = 'accrual'",
                "settled_as_told             | update ledger.journal set amount = amount + 1 where kind = 'settlement'",
                "settled_as_told             | update payments.payment set outcome_units = outcome_units - 1",
                "settled_as_told             | delete from ledger.journal where kind = 'suspense_release'",
                "accrued_is_its_value        | update ledger.journal set amount = amount + 1 where kind = 'accrual'",
                "accrued_is_its_value        | update ledger.journal set amount = amount + 1 where kind = 'fee'",
                "accrued_is_its_value        | update ledger.journal set rate_usd = rate_usd * 1.01 where kind = 'accrual'",
                "accrued_is_its_value        | update ledger.journal set amount = amount + case kind when 'fee' then 1 else -1 end where kind in ('accrual', 'fee')",
                "accrual_is_paid             | update payments.payment set state = 'waiting' where payment_id = '"
                        + PAID + "'",
            })
    void findsWhatBreaksIt(String id, String harm) {
        happen();

        core.owner().sql(harm).update();

        assertThat(Broken.in(core)).anyMatch(broken -> broken.startsWith(id + " "));
    }

    /** One paid in full and once more, one underpaid and completed. */
    private void happen() {
        core.bean(Rates.class).want(new Asset("eth"));
        Order order = core.order(shop);
        core.hear(Ipn.finished(PAID, order.id()));
        core.hear(Ipn.finished(TWICE, order.id()));
        Order other = core.order(shop, 77);
        core.hear(Ipn.of(COMPLETED, other.id(), "partially_paid").paid("0.0001"));
        core.hear(Ipn.finished(COMPLETED, other.id()));
    }
}
