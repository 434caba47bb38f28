package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Where sellers' money goes. A row that we did not write is never paid to: nor is one that it stands above. Which rows there are is sealed
 * too: where one is gone, or is as it was once, none counts until a person has looked or another is set.
 */
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
     * Within the current transaction: where a line that is made now goes. Empty also when a row at or above it was changed by hand, or one
     * was deleted or put back: falling back to an older address would let whoever can write there choose among them. A person is asked then.
     */
    public Optional<Destination> usable(SellerId seller, Instant now) {
        Versions all = versions(seller);
        Optional<Destination> decisive = decisive(all, now);
        decisive.filter(row -> !isIntact(row))
                .ifPresentOrElse(this::askAboutAltered, () -> askAboutSetBack(seller, all));
        return decisive.filter(row -> isIntact(row) && isWhole(seller, all));
    }

    /** Whether there are some, and a person must look before any of them is paid to. */
    boolean needPerson(SellerId seller, Instant now) {
        Versions all = versions(seller);
        return !isWhole(seller, all)
                || decisive(all, now).filter(row -> !isIntact(row)).isPresent();
    }

    /** The same as {@link #usable}, asking nobody. */
    public Optional<Destination> current(SellerId seller, Instant now) {
        Versions all = versions(seller);
        return decisive(all, now).filter(row -> isIntact(row) && isWhole(seller, all));
    }

    private Optional<Destination> decisive(Versions all, Instant now) {
        return all.rows().stream()
                .filter(row -> row.version() >= all.head().from())
                .filter(row -> !isIntact(row) || row.isUsable(now))
                .findFirst();
    }

    /**
     * @param newest the last that was ever added
     * @param from those before it do not count any more
     */
    private record Head(int newest, int from, String mac) {
        static final Head NONE = new Head(0, 1, "");
    }

    /** All at one moment: what changes them writes both. */
    private record Versions(List<Destination> rows, Head head) {
        int next() {
            return Math.max(head.newest(), rows.isEmpty() ? 0 : rows.getFirst().version()) + 1;
        }
    }

    private Versions versions(SellerId seller) {
        List<Destination> rows = new ArrayList<>();
        AtomicReference<Head> head = new AtomicReference<>(Head.NONE);
        jdbc.sql("""
                select d.*, h.newest, h.from_version, h.mac as head_mac from (select ?::text as whose) s
                left join payouts.destination_head h on h.seller_id = s.whose
                left join payouts.destination d on d.seller_id = s.whose
                order by d.version desc limit ?
                """).params(seller.value(), MOST).query(row -> {
            if (row.getString("head_mac") != null) {
                head.set(new Head(row.getInt("newest"), row.getInt("from_version"), row.getString("head_mac")));
            }
            if (row.getString("address") != null) {
                rows.add(read(row, 0));
            }
        });
        return new Versions(rows, head.get());
    }

    /** Whether no version is gone, and none is as it was before its last change. */
    private boolean isWhole(SellerId seller, Versions all) {
        return all.head().mac().isEmpty()
                ? all.rows().isEmpty()
                : seal.holds(
                        mac(seller, all.head().newest(), all.head().from(), all.rows()),
                        all.head().mac());
    }

    private String mac(SellerId seller, int newest, int from, List<Destination> rows) {
        return seal.of(
                "destination_head",
                seller,
                newest,
                from,
                rows.stream().map(Destination::mac).toList());
    }

    private Versions lock(SellerId seller) {
        jdbc.sql("select pg_advisory_xact_lock(hashtext('payouts.destination ' || ?))")
                .param(seller.value())
                .query((row, n) -> n)
                .single();
        return versions(seller);
    }

    private void sealHead(SellerId seller, int newest, int from) {
        jdbc.sql("""
                insert into payouts.destination_head (seller_id, newest, from_version, mac) values (?, ?, ?, ?)
                on conflict (seller_id) do update set newest = excluded.newest, from_version = excluded.from_version, mac = excluded.mac
                """)
                .params(seller.value(), newest, from, mac(seller, newest, from, of(seller)))
                .update();
    }

    /** The number of the next, and whether it is the first of all. */
    record Next(int version, boolean isFirst) {}

    /** Within the current transaction: whoever else changes the seller's waits. */
    Next lockNext(SellerId seller) {
        Versions all = lock(seller);
        boolean isFirst = isWhole(seller, all)
                && all.head().newest() == all.rows().size()
                && all.rows().stream().allMatch(row -> isIntact(row) && row.usableFrom() == null);
        return new Next(all.next(), isFirst);
    }

    /** Within the current transaction: a person has looked; what is there, all of which this seller confirmed once, counts. */
    void accept(SellerId seller) {
        Versions all = lock(seller);
        if (!all.rows().stream().allMatch(this::isIntact)) {
            throw new DecisionRefused("not_possible", "A row of them was changed by hand: set another destination.");
        }
        sealHead(seller, all.next() - 1, all.head().from());
    }

    /** What a version is now. */
    public State state(Destination row, Instant now) {
        return state(row, versions(row.seller()), now);
    }

    /** The same of each of a seller's. */
    public interface States {
        State of(Destination row);
    }

    public States states(SellerId seller, Instant now) {
        Versions all = versions(seller);
        return row -> state(row, all, now);
    }

    private State state(Destination row, Versions all, Instant now) {
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
        boolean isNewest = decisive(all, now)
                .filter(newest -> newest.version() == row.version())
                .isPresent();
        return !isNewest ? State.REPLACED : isWhole(row.seller(), all) ? State.USABLE : State.ALTERED;
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
        Versions all = lock(row.seller());
        boolean isWhole = isWhole(row.seller(), all);
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
        if (written && isWhole) { // else it stays noticed
            sealHead(row.seller(), all.head().newest(), all.head().from());
        }
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
     * Within the current transaction; empty when another caller added this version at the same time. Where one is gone or was put back,
     * only this one counts from now on.
     *
     * @param version the next of those that were looked at to decide this
     * @param usableFrom null: it waits for the seller's confirmation
     */
    Optional<Destination> add(
            SellerId seller, int version, Place place, @Nullable String network, @Nullable Instant usableFrom) {
        Versions before = lock(seller);
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
        if (added) {
            int from = isWhole(seller, before) ? before.head().from() : version;
            sealHead(seller, Math.max(before.head().newest(), version), from);
        }
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

    private void askAboutSetBack(SellerId seller, Versions all) {
        if (isWhole(seller, all)) {
            return;
        }
        String which = seal.of(
                "destinations_found",
                seller,
                mac(seller, 0, 0, all.rows()),
                all.head().mac());
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("newest_on_record", Integer.toString(all.head().newest()));
        all.rows().stream().findFirst().ifPresent(row -> {
            detail.put("newest_found", Integer.toString(row.version()));
            detail.put("address", row.address());
        });
        cases.open( // once for each way in which they are set back
                seller,
                new Case.Draft(PayoutCases.SET_BACK, "destinations#" + which.substring(0, 16), null, null, detail));
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
