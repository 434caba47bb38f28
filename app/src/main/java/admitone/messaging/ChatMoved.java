package admitone.messaging;

/** An event: a group became a supergroup, which has another id. Told by a call that named the old one, outside of any transaction; it may be told again. */
public record ChatMoved(long from, long to) {}
