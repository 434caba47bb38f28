package admitone.hold;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The database as it was recorded in itself.
 *
 * @param epoch names the time between two resumes
 * @param files which copy of an embedded server's files; null for a server that somebody else runs
 */
record Identity(UUID epoch, Server server, @Nullable String files) {}
