package admitone.tasks;

/** Does the tasks of one kind. */
public interface TaskHandler {
    /** The name of its queue. */
    String kind();

    /** One attempt, outside any transaction. What it throws counts as {@link Result.Failed}. */
    Result attempt(Task task);

    /** After so many attempts that certainly failed, the task is a dead letter. */
    default int mostAttempts() {
        return 60;
    }

    /** Whether a person may run a task again that is done. */
    default boolean mayRunAgain() {
        return false;
    }

    /** Whether it may go on while the database may be older than the world: it only asks, or writes nowhere but here. */
    default boolean harmlessAfterRestore() {
        return false;
    }
}
