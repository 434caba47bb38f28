package admitone.checkout;

import admitone.messaging.Language;
import admitone.messaging.PageWords;

/** Every situation a buyer can be in, with the exact words for it. Published in docs/status-words.md. */
public enum Words {
    NO_COIN_YET(Tone.WAIT, Next.PAY),
    AWAITING(Tone.WAIT, Next.PAY),
    CONFIRMING(Tone.WAIT),
    SETTLING(Tone.WAIT),
    SHORT(Tone.ASK),
    SHORT_PAY_REST(Tone.ASK, Next.PAY),
    SHORT_UNTOLD(Tone.ASK),
    OTHER_COIN(Tone.ASK),
    HELD(Tone.ASK),
    HELD_BACK(Tone.ASK),
    BANNED(Tone.BAD),
    EXPIRED(Tone.BAD, Next.PICK_A_PLAN),
    EXPIRED_PAY_AGAIN(Tone.ASK, Next.PAY),
    FAILED(Tone.BAD, Next.PICK_A_PLAN),
    FAILED_PAY_AGAIN(Tone.ASK, Next.PAY),
    CANCELLED(Tone.BAD, Next.PICK_A_PLAN),
    REFUNDED(Tone.BAD, Next.PICK_A_PLAN),
    REFUNDED_PLAIN(Tone.BAD),
    PREPARING(Tone.GOOD),
    READY(Tone.GOOD),
    DELIVERED(Tone.GOOD),
    ADMITTED(Tone.GOOD),
    READY_ONCE(Tone.GOOD),
    DELIVERED_ONCE(Tone.GOOD),
    ADMITTED_ONCE(Tone.GOOD),
    ENDED(Tone.BAD, Next.PICK_A_PLAN),
    ENDED_ON(Tone.BAD, Next.PICK_A_PLAN),
    ENDED_PLAIN(Tone.BAD),
    ENDED_ON_PLAIN(Tone.BAD);

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

    /** What they ask the buyer to do, that a page has a button for. */
    private enum Next {
        NOTHING,
        PAY,
        PICK_A_PLAN
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
    private final Next next;

    Words(Tone tone) {
        this(tone, Next.NOTHING);
    }

    Words(Tone tone, Next next) {
        this.tone = tone;
        this.next = next;
    }

    /** Whether the buyer may still pay, or pay anew while the order is open. */
    public boolean invitesPayment() {
        return next == Next.PAY;
    }

    /** Whether only another purchase leads on. */
    public boolean invitesPurchase() {
        return next == Next.PICK_A_PLAN;
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
