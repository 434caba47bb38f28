package admitone.simulators.nowpayments;

import java.time.Instant;

/** One attempt to deliver a notification. {@code httpStatus} is 0 where no answer came. */
public record Delivery(
        long paymentId,
        String status,
        String url,
        String body,
        String signature,
        int attempt,
        int httpStatus,
        Result result,
        String detail,
        Instant at) {

    /** What came of it. */
    public enum Result {
        /** Answered with 200 to 299. */
        ACCEPTED,
        /** Answered with another status: tried again. */
        REFUSED,
        /** No answer in time: tried again. */
        TIMEOUT,
        /** No connection, or one that broke: tried again. */
        UNREACHABLE,
        /** Lost on purpose: never sent. */
        DROPPED,
        /** Kept back to be sent after a later one. */
        HELD,
        /** The provider sends none: no secret, no address, or the payment had expired. */
        NOT_SENT
    }

    boolean isToBeRetried() {
        return result == Result.REFUSED || result == Result.TIMEOUT || result == Result.UNREACHABLE;
    }
}
