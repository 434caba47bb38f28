package admitone.access;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** How each channel treats those whose time ends. */
@Repository
public class ChannelTerms {
    private final JdbcClient jdbc;
    private final Clock clock;

    ChannelTerms(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public Terms of(SellerId seller, UUID channelId) {
        return jdbc.sql("select * from access.channel_terms where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .query((row, n) -> read(row))
                .optional()
                .orElse(Terms.DEFAULT);
    }

    boolean areRemovalsStopped(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                select exists (select from access.channel_terms where seller_id = ? and channel_id = ? and stopped_at is not null)
                """)
                .params(seller.value(), channelId)
                .query(Boolean.class)
                .single();
    }

    /** Within the current transaction. What a buyer was told of the end of their time stays; the rest is decided anew. */
    public void set(SellerId seller, UUID channelId, Terms terms) {
        insert(seller, channelId, Terms.DEFAULT);
        Terms before = lock(seller, channelId).terms();
        jdbc.sql("""
                update access.channel_terms
                set reminders_h = ?::int[], grace_h = ?, unreachable_d = ?, most_removals = ?, most_percent = ?
                where seller_id = ? and channel_id = ?
                """)
                .params(
                        hours(terms),
                        terms.grace().toHours(),
                        terms.unreachable().toDays(),
                        terms.mostRemovals(),
                        terms.mostPercent(),
                        seller.value(),
                        channelId)
                .update();
        lookSooner(seller, channelId, before, terms);
    }

    /** Only those whom the change concerns, and then when it does: a large channel is not looked through at once. */
    private void lookSooner(SellerId seller, UUID channelId, Terms before, Terms after) {
        if (after.reminders().isEmpty() || after.reminders().equals(before.reminders())) {
            return;
        }
        Instant now = clock.instant();
        record Look(UUID grantId, Instant at) {}
        List<Look> sooner = jdbc.sql("""
                select grant_id, ends_at, look_at from access.grants
                where seller_id = ? and channel_id = ? and look_at > ? and look_at > ends_at - make_interval(hours => ?) and ends_at > ?
                """)
                .params(
                        seller.value(),
                        channelId,
                        Columns.at(now),
                        Math.toIntExact(after.reminders().getFirst().toHours()),
                        Columns.at(now))
                .query((row, n) -> new Look(
                        row.getObject("grant_id", UUID.class),
                        Schedule.lookAfterChange(
                                Columns.instant(row, "ends_at"),
                                Columns.instant(row, "look_at"),
                                before.reminders(),
                                after.reminders(),
                                now)))
                .list();
        if (!sooner.isEmpty()) {
            jdbc.sql("""
                    update access.grants g set look_at = v.at
                    from (select (r->>0)::uuid as grant_id, (r->>1)::timestamptz as at from unnest(?::jsonb[]) as r) as v
                    where g.seller_id = ? and g.channel_id = ? and g.grant_id = v.grant_id and g.look_at > v.at
                    """)
                    .params(
                            Columns.json(sooner.stream()
                                    .map(look -> new Object[] {look.grantId(), look.at()})
                                    .toList()),
                            seller.value(),
                            channelId)
                    .update();
        }
    }

    /** The terms, and since when all removals of the channel wait for a person, if they do; and what a person is asked about those whom nobody can tell of their end. */
    record Locked(Terms terms, Optional<Instant> stoppedAt, Optional<String> untold) {}

    /** Within the current transaction: nobody else decides about removals from this channel until it ends. */
    Locked lock(SellerId seller, UUID channelId) {
        insert(seller, channelId, Terms.DEFAULT);
        return jdbc.sql("select * from access.channel_terms where seller_id = ? and channel_id = ? for update")
                .params(seller.value(), channelId)
                .query((row, n) -> new Locked(
                        read(row),
                        Optional.ofNullable(Columns.instantOrNull(row, "stopped_at")),
                        Optional.ofNullable(row.getString("untold"))))
                .single();
    }

    /** Within the current transaction, which holds the channel's lock. */
    void stop(SellerId seller, UUID channelId, UUID question) {
        jdbc.sql("update access.channel_terms set stopped = ?, stopped_at = ? where seller_id = ? and channel_id = ?")
                .params(question, Columns.at(clock.instant()), seller.value(), channelId)
                .update();
    }

    /** Within the current transaction, which holds the channel's lock. */
    void goOn(SellerId seller, UUID channelId) {
        jdbc.sql(
                        "update access.channel_terms set stopped = null, stopped_at = null where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .update();
    }

    /** Within the current transaction, which holds the channel's lock: the subject of the question that is open. */
    void untold(SellerId seller, UUID channelId, String subject) {
        jdbc.sql("update access.channel_terms set untold = ? where seller_id = ? and channel_id = ?")
                .params(subject, seller.value(), channelId)
                .update();
    }

    /** The subject of the question about those whom nobody can tell of their end, until all of them are told or gone. */
    Optional<String> untold(SellerId seller, UUID channelId) {
        return jdbc.sql(
                        "select untold from access.channel_terms where seller_id = ? and channel_id = ? and untold is not null")
                .params(seller.value(), channelId)
                .query((row, n) -> row.getString("untold"))
                .optional();
    }

    /** Within the current transaction: that question is over, and the next one is another. */
    void asked(SellerId seller, UUID channelId, String subject) {
        jdbc.sql("update access.channel_terms set untold = null where seller_id = ? and channel_id = ? and untold = ?")
                .params(seller.value(), channelId, subject)
                .update();
    }

    private void insert(SellerId seller, UUID channelId, Terms terms) {
        jdbc.sql("""
                insert into access.channel_terms
                  (seller_id, channel_id, reminders_h, grace_h, unreachable_d, most_removals, most_percent)
                values (?, ?, ?::int[], ?, ?, ?, ?)
                on conflict (seller_id, channel_id) do nothing
                """)
                .params(
                        seller.value(),
                        channelId,
                        hours(terms),
                        terms.grace().toHours(),
                        terms.unreachable().toDays(),
                        terms.mostRemovals(),
                        terms.mostPercent())
                .update();
    }

    private static Integer[] hours(Terms terms) {
        return terms.reminders().stream()
                .map(before -> Math.toIntExact(before.toHours()))
                .toArray(Integer[]::new);
    }

    private static Terms read(ResultSet row) throws SQLException {
        Array reminders = row.getArray("reminders_h");
        return new Terms(
                Arrays.stream((Integer[]) reminders.getArray())
                        .map(Duration::ofHours)
                        .toList(),
                Duration.ofHours(row.getInt("grace_h")),
                Duration.ofDays(row.getInt("unreachable_d")),
                row.getInt("most_removals"),
                row.getInt("most_percent"));
    }
}
