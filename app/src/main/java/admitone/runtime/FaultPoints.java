package admitone.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Named points at which a test may break the process. In production nothing happens at any of them; with the system property
 * {@code admitone.halt-file=FILE} the process halts at the point whose name stands in that file, once it is there, as kill -9
 * would.
 */
@FunctionalInterface
public interface FaultPoints {

    /** The crash points of docs/exactly-once.md that lie inside the process. */
    enum Point {
        /** A genuine notification was read, nothing is stored. */
        CP01_HEARD,
        /** The notification is committed, its 200 is not sent. */
        CP02_BEFORE_ANSWER,
        /** A notification was kept to be decided later; the task has not begun. */
        CP03_KEPT_FOR_LATER,
        /** Inside the deciding transaction, all of it written. */
        CP04_BEFORE_COMMIT,
        /** COMMIT was done, the caller does not know it yet. */
        CP05_AFTER_COMMIT,
        /** A task is owed, nobody has claimed it. */
        CP06_BEFORE_CLAIM,
        /** An effect is claimed, its call is not sent. */
        CP07_BEFORE_CALL,
        /** The call was answered, the answer is not recorded. */
        CP09_BEFORE_RECORD,
        /** The message with the way in is claimed, not sent. */
        CP12_BEFORE_MESSAGE,
        /** The message was sent, its id is not recorded. */
        CP14_AFTER_MESSAGE,
        /** Updates were fetched, none is stored. */
        CP16_UPDATE_FETCHED,
        /** A join request was approved, that is not recorded. */
        CP18_AFTER_APPROVE,
        /** A member whose time is over was removed, that is not recorded. */
        CP19_MEMBER_REMOVED,
        /** A payout is written, its claims and its reserve; not committed. */
        CP21_BEFORE_PAYOUT_IS_MADE,
        /** That a batch is asked for is on record, the call is not sent. */
        CP22_BEFORE_PAYOUT_CALL,
        /** The provider has made a batch, its id is not recorded. */
        CP23_PAYOUT_CREATED,
        /** A code was taken for a batch, nothing of it is on record. */
        CP25_BEFORE_VERIFY,
        /** That a code is given for a batch is on record, the call is not sent. */
        CP25_CODE_ON_RECORD,
        /** The provider has verified a batch, that is not recorded. */
        CP26_VERIFIED,
        /** The provider has paid a payout: that is written, its journal lines are not; not committed. */
        CP27_BEFORE_PAYOUT_IS_BOOKED,
        /** A link of the pool was made, its address is not recorded. */
        CP35_LINK_MINTED,
        /** The expiry of an assigned link was set, that is not recorded. */
        CP36_EXPIRY_SET,
        /** A used link was revoked, that is not recorded. */
        CP37_LINK_REVOKED,
        /** A stranger was removed, that is not recorded. */
        CP38_STRANGER_REMOVED,
        /** The provider has created a payment, its id is not recorded. */
        CP00_PAYMENT_CREATED,
        /** The provider has made an invoice, its id is not recorded. */
        CP00_INVOICE_MADE
    }

    void reach(Point point);

    /** Nothing ever happens. */
    static FaultPoints none() {
        return point -> {};
    }

    /** As the system property says. */
    static FaultPoints fromSystemProperty() {
        String file = System.getProperty("admitone.halt-file", "");
        return file.isBlank() ? none() : atWhatStandsIn(Path.of(file));
    }

    private static FaultPoints atWhatStandsIn(Path file) {
        return point -> {
            try {
                if (Files.exists(file) && Files.readString(file).strip().equals(point.name())) {
                    Runtime.getRuntime().halt(137);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
