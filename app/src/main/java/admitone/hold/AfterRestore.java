package admitone.hold;

/** What a module puts right before outside effects go on, since the world is newer than the database. */
public interface AfterRestore {
    /** What will be done, for the person who decides, such as {@code open payments are asked about at once}. */
    String deed();

    /** To how many it will be done; reads only. */
    long count();

    /** Does it, in transactions of its own, each of one seller. May be cut off anywhere; repeated, it does what is left. */
    void putRight();
}
