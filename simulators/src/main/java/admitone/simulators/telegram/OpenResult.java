package admitone.simulators.telegram;

import java.util.Locale;

/** What a person sees after opening a link. */
public enum OpenResult {
    JOINED,
    REQUEST_SENT,
    /** The link is past its date or revoked. */
    EXPIRED,
    /** All seats of the link are taken. */
    FULL,
    BANNED,
    ALREADY,
    /** No such link. */
    INVALID,
    /** The person is in as many channels as Telegram allows. */
    TOO_MANY,
    /** The link was a bot's deep link, and the person pressed Start. */
    STARTED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
