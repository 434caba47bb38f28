package admitone.checkout.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an instance gives to event streams. An idle one costs some 150 KB of heap (measured with 650 open; a sixth of it the stack of its
 * thread, most of the rest Tomcat's buffers) and one of the connections that {@code server.tomcat.max-connections} allows.
 *
 * @param look how long after one look at all the purchases that are watched the next one follows
 * @param heartbeat an event {@code beat} is sent after so much silence: proxies keep the stream, readers who are gone are noticed, and pages notice
 *     a stream that is dead, after 40 s
 * @param longest after this the stream ends, and its reader opens another
 * @param most open at once in this instance
 */
@ConfigurationProperties("admitone.event-streams")
record StreamLimits(
        @DefaultValue("1s") Duration look,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("10m") Duration longest,
        @DefaultValue("800") int most,
        @DefaultValue("20") int mostOfNetwork,
        @DefaultValue("5") int mostOfOrderAndNetwork) {}
