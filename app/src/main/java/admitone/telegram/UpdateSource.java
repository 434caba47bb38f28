package admitone.telegram;

import java.util.function.BooleanSupplier;

/** How the elected instance comes by updates. Called by one thread. */
interface UpdateSource {
    /** One round; pauses on its own where the other side asks for it. {@code elected} may become false meanwhile. */
    void round(BooleanSupplier elected);

    /** This instance is not elected: what it knew of the other side may be old when it is. */
    void forget();
}
