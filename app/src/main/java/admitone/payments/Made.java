package admitone.payments;

import java.time.Duration;

/** What came of making something at the provider. */
public sealed interface Made<T> {
    record Ready<T>(T made) implements Made<T> {}

    /** The provider said no; {@code code} as in {@link PaymentProvider#create}. */
    record Declined<T>(String code, String reason) implements Made<T> {}

    /** Not now; the same request may be made again after {@code after}. */
    record NotNow<T>(Duration after, String reason) implements Made<T> {}
}
