package admitone.runtime;

import java.util.Optional;

/**
 * What a look at something outside came to, for a person.
 *
 * @param about what was looked at, in a word or two
 * @param says what is so; never a secret
 * @param todo what a person does about it; empty where there is nothing to do
 */
public record Remark(Mark mark, String about, String says, String todo) {
    /** How bad it is: what is {@code WRONG} keeps something from working. */
    public enum Mark {
        OK,
        WARN,
        WRONG
    }

    public static Remark ok(String about, String says) {
        return new Remark(Mark.OK, about, says, "");
    }

    public static Remark warn(String about, String says, String todo) {
        return new Remark(Mark.WARN, about, says, todo);
    }

    public static Remark wrong(String about, String says, String todo) {
        return new Remark(Mark.WRONG, about, says, todo);
    }

    /** That there are more than were looked at; empty where all were. */
    public static Optional<Remark> ofMany(String about, String what, int looked, long all) {
        return all > looked
                ? Optional.of(ok(about, looked + " of " + all + " " + what + " were looked at, not the others"))
                : Optional.empty();
    }

    public boolean isWrong() {
        return mark == Mark.WRONG;
    }
}
