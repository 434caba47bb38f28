package admitone.hold;

import admitone.Core;

/** For tests of other modules. */
public final class HoldMemory {
    private HoldMemory() {}

    /** As the watch does when it sees another server, or none for a while. */
    public static void goneBack(Core core) {
        core.bean(Hold.class).mayHaveGoneBack();
    }

    /** As the watch does while it cannot look: outside effects are on hold. */
    public static void blind(Core core, boolean blind) {
        core.bean(Hold.class).blind(blind);
    }
}
