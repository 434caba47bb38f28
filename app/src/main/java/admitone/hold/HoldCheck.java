package admitone.hold;

import admitone.runtime.Remark;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether the database is the one on record, told before a start would notice that it is not. Writes nothing. */
public final class HoldCheck {
    private static final String ABOUT = "restore";

    private HoldCheck() {}

    public static Remark look(JdbcClient jdbc, Path dataDir, Instant now) {
        JdbcHold rows = new JdbcHold(jdbc);
        Optional<Hold.Open> open = rows.open();
        if (open.isPresent()) {
            return Remark.wrong(
                    ABOUT,
                    "outside effects are on hold since " + open.get().began() + ": "
                            + open.get().why(),
                    "./admitone resume --after-restore");
        }
        Optional<Witness> remembered = new WitnessFile(dataDir).read();
        Sight sight = new Sight(
                rows.server(),
                null,
                rows.identity(),
                remembered,
                false,
                remembered.map(seen -> rows.beat(seen.instance())).orElse(0L),
                remembered.map(seen -> rows.knows(seen.epoch())).orElse(false));
        return switch (sight.judge(now)) {
            case Finding.Doubted doubt ->
                Remark.wrong(
                        ABOUT,
                        "the database may be older than the world, since " + doubt.why(),
                        "is it the newest copy? Then start, and ./admitone resume --after-restore");
            case Finding.New _ -> Remark.ok(ABOUT, "the database is a new one");
            case Finding.Same _, Finding.TakenOver _ ->
                remembered.isPresent()
                        ? Remark.ok(ABOUT, "the database is the one on record")
                        : Remark.warn(
                                ABOUT,
                                "the database is the one on record, and nothing here remembers how far it had come:"
                                        + " there is no " + dataDir.resolve("witness"),
                                "keep the data directory, in a container on a volume; right before an instance's first start all is well");
        };
    }
}
