package admitone.hold;

/**
 * What the database server says it is.
 *
 * @param system the cluster's system identifier, the database's number in it, and that of a table of ours in the database; what was recorded by an
 *     older version lacks the last
 * @param timeline goes up with every recovery from an archive and every promotion of a standby
 */
public record Server(String system, long timeline) {
    /** A server that does not tell, as some hosted ones: only the beats speak. */
    static final Server SILENT = new Server("", 0);

    /** Whether both may be the same, as far as both say. */
    boolean fits(Server other) {
        return tells()
                && other.tells()
                && (system.equals(other.system)
                        || ((lacksTable() || other.lacksTable()) && sharesDatabase(other.system)));
    }

    /** Whatever has become of its tables. */
    boolean sharesDatabase(String otherSystem) {
        return databaseIn(system).equals(databaseIn(otherSystem));
    }

    private boolean lacksTable() {
        return databaseIn(system).equals(system);
    }

    private static String databaseIn(String system) {
        String[] parts = system.split("/", 3);
        return parts.length < 2 ? system : parts[0] + "/" + parts[1];
    }

    boolean tells() {
        return !system.isEmpty();
    }
}
