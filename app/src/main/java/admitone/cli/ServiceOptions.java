package admitone.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which service a command speaks with, and how it prints. */
final class ServiceOptions {
    @Option(names = "--url", description = "The service; by default the one started last from here.")
    private @Nullable String url;

    @Option(
            names = "--token",
            description = "The API token; by default ADMITONE_API_TOKEN or that of the service started last.")
    private @Nullable String token;

    @Option(names = "--json", description = "Prints the service's JSON.")
    boolean json;

    Rest rest() {
        return Rest.of(RunningInstance.find(Optional.ofNullable(url), Optional.ofNullable(token)));
    }
}
