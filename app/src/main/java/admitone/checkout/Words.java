package admitone.checkout;

/** Every situation a buyer can be in, with the exact words for it. Published in docs/status-words.md. */
public enum Words {
    NO_COIN_YET(Tone.WAIT, "Not paid yet", "This purchase waits for you to choose a coin and pay."),
    AWAITING(
            Tone.WAIT,
            "Waiting for your payment",
            "Send exactly the amount you were given, to the address you were given. It is noticed by itself."),
    CONFIRMING(
            Tone.WAIT,
            "Payment seen",
            "Your payment is on the blockchain and is being confirmed. This takes some minutes; there is nothing you need to do."),
    SETTLING(
            Tone.WAIT,
            "Payment confirmed",
            "Your payment is confirmed and on its last step. You get access when that is done, usually within minutes."),
    SHORT(
            Tone.ASK,
            "Short by {short}",
            "{received} of {asked} arrived: your payment is short by {short}. It is kept safe, and the seller has been asked what to do. Please send no more until you hear from them."),
    SHORT_PAY_REST(
            Tone.ASK,
            "Short by {short}: pay the rest here",
            "{received} of {asked} arrived and is kept safe. You get access when the missing {short} is paid too. Take a new address for it on this purchase's pay page; please send nothing more to the one before."),
    SHORT_UNTOLD(
            Tone.ASK,
            "Less than asked arrived",
            "Your payment is short. It is kept safe, and the seller has been asked what to do. Please send no more until you hear from them."),
    OTHER_COIN(
            Tone.ASK,
            "A different coin arrived",
            "What arrived is not the coin that was asked for. It is kept safe, and the seller has been asked what to do. Please send no more until you hear from them."),
    HELD(
            Tone.ASK,
            "Someone is looking at your payment",
            "Your money arrived and is kept safe. It does not quite match this purchase, so the seller has been asked what to do. Please send no more until you hear from them."),
    EXPIRED(
            Tone.BAD,
            "No payment arrived in time",
            "If you have sent it already, it still counts when it arrives, and you get access then. If you have not, begin a new purchase with the bot."),
    FAILED(
            Tone.BAD,
            "The payment did not go through",
            "Nothing was bought. If coins left your wallet, tell the seller; otherwise begin a new purchase with the bot."),
    CANCELLED(
            Tone.BAD,
            "The payment was cancelled",
            "Nothing was bought. If coins left your wallet, tell the seller; otherwise begin a new purchase with the bot."),
    REFUNDED(
            Tone.BAD,
            "Your payment was given back",
            "It gives no access any more. To get in, begin a new purchase with the bot."),
    PREPARING(Tone.GOOD, "Your payment arrived", "Your way in is being prepared. This takes a moment."),
    READY(
            Tone.GOOD,
            "Your way in is ready",
            "Your payment arrived. The bot is sending you the link, and this purchase's page shows it. Open it and press Request to join: you are let in at once."),
    DELIVERED(
            Tone.GOOD,
            "Your way in was sent to you",
            "Your payment arrived, and the bot has sent you the link. Open it and press Request to join: you are let in at once."),
    ADMITTED(
            Tone.GOOD,
            "You are in",
            "Your payment arrived, and you were let in. If you leave, the same link lets you return."),
    READY_ONCE(
            Tone.GOOD,
            "Your way in is ready",
            "Your payment arrived. The bot is sending you a link that lets in one person, once. Keep it to yourself, and open it to come in. If nothing comes, send the bot /start."),
    DELIVERED_ONCE(
            Tone.GOOD,
            "Your way in was sent to you",
            "Your payment arrived, and the bot has sent you a link that lets in one person, once. Keep it to yourself, and open it to come in. Send the bot /start to get it again."),
    ADMITTED_ONCE(
            Tone.GOOD,
            "You are in",
            "Your payment arrived, and you were let in. If you leave, send the bot /start to get a new link."),
    ENDED(Tone.BAD, "Your access has ended", "To come back, begin a new purchase with the bot."),
    ENDED_ON(
            Tone.BAD,
            "Your access has ended",
            "It lasted until {until}. To come back, begin a new purchase with the bot.");

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
        UNTIL("Your access lasts until {until}."),
        FOR_LIFE("Your access has no end."),
        LATE("Your payment came after its time; it counts all the same."),
        OVERPAID("You paid {over} more than was asked; the seller sees that too."),
        OVERPAID_UNTOLD("You paid more than was asked; the seller sees that too.");

        private final String text;

        Also(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    private final Tone tone;
    private final String heading;
    private final String text;

    Words(Tone tone, String heading, String text) {
        this.tone = tone;
        this.heading = heading;
        this.text = text;
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

    public String heading() {
        return heading;
    }

    public String text() {
        return text;
    }
}
