package admitone.ledger;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What sellers owe to those who brought buyers. It is kept back from what is paid out; the seller pays it, past us, and has it back when
 * they say so.
 */
@Repository
public class Referrers {
    private final JdbcClient jdbc;
    private final Ledger ledger;
    private final Claims claims;

    Referrers(JdbcClient jdbc, Ledger ledger, Claims claims) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.claims = claims;
    }

    /** @param direct what of it was kept back from nothing, since the money came to the seller's own wallet */
    private record Owed(Money direct, Money payable) {
        Money all() {
            return direct.plus(payable);
        }
    }

    public sealed interface Outcome {
        /** {@code left} is still owed. */
        record Booked(Money left) implements Outcome {}

        record MoreThanOwed(Money owed) implements Outcome {}
    }

    /** What a seller owes to all of them, in USD. */
    public Money owedToAll(SellerId seller) {
        return jdbc.sql("""
                select coalesce(sum(case 'referrer_payable' when credit then amount when debit then -amount end), 0) as owed
                from ledger.journal where seller_id = ? and asset = 'usd' and holder is not null
                """)
                .param(seller.value())
                .query((row, n) -> Ledger.usd(row, "owed"))
                .single();
    }

    /**
     * Within the current transaction: the seller has paid {@code amount} to a referrer. Of several at once each sees what the others booked.
     *
     * @param reference of the seller's own, once for each referrer; a second time changes nothing
     */
    public Outcome paid(SellerId seller, String holder, Money amount, String reference) {
        claims.lockAccount(seller);
        Owed owed = owed(seller, holder);
        String paid = "referral:" + holder + ":" + reference;
        if (!ledger.of(seller, paid).isEmpty()) {
            return new Outcome.Booked(owed.all());
        }
        if (amount.compareTo(owed.all()) > 0) {
            return new Outcome.MoreThanOwed(owed.all());
        }
        Money direct = amount.compareTo(owed.direct()) < 0 ? amount : owed.direct();
        List<Line> lines = Line.referralPaid(holder, direct, amount.minus(direct));
        ledger.book(seller, paid, lines);
        return new Outcome.Booked(owed.all().minus(amount));
    }

    private Owed owed(SellerId seller, String holder) {
        return jdbc.sql("""
                select
                  coalesce(sum(case when debit = 'seller_direct' then amount else -amount end)
                    filter (where 'seller_direct' in (debit, credit)), 0) as direct,
                  coalesce(sum(case when debit = 'seller_payable' then amount else -amount end)
                    filter (where 'seller_payable' in (debit, credit)), 0) as payable
                from ledger.journal
                where seller_id = ? and holder = ? and asset = 'usd' and 'referrer_payable' in (debit, credit)
                """)
                .params(seller.value(), holder)
                .query((row, n) ->
                        new Owed(atLeastNothing(Ledger.usd(row, "direct")), atLeastNothing(Ledger.usd(row, "payable"))))
                .single();
    }

    /** Less than nothing where a payment was given back after its share had been paid. */
    private static Money atLeastNothing(Money owed) {
        return owed.isPositive() ? owed : Money.zero(Asset.USD);
    }
}
