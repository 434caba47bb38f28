package admitone.catalog;

import admitone.database.Columns;
import admitone.database.Read;
import admitone.database.Reads;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What a seller says to the buyers of a channel in their own words: plain text, to be escaped. A message takes the text as of the moment it was owed, so that it
 * says the same in every attempt.
 */
@Repository
public class ChannelTexts {
    /** From then on a text counts: later than any transaction lasts, so that what held at a moment that has passed stays so. */
    private static final Duration COUNTS_AFTER = Duration.ofSeconds(15);

    private final JdbcClient jdbc;
    private final Reads reads;
    private final Clock clock;

    ChannelTexts(JdbcClient jdbc, Reads reads, Clock clock) {
        this.jdbc = jdbc;
        this.reads = reads;
        this.clock = clock;
    }

    /** When a text is said. */
    public enum Kind {
        /** With the way in. */
        WELCOME,
        /** With the notice that access has ended. */
        EXPIRY,
        /** On the channel's page: what one gets. */
        DESCRIPTION;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whose text is asked for, and as of when. */
    public record Asked(SellerId seller, UUID channelId, Instant owedAt) {}

    /** Within the current transaction: what is said from a moment on; null: nothing. */
    public void set(Channel channel, Kind kind, @Nullable String text) {
        jdbc.sql("""
                insert into catalog.channel_text (seller_id, channel_id, kind, since, text) values (?, ?, ?, ?, ?)
                on conflict (seller_id, channel_id, kind, since) do update set text = excluded.text
                """)
                .params(Columns.all(
                        channel.seller().value(),
                        channel.id(),
                        kind.word(),
                        Columns.at(clock.instant().plus(COUNTS_AFTER)),
                        text))
                .update();
    }

    /** What was set last, though it may not count yet. */
    public Optional<String> newest(Channel channel, Kind kind) {
        return at(channel.seller(), channel.id(), kind, Instant.parse("9999-01-01T00:00:00Z"));
    }

    public Optional<String> at(SellerId seller, UUID channelId, Kind kind, Instant owedAt) {
        Asked asked = new Asked(seller, channelId, owedAt);
        return Optional.ofNullable(reads.one(at(List.of(asked), kind)).get(asked));
    }

    /** As above, for several by one statement; those to whom nothing is said are left out. */
    public Read<Map<Asked, String>> at(Collection<Asked> all, Kind kind) {
        Map<Asked, String> texts = new HashMap<>();
        List<Asked> asked = all.stream().distinct().toList();
        return Read.of(
                """
                        select distinct on (v.n) v.n, t.text
                        from (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::timestamptz as owed_at, r->>3 as kind, n from unnest(?::jsonb[]) with ordinality as u (r, n)) as v
                        join catalog.channel_text t
                          on t.seller_id = v.seller_id and t.channel_id = v.channel_id and t.kind = v.kind and t.since <= v.owed_at
                        order by v.n, t.since desc
                        """,
                asked.stream()
                        .map(one -> new Object[] {one.seller(), one.channelId(), one.owedAt(), kind.word()})
                        .toList(),
                texts,
                row -> {
                    @Nullable String text = row.getString("text");
                    if (text != null) {
                        texts.put(asked.get(row.getInt("n") - 1), text);
                    }
                });
    }
}
