package admitone.simulators;

/** Both simulators in one process. */
public final class Simulators {
    private Simulators() {}

    public static void main(String[] args) {}
}
