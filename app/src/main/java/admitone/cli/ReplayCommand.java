package admitone.cli;

import admitone.cli.Replay.By;
import admitone.cli.Replay.Effects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        description =
                "Plays an incident file against simulators; prints triggers, effects and verdict; exit code 1 if the effects are not as they must.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "An incident file; without one, the incident of November 2025.")
    private @Nullable Path file;

    @Option(
            names = "--by",
            description =
                    "How the service hears: mixed (the default), notifications, or sweep (no notification at all; it asks).",
            defaultValue = "mixed")
    private By by = By.MIXED;

    @Option(
            names = "--shuffles",
            description = "Plays it so many times more, each with another buyer and the triggers in random order.",
            defaultValue = "0")
    private int shuffles;

    @Option(names = "--seed", description = "Of the random orders; printed, so that a run can be repeated.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws IOException {
        if (shuffles < 0) {
            throw new Failure("--shuffles must be 0 or more");
        }
        Incident incident = file == null ? Incident.ofNovember2025() : Incident.read(file);
        Path data = Files.createTempDirectory("admitone-replay");
        try (Stage stage = Stage.open(data, 0)) {
            Replay replay = new Replay(stage, incident);
            Replay.Shop shop = replay.openShop();
            Effects effects = replay.play(
                    shop,
                    incident.payment().telegramUserId(),
                    incident.payment().paymentId(),
                    incident.triggers(),
                    by);
            System.out.println(incident.title() + "\nreplayed by " + by.name().toLowerCase(java.util.Locale.ROOT)
                    + "; payment " + effects.paymentId() + "\n");
            System.out.print(Report.triggers(incident, effects));
            System.out.print("\n" + Report.thenAndNow(incident, effects));
            System.out.println("\n" + effects.verdict());
            boolean shuffledGood = shuffled(replay, shop, incident);
            boolean good = effects.isAsItMust(incident.must()) && shuffledGood;
            System.out.println(good ? "\nAs it must be." : "\nNOT as it must be.");
            return good ? 0 : 1;
        } finally {
            FileSystemUtils.deleteRecursively(data);
        }
    }

    private boolean shuffled(Replay replay, Replay.Shop shop, Incident incident) {
        if (shuffles == 0) {
            return true;
        }
        long used = seed == null ? System.nanoTime() : seed;
        Random random = new Random(used);
        int good = 0;
        for (int i = 1; i <= shuffles; i++) {
            List<Incident.Trigger> order = new ArrayList<>(incident.triggers());
            Collections.shuffle(order, random);
            Effects effects = replay.play(
                    shop,
                    incident.payment().telegramUserId() + 1000L * i,
                    incident.payment().paymentId() + i,
                    order,
                    by);
            if (effects.isAsItMust(incident.must())) {
                good++;
            } else {
                System.out.println("  shuffle " + i + " (seed " + used + "): " + effects);
            }
        }
        System.out.println("\n" + good + " of " + shuffles + " shuffles as they must be (seed " + used + ")");
        return good == shuffles;
    }
}
