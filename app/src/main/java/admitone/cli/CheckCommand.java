package admitone.cli;

import admitone.runtime.Remark;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "check",
        description =
                "Asks everything outside that the service needs, by the settings of serve, and says what to mend; changes nothing."
                        + " Exit code 1 where anything is wrong.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() {
        LoggingSystem.get(CheckCommand.class.getClassLoader())
                .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.OFF); // all is said below
        List<Remark> remarks = new Check(System.getenv(), Clock.systemUTC()).look();
        System.out.print(json ? json(remarks) + "\n" : told(remarks));
        return remarks.stream().anyMatch(Remark::isWrong) ? 1 : 0;
    }

    static String told(List<Remark> remarks) {
        StringBuilder text = new StringBuilder();
        for (Remark remark : remarks) {
            text.append("%-5s  %-11s  %s".formatted(word(remark), remark.about(), remark.says()));
            if (!remark.todo().isEmpty()) {
                text.append("\n       ").append(" ".repeat(13)).append("→ ").append(remark.todo());
            }
            text.append('\n');
        }
        return text.toString();
    }

    static String json(List<Remark> remarks) {
        return JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(Map.of(
                        "ok",
                        remarks.stream().noneMatch(Remark::isWrong),
                        "items",
                        remarks.stream()
                                .map(remark -> Map.of(
                                        "mark", word(remark),
                                        "about", remark.about(),
                                        "says", remark.says(),
                                        "todo", remark.todo()))
                                .toList()));
    }

    private static String word(Remark remark) {
        return remark.mark().name().toLowerCase(Locale.ROOT);
    }
}
