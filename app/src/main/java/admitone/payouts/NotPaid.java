package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Why a seller who is due is not paid, as the last look found it. What cannot be looked at for an hour is asked of a person, once each time. */
@Repository
public class NotPaid {
    /** What it depends on cannot be had. */
    static final String NOT_NOW = "not_now";

    static final Duration TOO_LONG = Duration.ofHours(1);
    private static final Duration KEPT_EVERY = Duration.ofMinutes(1);

    private final JdbcClient jdbc;
    private final Cases cases;
    private final Transactions transactions;
    private final Clock clock;

    NotPaid(JdbcClient jdbc, Cases cases, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.cases = cases;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * @param code stable: {@code not_now}, or why a payout is not due
     * @param since since when each look has come to this code
     * @param at of the last look
     */
    public record Why(String code, String reason, Instant since, Instant at) {
        /** Whether its reason is about the account with the provider, which is the operator's to know. */
        public boolean isOfAccount() {
            return code.equals(NOT_NOW);
        }
    }

    /** Empty where nothing is due, or it is paid. */
    public Optional<Why> of(SellerId seller) {
        return jdbc.sql("select * from payouts.safeguard where seller_id = ? and not_paid_code is not null")
                .param(seller.value())
                .query((row, n) -> new Why(
                        row.getString("not_paid_code"),
                        row.getString("not_paid_why"),
                        Columns.instant(row, "not_paid_since"),
                        Columns.instant(row, "not_paid_at")))
                .optional();
    }

    /** In a transaction of its own; each instance looks every ten seconds, which need not be kept each time. */
    void keep(SellerId seller, String code, String reason) {
        Instant now = clock.instant();
        if (of(seller)
                .filter(last -> last.code().equals(code) && last.at().isAfter(now.minus(KEPT_EVERY)))
                .isPresent()) {
            return;
        }
        transactions.run(seller, () -> {
            Instant since = jdbc.sql("""
                    insert into payouts.safeguard as s (seller_id, not_paid_code, not_paid_why, not_paid_since, not_paid_at) values (?, ?, ?, ?, ?)
                    on conflict (seller_id) do update set not_paid_code = excluded.not_paid_code, not_paid_why = excluded.not_paid_why,
                      not_paid_since = case when s.not_paid_code = excluded.not_paid_code then s.not_paid_since else excluded.not_paid_since end,
                      not_paid_at = excluded.not_paid_at
                    returning not_paid_since
                    """)
                    .params(seller.value(), code, reason, Columns.at(now), Columns.at(now))
                    .query((row, n) -> Columns.instant(row, "not_paid_since"))
                    .single();
            if (!code.equals(NOT_NOW)) {
                settle(seller);
            } else if (!since.isAfter(now.minus(TOO_LONG))) {
                cases.open(
                        seller,
                        new Case.Draft(
                                PayoutCases.NOT_NOW,
                                "payouts#" + since,
                                null,
                                null,
                                Map.of("not_paid_to", seller.value(), "since", since.toString(), "reason", reason)));
            }
        });
    }

    /** In a transaction of its own: it is paid, or nothing is due. */
    void over(SellerId seller) {
        if (of(seller).isEmpty()) {
            return;
        }
        transactions.run(seller, () -> {
            jdbc.sql("""
                    update payouts.safeguard set not_paid_code = null, not_paid_why = null, not_paid_since = null, not_paid_at = null
                    where seller_id = ?
                    """).param(seller.value()).update();
            settle(seller);
        });
    }

    private void settle(SellerId seller) {
        cases.settleAbout(
                seller,
                PayoutCases.NOT_NOW,
                "not_paid_to",
                seller.value(),
                /* forNow= */ "",
                "over",
                "it could be looked at again");
    }
}
