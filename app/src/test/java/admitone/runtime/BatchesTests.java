package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchesTests {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();
    private final List<Integer> alone = new CopyOnWriteArrayList<>();
    /** Holds up the first that is done, so that others gather behind it. */
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() {
        gate.countDown();
        threads.close();
    }

    @Test
    void oneThatFindsNobodyElseIsDoneAtOnce() {
        assertThat(doubled().of(4)).isEqualTo(8);

        assertThat(batches).containsExactly(List.of(4));
        assertThat(alone).isEmpty();
    }

    @Test
    void thoseThatComeMeanwhileAreDoneTogetherInTurn() throws Exception {
        Batches<Integer, Integer> doubling = doubled();

        List<Future<Integer>> answers = gather(doubling, 10);

        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get()).isEqualTo(2 * i);
        }
        assertThat(batches).containsExactly(List.of(0), List.of(1, 2, 3, 4), List.of(5, 6, 7, 8), List.of(9));
        assertThat(alone).isEmpty();
    }

    @Test
    void batchThatFailsIsRedoneOneByOneAndEachGetsItsOwn() throws Exception {
        Batches<Integer, Integer> failing = batches(
                _ -> {
                    throw new IllegalStateException("the batch");
                },
                item -> {
                    if (item == 2) {
                        throw new IllegalArgumentException("two");
                    }
                    return item;
                },
                false);

        List<Future<Integer>> answers = gather(failing, 4);

        assertThat(answers.get(1).get()).isEqualTo(1);
        assertThatThrownBy(() -> answers.get(2).get()).hasRootCauseMessage("two");
        assertThat(answers.get(3).get()).isEqualTo(3);
    }

    @Test
    void whatIsEverybodysIsNotRedone() {
        Batches<Integer, Integer> failing = batches(
                _ -> {
                    throw new IllegalStateException("no database");
                },
                item -> item,
                true);

        List<Future<Integer>> answers = gather(failing, 4);

        for (var answer : answers) {
            assertThatThrownBy(answer::get).hasRootCauseMessage("no database");
        }
        assertThat(alone).isEmpty();
    }

    @Test
    void whatABatchLeavesOutIsDoneAloneAndHoldsUpNobody() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        Batches<Integer, Integer> leaving = batches(
                items -> items.stream()
                        .map(item -> item == 2 ? Optional.<Integer>empty() : Optional.of(item))
                        .toList(),
                item -> {
                    if (item == 2) {
                        waitFor(slow);
                    }
                    return -item;
                },
                false);

        List<Future<Integer>> answers = gather(leaving, 4);

        assertThat(answers.get(1).get()).isEqualTo(1);
        assertThat(answers.get(3).get()).isEqualTo(3);
        assertThat(answers.get(2).isDone()).isFalse();
        slow.countDown();
        assertThat(answers.get(2).get()).isEqualTo(-2);
    }

    private Batches<Integer, Integer> doubled() {
        return batches(
                items -> items.stream().map(item -> Optional.of(2 * item)).toList(), item -> 2 * item, false);
    }

    /** Four in one batch, one at a time. */
    private Batches<Integer, Integer> batches(
            Function<List<Integer>, List<Optional<Integer>>> together,
            Function<Integer, Integer> one,
            boolean everybodys) {
        return new Batches<>(
                4,
                1,
                items -> {
                    batches.add(items);
                    if (items.contains(0)) {
                        waitFor(gate);
                    }
                    return together.apply(items);
                },
                item -> {
                    alone.add(item);
                    return one.apply(item);
                },
                _ -> everybodys);
    }

    /** Asks for 0 … count - 1 in this order, all behind the first, and lets them go on. */
    private List<Future<Integer>> gather(Batches<Integer, Integer> batched, int count) {
        List<Future<Integer>> answers = new ArrayList<>();
        answers.add(threads.submit(() -> batched.of(0)));
        await().until(() -> batches.contains(List.of(0)));
        for (int i = 1; i < count; i++) {
            int item = i;
            answers.add(threads.submit(() -> batched.of(item)));
            await().until(() -> batched.waiting() == item);
        }
        gate.countDown();
        return answers;
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
