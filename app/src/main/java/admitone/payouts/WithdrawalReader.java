package admitone.payouts;

import admitone.payouts.PayoutProvider.Seen;
import java.util.Optional;

/** Reads a stored notification about a withdrawal; implemented where the wire format is known. */
public interface WithdrawalReader {
    /** Empty when it says too little to act on. */
    Optional<Seen> read(byte[] notification);
}
