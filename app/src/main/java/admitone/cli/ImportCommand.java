package admitone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "import",
        description = {
            "Takes over the members of a channel from a CSV file whose first line names the columns:",
            "user_id, ends_at or days, name. Without --apply it only tells what it would do."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    private static final int MOST_TOLD = 50;

    @Parameters(paramLabel = "FILE", description = "At most 1 MiB and 20000 members.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(names = "--channel", required = true, description = "The channel's id.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String channel;

    @Option(
            names = "--column",
            paramLabel = "WHAT=NAME",
            description = "What a column of the file is called: user, ends_at, days or name, as user=telegram_id.")
    private Map<String, String> columns = new HashMap<>();

    @Option(names = "--key", description = "Names the import; with the same one nobody is given anything twice.")
    private @Nullable String key;

    @Option(names = "--apply", description = "Writes it.")
    private boolean apply;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        List<String> query = new ArrayList<>(List.of("dry_run=" + !apply));
        columns.forEach((what, name) -> {
            if (!List.of("user", "ends_at", "days", "name").contains(what)) {
                throw new Failure("--column knows user, ends_at, days and name, not " + what);
            }
            query.add(what + "_column=" + Rest.encoded(name));
        });
        if (key != null) {
            query.add("key=" + Rest.encoded(key));
        }
        JsonNode answer = service.rest()
                .postFile(
                        "/api/v1/channels/" + Rest.encoded(channel) + "/import?" + String.join("&", query),
                        "text/csv",
                        read());
        System.out.print(service.json ? answer.toPrettyString() + "\n" : told(answer));
        return answer.path("counts").has("faulty") ? 1 : 0;
    }

    private byte[] read() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Failure(file + " cannot be read: " + e.getMessage());
        }
    }

    private String told(JsonNode answer) {
        StringBuilder text = new StringBuilder();
        answer.path("counts")
                .propertyStream()
                .forEach(count -> text.append(count.getKey().replace('_', ' '))
                        .append(": ")
                        .append(count.getValue().asLong())
                        .append('\n'));
        int told = 0;
        for (JsonNode line : answer.path("lines")) {
            if (line.path("message").isString() && told++ < MOST_TOLD) {
                text.append("  line ")
                        .append(line.path("line").asLong())
                        .append(" (")
                        .append(line.path("telegram_user_id").stringValue(""))
                        .append("): ")
                        .append(line.path("message").stringValue(""))
                        .append('\n');
            }
        }
        if (told > MOST_TOLD) {
            text.append("  and ").append(told - MOST_TOLD).append(" more: --json tells all\n");
        }
        return text.append(apply ? "" : "Nothing was written: --apply does it.\n")
                .toString();
    }
}
