package admitone.hold;

/**
 * What the database server says it is.
 *
 * @param system the cluster's system identifier and the database's number in it
 * @param timeline goes up with every recovery from an archive and every promotion of a standby
 */
record Server(String system, long timeline) {
    /** A server that does not tell, as some hosted ones: only the beats speak. */
    static final Server SILENT = new Server("", 0);

    boolean tells() {
        return !system.isEmpty();
    }
}
