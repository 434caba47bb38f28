package admitone.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Part of a list; {@code next_cursor} fetches the part after it, and is null at the end. */
record Page<T>(
        List<T> items,

        @Schema(description = "give it as cursor to read on; null: this was all") @Nullable
        String nextCursor) {

    /** Of rows read with one more than {@code limit}; {@code key} is what the next part begins after. */
    static <R, T> Page<T> of(List<R> rows, int limit, Function<R, List<String>> key, Function<R, T> view) {
        List<R> shown = rows.size() > limit ? rows.subList(0, limit) : rows;
        String next = rows.size() > limit ? encode(key.apply(shown.getLast())) : null;
        return new Page<>(shown.stream().map(view).toList(), next);
    }

    private static String encode(List<String> key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(String.join("|", key).getBytes(StandardCharsets.UTF_8));
    }

    /** What a cursor says, read by {@code read}; a cursor that is none of ours is refused. */
    static <K> Optional<K> after(Optional<String> cursor, Function<String[], K> read) {
        return cursor.map(text -> {
            try {
                return read.apply(
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\\|", -1));
            } catch (RuntimeException e) {
                throw Problem.invalid("cursor", "must be the next_cursor of an earlier answer");
            }
        });
    }
}
