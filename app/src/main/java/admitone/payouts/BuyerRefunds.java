package admitone.payouts;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.Payments;
import admitone.payouts.Destination.Place;
import admitone.payouts.Payout.To;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which payment a payout gives back to its buyer, and where it goes. A row that we did not write is not paid to. */
@Repository
public class BuyerRefunds {
    static final String OVERTAKEN = "something else became of the payment that it gives back";

    private final JdbcClient jdbc;
    private final Payments payments;
    private final Seal seal;
    private final Clock clock;

    BuyerRefunds(JdbcClient jdbc, Payments payments, Seal seal, Clock clock) {
        this.jdbc = jdbc;
        this.payments = payments;
        this.seal = seal;
        this.clock = clock;
    }

    /**
     * @param coins what is sent
     * @param kept what the payment brought and is not sent, for the provider's fee
     * @param mac what our key made of all that comes before it, when the row was written
     */
    record Refund(
            SellerId seller,
            UUID payout,
            String paymentId,
            Place place,
            @Nullable String network,
            Money coins,
            Money kept,
            String mac) {}

    /** Within the current transaction: fails with a {@code DuplicateKeyException} where another gives back the same payment. */
    void add(Payout payout, String paymentId, Place place, @Nullable String network, Money kept) {
        Refund draft = new Refund(
                payout.seller(), payout.id(), paymentId, place, network, payout.coins(), kept, /* mac= */ "");
        jdbc.sql("""
                insert into payouts.refund (seller_id, payout_id, payment_id, network, address, extra_id, kept_units, mac)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        draft.seller().value(),
                        draft.payout(),
                        draft.paymentId(),
                        draft.network(),
                        place.address(),
                        place.extraId(),
                        new BigDecimal(kept.units()),
                        mac(draft)))
                .update();
    }

    Optional<Refund> find(SellerId seller, UUID payout) {
        return jdbc.sql("""
                select r.*, p.coin, p.coin_units from payouts.refund r
                join payouts.payout p on p.seller_id = r.seller_id and p.payout_id = r.payout_id
                where r.seller_id = ? and r.payout_id = ?
                """)
                .params(seller.value(), payout)
                .query(BuyerRefunds::read)
                .optional();
    }

    /** The payout that gives the payment back, or has; empty: none does. */
    public Optional<String> of(SellerId seller, String paymentId) {
        return jdbc.sql(
                        "select payout_id from payouts.refund where seller_id = ? and payment_id = ? and given_back_at is null")
                .params(seller.value(), paymentId)
                .query((row, n) -> new Handle(Payout.HANDLE, seller, row.getObject("payout_id", UUID.class)).toString())
                .optional();
    }

    /** Within the current transaction: it came to nothing. */
    void givenBack(Payout payout) {
        jdbc.sql("update payouts.refund set given_back_at = ? where seller_id = ? and payout_id = ?")
                .params(Columns.at(clock.instant()), payout.seller().value(), payout.id())
                .update();
    }

    /** Whether the row is as we wrote it, with what is sent. */
    boolean isIntact(Refund row) {
        return seal.holds(mac(row), row.mac());
    }

    /** Whether something else became of what it gives back; never so of a payout to a seller. */
    boolean isOvertaken(Payout payout) {
        return payout.to() instanceof To.Buyer(String paymentId)
                && payments.find(payout.seller(), paymentId)
                        .filter(payment -> payout.isOfSetAside()
                                ? payment.state() instanceof Held || payment.state() instanceof PartiallyPaid
                                : payment.state() instanceof Paid)
                        .isEmpty();
    }

    private String mac(Refund row) {
        return seal.of(
                "refund",
                row.seller(),
                row.payout(),
                row.paymentId(),
                row.place().currency(),
                row.network(),
                row.place().address(),
                row.place().extraId(),
                row.coins().units(),
                row.kept().units());
    }

    private static Refund read(ResultSet row, int n) throws SQLException {
        Asset coin = new Asset(row.getString("coin"));
        return new Refund(
                new SellerId(row.getString("seller_id")),
                row.getObject("payout_id", UUID.class),
                row.getString("payment_id"),
                new Place(coin, row.getString("address"), row.getString("extra_id")),
                row.getString("network"),
                new Money(row.getBigDecimal("coin_units").toBigIntegerExact(), coin),
                new Money(row.getBigDecimal("kept_units").toBigIntegerExact(), coin),
                row.getString("mac"));
    }
}
