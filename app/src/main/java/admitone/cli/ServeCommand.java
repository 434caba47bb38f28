package admitone.cli;

import admitone.runtime.SettingsReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = ServeCommand.NAME,
        description = "The service; with PostgreSQL embedded unless SPRING_DATASOURCE_URL is set.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    static final String NAME = "serve";

    @Override
    public Integer call() {
        SettingsReader.Reading reading = SettingsReader.read(System.getenv());
        reading.warnings().forEach(warning -> System.err.println("admitone: warning: " + warning));
        var context = Serve.start(reading.settings());
        RunningInstance.write(
                reading.settings().dataDir(), "http://localhost:" + Serve.port(context), reading.settings());
        System.out.println("AdmitOne is ready on http://localhost:" + Serve.port(context));
        TrainCommand.inBackground();
        return Serve.STAYS_UP;
    }
}
