package admitone.catalog;

/** The public chat where a seller speaks to everybody. */
public record OpenChatId(long value) {}
