package admitone.tasks;

import admitone.Core;

/** The worker looks now, instead of within half a second. */
public final class TestTasks {
    private TestTasks() {}

    public static void wake(Core core) {
        core.bean(Wakeup.class).signal();
    }
}
