package admitone.payments;

/** Takes in what the provider tells of money that goes out: it comes by the same door as what it tells of payments. */
public interface PayoutNotifications {
    /** Durable when it returns; answers whether it is new. */
    boolean keep(byte[] body, Heard.Trigger trigger);
}
