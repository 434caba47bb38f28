package admitone.cli;

import admitone.database.DatabaseUnavailable;
import admitone.runtime.Settings;
import java.net.BindException;
import org.springframework.boot.web.server.PortInUseException;

/** Says what went wrong in words that tell what to do; a stack trace only where we have no such words. */
final class Failure extends RuntimeException {
    Failure(String message) {
        super(message);
    }

    private static boolean isEnding() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            return true; // it takes no more hooks
        }
    }

    static void tell(Throwable thrown) {
        if (isEnding()) {
            return; // Ctrl-C while it was starting: what breaks then is no news
        }
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof Failure || e instanceof Settings.Invalid || e instanceof DatabaseUnavailable) {
                System.err.println("admitone: " + e.getMessage());
                return;
            }
            if (e instanceof PortInUseException port) {
                System.err.println("admitone: port " + port.getPort()
                        + " is taken by another program: stop it, or set SERVER_PORT (MANAGEMENT_SERVER_PORT for the"
                        + " metrics) to a free one");
                return;
            }
            if (e instanceof BindException) {
                System.err.println("admitone: the port cannot be listened on (" + e.getMessage()
                        + "): set SERVER_PORT to a free one above 1023");
                return;
            }
        }
        thrown.printStackTrace();
    }
}
