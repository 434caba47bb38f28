package admitone.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Does once what a service and the commands do, so that the JVM can keep in its cache what it learns from it. */
@Command(
        name = "train",
        description =
                "Builds the cache from which later starts are quick; ./admitone does it by itself after the first start.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(10);

    @Parameters(paramLabel = "DIRECTORY", description = "For its data; emptied before and after.", hidden = true)
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** By the launcher that started us, if it finds no cache; at the lowest priority, since now we serve. */
    static void inBackground() {
        String launcher = System.getProperty("admitone.train");
        if (launcher == null) {
            return;
        }
        try {
            ProcessBuilder training = new ProcessBuilder("nice", "-n", "19", launcher, "train")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            training.environment().put("ADMITONE_BUILD", "off");
            training.start();
        } catch (IOException e) {
            System.err.println("admitone: the next start will not be quicker than this one: " + e.getMessage());
        }
    }

    @Override
    public Integer call() throws IOException {
        Thread.ofPlatform().daemon().start(TrainCommand::endInTime);
        Stage.quietUntilTheServiceStarts();
        FileSystemUtils.deleteRecursively(directory);
        Files.createDirectories(directory);
        try (Stage stage = Stage.open(directory, 0)) {
            Incident incident = Incident.ofNovember2025();
            Replay replay = new Replay(stage, incident);
            Replay.Shop shop = replay.openShop();
            Replay.Effects effects = replay.play(
                    shop,
                    incident.payment().telegramUserId(),
                    incident.payment().paymentId(),
                    incident.triggers(),
                    Replay.By.MIXED);
            String order = stage.api()
                    .get("/api/v1/payments/" + effects.paymentId())
                    .path("order_id")
                    .stringValue("");
            for (String page : List.of(
                    "/health",
                    "/c/" + shop.slug(),
                    "/pay/" + order,
                    "/success?order_id=" + order,
                    "/api/payment-status?order_id=" + order)) {
                look(stage.url() + page);
            }
            for (String list : List.of("payments", "grants", "cases", "queues", "invariants")) {
                ask(stage, list);
            }
            ask(stage, "timeline", effects.paymentId());
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
        return 0;
    }

    private static void ask(Stage stage, String... command) {
        new CommandLine(new Main())
                .execute(java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(command),
                                java.util.stream.Stream.of(
                                        "--url",
                                        stage.url(),
                                        "--token",
                                        stage.settings()
                                                .apiToken()
                                                .orElseThrow()
                                                .value()))
                        .toArray(String[]::new));
    }

    private static void look(String url) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endInTime() {
        try {
            Thread.sleep(ENDS_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
