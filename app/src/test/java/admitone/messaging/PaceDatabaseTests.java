package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.TestSettings;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.CannotCreateTransactionException;

class PaceDatabaseTests {
    private static final long CHAT = -1001;

    private final Core core = Core.start("pace");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void silenceHoldsForEveryInstanceUntilItIsOver() {
        Pace here = instance(25);
        Pace there = instance(25);
        core.clock.advance(Duration.ofSeconds(2));

        here.silenceFor(CHAT, Duration.ofSeconds(30));

        assertThat(here.beforeCall(CHAT)).contains(Duration.ofSeconds(30));
        assertThat(there.beforeCall(CHAT)).contains(Duration.ofSeconds(30));
        core.clock.advance(Duration.ofSeconds(29));
        assertThat(here.beforeMessage(CHAT)).contains(Duration.ofSeconds(1));
        core.clock.advance(Duration.ofSeconds(1));
        assertThat(here.beforeCall(CHAT)).isEmpty();
        assertThat(there.beforeCall(CHAT)).isEmpty();
    }

    @Test
    void shorterSilenceDoesNotShortenALongerOne() {
        Pace pace = instance(25);
        pace.silenceFor(CHAT, Duration.ofSeconds(30));
        pace.silenceFor(CHAT, Duration.ofSeconds(1));
        core.clock.advance(Duration.ofSeconds(5));

        assertThat(pace.beforeCall(CHAT)).contains(Duration.ofSeconds(25));
        assertThat(instance(25).beforeCall(CHAT)).contains(Duration.ofSeconds(25));
    }

    @Test
    void silenceInOneChatLeavesTheOthersAlone() {
        Pace pace = instance(25);

        pace.silenceFor(CHAT, Duration.ofMinutes(50));

        assertThat(pace.beforeCall(CHAT)).isPresent();
        assertThat(pace.beforeCall(-1002)).isEmpty();
        assertThat(pace.beforeCall(Pace.EVERY_CHAT)).isEmpty();
    }

    @Test
    void silenceInSeveralChatsIsTheBotsOwnForAMinute() {
        Pace pace = instance(25);

        for (long chat = -1003; chat <= -1001; chat++) {
            pace.silenceFor(chat, Duration.ofMinutes(50));
        }

        assertThat(pace.beforeCall(-1009)).contains(Duration.ofMinutes(1));
    }

    @Test
    void oneChatIsNotFlooded() {
        Pace pace = instance(1000);

        long now = IntStream.range(0, 20)
                .mapToObj(i -> pace.beforeMessage(1))
                .filter(Optional::isEmpty)
                .count();

        assertThat(now).isBetween(5L, 6L);
        assertThat(pace.beforeMessage(2)).isEmpty();
    }

    @Test
    void severalInstancesKeepTheLimitTogether() {
        List<Pace> instances = List.of(instance(25), instance(25), instance(25));
        List<Integer> sent = send(instances, Duration.ofSeconds(10));

        assertThat(IntStream.range(0, 9_000).mapToLong(from -> within(sent, from, from + 1_000)))
                .allMatch(inASecond -> inASecond <= 25 + 3 * 5);
        assertThat(sent).hasSizeBetween(9 * 25, 10 * 25 + 2 * 5);
    }

    @Test
    void oneInstanceAloneHasTheWholeLimit() {
        List<Integer> sent = send(List.of(instance(25)), Duration.ofSeconds(10));

        assertThat(sent).hasSizeBetween(9 * 25, 10 * 25 + 2 * 5);
    }

    @Test
    void slowestLimitIsOneMessageASecond() {
        List<Integer> sent = send(List.of(instance(1), instance(1)), Duration.ofSeconds(10));

        assertThat(sent).hasSizeBetween(9, 12);
    }

    /** Each counts a message in its chat only if it may be sent, so that waiting for the others' sake costs the chat nothing. */
    @Test
    void whoWaitsForTheLimitKeepsItsTurnInTheChat() {
        Pace busy = instance(5);
        while (busy.beforeMessage(core.clock.millis() + 1).isEmpty()) {
            core.clock.advance(Duration.ofMillis(1));
        }

        for (int i = 0; i < 10; i++) {
            assertThat(busy.beforeMessage(7)).isPresent();
        }
        core.clock.advance(Duration.ofSeconds(1));

        assertThat(busy.beforeMessage(7)).isEmpty();
    }

