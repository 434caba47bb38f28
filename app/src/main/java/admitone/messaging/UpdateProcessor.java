package admitone.messaging;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells the listeners what came in, in the order it came. */
@Component
public class UpdateProcessor {
    private static final Logger log = LoggerFactory.getLogger(UpdateProcessor.class);
    private static final int BATCH = 100;

    private final UpdateInbox inbox;
    private final UpdateReader reader;
    private final List<IncomingListener> listeners;

    UpdateProcessor(UpdateInbox inbox, UpdateReader reader, List<IncomingListener> listeners) {
        this.inbox = inbox;
        this.reader = reader;
        this.listeners = listeners;
    }

    /**
     * Works off what is stored and unread. Only the elected instance may, so that order holds; {@code mayGoOn} is asked before each update, so that
     * one that lost its office in the middle of a batch leaves the rest to the next holder.
     */
    public void processAll(long botId, BooleanSupplier mayGoOn) {
        List<UpdateInbox.Raw> batch;
        do {
            batch = inbox.unread(botId, BATCH);
            boolean stuck = true;
            for (UpdateInbox.Raw raw : batch) {
                if (!mayGoOn.getAsBoolean()) {
                    return;
                }
                stuck &= !process(botId, raw);
            }
            if (stuck) {
                return; // nothing went through: each has its next try
            }
        } while (batch.size() == BATCH);
    }

    private boolean process(long botId, UpdateInbox.Raw raw) {
        try {
            Incoming incoming = reader.read(raw.json());
            listeners.forEach(listener -> listener.on(raw.updateId(), incoming));
            inbox.read(botId, raw.updateId());
            return true;
        } catch (RuntimeException | Error e) {
            log.warn("update {} could not be acted on, tried again", raw.updateId(), e);
            inbox.failed(botId, raw.updateId(), e.toString());
            return false;
        }
    }
}
