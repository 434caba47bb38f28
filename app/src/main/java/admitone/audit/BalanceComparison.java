package admitone.audit;

import admitone.audit.Reconciliation.Difference;
import admitone.database.LongReads;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.PayoutProvider;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the provider has of each coin, and what the journal says that it holds for the sellers. It may have more: money of the operator's,
 * or of another system on the account. That it has less is a difference, beyond what is on its way and what is the operator's own.
 */
@Component
class BalanceComparison {
    private static final Logger log = LoggerFactory.getLogger(BalanceComparison.class);
    static final String SHORT = "balance_short";

    /** The provider tells fewer decimals than it counts, of each payment. */
    private static final BigDecimal A_THOUSANDTH = new BigDecimal("0.999");

    private final PayoutProvider provider;
    private final LongReads reads;

    BalanceComparison(PayoutProvider provider, LongReads reads) {
        this.provider = provider;
        this.reads = reads;
    }

    /**
     * A coin.
     *
     * @param ours what the provider holds of it by the journal
     * @param leaving of that, what payouts that may have left have not been booked for yet, with what it takes for them and does not tell
     * @param operators of that, the operator's fees, which they may have taken out past us
     */
    record Held(Asset coin, Money ours, Money leaving, Money operators) {
        /** So much of it must be there. */
        Money least() {
            Money owed = ours.minus(leaving).minus(operators);
            return owed.isPositive()
                    ? new Money(
                            new BigDecimal(owed.units())
                                    .multiply(A_THOUSANDTH)
                                    .setScale(0, RoundingMode.DOWN)
                                    .toBigInteger(),
                            coin)
                    : Money.zero(coin);
        }
    }

    /**
     * @param had whether the balance was to be had
     * @param why not; empty where it was, or where nothing is paid out by us
     */
    record Compared(boolean had, String why, List<Difference> differences) {}

    Compared compare(Instant now) {
        if (!provider.canPay()) {
            return new Compared(false, "", List.of());
        }
        if (!(provider.balance() instanceof Answer.Done<Map<Asset, Money>>(Map<Asset, Money> there))) {
            return new Compared(false, "the provider's balance could not be had", List.of());
        }
        try {
            return new Compared(true, "", differences(there, now));
        } catch (RuntimeException e) {
            // a line that was altered, say: verifying the ledger names it, and must have its turn
            log.warn("what the provider should have could not be added up", e);
            return new Compared(false, "what the provider should have could not be added up", List.of());
        }
    }

    private List<Difference> differences(Map<Asset, Money> there, Instant now) {
        return held().stream()
                .filter(one ->
                        there.getOrDefault(one.coin(), Money.zero(one.coin())).compareTo(one.least()) < 0)
                .map(one -> new Difference(
                        SHORT,
                        one.coin().code(),
                        now,
                        there.getOrDefault(one.coin(), Money.zero(one.coin())).toString(),
                        one.ours() + ", of which " + one.leaving() + " are on their way and " + one.operators()
                                + " are fees of yours",
                        "The provider has less of this coin than sellers are owed. Was it converted, or taken out? Say what was"
                                + " converted: ./admitone ledger convert. Else hold payouts, and ask the provider."))
                .toList();
    }

    /** Of all sellers: the account is one. */
    List<Held> held() {
        return reads.within(Reconciliation.LOOK_WITHIN, BalanceComparison::held);
    }

