package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Columns;
import admitone.money.Asset;
import admitone.payouts.Destination.NotWhitelisted;
import admitone.payouts.Destination.Place;
import admitone.payouts.Destination.State;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Where sellers' money goes. A row that we did not write is never paid to: nor is one that it stands above. */
@Repository
public class Destinations {
    /** Versions of one seller that are looked at; a change takes a day, so these are years. */
    private static final int MOST = 1000;

    private final JdbcClient jdbc;
    private final Cases cases;
    private final Seal seal;
    private final Ids ids;
    private final Clock clock;

    Destinations(JdbcClient jdbc, Cases cases, Seal seal, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.cases = cases;
        this.seal = seal;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Within the current transaction: where a line that is made now goes. Empty also when a row at or above it was changed by hand:
     * falling back to an older address would let whoever can write there choose among them. A person is asked then.
     */
    public Optional<Destination> usable(SellerId seller, Instant now) {
        Optional<Destination> decisive = decisive(seller, now);
        decisive.filter(row -> !isIntact(row)).ifPresent(this::askAboutAltered);
        return decisive.filter(this::isIntact);
    }

    /** The same, asking nobody. */
    public Optional<Destination> current(SellerId seller, Instant now) {
        return decisive(seller, now).filter(this::isIntact);
    }

    private Optional<Destination> decisive(SellerId seller, Instant now) {
        return of(seller).stream()
                .filter(row -> !isIntact(row) || row.isUsable(now))
                .findFirst();
    }

    /** What a version is now. */
    public State state(Destination row, Instant now) {
        if (!isIntact(row)) {
            return State.ALTERED;
        }
        if (row.withdrawnAt() != null) {
            return State.WITHDRAWN;
        }
        if (row.usableFrom() == null) {
            return now.isBefore(row.requestedAt().plus(DestinationChanges.CONFIRM_WITHIN))
                    ? State.WAITING_CONFIRMATION
                    : State.LAPSED;
        }
        if (now.isBefore(row.usableFrom())) {
            return State.COOLING_OFF;
        }
        return decisive(row.seller(), now)
                        .filter(newest -> newest.version() == row.version())
                        .isPresent()
                ? State.USABLE
                : State.REPLACED;
    }

    /** Whether the row is as we wrote it, and this seller's. */
    public boolean isIntact(Destination row) {
        return seal.holds(row);
    }

    public Optional<Destination> byId(SellerId seller, UUID id) {
        return jdbc.sql("select * from payouts.destination where seller_id = ? and destination_id = ?")
                .params(seller.value(), id)
                .query(Destinations::read)
                .optional();
    }

    /** Who has any, after {@code after}, by their ids. */
    List<SellerId> sellers(String after, int limit) {
        return jdbc.sql(
                        "select distinct seller_id from payouts.destination where seller_id > ? order by seller_id limit ?")
                .params(after, limit)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    /** The versions, newest first. */
    List<Destination> of(SellerId seller) {
        return before(seller, Integer.MAX_VALUE, MOST);
    }

    /** Those before a version, newest first. */
    public List<Destination> before(SellerId seller, int version, int limit) {
        return jdbc.sql(
                        "select * from payouts.destination where seller_id = ? and version < ? order by version desc limit ?")
                .params(seller.value(), version, limit)
                .query(Destinations::read)
                .list();
    }

    /** Within the current transaction: the seller confirmed it; empty when it does not wait any more. */
    Optional<Destination> usableFrom(Destination waiting, Instant from) {
        return write(
                seal.sealed(waiting.with(from.truncatedTo(ChronoUnit.MILLIS), waiting.withdrawnAt())), waiting.mac());
    }

    /** Within the current transaction; empty when it does not wait any more. */
    Optional<Destination> withdraw(Destination waiting, Instant at) {
        return write(seal.sealed(waiting.with(waiting.usableFrom(), at.truncatedTo(ChronoUnit.MILLIS))), waiting.mac());
    }

    /** Only over the row that was read: of two who change it at once, one does. */
    private Optional<Destination> write(Destination row, String before) {
        boolean written = jdbc.sql("""
                        update payouts.destination set usable_from = ?, withdrawn_at = ?, mac = ?
                        where seller_id = ? and destination_id = ? and mac = ?
                        """)
                        .params(Columns.all(
                                Columns.atOrNull(row.usableFrom()),
                                Columns.atOrNull(row.withdrawnAt()),
                                row.mac(),
                                row.seller().value(),
                                row.id(),
                                before))
                        .update()
                == 1;
        return Optional.of(row).filter(_ -> written);
    }

    /** Within the current transaction: the provider does not send there as long as it is not on its list. */
    public void notWhitelisted(SellerId seller, UUID id, String reason) {
        jdbc.sql("""
                update payouts.destination set not_whitelisted_at = ?, not_whitelisted_why = ?
                where seller_id = ? and destination_id = ?
                """)
                .params(Columns.at(clock.instant()), reason, seller.value(), id)
                .update();
    }

    /** Within the current transaction: the provider took it. */
    public void whitelisted(SellerId seller, UUID id) {
        jdbc.sql("""
                update payouts.destination set not_whitelisted_at = null, not_whitelisted_why = null
                where seller_id = ? and destination_id = ? and not_whitelisted_at is not null
                """).params(seller.value(), id).update();
    }

    /**
     * Within the current transaction; empty when another caller added this version at the same time.
     *
     * @param version the next of those that were looked at to decide this
     * @param usableFrom null: it waits for the seller's confirmation
     */
    Optional<Destination> add(
            SellerId seller, int version, Place place, @Nullable String network, @Nullable Instant usableFrom) {
        Destination row = seal.sealed(new Destination(
                seller,
                ids.next(),
                version,
                place.currency(),
                network,
                place.address(),
                place.extraId(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                usableFrom == null ? null : usableFrom.truncatedTo(ChronoUnit.MILLIS),
                null,
                "",
                null));
        boolean added = jdbc.sql("""
                        insert into payouts.destination
                          (seller_id, destination_id, version, currency, network, address, extra_id, requested_at, usable_from, mac)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (seller_id, version) do nothing
                        """)
                        .params(Columns.all(
                                seller.value(),
                                row.id(),
                                row.version(),
                                row.currency().code(),
                                network,
                                row.address(),
                                row.extraId(),
                                Columns.at(row.requestedAt()),
                                Columns.atOrNull(row.usableFrom()),
                                row.mac()))
                        .update()
                == 1;
        return Optional.of(row).filter(_ -> added);
    }

    private void askAboutAltered(Destination row) {
        String subject = row.handle();
        cases.open(
                row.seller(),
                new Case.Draft(
                        PayoutCases.ALTERED,
                        subject,
                        null,
                        null,
                        Map.of("address", row.address(), "version", Integer.toString(row.version()))));
    }

    private static Destination read(ResultSet row, int n) throws SQLException {
        @Nullable Instant refused = Columns.instantOrNull(row, "not_whitelisted_at");
        return new Destination(
                new SellerId(row.getString("seller_id")),
                row.getObject("destination_id", UUID.class),
                row.getInt("version"),
                new Asset(row.getString("currency")),
                row.getString("network"),
                row.getString("address"),
                row.getString("extra_id"),
                Columns.instant(row, "requested_at"),
                Columns.instantOrNull(row, "usable_from"),
                Columns.instantOrNull(row, "withdrawn_at"),
                row.getString("mac"),
                refused == null ? null : new NotWhitelisted(refused, row.getString("not_whitelisted_why")));
    }
}
