package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.messaging.UpdateInbox.Raw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class UpdateInboxDatabaseTests {
    private static final long BOT = 700;

    private final Core core = Core.start("updates");
    private final UpdateInbox inbox = core.bean(UpdateInbox.class);
    private final List<Long> told = new ArrayList<>();

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void storesAnUpdateOnce() {
        store(1, 2);
        store(2, 3);

        assertThat(inbox.unread(BOT, 10)).extracting(Raw::updateId).containsExactly(1L, 2L, 3L);
        assertThat(inbox.unread(701, 10)).isEmpty();
    }

    @Test
    void tellsEachUpdateInOrderAndOnce() {
        store(3, 1, 2);
        UpdateProcessor processor = processor((id, incoming) -> told.add(id));

        processor.processAll(BOT, () -> true);
        processor.processAll(BOT, () -> true);
        store(1, 2, 3);
        processor.processAll(BOT, () -> true);

        assertThat(told).containsExactly(1L, 2L, 3L);
    }

    @Test
    void worksOffMoreThanABatch() {
        inbox.store(
                BOT,
                LongStream.rangeClosed(1, 250).mapToObj(id -> new Raw(id, "{}")).toList());

        processor((id, incoming) -> told.add(id)).processAll(BOT, () -> true);

        assertThat(told).hasSize(250).isSorted();
    }

    @Test
    void updateThatCannotBeActedOnIsSetAsideAfterEightTriesAndHoldsUpNobody() {
        store(1, 2);
        UpdateProcessor processor = processor((id, incoming) -> {
            told.add(id);
            if (id == 1) {
                throw new IllegalStateException("cannot");
            }
        });

        for (int i = 0; i < 12; i++) {
            processor.processAll(BOT, () -> true);
            core.clock.advance(Duration.ofMinutes(5));
        }

        assertThat(told.stream().filter(id -> id == 1)).hasSize(8);
        assertThat(told.stream().filter(id -> id == 2)).hasSize(1);
        assertThat(core.strings("select state || ' ' || tries from messaging.update_inbox order by update_id"))
                .containsExactly("set_aside 8", "read 0");
    }

    @Test
    void updateThatEndsInAnErrorHoldsUpNobody() {
        store(1, 2, 3);

        processor((id, incoming) -> {
                    told.add(id);
                    if (id == 2) {
                        throw new AssertionError("as where a class is missing");
                    }
                })
                .processAll(BOT, () -> true);

        assertThat(told).containsExactly(1L, 2L, 3L);
        assertThat(core.strings("select state || ' ' || tries from messaging.update_inbox order by update_id"))
                .containsExactly("read 0", "new 1", "read 0");
    }

    @Test
    void crashBeforeItIsReadTellsItAgain() {
        store(1);
        UpdateInbox ending = new UpdateInbox(core.bean(JdbcTemplate.class), core.jdbc, core.transactions, core.clock) {
            @Override
            void read(long botId, long updateId) {
                throw new StackOverflowError("as if the process ended here");
            }

            @Override
            void failed(long botId, long updateId, String why) {
                throw new StackOverflowError("as if the process ended here");
            }
        };
        try {
            processor(ending, (id, incoming) -> told.add(id)).processAll(BOT, () -> true);
        } catch (StackOverflowError e) {
            // the process is gone
        }

        processor((id, incoming) -> told.add(id)).processAll(BOT, () -> true);

        assertThat(told).containsExactly(1L, 1L);
    }

    @Test
    void whoLosesTheOfficeInTheMiddleOfABatchLeavesTheRestInOrderToTheNextHolder() {
        store(1, 2, 3, 4);
        List<Long> next = new ArrayList<>();

        processor((id, incoming) -> told.add(id)).processAll(BOT, () -> told.size() < 2);
        processor((id, incoming) -> next.add(id)).processAll(BOT, () -> true);

        assertThat(told).containsExactly(1L, 2L);
        assertThat(next).containsExactly(3L, 4L);
    }

    @Test
    void failureOfAFormerHolderDoesNotSetAsideWhatTheNewOneRead() {
        store(1);
        inbox.read(BOT, 1);

        for (int i = 0; i < 8; i++) {
            inbox.failed(BOT, 1, "fell asleep");
        }

        assertThat(core.strings("select state || ' ' || tries from messaging.update_inbox"))
                .containsExactly("read 0");
    }

    @Test
    void updateThatFailedIsTriedAgainLaterAndLater() {
        store(1);
        UpdateProcessor processor = processor((id, incoming) -> {
            told.add(id);
            throw new IllegalStateException("cannot");
        });

        processor.processAll(BOT, () -> true);
        processor.processAll(BOT, () -> true);
        assertThat(told).hasSize(1);
        core.clock.advance(Duration.ofSeconds(1));
        processor.processAll(BOT, () -> true);
        core.clock.advance(Duration.ofSeconds(1));
        processor.processAll(BOT, () -> true);
        assertThat(told).hasSize(2);
        core.clock.advance(Duration.ofSeconds(1));
        processor.processAll(BOT, () -> true);
        assertThat(told).hasSize(3);
    }

    @Test
    void whatThisInstanceStoresIsNoticedAtOnce() throws InterruptedException {
        store(1);
        long began = System.nanoTime();

        inbox.awaitNews(Duration.ofMinutes(1));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }

    private UpdateProcessor processor(IncomingListener listener) {
        return processor(inbox, listener);
    }

    private static UpdateProcessor processor(UpdateInbox inbox, IncomingListener listener) {
        return new UpdateProcessor(inbox, Incoming.Other::new, List.of(listener));
    }

    private void store(long... ids) {
        inbox.store(BOT, LongStream.of(ids).mapToObj(id -> new Raw(id, "{}")).toList());
    }
}
