package admitone.cases;

import admitone.database.Columns;
import admitone.database.Listing;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The cases of a seller. Opening one a second time changes nothing. */
@Repository
public class Cases {
    private static final int PAGE = 500;
    private static final TypeReference<LinkedHashMap<String, String>> DETAIL = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final Tasks tasks;
    private final JsonMapper json;
    private final Ids ids;
    private final Clock clock;

    Cases(JdbcClient jdbc, Tasks tasks, JsonMapper json, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.tasks = tasks;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    /** Within the current transaction, which owes it to the seller to tell them where a buyer's money is asked about. Answers whether it is new. */
    public boolean open(SellerId seller, Case.Draft draft) {
        return open(seller, draft, draft.paymentId() != null);
    }

    /** As {@link #open}, of what the seller is told though no payment is asked about. */
    public boolean openAndTell(SellerId seller, Case.Draft draft) {
        return open(seller, draft, true);
    }

    private boolean open(SellerId seller, Case.Draft draft, boolean isTold) {
        UUID id = ids.next();
        boolean isNew = jdbc.sql("""
                        insert into cases.cases (seller_id, case_id, kind, subject, payment_id, order_id, opened_at, detail)
                        values (?, ?, ?, ?, ?, ?, ?, ?::jsonb)
                        on conflict (seller_id, subject, kind) do nothing
                        """)
                        .params(Columns.all(
                                seller.value(),
                                id,
                                draft.kind(),
                                draft.subject(),
                                draft.paymentId(),
                                draft.orderId(),
                                Columns.at(clock.instant()),
                                json.writeValueAsString(draft.detail())))
                        .update()
                == 1;
        if (isNew && isTold && !seller.equals(SellerId.PLATFORM)) {
            tasks.owe(seller, Telling.tell(id));
        }
        return isNew;
    }

    /** Whether a person is being asked this. */
    public boolean isOpen(SellerId seller, String subject, String kind) {
        return jdbc.sql(
                        "select exists (select from cases.cases where seller_id = ? and subject = ? and kind = ? and state = 'open')")
                .params(seller.value(), subject, kind)
                .query(Boolean.class)
                .single();
    }

    /** Whether a person is being asked anything of this kind whose detail says {@code value} under {@code name}. */
    public boolean isOpenAbout(SellerId seller, String kind, String name, String value) {
        return jdbc.sql("""
                select exists (select from cases.cases where seller_id = ? and kind = ? and state = 'open' and detail ->> ? = ?)
                """)
                .params(seller.value(), kind, name, value)
                .query(Boolean.class)
                .single();
    }

    /** As {@link #isOpenAbout}, or one was answered since then. */
    public boolean isAskedAbout(SellerId seller, String kind, String name, String value, Instant since) {
        return jdbc.sql("""
                select exists (select from cases.cases
                  where seller_id = ? and kind = ? and (state = 'open' or decided_at >= ?) and detail ->> ? = ?)
                """)
                .params(seller.value(), kind, Columns.at(since), name, value)
                .query(Boolean.class)
                .single();
    }

    /** Those of these payments about which a person is being asked anything. */
    public Set<String> openAbout(SellerId seller, Collection<String> paymentIds) {
        return paymentIds.isEmpty()
                ? Set.of()
                : jdbc.sql(
                                "select payment_id from cases.cases where seller_id = ? and payment_id = any (?) and state = 'open'")
                        .params(seller.value(), paymentIds.toArray(String[]::new))
                        .query((row, n) -> row.getString("payment_id"))
                        .set();
    }

    /** As {@link #isOpenAbout}, within the current transaction; the seller is told now of one that was opened when nobody was told of its kind. */
    public boolean isOpenAndToldAbout(SellerId seller, String kind, String name, String value) {
        jdbc.sql("""
                select case_id from cases.cases
                where seller_id = ? and kind = ? and state = 'open' and detail ->> ? = ? and untold_why = ?
                """)
                .params(seller.value(), kind, name, value, Telling.OPENED_BEFORE)
                .query(UUID.class)
                .list()
                .forEach(id -> tasks.wake(seller, Telling.tell(id)));
        return isOpenAbout(seller, kind, name, value);
    }

    /** Within the current transaction: an open case of this kind is answered by what happened since; nobody needs to decide it. */
    public void settle(SellerId seller, String subject, String kind, String decision, String reason) {
        jdbc.sql("""
                update cases.cases set state = 'decided', decision = ?, reason = ?, decided_by = 'admitone', decided_at = ?
                where seller_id = ? and subject = ? and kind = ? and state = 'open'
                """)
                .params(decision, reason, Columns.at(clock.instant()), seller.value(), subject, kind)
                .update();
    }

    /**
     * Within the current transaction: the same for all cases of a kind whose detail says {@code value} under {@code name}, also those that
     * were answered for now by {@code forNow}. Answers whether there was any.
     */
    public boolean settleAbout(
            SellerId seller, String kind, String name, String value, String forNow, String decision, String reason) {
        return jdbc.sql("""
                        update cases.cases set state = 'decided', decision = ?, reason = ?, decided_by = 'admitone', decided_at = ?
                        where seller_id = ? and kind = ? and (state = 'open' or decision = ?) and detail ->> ? = ?
                        """)
                        .params(
                                decision,
                                reason,
                                Columns.at(clock.instant()),
                                seller.value(),
                                kind,
                                forNow,
                                name,
                                value)
                        .update()
                > 0;
    }

    /** Whether a person is asked one of this kind whose detail says {@code value} under {@code name}, or answered it by {@code forNow}. */
    public boolean isUnderWay(SellerId seller, String kind, String name, String value, String forNow) {
        return jdbc.sql("""
                select exists (select from cases.cases
                  where seller_id = ? and kind = ? and (state = 'open' or decision = ?) and detail ->> ? = ?)
                """)
                .params(seller.value(), kind, forNow, name, value)
                .query(Boolean.class)
                .single();
    }

    /** One that is open, or was answered for now. */
    public record UnderWay(SellerId seller, UUID id, Map<String, String> detail) {
        public String need(String name) {
            return Objects.requireNonNull(detail.get(name), name);
        }
    }

    /** Of all sellers, a page at a time: those of this kind that are open, or were answered by {@code forNow}. */
    public void eachUnderWay(String kind, String forNow, Consumer<List<UnderWay>> look) {
        UUID after = new UUID(0, 0);
        List<UnderWay> page;
        do {
            page = Listing.of("cases.cases", Optional.empty())
                    .where("kind = ?", kind)
                    .where("(state = 'open' or decision = ?)", forNow)
                    .after(List.of("case_id"), after)
                    .page(
                            jdbc,
                            PAGE,
                            (row, _) -> new UnderWay(
                                    new SellerId(row.getString("seller_id")),
                                    row.getObject("case_id", UUID.class),
                                    json.readValue(row.getString("detail"), DETAIL)));
            look.accept(page);
            after = page.isEmpty() ? after : page.getLast().id();
        } while (page.size() == PAGE);
    }

    /** Within the current transaction: the same for those that were opened by this instant, and are open. */
    public boolean settleAskedUntil(
            SellerId seller, String kind, String name, String value, Instant at, String decision, String reason) {
        return jdbc.sql("""
                        update cases.cases set state = 'decided', decision = ?, reason = ?, decided_by = 'admitone', decided_at = ?
                        where seller_id = ? and kind = ? and state = 'open' and detail ->> ? = ? and opened_at <= ?
                        """)
                        .params(
                                decision,
                                reason,
                                Columns.at(clock.instant()),
                                seller.value(),
                                kind,
                                name,
                                value,
                                Columns.at(at))
                        .update()
                > 0;
    }

    /** Of all sellers. */
    long countOpen() {
        return jdbc.sql("select count(*) from cases.cases where state = 'open'")
                .query(Long.class)
                .single();
    }

    /** Whether a person is being asked one of this kind whose detail {@code name} is {@code value}. */
    public boolean anyOpenAbout(SellerId seller, String kind, String name, String value) {
        return jdbc.sql("""
                select exists (select from cases.cases where seller_id = ? and kind = ? and state = 'open' and detail ->> ? = ?)
                """)
                .params(seller.value(), kind, name, value)
                .query(Boolean.class)
                .single();
    }

    /** Whether a person is being asked anything of this kind. */
    public boolean anyOpen(SellerId seller, String kind) {
        return jdbc.sql("select exists (select from cases.cases where seller_id = ? and kind = ? and state = 'open')")
                .params(seller.value(), kind)
                .query(Boolean.class)
                .single();
    }

    /** How many of this kind whose detail says {@code value} under {@code name} are answered so. */
    public int countDecidedAbout(SellerId seller, String kind, String name, String value, String decision) {
        return jdbc.sql("""
                select count(*) from cases.cases
                where seller_id = ? and kind = ? and state = 'decided' and detail ->> ? = ? and decision = ?
                """)
                .params(seller.value(), kind, name, value, decision)
                .query(Integer.class)
                .single();
    }

    /** Whether one of this kind is answered so, since then. */
    public boolean anyDecided(SellerId seller, String kind, String decision, Instant since) {
        return jdbc.sql("""
                select exists (select from cases.cases
                  where seller_id = ? and kind = ? and state = 'decided' and decision = ? and decided_at >= ?)
                """)
                .params(seller.value(), kind, decision, Columns.at(since))
                .query(Boolean.class)
                .single();
    }

    /** Records a person's decision; empty when there is no such case or it was decided before. */
    public Optional<Case> decide(SellerId seller, UUID id, String decision, String reason, String by) {
        return decide(seller, id, decision, reason, by, Set.of());
    }

    /**
     * Records a person's decision; empty when there is no such case or it was decided before.
     *
     * @param forNow decisions that another may follow
     */
    public Optional<Case> decide(
            SellerId seller, UUID id, String decision, String reason, String by, Set<String> forNow) {
        return jdbc.sql("""
                update cases.cases set state = 'decided', decision = ?, reason = ?, decided_by = ?, decided_at = ?
                where seller_id = ? and case_id = ? and (state = 'open' or (decision = any(?) and decision <> ?))
                returning *
                """)
                .params(
                        decision,
                        reason,
                        by,
                        Columns.at(clock.instant()),
                        seller.value(),
                        id,
                        forNow.toArray(String[]::new),
                        decision)
                .query(this::read)
                .optional();
    }

    public Optional<Case> find(SellerId seller, UUID id) {
        return jdbc.sql("select * from cases.cases where seller_id = ? and case_id = ?")
                .params(seller.value(), id)
                .query(this::read)
                .optional();
    }

    /** Of one kind a subject has one. */
    public Optional<Case> find(SellerId seller, String subject, String kind) {
        return jdbc.sql("select * from cases.cases where seller_id = ? and subject = ? and kind = ?")
                .params(seller.value(), subject, kind)
                .query(this::read)
                .optional();
    }

    public List<Case> ofPayment(SellerId seller, String paymentId) {
        return jdbc.sql("select * from cases.cases where seller_id = ? and payment_id = ? order by opened_at, case_id")
                .params(seller.value(), paymentId)
                .query(this::read)
                .list();
    }

    /** Newest first, by key: those opened before {@code after}. An empty {@code state} means both. */
    public List<Case> list(SellerId seller, Optional<String> state, Optional<UUID> after, int limit) {
        return Listing.of("cases.cases", seller)
                .whereGiven("state = ?", state)
                .before("case_id", after)
                .page(jdbc, limit, this::read);
    }

    /** A case, and whose it is. */
    public record OfSeller(SellerId seller, Case one) {}

    /** Of all sellers, newest first, by key: those before {@code before}. An empty {@code state} means both. */
    public List<OfSeller> listAll(Optional<String> state, Optional<UUID> before, int limit) {
        return Listing.of("cases.cases", Optional.empty())
                .whereGiven("state = ?", state)
                .before("case_id", before)
                .page(jdbc, limit, (row, n) -> new OfSeller(new SellerId(row.getString("seller_id")), read(row, n)));
    }

    private Case read(ResultSet row, int n) throws SQLException {
        @Nullable Instant decidedAt = Columns.instantOrNull(row, "decided_at");
        return new Case(
                row.getObject("case_id", UUID.class),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("payment_id"),
                row.getString("order_id"),
                Columns.instant(row, "opened_at"),
                json.readValue(row.getString("detail"), DETAIL),
                decidedAt == null
                        ? null
                        : new Case.Decided(
                                row.getString("decision"),
                                row.getString("reason"),
                                row.getString("decided_by"),
                                decidedAt),
                Columns.instantOrNull(row, "told_at"),
                row.getString("untold_why"));
    }
}
