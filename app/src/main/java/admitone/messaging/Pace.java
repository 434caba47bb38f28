package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.Limits;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How fast we may speak: our own limit per second, kept by all instances together, and silence for as long as the messenger asks. One message a
 * second in a chat is kept by each instance for itself: several may exceed it for a moment, and are then told so by the messenger.
 */
@Component
public class Pace {
    private static final String PLATFORM = SellerId.PLATFORM.value();
    private static final Logger log = LoggerFactory.getLogger(Pace.class);
    private static final Duration WHEN_AWAY = Duration.ofSeconds(1);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int CHAT_BURST = 5;
    /** One a second. */
    private static final Duration CHAT_BURST_AGAIN = Duration.ofSeconds(CHAT_BURST);

    /** So many chats silent at once mean the bot itself. */
    private static final int MANY_CHATS = 3;

    private static final Duration WHOLE_BOT = Duration.ofMinutes(1);

    /** Stands for a call about no chat, and for silence in all of them. */
    public static final long EVERY_CHAT = 0;

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private final @Nullable SharedPace all;
    private final Cache<Long, Bucket> chats = Caffeine.newBuilder()
            .maximumSize(20_000)
            .expireAfterAccess(Duration.ofMinutes(2))
            .build();
    private final Cache<Call, Instant> silentCalls = Caffeine.newBuilder()
            .maximumSize(20_000)
            .expireAfterWrite(Duration.ofDays(1)) // longer than any silence
            .build();
    private final AtomicReference<Map<Long, Instant>> silence = new AtomicReference<>(Map.of());
    private final AtomicReference<Instant> looked = new AtomicReference<>(Instant.EPOCH);

    Pace(JdbcClient jdbc, Transactions transactions, Clock clock, Settings settings) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        int perSecond = settings.telegram().messagesPerSecond();
        this.all = perSecond == 0 ? null : new SharedPace(jdbc, transactions, clock, perSecond);
    }

    /** One method, about one chat or none. */
    private record Call(String method, long chatId) {}

    /** How long to wait before a message to this chat may be sent; empty: now, and it is counted. */
    public Optional<Duration> beforeMessage(long chatId) {
        Optional<Duration> quiet = beforeCall(chatId);
        if (quiet.isPresent() || all == null) {
            return quiet;
        }
        Bucket bucket = chats.get(chatId, id -> Limits.of(CHAT_BURST, CHAT_BURST_AGAIN));
        Optional<Duration> chat = take(bucket);
        if (chat.isPresent()) {
            return chat;
        }
        Optional<Duration> wait = all.take();
        if (wait.isPresent()) {
            bucket.addTokens(1); // nothing is said in the chat now
        }
        return wait;
    }

    /** How long to wait before any call about this chat: the messenger asked for silence there, or everywhere. */
    public Optional<Duration> beforeCall(long chatId) {
        Instant now = clock.instant();
        Map<Long, Instant> known;
        try {
            known = silences(now);
        } catch (DataAccessException e) {
            log.info("nothing is said for {} ms: silence is not known ({})", WHEN_AWAY.toMillis(), e.toString());
            return Optional.of(WHEN_AWAY);
        }
        Instant until = Stream.of(EVERY_CHAT, chatId)
                .map(chat -> known.getOrDefault(chat, Instant.EPOCH))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        return until.isAfter(now) ? Optional.of(Duration.between(now, until)) : Optional.empty();
    }

    /** How long to wait before this method may be called about this chat. */
    public Optional<Duration> beforeCall(String method, long chatId) {
        return beforeCall(chatId).or(() -> {
            Instant now = clock.instant();
            Instant until = silentCalls.asMap().getOrDefault(new Call(method, chatId), Instant.EPOCH);
            return until.isAfter(now) ? Optional.of(Duration.between(now, until)) : Optional.empty();
        });
    }

    /**
     * The messenger asked not to call this method about this chat for so long. It counts floods by method: all else goes on. Each instance finds out
     * for itself, by one call.
     */
    public void silenceFor(String method, long chatId, Duration asked) {
        silentCalls
                .asMap()
                .merge(
                        new Call(method, chatId),
                        clock.instant().plus(asked),
                        (one, other) -> one.isAfter(other) ? one : other);
    }

    /** The messenger asked every instance to be silent about this chat for so long. Asked about several, we are silent everywhere. */
    public void silenceFor(long chatId, Duration asked) {
        Instant now = clock.instant();
        store(chatId, now.plus(asked));
        long silent = silences(now).values().stream()
                .filter(until -> until.isAfter(now))
                .count();
        if (silent >= MANY_CHATS) {
            store(EVERY_CHAT, now.plus(asked.compareTo(WHOLE_BOT) < 0 ? asked : WHOLE_BOT));
        }
    }

    private void store(long chatId, Instant until) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("""
                    insert into messaging.silence as s (seller_id, chat_id, until) values (?, ?, ?)
                    on conflict (seller_id, chat_id) do update set until = greatest(s.until, excluded.until)
                    """).params(PLATFORM, chatId, Columns.at(until)).update();
        });
        looked.set(Instant.EPOCH); // looked up anew by the next call
    }

    /** Of all chats, as the instances agreed on them, at most a second old. */
    private Map<Long, Instant> silences(Instant now) {
        if (looked.get().isBefore(now.minus(LOOK_EVERY))) {
            Map<Long, Instant> stored = new HashMap<>();
            jdbc.sql("select chat_id, until from messaging.silence where seller_id = ? and until > ?")
                    .params(PLATFORM, Columns.at(now))
                    .query(row -> {
                        stored.put(row.getLong("chat_id"), Columns.instant(row, "until"));
                    });
            silence.set(Map.copyOf(stored));
            looked.set(now);
        }
        return silence.get();
    }

    private static Optional<Duration> take(Bucket bucket) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? Optional.empty() : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
}
