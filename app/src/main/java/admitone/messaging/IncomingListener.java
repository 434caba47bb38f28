package admitone.messaging;

/** Acts on what came in. May be told the same update again after a crash, so it acts under keys made of the update's id. */
public interface IncomingListener {
    /** Opens its own transactions. */
    void on(long updateId, Incoming incoming);
}
