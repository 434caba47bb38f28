package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How fast we may speak: our own limit per second, one message a second in a chat, and silence for as long as the messenger asks. */
@Component
public class Pace {
    private static final String PLATFORM = SellerId.PLATFORM.value();
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int CHAT_BURST = 5;

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private final @Nullable Bucket all;
    private final Cache<Long, Bucket> chats = Caffeine.newBuilder()
            .maximumSize(20_000)
            .expireAfterAccess(Duration.ofMinutes(2))
            .build();
    private final AtomicReference<Silence> silence = new AtomicReference<>(new Silence(Instant.EPOCH, Instant.EPOCH));

    /** Nothing is said before {@code until}; looked up at {@code seenAt}. */
    private record Silence(Instant until, Instant seenAt) {}

    Pace(JdbcClient jdbc, Transactions transactions, Clock clock, Settings settings) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        int perSecond = settings.telegram().messagesPerSecond();
        this.all = perSecond == 0 ? null : bucket(perSecond, perSecond);
    }

    /** How long to wait before a message to this chat may be sent; empty: now, and it is counted. */
    public Optional<Duration> beforeMessage(long chatId) {
        Optional<Duration> quiet = beforeCall();
        if (quiet.isPresent() || all == null) {
            return quiet;
        }
        Optional<Duration> chat = take(chats.get(chatId, id -> bucket(CHAT_BURST, 1)));
        return chat.isPresent() ? chat : take(all);
    }

    /** How long to wait before any call: the messenger asked for silence. */
    public Optional<Duration> beforeCall() {
        Instant now = clock.instant();
        Silence known = silence.get();
        if (known.seenAt().isBefore(now.minus(LOOK_EVERY))) {
            known = new Silence(storedUntil(), now);
            silence.set(known);
        }
        return known.until().isAfter(now) ? Optional.of(Duration.between(now, known.until())) : Optional.empty();
    }

    /** The messenger asked every instance to be silent for so long. */
    public void silenceFor(Duration asked) {
        Instant until = clock.instant().plus(asked);
        silence.updateAndGet(known -> known.until().isAfter(until) ? known : new Silence(until, known.seenAt()));
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("""
                    insert into messaging.silence as s (seller_id, until) values (?, ?)
                    on conflict (seller_id) do update set until = greatest(s.until, excluded.until)
                    """).params(PLATFORM, Columns.at(until)).update();
        });
    }

    private Instant storedUntil() {
        return jdbc.sql("select until from messaging.silence where seller_id = ?")
                .param(PLATFORM)
                .query((row, n) -> Columns.instant(row, "until"))
                .optional()
                .orElse(Instant.EPOCH);
    }

    private static Bucket bucket(int capacity, int perSecond) {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(capacity)
                        .refillGreedy(perSecond, Duration.ofSeconds(1))
                        .build())
                .build();
    }

    private static Optional<Duration> take(Bucket bucket) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? Optional.empty() : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
}
