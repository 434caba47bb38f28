package admitone.cli;

import admitone.cli.Replay.By;
import admitone.cli.Replay.Effects;
import admitone.database.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "demo",
        description =
                "Everything on this machine: embedded PostgreSQL, both simulators, a sample seller; replays the incident and stays up.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final long PERSON = 4_200_000_001L;

    @Override
    public Integer call() {
        Path data =
                Path.of(Optional.ofNullable(System.getenv("ADMITONE_DATA_DIR")).orElse("data"), "demo");
        int wanted = wantedPort();
        Stage.quietUntilTheServiceStarts();
        startAfresh(data);
        int port = wanted != 0 && Stage.isFree(wanted) ? wanted : 0;
        if (port == 0 && wanted != 0) {
            System.out.println("Port " + wanted + " is taken; another one is used (SERVER_PORT names one).");
        }
        Stage stage = Stage.open(data, port);
        Runtime.getRuntime().addShutdownHook(new Thread(stage.simulators()::close));
        RunningInstance.write(data, stage.url(), stage.settings());
        Incident incident = Incident.ofNovember2025();
        Replay replay = new Replay(stage, incident);
        Replay.Shop shop = replay.openShop();
        Effects effects = replay.play(
                shop,
                incident.payment().telegramUserId(),
                incident.payment().paymentId(),
                incident.triggers(),
                By.MIXED);
        System.out.println("\n" + incident.title() + "\n");
        System.out.print(Report.triggers(incident, effects));
        System.out.print("\n" + Report.thenAndNow(incident, effects));
        System.out.println("\n" + effects.verdict());
        tellWhereToClick(stage, shop, effects);
        TrainCommand.inBackground();
        return effects.isAsItMust(incident.must()) ? Serve.STAYS_UP : 1;
    }

    private static int wantedPort() {
        String port =
                Optional.ofNullable(System.getenv("SERVER_PORT")).orElse("8080").strip();
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw new Failure("SERVER_PORT must be a whole number from 0 to 65535, not \"" + port + "\"");
        }
        return Integer.parseInt(port);
    }

    /** The simulators forget at each start, so the database does too: a link they no longer know would be of no use. */
    private static void startAfresh(Path data) {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data);
                Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
                var statement = connection.createStatement()) {
            try (var schemas = statement.executeQuery("""
                    select string_agg(format('drop schema %I cascade', nspname), '; ') from pg_namespace
                    where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public')
                    """)) {
                String drop = schemas.next() ? schemas.getString(1) : null;
                if (drop != null) {
                    connection.createStatement().execute(drop);
                    Files.deleteIfExists(data.resolve("witness")); // else the new database looks like an older one
                    System.out.println(
                            "The data of an earlier demo in " + data + " is dropped; this one starts afresh.");
                }
            }
        } catch (IOException | SQLException e) {
            throw new Failure("the demo's database in " + data + " cannot be cleared (" + e.getMessage()
                    + "): delete that directory");
        }
    }

    private static void tellWhereToClick(Stage stage, Replay.Shop shop, Effects effects) {
        stage.messenger().post("/users", Map.of("user_id", PERSON, "first_name", "You"));
        System.out.println("""

                Try it as a buyer (here links to Telegram lead to its simulator):
                  1  pick a plan in the shop    %s/c/%s
                     and continue as "You", press Start: the bot sends you to the page where you choose a coin
                  2  pay from a wallet          %s/wallet
                  3  open the channel, on that page or in the chat
                                                %s/chat/%d
                Or begin at the plans that the bot has posted in the open channel, above that chat.
                Look behind it:
                  timeline of the incident      ./admitone timeline %s   (in another terminal)
                  what is owed to the outside   ./admitone queues
                  what must always hold         ./admitone invariants
                AdmitOne is ready on %s; Ctrl-C ends it.
                """.formatted(
                        stage.url(),
                        shop.slug(),
                        stage.simulators().nowPayments(),
                        stage.simulators().telegram(),
                        PERSON,
                        effects.paymentId(),
                        stage.url()));
    }
}
