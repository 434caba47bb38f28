package admitone.hold;

import java.time.Instant;
import java.util.UUID;

/** What one instance remembers outside of the database: its newest beat that the database acknowledged, and when. */
record Witness(UUID instance, String system, UUID epoch, long beat, Instant at) {}
