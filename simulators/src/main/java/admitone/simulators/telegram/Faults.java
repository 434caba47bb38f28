package admitone.simulators.telegram;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Faults that wait for their calls; the first that fits is taken. */
final class Faults {
    private static final class Armed {
        final Control.Fault fault;
        int left;

        Armed(Control.Fault fault) {
            this.fault = fault;
            this.left = fault.times() == null ? 1 : fault.times();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Armed> armed = new ArrayList<>();

    void add(Control.Fault fault) {
        if (fault.kind() == FaultKind.ERROR && (fault.errorCode() == null || fault.description() == null)) {
            throw new IllegalArgumentException("a fault of kind error needs error_code and description");
        }
        lock.lock();
        try {
            armed.add(new Armed(fault));
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            armed.clear();
        } finally {
            lock.unlock();
        }
    }

    List<Control.Fault> waiting() {
        lock.lock();
        try {
            return armed.stream().map(one -> one.fault.times(one.left)).toList();
        } finally {
            lock.unlock();
        }
    }

    Control.@Nullable Fault take(Bot bot, String method, Params params) {
        lock.lock();
        try {
            for (Iterator<Armed> all = armed.iterator(); all.hasNext(); ) {
                Armed one = all.next();
                if (!fits(one.fault, bot, method, params)) {
                    continue;
                }
                if (--one.left == 0) {
                    all.remove();
                }
                return one.fault;
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private static boolean fits(Control.Fault fault, Bot bot, String method, Params params) {
        String name = fault.bot();
        return (fault.method().equals("*") || fault.method().equalsIgnoreCase(method))
                && (name == null || name.replace("@", "").equalsIgnoreCase(bot.username) || name.equals("" + bot.id))
                && (fault.chatId() == null || Long.toString(fault.chatId()).equals(params.text("chat_id")));
    }
}
