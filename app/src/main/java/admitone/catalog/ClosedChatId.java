package admitone.catalog;

/** The private chat that is sold. Never to be mixed up with the open one. */
public record ClosedChatId(long value) {}