    private static List<Held> held(JdbcClient jdbc) {
        return jdbc.sql("""
                with clearing as (
                    select asset as coin, sum(case debit when 'provider_clearing' then amount else -amount end) as units
                    from ledger.journal j where 'provider_clearing' in (debit, credit)
                      -- what went to a wallet of the seller's own is not there, whatever became of it
                      and not exists (select from payments.payment y where y.seller_id = j.seller_id
                        and y.payment_id = substr(j.reference, 9) and j.reference like 'payment:%' and y.wallet_address is not null)
                    group by asset),
                  leaving as (
                    select p.coin, sum(p.coin_units + round(p.fee_units / p.rate_usd * 1e16) + coalesce(r.kept_units, 0)) as units
                    from payouts.payout p
                    left join payouts.refund r on r.seller_id = p.seller_id and r.payout_id = p.payout_id
                    where p.state in ('verifying', 'sent', 'failed')
                      or (p.state = 'created' and exists (select from payouts.attempt a where a.seller_id = p.seller_id
                        and a.payout_id = p.payout_id and a.number = p.attempt and a.tries > 0))
                    group by p.coin),
                  untold as (
                    select u.coin, sum(u.units) as units from (
                      select p.seller_id, f.reference, p.coin, f.amount / p.rate_usd * 1e16 as units from payouts.payout p
                      join ledger.journal f on f.seller_id = p.seller_id and f.reference = 'payout:' || p.payout_id and f.kind = 'payout_fee'
                      union all
                      select seller_id, reference, asset, amount from ledger.journal where kind = 'refund_kept') u
                    where not exists (select from ledger.journal t
                      where t.seller_id = u.seller_id and t.reference = u.reference and t.kind = 'payout_fee_coins')
                    group by u.coin),
                  earned as (
                    select f.rate_asset as coin, sum(case f.credit when 'fee_income' then f.amount else -f.amount end / f.rate_usd) * 1e16 as units
                    from ledger.journal f
                    where 'fee_income' in (f.debit, f.credit) and f.rate_asset is not null and not exists (select from ledger.journal w
                      where w.seller_id = f.seller_id and w.reference = f.reference and w.debit = 'own_wallet')
                    group by f.rate_asset
                    union all -- and their part of what was converted into it
                    select into_.rate_asset, sum(cost.amount * f.fee / f.value / into_.rate_usd) * 1e16
                    from ledger.journal cost
                    join ledger.journal into_ on into_.seller_id = cost.seller_id and into_.reference = cost.reference and into_.kind = 'conversion_carried'
                    join (select seller_id, rate_asset, sum(amount) as value, coalesce(sum(amount) filter (where kind = 'fee'), 0) as fee
                      from ledger.journal where kind in ('accrual', 'fee') and rate_asset is not null group by seller_id, rate_asset) f
                      on f.seller_id = cost.seller_id and f.rate_asset = cost.rate_asset
                    where cost.kind = 'conversion_cost'
                    group by into_.rate_asset
                    union all -- which is not in the coin any more that it was
                    select cost.rate_asset, -sum(cost.amount * f.fee / f.value / cost.rate_usd) * 1e16
                    from ledger.journal cost
                    join (select seller_id, rate_asset, sum(amount) as value, coalesce(sum(amount) filter (where kind = 'fee'), 0) as fee
                      from ledger.journal where kind in ('accrual', 'fee') and rate_asset is not null group by seller_id, rate_asset) f
                      on f.seller_id = cost.seller_id and f.rate_asset = cost.rate_asset
                    where cost.kind = 'conversion_cost'
                    group by cost.rate_asset),
                  operators as (select coin, sum(units) as units from earned group by coin)
                select c.coin, c.units as ours, coalesce(l.units, 0) + round(coalesce(u.units, 0)) as leaving,
                  round(coalesce(o.units, 0)) as operators
                from clearing c left join leaving l on l.coin = c.coin left join untold u on u.coin = c.coin
                left join operators o on o.coin = c.coin order by c.coin
                """)
                .query((row, n) -> {
                    Asset coin = new Asset(row.getString("coin"));
                    return new Held(
                            coin,
                            new Money(row.getBigDecimal("ours").toBigIntegerExact(), coin),
                            new Money(row.getBigDecimal("leaving").toBigIntegerExact(), coin),
                            new Money(row.getBigDecimal("operators").toBigIntegerExact(), coin));
                })
                .list();
    }
}
