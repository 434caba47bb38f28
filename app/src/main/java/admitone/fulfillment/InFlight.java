package admitone.fulfillment;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Lets one caller do what several ask for at the same moment; the others wait for its result instead of for a database lock. */
final class InFlight<T> {
    private final ConcurrentMap<String, CompletableFuture<T>> running = new ConcurrentHashMap<>();

    /** Runs {@code work}, or waits for who runs it under the same key and answers {@code follow} of their result; their failure is ours. */
    T join(String key, Supplier<T> work, Function<T, T> follow) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> leader = running.putIfAbsent(key, mine);
        if (leader != null) {
            return follow.apply(await(leader));
        }
        try {
            T result = work.get();
            mine.complete(result);
            return result;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e); // whatever it was: those who wait must not wait for ever
            throw e;
        } finally {
            running.remove(key, mine);
        }
    }

    private static <T> T await(CompletableFuture<T> leader) {
        try {
            return leader.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
