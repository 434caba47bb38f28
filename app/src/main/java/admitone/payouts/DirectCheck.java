package admitone.payouts;

import admitone.catalog.CatalogLook.Direct;
import admitone.database.Columns;
import admitone.runtime.Remark;
import admitone.runtime.SellerId;
import admitone.runtime.Settings.NowPayments;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether what is paid to sellers whose payout is {@code direct} is settled to them; what is not stays in the account. */
public final class DirectCheck {
    private static final String ABOUT = "payouts";
    private static final int MOST_NAMED = 3;
    /** Each is a row that is read. */
    public static final int MOST_SELLERS = 1000;

    private final JdbcClient jdbc;

    public DirectCheck(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Remark> look(List<Direct> direct, NowPayments account, Instant now) {
        List<Direct> byAccount = direct.stream()
                .filter(one -> one.isHosted() || !hasDestination(one.seller(), now))
                .toList();
        List<SellerId> owedTo = byAccount.stream()
                .filter(one -> !account.isAccountOf(one.seller(), one.isOnly()))
                .map(Direct::seller)
                .toList();
        if (!owedTo.isEmpty()) {
            return Optional.of(Remark.warn(
                    ABOUT,
                    "what is paid to " + owedTo.size() + " sellers of payout direct ("
                            + owedTo.stream()
                                    .limit(MOST_NAMED)
                                    .map(SellerId::value)
                                    .collect(Collectors.joining(", "))
                            + (owedTo.size() > MOST_NAMED ? ", …" : "")
                            + ") stays in the account and is owed to them: they have no destination that counts, or"
                            + " their buyers pay on the provider's page",
                    "have a destination set (POST /api/v1/sellers/{id}/destinations), to which what is owed is paid out"
                            + " then; where the account is the seller's own, say so: ADMITONE_NOWPAYMENTS_OWNER"));
        }
        return byAccount.stream()
                .findFirst()
                .map(one -> Remark.ok(
                        ABOUT,
                        "the account counts as that of seller " + one.seller() + ", and what is settled there as paid"
                                + " to them: "
                                + (account.owner().isPresent()
                                        ? "ADMITONE_NOWPAYMENTS_OWNER says so"
                                        : "there is no other seller")));
    }

    private boolean hasDestination(SellerId seller, Instant now) {
        return jdbc.sql("""
                select exists (select from payouts.destination where seller_id = ? and usable_from <= ? and withdrawn_at is null)
                """)
                .params(seller.value(), Columns.at(now))
                .query(Boolean.class)
                .single();
    }
}
