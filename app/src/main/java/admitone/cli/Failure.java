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

    static void tell(Throwable thrown) {
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
