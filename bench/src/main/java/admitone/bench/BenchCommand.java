package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./admitone bench}. Goals that are missed are a result; only wrong effects make it fail. */
@Command(
        name = "admitone bench",
        description = "Measures the service on this machine, as ratios to a baseline of the same run.",
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
    /** For the baseline's 64 connections beside those of the service. */
    private static final List<String> MORE_CONNECTIONS = List.of("max_connections = 150");

    @Option(names = "--quick", description = "One short round: for a look, not for figures.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "MEASURE",
            description = "Some of: settle, messages, repeats, status, latency, statement, start.")
    private @Nullable List<String> only;

    @Option(names = "--rounds", description = "Rounds of each measure; 5, or 1 with --quick.")
    private @Nullable Integer rounds;

    @Option(names = "--payments", description = "Payments of a round; by default as many as take some five seconds.")
    private @Nullable Integer payments;

    @Option(names = "--connections", description = "Connections of the load; ${DEFAULT-VALUE}.")
    private int connections = 64;

    @Option(
            names = "--seconds",
            description = "Seconds of each block of the baseline, of repeats and of reads; 5, or 1 with --quick.")
    private @Nullable Double seconds;

    @Option(names = "--rest", description = "Seconds of rest before memory is looked at; 30, or 3 with --quick.")
    private @Nullable Integer rest;

    @Option(
            names = "--warm-up",
            description = "Seconds of payments before anything is measured; 60, or a few payments with --quick.")
    private @Nullable Integer warmUp;

    @Option(names = "--entries", description = "Entries of the statement; 100000, or 1000 with --quick.")
    private @Nullable Integer entries;

    @Option(names = "--seed", description = "Of ids and moments; ${DEFAULT-VALUE}.")
    private long seed = 20_251_102;

    @Option(names = "--old", description = "Measures everything once more with so many old payments in the database.")
    private long old;

    @Option(names = "--out", description = "Where results and data go; ${DEFAULT-VALUE}.")
    private Path out = Path.of("target", "bench");

    @Option(names = "--keep", description = "Keeps the databases in --out; the next run goes on with them.")
    private boolean keep;

    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchCommand())
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    if (e instanceof Failure) {
                        System.err.println("admitone: " + e.getMessage());
                    } else {
                        e.printStackTrace();
                    }
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws SQLException {
        Plan plan = plan();
        Progress progress = new Progress();
        Path directory = out.toAbsolutePath().normalize();
        List<Long> sizes = old == 0 ? List.of(0L) : List.of(0L, old);
        List<Stage.Findings> findings = measure(plan, directory, sizes, new ArrayList<>(), progress);
        String words = old == 0
                ? "not measured: ./admitone bench --old 10000000"
                : String.format(Locale.ROOT, "%,d old payments", old);
        write(
                directory,
                new Report(plan, findings.getFirst(), findings.stream().skip(1).findFirst(), words));
        return 0;
    }

    private Plan plan() {
        Set<Measure.Group> groups = only == null
                ? EnumSet.allOf(Measure.Group.class)
                : only.stream()
                        .map(Measure.Group::named)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Measure.Group.class)));
        Duration block = Duration.ofMillis(Math.round(1000 * (seconds == null ? (quick ? 1 : 5) : seconds)));
        return new Plan(
                groups,
                or(rounds, quick ? 1 : 5),
                quick ? 1 : 5,
                or(payments, quick ? 2_000 : 0),
                connections,
                Duration.ofSeconds(or(warmUp, quick ? 0 : 60)),
                quick ? 1 : 4,
                block,
                block,
                Duration.ofSeconds(quick ? 3 : 30),
                Duration.ofSeconds(or(rest, quick ? 3 : 30)),
                or(entries, quick ? 1_000 : 100_000),
                seed);
    }

    private static int or(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    /** Prepares a database for each of the sizes, in old payments, one inside the other, and measures when all {@code stages} are there. */
    private List<Stage.Findings> measure(
            Plan plan, Path directory, List<Long> sizes, List<Stage> stages, Progress progress) throws SQLException {
        if (stages.size() == sizes.size()) {
            return new Turns(plan, progress, stages).measure();
        }
        long oldPayments = sizes.get(stages.size());
        String name = oldPayments == 0 ? "empty" : "old";
        Path dataDir = directory.resolve(name);
        if (!keep) {
            delete(dataDir);
        }
        try (Simulators simulators = Simulators.start(property("admitone.simulators"))) {
            Service service = new Service(property("admitone.launcher"), dataDir, simulators.settings());
            Thread stopper = new Thread(service::stop);
            Runtime.getRuntime().addShutdownHook(stopper);
            List<Stage.Findings> findings;
            try (Stage stage = new Stage(plan, name, service, simulators, progress)) {
                prepare(service, stage, simulators, oldPayments, progress);
                stages.add(stage);
                findings = measure(plan, directory, sizes, stages, progress);
            }
            Runtime.getRuntime().removeShutdownHook(stopper); // of one that did not stop it is left to the end
            if (!keep) {
                delete(dataDir);
            }
            return findings;
        }
    }

    private static void prepare(
            Service service, Stage stage, Simulators simulators, long oldPayments, Progress progress)
            throws SQLException {
        boolean isNew = !Files.exists(service.dataDir());
        Shops.addChats(simulators);
        if (oldPayments > 0) {
            OldRows.addChats(simulators);
        }
        simulators.forgetUpdates();
        if (isNew) {
            progress.say("making the database in " + service.dataDir());
            service.start();
            service.stop();
            service.configureDatabase(MORE_CONNECTIONS);
        }
        if (oldPayments > 0) {
            new OldPayments(oldPayments, progress).fill(service);
        }
        if (!isNew || oldPayments > 0) {
            stage.finishWhatIsLeft();
        }
    }

    private static void write(Path directory, Report report) {
        System.out.println(report.table());
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("latest.json"), report.json());
            Files.writeString(directory.resolve("latest.svg"), report.chart());
            Files.writeString(directory.resolve("latest.txt"), report.table());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println("  written to " + directory + ": latest.txt, latest.json, latest.svg");
    }

    private static Path property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new Failure("run this through ./admitone bench");
        }
        return Path.of(value);
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
