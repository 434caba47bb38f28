package admitone.runtime;

import java.time.Duration;
import java.util.function.Function;

/** What a call to the outside came to. A timeout is not a failure: it is not knowing. */
public sealed interface Answer<T> {
    /** It happened. */
    record Done<T>(T value) implements Answer<T> {}

    /** The other side said no, for good: asking again changes nothing. {@code code} is stable, {@code reason} is its own text. */
    record Declined<T>(String code, String reason) implements Answer<T> {}

    /** It certainly did not happen, and may be tried again, not before {@code after}. */
    record NotNow<T>(Duration after, String reason) implements Answer<T> {}

    /** It may have happened: look before repeating. */
    record Unknown<T>(String reason) implements Answer<T> {}

    default <R> Answer<R> map(Function<? super T, ? extends R> change) {
        return switch (this) {
            case Done<T>(T value) -> new Done<>(change.apply(value));
            case Declined<T>(String code, String reason) -> new Declined<>(code, reason);
            case NotNow<T>(Duration after, String reason) -> new NotNow<>(after, reason);
            case Unknown<T>(String reason) -> new Unknown<>(reason);
        };
    }
}
