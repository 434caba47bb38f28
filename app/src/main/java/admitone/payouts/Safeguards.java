package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Payout.HeldBy;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Approval;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What stands between a payout and the provider: switches that hold all of them, and the limits up to which nobody is asked. */
@Repository
public class Safeguards {
    /** What the timeline calls the payouts of a seller, or of all. */
    static final String ALL = "payouts";

    static final String LIMITED = "payouts_limited";
    static final Duration A_DAY = Duration.ofDays(1);
    static final Duration A_MONTH = Duration.ofDays(30);
    private static final Limits FOR_ALL = new Limits(usd("1000"), usd("2000"), usd("10000"));

    private final JdbcClient jdbc;
    private final Payouts payouts;
    private final Cases cases;
    private final Timeline timeline;
    private final Seal seal;
    private final Approval approval;

    Safeguards(JdbcClient jdbc, Payouts payouts, Cases cases, Timeline timeline, Seal seal, Settings settings) {
        this.jdbc = jdbc;
        this.payouts = payouts;
        this.cases = cases;
        this.timeline = timeline;
        this.seal = seal;
        this.approval = settings.payouts().approval();
    }

    /** Up to which a payout needs no approval: each, all of a seller's in a day, all to one destination in thirty days. */
    public record Limits(Money each, Money day, Money destination) {}

    /**
     * @param held who holds the payouts of this seller; null: nobody
     * @param altered whether approval and limits are not as we wrote them: a person approves each then
     */
    public record Guarded(@Nullable HeldBy held, Approval approval, Limits limits, boolean altered) {}

    /** The seller's own switch and limits. */
    public Guarded of(SellerId seller) {
        Row row = row(seller);
        boolean altered = !row.isIntact() || !isNewest(row, newest(seller));
        @Nullable String how = row.approval();
        return new Guarded(
                row.held(),
                altered ? Approval.MANUAL : how == null ? approval : Approval.valueOf(how.toUpperCase(Locale.ROOT)),
                row.limits(),
                altered);
    }

    /** What the timeline says was set last, in the same commit as the row: one that was emptied, or put back as it was once, is not that. */
    private Optional<Event> newest(SellerId seller) {
        return timeline.of(seller, ALL).stream()
                .filter(event -> event.kind().equals(LIMITED))
                .reduce((_, later) -> later);
    }

    private static boolean isNewest(Row row, Optional<Event> newest) {
        @Nullable String how = row.approval();
        return how == null
                ? newest.isEmpty()
                : newest.filter(event -> event.detail()
                                .entrySet()
                                .containsAll(said(how, row.limits()).entrySet()))
                        .isPresent();
    }

    /** As the timeline says it. */
    static Map<String, String> said(String how, Limits limits) {
        return Map.of(
                "approval", how,
                "each", limits.each().text(),
                "day", limits.day().text(),
                "destination", limits.destination().text());
    }

    /** Who holds the seller's payouts, or all. */
    public Optional<HeldBy> holder(SellerId seller) {
        return Optional.ofNullable(row(SellerId.PLATFORM).held())
                .or(() -> Optional.ofNullable(row(seller).held()));
    }

    /** Within the current transaction of the seller, or of the platform for all; null ends a person's hold, and not what the service stopped. */
    public void hold(SellerId seller, @Nullable HeldBy held) {
        jdbc.sql("""
                insert into payouts.safeguard (seller_id, held_by, held_why) values (?, ?, ?)
                on conflict (seller_id) do update set held_by = excluded.held_by, held_why = excluded.held_why
                """)
                .params(Columns.all(seller.value(), held == null ? null : held.by(), held == null ? null : held.why()))
                .update();
    }

    /** Within the current transaction: nothing of the seller goes on before a person has looked, whoever holds it besides. */
    void stop(SellerId seller, String why, Instant now) {
        jdbc.sql("""
                insert into payouts.safeguard (seller_id, stopped_why, stopped_at) values (?, ?, ?)
                on conflict (seller_id) do update set stopped_why = coalesce(safeguard.stopped_why, excluded.stopped_why),
                  stopped_at = coalesce(safeguard.stopped_at, excluded.stopped_at)
                """).params(seller.value(), why, Columns.at(now)).update();
    }

    /** Within the current transaction, for which a new stop waits: since when the service has stopped it; empty: it has not. */
    Optional<Instant> lockStopped(SellerId seller) {
        return jdbc.sql(
                        "select stopped_at from payouts.safeguard where seller_id = ? and stopped_at is not null for update")
                .param(seller.value())
                .query((row, n) -> Columns.instant(row, "stopped_at"))
                .optional();
    }

    /** Within the current transaction: what the service stopped goes on. */
    void goOn(SellerId seller) {
        jdbc.sql("update payouts.safeguard set stopped_why = null, stopped_at = null where seller_id = ?")
                .param(seller.value())
                .update();
    }

    /** Within the current transaction of the platform: a restore has undone what people decided; each payout needs an approval until they say so. */
    void restored(Instant now) {
        jdbc.sql("""
                insert into payouts.safeguard (seller_id, restored_at) values (?, ?)
                on conflict (seller_id) do update set restored_at = excluded.restored_at
                """).params(SellerId.PLATFORM.value(), Columns.at(now)).update();
    }

    /** Within the current transaction of the platform: a person has looked at what counts now. */
    void believed() {
        jdbc.sql("update payouts.safeguard set restored_at = null where seller_id = ?")
                .param(SellerId.PLATFORM.value())
                .update();
    }

