package admitone.checkout;

import admitone.messaging.Language;
import admitone.messaging.PageWords;

/** Every situation a buyer can be in, with the exact words for it. Published in docs/status-words.md. */
public enum Words {
    NO_COIN_YET(Tone.WAIT),
    AWAITING(Tone.WAIT),
    CONFIRMING(Tone.WAIT),
    SETTLING(Tone.WAIT),
    SHORT(Tone.ASK),
    SHORT_PAY_REST(Tone.ASK),
    SHORT_UNTOLD(Tone.ASK),
    OTHER_COIN(Tone.ASK),
    HELD(Tone.ASK),
    HELD_BACK(Tone.ASK),
    BANNED(Tone.BAD),
    EXPIRED(Tone.BAD),
    FAILED(Tone.BAD),
    CANCELLED(Tone.BAD),
    REFUNDED(Tone.BAD),
    PREPARING(Tone.GOOD),
    READY(Tone.GOOD),
    DELIVERED(Tone.GOOD),
    ADMITTED(Tone.GOOD),
    READY_ONCE(Tone.GOOD),
    DELIVERED_ONCE(Tone.GOOD),
    ADMITTED_ONCE(Tone.GOOD),
    ENDED(Tone.BAD),
    ENDED_ON(Tone.BAD);

    /** How a page shows it. */
    public enum Tone {
        WAIT,
        GOOD,
        ASK,
        BAD;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Sentences put after the words where they hold. */
    public enum Also {
        UNTIL,
        FOR_LIFE,
        LATE,
        OVERPAID,
        OVERPAID_UNTOLD,
        BANNED_TOO;

        public String text(Language language) {
            return PageWords.in(language, "also." + name());
        }
    }

    private final Tone tone;

    Words(Tone tone) {
        this.tone = tone;
    }

    /** Whether the buyer may still pay, or pay anew while the order is open. */
    public boolean invitesPayment() {
        return switch (this) {
            case NO_COIN_YET, AWAITING, SHORT_PAY_REST, EXPIRED, FAILED, CANCELLED -> true;
            case CONFIRMING,
                    SETTLING,
                    SHORT,
                    SHORT_UNTOLD,
                    OTHER_COIN,
                    HELD,
                    HELD_BACK,
                    BANNED,
                    REFUNDED,
                    PREPARING,
                    READY,
                    DELIVERED,
                    ADMITTED,
                    READY_ONCE,
                    DELIVERED_ONCE,
                    ADMITTED_ONCE,
                    ENDED,
                    ENDED_ON -> false;
        };
    }

    public Tone tone() {
        return tone;
    }

    public String heading(Language language) {
        return PageWords.in(language, "status." + name() + ".heading");
    }

    public String text(Language language) {
        return PageWords.in(language, "status." + name() + ".text");
    }
}
