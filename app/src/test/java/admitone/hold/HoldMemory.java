package admitone.hold;

import admitone.Core;
import admitone.hold.Finding.Doubted;
import admitone.hold.Finding.Reason;
import admitone.runtime.SellerId;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** As the watch does where it doubts a database that it knew, for one of the words that {@code hold.hold} has for a reason. */
    public static void begin(Core core, String reason) {
        UUID instance = UUID.randomUUID();
        begin(core, reason, Optional.of(new Witness(instance, "", UUID.randomUUID(), 1, core.clock.instant())));
    }

    /** As by an instance with a new data directory. */
    public static void beginByANewInstance(Core core, String reason) {
        begin(core, reason, Optional.empty());
    }

    private static void begin(Core core, String reason, Optional<Witness> remembered) {
        Doubted doubt = new Doubted(Reason.valueOf(reason.toUpperCase(Locale.ROOT)), "a test says so");
        core.transactions.run(
                SellerId.PLATFORM,
                () -> core.bean(JdbcHold.class)
                        .begin(
                                UUID.randomUUID(),
                                UUID.randomUUID(),
                                doubt,
                                remembered,
                                UUID.randomUUID(),
                                core.clock.instant()));
        look(core);
    }

    /** As by a person. */
    public static void lift(Core core) {
        core.transactions.run(
                SellerId.PLATFORM,
                () -> core.bean(JdbcHold.class)
                        .lift(core.bean(Hold.class).current().orElseThrow().id(), "operator", core.clock.instant()));
        look(core);
    }

    /** That counts how often it is asked. */
    public static Hold counting(Core core, AtomicInteger asked) {
        return new Hold(core.bean(JdbcHold.class), core.clock) {
            @Override
            public boolean isOn() {
                asked.incrementAndGet();
                return super.isOn();
            }
        };
    }

    /** As the watch does each second. */
    public static void look(Core core) {
        core.bean(Hold.class).current();
    }
}
