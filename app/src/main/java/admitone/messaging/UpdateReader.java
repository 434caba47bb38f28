package admitone.messaging;

/** Reads a stored update; implemented where the wire format is known. */
public interface UpdateReader {
    Incoming read(String raw);
}
