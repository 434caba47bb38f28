package admitone.cli;

import admitone.runtime.SettingsReader;

/** Entry point of every command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        SettingsReader.Reading reading = SettingsReader.read(System.getenv());
        reading.warnings().forEach(w -> System.err.println("warning: " + w));
        Serve.start(reading.settings());
    }
}
