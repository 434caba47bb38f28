package admitone.fulfillment;

import admitone.tasks.Owed;
import admitone.timeline.Event;
import java.util.Map;

/** The tasks of the main flow itself. Each names its payment. */
public final class Work {
    static final String DECIDE = "decide";
    public static final String LOOK = "look";
    static final String ACCRUE = "accrue";
    static final String TELL_SELLER = "tell_seller";

    private static final String CONFIRM = ":confirm";

    private Work() {}

    /** Decides notifications that were kept. */
    static Owed decide(String paymentId) {
        return about(DECIDE, paymentId, "");
    }

    /** Asks the provider about a payment. */
    public static Owed look(String paymentId) {
        return about(LOOK, paymentId, "");
    }

    /** Asks the provider before granting. */
    static Owed confirm(String paymentId) {
        return about(LOOK, paymentId, CONFIRM);
    }

    static boolean isConfirming(String subject) {
        return subject.endsWith(CONFIRM);
    }

    /** Books the accrual that had no outcome or no fresh rate. */
    static Owed accrue(String paymentId) {
        return about(ACCRUE, paymentId, "");
    }

    static Owed tellSeller(String paymentId) {
        return about(TELL_SELLER, paymentId, "");
    }

    private static Owed about(String kind, String paymentId, String suffix) {
        return Owed.now(kind, Event.payment(paymentId) + suffix, Map.of("payment", paymentId));
    }
}
