package admitone.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DueLooksDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final Map<String, Integer> PLENTY = Map.of("mail", 64, "call", 64);

    private final Core core = Core.start("tasks");
    private final Tasks tasks = core.bean(Tasks.class);
    private final JdbcTasks rows = core.bean(JdbcTasks.class);
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE); // it may begin anywhere, and passes the end
    private final DueLooks looks = new DueLooks(rows, nanoTime::get);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whatIsOwedNowIsSeenAtOnce() {
        assertThat(look(10)).isEmpty();
        owe("mail", "now", Duration.ZERO);
        owe("call", "committed late", Duration.ofSeconds(2));

        assertThat(look(10)).containsExactly("committed late", "now");
    }

    @Test
    void beginsAtTheBeginningOnceASecond() {
        owe("mail", "first", Duration.ofMinutes(1));
        assertThat(look(10)).containsExactly("first");

        owe("mail", "further back", Duration.ofMinutes(2));
        owe("mail", "after", Duration.ofSeconds(59));
        assertThat(look(10)).containsExactly("first", "after");

        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
        assertThat(look(10)).containsExactly("first", "after");
        nanoTime.incrementAndGet();
        assertThat(look(10)).containsExactly("further back", "first", "after");
    }

    @Test
    void whatDidNotFitIsSeenByTheNextLook() {
        owe("mail", "1", Duration.ofSeconds(60));
        owe("mail", "2", Duration.ofSeconds(59));
        owe("mail", "3", Duration.ofSeconds(58));
        owe("call", "4", Duration.ofSeconds(57));
        assertThat(look(2)).containsExactly("1", "2");

        end("1");
        end("2");

        assertThat(look(2)).containsExactly("3", "4");
    }

    /** As a backlog of messages, which are paced, before what is to be tried again in a second. */
    @Test
    void whatWaitsForAPlaceHidesNothingOfAnotherKind() {
        for (int i = 0; i < 20; i++) {
            owe("mail", "" + i, Duration.ofSeconds(60 - i));
        }
        owe("call", "younger than all", Duration.ofSeconds(1));

        assertThat(look(Map.of("mail", 1, "call", 64), 10)).containsExactly("0", "younger than all");
    }

    @Test
    void whatDidNotFitIntoThePlacesOfItsKindIsSeenByTheNextLook() {
        owe("mail", "1", Duration.ofSeconds(60));
        owe("mail", "2", Duration.ofSeconds(59));
        owe("mail", "3", Duration.ofSeconds(58));
        owe("call", "4", Duration.ofSeconds(57));
        Map<String, Integer> oneOfMail = Map.of("mail", 1, "call", 64);
        assertThat(look(oneOfMail, 10)).containsExactly("1", "4");

        end("1");

        assertThat(look(oneOfMail, 10)).containsExactly("2", "4");
        assertThat(look(10)).containsExactly("2", "3", "4");
    }

    @Test
    void aKindThatJoinsBeginsAtTheBeginning() {
        owe("call", "of another kind", Duration.ofMinutes(1));
        assertThat(look(Map.of("mail", 64), 10)).isEmpty();

        assertThat(look(10)).containsExactly("of another kind");
    }

    @Test
    void aClockThatIsSetBackHidesNothingForLongerThanASecond() {
        assertThat(look(10)).isEmpty();
        core.clock.advance(Duration.ofHours(-1));
        owe("mail", "now", Duration.ZERO);

        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(look(10)).containsExactly("now");
    }

    /** The subjects of what is seen. */
    private List<String> look(int most) {
        return look(PLENTY, most);
    }

    private List<String> look(Map<String, Integer> free, int most) {
        return looks.look(core.clock.instant(), free, most).stream()
                .map(due -> subject(due.id()))
                .toList();
    }

    private String subject(UUID id) {
        return core.owner()
                .sql("select subject from tasks.task where task_id = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    private void owe(String kind, String subject, Duration overdue) {
        Instant dueAt = core.clock.instant().minus(overdue);
        core.transactions.run(SELLER, () -> tasks.owe(SELLER, new Owed(kind, subject, Map.of(), dueAt)));
    }

    private void end(String subject) {
        core.owner()
                .sql("update tasks.task set state = 'done' where subject = ?")
                .param(subject)
                .update();
    }
}
