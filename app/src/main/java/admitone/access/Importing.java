package admitone.access;

import admitone.access.Giving.By;
import admitone.access.Origin.Given;
import admitone.access.Origin.Kind;
import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Takes over members whom a seller had before: each is given access once per import and user, in batches that are each whole. Nobody is written to: whoever
 * is found outside is told the way in by {@link MemberKeeper}, whoever is inside needs none, and whose request to join waits is let in.
 */
@Repository
public class Importing {
    private static final int BATCH = 500;

    private final JdbcClient jdbc;
    private final Grants grants;
    private final Reach reach;
    private final NotStartedCase notStarted;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Ids ids;
    private final Clock clock;

    Importing(
            JdbcClient jdbc,
            Grants grants,
            Reach reach,
            NotStartedCase notStarted,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Ids ids,
            Clock clock) {
        this.jdbc = jdbc;
        this.grants = grants;
        this.reach = reach;
        this.notStarted = notStarted;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /** Until when a member may stay. */
    public sealed interface Until {
        record Days(int days) implements Until {}

        record At(Instant at) implements Until {}

        record ForLife() implements Until {}
    }

    /** A member. No two of one import are the same user. */
    public record Row(long telegramUserId, Until until) {}

    /** What comes of a row, or would. */
    public sealed interface Verdict {
        /** Null: for life. */
        record Given(@Nullable Instant endsAt) implements Verdict {}

        /** This import gave it before. */
        record Already() implements Verdict {}

        /** They have access at least as long. */
        record Covered() implements Verdict {}

        /** That end is past. */
        record Over() implements Verdict {}

        /** The seller banned them. */
        record Banned() implements Verdict {}
    }

    /**
     * What is known of the users of a batch.
     *
     * @param cutShort what was given by an end that its reference does not name, as before, and was ended by hand: until when it was to last
     */
    private record Known(
            Set<String> references,
            Map<String, Instant> cutShort,
            Map<Long, Instant> until,
            Set<Long> forLife,
            Set<Long> banned) {}

    /**
     * The verdicts in the order of the rows. Cut off half-way, the same import again does the rest.
     *
     * @param key names the import: with the same one, nobody is given the same end, or days, twice
     * @param dryRun nothing is written
     */
    public List<Verdict> run(Channel channel, String key, List<Row> rows, boolean dryRun, By by) {
        List<Verdict> verdicts = new ArrayList<>(rows.size());
        for (int from = 0; from < rows.size(); from += BATCH) {
            List<Row> batch = rows.subList(from, Math.min(from + BATCH, rows.size()));
            verdicts.addAll(dryRun ? judge(channel, key, batch) : give(channel, key, batch, by));
        }
        if (!dryRun) {
            offerPost(channel, key, rows, verdicts);
        }
        return verdicts;
    }

    /** Counted anew, so that an import that was cut off half-way offers it when it is repeated. */
    private void offerPost(Channel channel, String key, List<Row> rows, List<Verdict> verdicts) {
        List<Long> taken = IntStream.range(0, rows.size())
                .filter(i -> switch (verdicts.get(i)) {
                    case Verdict.Given _, Verdict.Already _ -> true;
                    case Verdict.Covered _, Verdict.Over _, Verdict.Banned _ -> false;
                })
                .mapToObj(i -> rows.get(i).telegramUserId())
                .toList();
        int members = reach.unreachable(channel.seller(), taken).size();
        if (members >= NotStartedCase.MANY) {
            transactions.run(channel.seller(), () -> notStarted.offer(channel.seller(), channel.id(), key, members));
        }
    }

    private List<Verdict> judge(Channel channel, String key, List<Row> batch) {
        Known known = known(channel, key, batch);
        Instant now = clock.instant();
        return batch.stream().map(row -> judge(key, row, known, now)).toList();
    }

    private static Verdict judge(String key, Row row, Known known, Instant now) {
        long user = row.telegramUserId();
        if (known.references().contains(reference(key, row)) || wasCutShort(key, row, known)) {
            return new Verdict.Already();
        }
        if (known.banned().contains(user)) {
            return new Verdict.Banned();
        }
        if (known.forLife().contains(user)) {
            return new Verdict.Covered();
        }
        return switch (row.until()) {
            case Until.ForLife() -> new Verdict.Given(null);
            case Until.Days(int days) ->
                new Verdict.Given(span(row, known, now).startsAt().plus(Duration.ofDays(days)));
            case Until.At(Instant at) ->
                !at.isAfter(now)
                        ? new Verdict.Over()
                        : at.isAfter(span(row, known, now).startsAt()) ? new Verdict.Given(at) : new Verdict.Covered();
        };
    }

    /** The end of a date was midnight then, and is a moment of the day after now. */
    private static boolean wasCutShort(String key, Row row, Known known) {
        Instant was = known.cutShort().get(whose(key, row));
        return was != null
                && switch (row.until()) {
                    case Until.Days _ -> true;
                    case Until.At(Instant at) -> !at.minus(Duration.ofDays(1)).isAfter(was);
                    case Until.ForLife() -> was.equals(Instant.MAX);
                };
    }

    private static Grant.Span span(Row row, Known known, Instant now) {
        return Grant.Span.following(known.until().get(row.telegramUserId()), now, null);
    }

    private List<Verdict> give(Channel channel, String key, List<Row> batch, By by) {
        SellerId seller = channel.seller();
        List<Long> users = batch.stream().map(Row::telegramUserId).toList();
        grants.knowBuyers(seller, users);
        Set<Long> started = reach.started(seller, users);
        return transactions.run(seller, () -> {
            Map<Seat.Key, Seat> seats = grants.lockSeats(users.stream()
                    .map(user -> new Seat.Key(seller, channel.id(), user))
                    .toList());
            Known known = known(channel, key, batch);
            Instant now = clock.instant();
            List<Verdict> verdicts = new ArrayList<>(batch.size());
            Set<Long> added = new HashSet<>();
            for (Row row : batch) {
                Verdict verdict = judge(key, row, known, now);
                verdicts.add(verdict);
                if (verdict instanceof Verdict.Given(Instant endsAt)) {
                    Instant startsAt = span(row, known, now).startsAt();
                    add(channel, key, row, startsAt, endsAt, by);
                    added.add(row.telegramUserId());
                }
            }
            seats.forEach((whose, seat) -> {
                if (seat.requestUpdateId() != null && added.contains(whose.telegramUserId())) {
                    tasks.oweAgain(seller, Effects.approve(whose, seat.requestUpdateId()));
                }
            });
            added.removeAll(started);
            reach.notStarted(seller, added);
            return verdicts;
        });
    }

    private void add(Channel channel, String key, Row row, Instant startsAt, @Nullable Instant endsAt, By by) {
        Given origin = new Given(Kind.IMPORT, reference(key, row));
        Grant grant = new Grant(
                channel.seller(),
                ids.next(),
                origin,
                channel.id(),
                row.telegramUserId(),
                startsAt,
                endsAt,
                channel.standingLink() == null ? Grant.Access.PREPARING : Grant.Access.READY);
        grants.add(grant);
        timeline.append(
                grant.seller(),
                new Event(
                        grant.subject(),
                        clock.instant(),
                        "granted",
                        by.cause(),
                        by.source(),
                        Map.of(
                                "grant", grant.handle(),
                                "kind", origin.kind().word(),
                                "reference", origin.reference(),
                                "reason", by.reason())));
    }

    /** Days are given once. An end is what counts in itself: a later one, from another bot where they have renewed, is given too. */
    private static String reference(String key, Row row) {
        String whose = whose(key, row);
        return switch (row.until()) {
            case Until.Days _ -> whose;
            case Until.At(Instant at) -> whose + ":" + at;
            case Until.ForLife() -> whose + ":life";
        };
    }

    private static String whose(String key, Row row) {
        return key + ":" + row.telegramUserId();
    }

    private Known known(Channel channel, String key, List<Row> batch) {
        Long[] users = batch.stream().map(Row::telegramUserId).toArray(Long[]::new);
        Map<Long, Instant> until = new HashMap<>();
        Set<Long> forLife = new HashSet<>();
        jdbc.sql("""
                select telegram_user_id, max(ends_at) as until, bool_or(ends_at is null) as for_life from access.grants
                where seller_id = ? and channel_id = ? and telegram_user_id = any(?) and access <> 'ended'
                group by telegram_user_id
                """).params(channel.seller().value(), channel.id(), users).query(row -> {
            long user = row.getLong("telegram_user_id");
            if (row.getBoolean("for_life")) {
                forLife.add(user);
            }
            Instant last = Columns.instantOrNull(row, "until");
            if (last != null) {
                until.put(user, last);
            }
        });
        Map<String, Instant> cutShort = new HashMap<>();
        jdbc.sql("""
                select reference, ends_at from access.grants
                where seller_id = ? and channel_id = ? and given = 'import' and reference = any(?)
                  and access = 'ended' and ended_why <> ?
                """)
                .params(
                        channel.seller().value(),
                        channel.id(),
                        batch.stream().map(row -> whose(key, row)).toArray(String[]::new),
                        Grants.TIME_OVER)
                .query(row -> {
                    Instant end = Columns.instantOrNull(row, "ends_at");
                    cutShort.put(row.getString("reference"), end == null ? Instant.MAX : end);
                });
        return new Known(
                Set.copyOf(strings(
                        """
                        select reference from access.grants
                        where seller_id = ? and channel_id = ? and given = 'import' and reference = any(?)
                        """,
                        channel,
                        batch.stream().map(row -> reference(key, row)).toArray(String[]::new))),
                cutShort,
                until,
                forLife,
                strings("""
                        select telegram_user_id from access.listed
                        where seller_id = ? and channel_id = ? and telegram_user_id = any(?) and word = 'banned'
                        """, channel, users).stream().map(Long::valueOf).collect(Collectors.toSet()));
    }

    private List<String> strings(String sql, Channel channel, Object[] values) {
        return jdbc.sql(sql)
                .params(channel.seller().value(), channel.id(), values)
                .query((row, _) -> row.getString(1))
                .list();
    }
}
