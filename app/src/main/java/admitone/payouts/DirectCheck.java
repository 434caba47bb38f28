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

    /** Rows that another version of this service wrote, or somebody by hand, count when a person has accepted them. */
    public Optional<Remark> accepted() {
        List<String> sellers =
                jdbc.sql("""
                select distinct seller_id from payouts.destination d
                where not exists (select from payouts.destination_head h where h.seller_id = d.seller_id) order by seller_id
                """).query((row, n) -> row.getString("seller_id")).list();
        return sellers.isEmpty()
                ? Optional.empty()
                : Optional.of(Remark.wrong(
                        ABOUT,
                        "what is on record of where the money of " + sellers.size() + " sellers goes ("
                                + named(sellers) + ") does not count before you have looked: nothing is paid out to"
                                + " them, and what is paid to those of payout direct stays in the account",
                        "once the service runs, answer accept in each case destinations_set_back"));
    }

    private static String named(List<String> sellers) {
        return sellers.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (sellers.size() > MOST_NAMED ? ", …" : "");
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
                            + named(owedTo.stream().map(SellerId::value).toList())
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
