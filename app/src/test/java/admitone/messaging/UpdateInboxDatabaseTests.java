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
        assertThat(inbox.newest(BOT)).hasValue(3);
        assertThat(inbox.newest(701)).isEmpty();
    }

    @Test
    void tellsEachUpdateInOrderAndOnce() {
        store(3, 1, 2);
        UpdateProcessor processor = processor((id, incoming) -> told.add(id));

        processor.processAll(BOT);
        processor.processAll(BOT);
        store(1, 2, 3);
        processor.processAll(BOT);

        assertThat(told).containsExactly(1L, 2L, 3L);
    }

    @Test
    void worksOffMoreThanABatch() {
        inbox.store(
                BOT,
                LongStream.rangeClosed(1, 250).mapToObj(id -> new Raw(id, "{}")).toList());

        processor((id, incoming) -> told.add(id)).processAll(BOT);

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
            processor.processAll(BOT);
        }

        assertThat(told.stream().filter(id -> id == 1)).hasSize(8);
        assertThat(told.stream().filter(id -> id == 2)).hasSize(1);
        assertThat(core.strings("select state || ' ' || tries from messaging.update_inbox order by update_id"))
                .containsExactly("set_aside 8", "read 0");
    }

    @Test
    void crashBeforeItIsReadTellsItAgain() {
        store(1);
        try {
            processor((id, incoming) -> {
                        told.add(id);
                        throw new StackOverflowError("as if the process ended here");
                    })
                    .processAll(BOT);
        } catch (StackOverflowError e) {
            // the process is gone
        }

        processor((id, incoming) -> told.add(id)).processAll(BOT);

        assertThat(told).containsExactly(1L, 1L);
    }

    @Test
    void numbersOfAWeekAgoAreForgottenBecauseTheMessengerBeginsAnew() {
        store(900_000);
        core.clock.advance(Duration.ofDays(7));

        assertThat(inbox.newest(BOT)).isEmpty();
        store(5);
        assertThat(inbox.newest(BOT)).hasValue(5);
    }

    private UpdateProcessor processor(IncomingListener listener) {
        return new UpdateProcessor(inbox, Incoming.Other::new, List.of(listener));
    }

    private void store(long... ids) {
        inbox.store(BOT, LongStream.of(ids).mapToObj(id -> new Raw(id, "{}")).toList());
    }
}