    /** Since which restore nobody has said that limits and switches are right; empty: somebody has. */
    public Optional<Instant> restoredAt() {
        return jdbc.sql("select restored_at from payouts.safeguard where seller_id = ? and restored_at is not null")
                .param(SellerId.PLATFORM.value())
                .query((row, n) -> Columns.instant(row, "restored_at"))
                .optional();
    }

    boolean isRestored() {
        return restoredAt().isPresent();
    }

    /** Within the current transaction, whose timeline says the same. */
    void approval(SellerId seller, Approval how, Limits limits) {
        jdbc.sql("""
                insert into payouts.safeguard (seller_id, approval, line_units, day_units, destination_units, mac) values (?, ?, ?, ?, ?, ?)
                on conflict (seller_id) do update set approval = excluded.approval, line_units = excluded.line_units,
                  day_units = excluded.day_units, destination_units = excluded.destination_units, mac = excluded.mac
                """)
                .params(
                        seller.value(),
                        how.name().toLowerCase(Locale.ROOT),
                        new BigDecimal(limits.each().units()),
                        new BigDecimal(limits.day().units()),
                        new BigDecimal(limits.destination().units()),
                        mac(
                                seller.value(),
                                how.name().toLowerCase(Locale.ROOT),
                                limits.each().units(),
                                limits.day().units(),
                                limits.destination().units()))
                .update();
        cases.settleAbout(
                seller,
                PayoutCases.LIMITS,
                "limits_of",
                seller.value(),
                /* forNow= */ "",
                "over",
                "limits were set anew");
    }

    private String mac(@Nullable Object... parts) {
        return seal.of("payout limits", parts);
    }

    /** Whether we wrote it once. Where nothing is set what holds for all does, which is not in the database. */
    private boolean isIntact(ResultSet row) throws SQLException {
        @Nullable String how = row.getString("approval");
        @Nullable String mac = row.getString("mac");
        List<@Nullable BigDecimal> units = Arrays.asList(
                row.getBigDecimal("line_units"),
                row.getBigDecimal("day_units"),
                row.getBigDecimal("destination_units"));
        if (mac == null) {
            return how == null && units.stream().allMatch(Objects::isNull);
        }
        return units.stream().noneMatch(Objects::isNull)
                && seal.holds(mac(row.getString("seller_id"), how, units.get(0), units.get(1), units.get(2)), mac);
    }

    private void askAboutAltered(SellerId seller) {
        Row row = row(seller);
        Limits limits = row.limits();
        String which = seal.of(
                "payout limits found",
                seller,
                row.approval(),
                limits.each().units(),
                limits.day().units(),
                limits.destination().units(),
                row.mac(),
                newest(seller).map(Event::at).orElse(null));
        cases.open( // once for each way in which they are altered
                seller,
                new Case.Draft(
                        PayoutCases.LIMITS,
                        "payout_limits#" + which.substring(0, 16),
                        null,
                        null,
                        Map.of(
                                "limits_of", seller.value(),
                                "each", limits.each().text(),
                                "day", limits.day().text(),
                                "destination", limits.destination().text())));
    }

    /** Within the current transaction, with the seller's account locked: whether nobody needs to approve one that takes so much. */
    boolean needsNobody(SellerId seller, Destination to, Money takes, Instant now) {
        Guarded ours = of(seller);
        if (ours.altered()) {
            askAboutAltered(seller);
        }
        return ours.approval() == Approval.AUTO
                && !isRestored()
                && takes.compareTo(ours.limits().each()) <= 0
                && takes.plus(payouts.takenSince(seller, Optional.empty(), now.minus(A_DAY)))
                                .compareTo(ours.limits().day())
                        <= 0
                && takes.plus(payouts.takenSince(seller, Optional.of(to.id()), now.minus(A_MONTH)))
                                .compareTo(ours.limits().destination())
                        <= 0;
    }

    /**
     * @param approval null: what holds for all, which is not in the database
     * @param isIntact whether we once wrote it
     */
    private record Row(
            @Nullable HeldBy held,
            @Nullable String approval,
            Limits limits,
            @Nullable String mac,
            boolean isIntact) {
        static final Row NONE = new Row(null, null, FOR_ALL, null, true);
    }

    private Row row(SellerId seller) {
        return jdbc.sql("select * from payouts.safeguard where seller_id = ?")
                .param(seller.value())
                .query((row, n) -> read(row))
                .optional()
                .orElse(Row.NONE);
    }

    private Row read(ResultSet row) throws SQLException {
        @Nullable String heldBy = row.getString("held_by");
        @Nullable String stopped = row.getString("stopped_why");
        @Nullable HeldBy byItself = stopped == null ? null : new HeldBy(Payout.BY_ITSELF, stopped);
        return new Row(
                heldBy == null ? byItself : new HeldBy(heldBy, row.getString("held_why")),
                row.getString("approval"),
                new Limits(
                        limit(row, "line_units", FOR_ALL.each()),
                        limit(row, "day_units", FOR_ALL.day()),
                        limit(row, "destination_units", FOR_ALL.destination())),
                row.getString("mac"),
                isIntact(row));
    }

    private static Money limit(ResultSet row, String column, Money otherwise) throws SQLException {
        @Nullable BigDecimal units = row.getBigDecimal(column);
        return units == null ? otherwise : new Money(units.toBigIntegerExact(), Asset.USD);
    }

    private static Money usd(String text) {
        return Money.parse(text, Asset.USD);
    }
}
