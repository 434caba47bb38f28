package admitone.cli;

/** How many of something, in words: {@code 1 seller}, {@code 2 sellers}. */
final class Count {
    private Count() {}

    static String of(long number, String one) {
        return number + " " + one + (number == 1 ? "" : "s");
    }
}
