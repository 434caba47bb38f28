package admitone.simulators.telegram;

/** A person. Guarded by the world's lock. */
final class User {
    /** Telegram's limit for people without Premium. */
    static final int MAX_CHANNELS = 500;

    final long id;
    Control.NewUser facts;
    int chatsHere;

    User(Control.NewUser facts) {
        this.id = facts.userId();
        this.facts = facts;
    }

    boolean isDeactivated() {
        return Boolean.TRUE.equals(facts.deactivated());
    }

    boolean isInTooManyChannels() {
        Integer elsewhere = facts.channelCount();
        return (elsewhere == null ? 0 : elsewhere) + chatsHere >= MAX_CHANNELS;
    }
}
