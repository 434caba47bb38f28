package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Read;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Which language people speak with the bot. What answers somebody is in the language that their own update told. What the bot says by itself is in the language
 * that was known when it was <em>owed</em>: so it says the same in every attempt, whatever was heard of its reader between two of them.
 */
@Repository
public class Languages {
    /** From then on another language counts: later than any transaction lasts, so that what is known of a moment that has passed stays so. */
    private static final Duration COUNTS_AFTER = Duration.ofSeconds(15);

    /** The first counts at once: whom the bot has never heard it has told nothing, and whoever buys within seconds is to be answered in it. */
    private static final Duration FIRST_COUNTS_AFTER = Duration.ofMillis(1);

    /** Somebody's language changes no more often. */
    private static final Duration AT_MOST_EVERY = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;

    Languages(JdbcClient jdbc, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Opens its own transaction where there is something new. Told out of order, the later call counts. */
    void heard(long telegramUserId, Language language) {
        boolean isFirst = !isKnownSince(telegramUserId, Instant.EPOCH);
        Instant counts = clock.instant().plus(isFirst ? FIRST_COUNTS_AFTER : COUNTS_AFTER);
        if (!isFirst
                && (at(telegramUserId, counts.plus(AT_MOST_EVERY)) == language
                        || isKnownSince(telegramUserId, counts.minus(AT_MOST_EVERY)))) {
            return;
        }
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("""
                    insert into messaging.language (telegram_user_id, since, code) values (?, ?, ?)
                    on conflict (telegram_user_id, since) do nothing
                    """)
                    .params(telegramUserId, Columns.at(counts), language.code())
                    .update();
        });
    }

    private boolean isKnownSince(long telegramUserId, Instant since) {
        return jdbc.sql("select exists (select from messaging.language where telegram_user_id = ? and since > ?)")
                .params(telegramUserId, Columns.at(since))
                .query(Boolean.class)
                .single();
    }

    /** The language in which somebody is told what was owed at this instant. */
    public Language at(long telegramUserId, Instant owedAt) {
        return Language.of(jdbc.sql("""
                select code from messaging.language where telegram_user_id = ? and since <= ? order by since desc limit 1
                """)
                .params(telegramUserId, Columns.at(owedAt))
                .query((row, _) -> row.getString("code"))
                .optional()
                .orElse(null));
    }

    /** Whom something was told, and when it was owed. */
    public record Told(long telegramUserId, Instant owedAt) {}

    /** As {@link #at}, for several by one statement; those of whom nothing is known are left out. */
    public Read<Map<Told, Language>> at(Collection<Told> all) {
        Map<Told, Language> languages = new HashMap<>();
        List<Told> told = List.copyOf(all);
        return Read.of(
                """
                        select distinct on (v.n) v.n, l.code
                        from (select (r->>0)::bigint as telegram_user_id, (r->>1)::timestamptz as owed_at, n from unnest(?::jsonb[]) with ordinality as u (r, n)) as v
                        join messaging.language l on l.telegram_user_id = v.telegram_user_id and l.since <= v.owed_at
                        order by v.n, l.since desc
                        """,
                told.stream()
                        .map(one -> new Object[] {one.telegramUserId(), one.owedAt()})
                        .toList(),
                languages,
                row -> languages.put(told.get(row.getInt("n") - 1), Language.of(row.getString("code"))));
    }
}