    @Test
    void whoIsSentAwayIsToldToComeOneAfterTheOther() {
        Pace pace = instance(10);
        List<Duration> waits = IntStream.range(0, 20)
                .mapToObj(pace::beforeMessage)
                .flatMap(Optional::stream)
                .toList();

        assertThat(waits).hasSizeGreaterThan(12).isSorted().doesNotHaveDuplicates();
        assertThat(waits.getLast()).isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void nothingIsWrittenWhenNothingIsSent() {
        Pace pace = instance(25);
        pace.beforeMessage(1);
        List<String> before = core.strings("select xmin::text || ' ' || free_at from messaging.sending");

        core.clock.advance(Duration.ofMinutes(1));
        pace.beforeCall(1);

        assertThat(core.strings("select xmin::text || ' ' || free_at from messaging.sending"))
                .isEqualTo(before);
    }

    @Test
    void databaseAwayMeansNotNowAndIsAskedOnceASecond() {
        AtomicInteger asked = new AtomicInteger();
        Transactions away = new Transactions() {
            @Override
            public <T> T run(SellerId seller, Supplier<T> work) {
                asked.incrementAndGet();
                throw new CannotCreateTransactionException("away");
            }
        };
        Pace pace = new Pace(core.jdbc, away, core.clock, settings(25));

        for (int i = 0; i < 40; i++) {
            assertThat(pace.beforeMessage(i)).isPresent();
        }
        assertThat(asked).hasValue(1);

        core.clock.advance(Duration.ofSeconds(1));
        assertThat(pace.beforeMessage(1)).isPresent();
        assertThat(asked).hasValue(2);
    }

    @Test
    void silenceThatCannotBeLookedUpMeansNotNow() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/none?connectTimeout=1");
        Pace pace = new Pace(JdbcClient.create(nowhere), core.transactions, core.clock, settings(25));

        assertThat(pace.beforeCall(CHAT)).contains(Duration.ofSeconds(1));
        assertThat(pace.beforeMessage(CHAT)).contains(Duration.ofSeconds(1));
    }

    /** An instance asleep with the row in its hands keeps nobody else waiting. */
    @Test
    void rowInAnotherHandMeansNotNow() throws Exception {
        try (Connection other = core.connection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("select 1 from messaging.sending for update");

            assertThat(instance(25).beforeMessage(1))
                    .hasValueSatisfying(wait -> assertThat(wait).isLessThan(Duration.ofSeconds(1)));
            other.rollback();
        }
    }

    @Test
    void zeroIsNoLimitOfOurs() {
        Pace pace = instance(0);

        assertThat(IntStream.range(0, 200).mapToObj(i -> pace.beforeMessage(1))).allMatch(Optional::isEmpty);
        assertThat(core.strings("select free_at from messaging.sending"))
                .allMatch(free -> free.startsWith("2000-01-01"));
    }

    /** Every instance sends all that it may, in steps of ten milliseconds; answers when each was sent, in milliseconds. */
    private List<Integer> send(List<Pace> instances, Duration during) {
        List<Integer> sent = new ArrayList<>();
        List<Pace> turns = new ArrayList<>(instances);
        Random order = new Random(20251102);
        long chat = 1;
        for (int at = 0; at < during.toMillis(); at += 10) {
            Collections.shuffle(turns, order);
            for (Pace one : turns) {
                while (one.beforeMessage(chat++).isEmpty()) {
                    sent.add(at);
                }
            }
            core.clock.advance(Duration.ofMillis(10));
        }
        return sent;
    }

    private static long within(List<Integer> sent, int from, int to) {
        return sent.stream().filter(at -> at >= from && at < to).count();
    }

    private Pace instance(int perSecond) {
        return new Pace(core.jdbc, core.transactions, core.clock, settings(perSecond));
    }

    private static Settings settings(int perSecond) {
        return TestSettings.with("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "" + perSecond);
    }
}
