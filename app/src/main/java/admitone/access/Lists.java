package admitone.access;

import admitone.access.Listed.Word;
import admitone.database.Columns;
import admitone.database.Read;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Each channel's whitelist and its bans. */
@Repository
public class Lists {
    private final JdbcClient jdbc;
    private final Clock clock;

    Lists(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public Optional<Listed> of(Seat.Key seat) {
        return jdbc.sql("""
                select * from access.listed
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and word is not null
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query(Lists::read)
                .optional();
    }

    public boolean isBanned(Seat.Key seat) {
        return is(seat, Word.BANNED);
    }

    /** What a ban of theirs that does not hold any more is lifted under: the word before the last. */
    Optional<String> bansTakenBack(Seat.Key seat) {
        return jdbc.sql("""
                select turn from access.listed
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and word is distinct from 'banned'
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query((row, _) ->
                        Effects.letBackIn(seat, row.getInt("turn") - 1).subject())
                .optional();
    }

    boolean isWhitelisted(Seat.Key seat) {
        return is(seat, Word.WHITELISTED);
    }

    private boolean is(Seat.Key seat, Word word) {
        return of(seat).filter(listed -> listed.word() == word).isPresent();
    }

    /** The channels of a seller where this user is whitelisted. */
    public List<UUID> whitelistedIn(SellerId seller, long telegramUserId) {
        return jdbc.sql("""
                select channel_id from access.listed where seller_id = ? and telegram_user_id = ? and word = 'whitelisted' order by channel_id
                """)
                .params(seller.value(), telegramUserId)
                .query((row, n) -> row.getObject("channel_id", UUID.class))
                .list();
    }

    /** Those among them who are banned, by one statement. */
    Read<Set<Seat.Key>> banned(Collection<Seat.Key> seats) {
        Set<Seat.Key> banned = new HashSet<>();
        return Read.of("""
                select l.* from access.listed l
                join (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::bigint as telegram_user_id from unnest(?::jsonb[]) as r) as v
                  on l.seller_id = v.seller_id and l.channel_id = v.channel_id and l.telegram_user_id = v.telegram_user_id
                where l.word = 'banned'
                """, Grants.rows(seats), banned, row -> banned.add(Seat.Key.read(row)));
    }

    /** By user, those after {@code after}. */
    public List<Listed> list(SellerId seller, UUID channelId, Word word, long after, int limit) {
        return jdbc.sql("""
                select * from access.listed
                where seller_id = ? and channel_id = ? and telegram_user_id > ? and word = ?
                order by telegram_user_id limit ?
                """)
                .params(seller.value(), channelId, after, word.word(), limit)
                .query(Lists::read)
                .list();
    }

    /** Within the current transaction, which holds the seat; null: neither any more. Answers the new turn, or none where that was said before. */
    OptionalInt say(Seat.Key seat, @Nullable Word word, String reason, String by) {
        Optional<Integer> turn = jdbc.sql("""
                insert into access.listed as l (seller_id, channel_id, telegram_user_id, word, reason, said_by, said_at, turn)
                values (?, ?, ?, ?, ?, ?, ?, 1)
                on conflict (seller_id, channel_id, telegram_user_id) do update
                set word = excluded.word, reason = excluded.reason, said_by = excluded.said_by, said_at = excluded.said_at,
                  turn = l.turn + 1
                where l.word is distinct from excluded.word
                returning turn
                """)
                .params(Columns.all(
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId(),
                        word == null ? null : word.word(),
                        reason,
                        by,
                        Columns.at(clock.instant())))
                .query((row, _) -> row.getInt("turn"))
                .optional();
        return turn.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private static Listed read(ResultSet row, int n) throws SQLException {
        return new Listed(
                Seat.Key.read(row),
                Word.valueOf(row.getString("word").toUpperCase(Locale.ROOT)),
                row.getString("reason"),
                row.getString("said_by"),
                Columns.instant(row, "said_at"),
                row.getInt("turn"));
    }
}
