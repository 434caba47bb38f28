package admitone.payouts;

import admitone.tasks.Owed;
import admitone.tasks.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** The tasks of payouts. */
final class PayoutWork {
    static final String CREATE = "create_payout";
    static final String VERIFY = "verify_payout";
    static final String FOLLOW = "follow_payout";
    static final String TELL = "tell_payout";

    private PayoutWork() {}

    static Owed create(UUID payout, int attempt, Instant notBefore) {
        return new Owed(CREATE, subject(payout, attempt), of(payout, attempt), notBefore);
    }

    static Owed verify(UUID payout, int attempt) {
        return Owed.now(VERIFY, subject(payout, attempt), of(payout, attempt));
    }

    /** A batch that was made a moment ago has not come far. */
    static Owed follow(UUID payout, int attempt, Instant now) {
        return new Owed(FOLLOW, subject(payout, attempt), of(payout, attempt), now.plus(Duration.ofSeconds(5)));
    }

    /** Tells the seller. Once for each of what there is to tell of a payout. */
    static Owed tell(UUID payout, TellPayoutTask.What what) {
        return Owed.now(
                TELL,
                Payout.subject(payout) + ":" + what.word(),
                Map.of("payout", payout.toString(), "what", what.word()));
    }

    /** Tells the seller that it could not be sent yet: once, also where it is made anew meanwhile. */
    static Owed tellWaits(Payout payout, Instant since) {
        Owed owed = tell(payout.id(), TellPayoutTask.What.WAITS);
        return since.isBefore(payout.madeAt()) ? Owed.now(TELL, "payout_waits:" + since, owed.payload()) : owed;
    }

    /** Tells the seller that a payment in it was given back before it was begun. */
    static Owed tellCalledOff(UUID payout, String paymentId) {
        return Owed.now(
                TELL,
                Payout.subject(payout) + ":" + TellPayoutTask.What.CALLED_OFF.word(),
                Map.of(
                        "payout",
                        payout.toString(),
                        "what",
                        TellPayoutTask.What.CALLED_OFF.word(),
                        "payment",
                        paymentId));
    }

    /** Tells the seller why there is no payout yet. Once a month for each reason. */
    static Owed tellWaiting(Due.NotYet waiting, Instant now) {
        return Owed.now(
                TELL,
                "no_payout:" + waiting.why().word() + ":" + now.toString().substring(0, 7),
                waiting.least() == null
                        ? Map.of("what", waiting.why().word())
                        : Map.of(
                                "what",
                                waiting.why().word(),
                                "least",
                                waiting.least().text()));
    }

    static UUID payout(Task task) {
        return UUID.fromString(task.need("payout"));
    }

    static int attempt(Task task) {
        return Integer.parseInt(task.need("attempt"));
    }

    private static String subject(UUID payout, int attempt) {
        return Payout.subject(payout) + "#" + attempt;
    }

    private static Map<String, String> of(UUID payout, int attempt) {
        return Map.of("payout", payout.toString(), "attempt", Integer.toString(attempt));
    }
}
