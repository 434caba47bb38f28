package admitone.messaging;

import java.util.List;
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

    /** Works off what is stored and unread; called by the elected poller only, so that order holds. */
    public void processAll(long botId) {
        List<UpdateInbox.Raw> batch;
        do {
            batch = inbox.unread(botId, BATCH);
            boolean stuck = true;
            for (UpdateInbox.Raw raw : batch) {
                stuck &= !process(botId, raw);
            }
            if (stuck) {
                return; // nothing went through: tried again with the next poll
            }
        } while (batch.size() == BATCH);
    }

    private boolean process(long botId, UpdateInbox.Raw raw) {
        try {
            Incoming incoming = reader.read(raw.json());
            listeners.forEach(listener -> listener.on(raw.updateId(), incoming));
            inbox.read(botId, raw.updateId());
            return true;
        } catch (RuntimeException e) {
            log.warn("update {} could not be acted on, tried again with the next poll", raw.updateId(), e);
            inbox.failed(botId, raw.updateId(), e.toString());
            return false;
        }
    }
}
