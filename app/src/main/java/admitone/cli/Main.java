package admitone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of every command; each is dispatched before Spring starts, so that those that need no service are quick. */
@Command(
        name = "admitone",
        description = "Sells access to private Telegram channels for crypto: one payment admits one person, once.",
        mixinStandardHelpOptions = true,
        footer = {"", "./admitone test runs all tests, ./admitone bench measures the service on this machine."},
        version = "AdmitOne 0.1.0",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            ReplayCommand.class,
            TimelineCommand.class,
            ListCommand.Payments.class,
            ListCommand.Orders.class,
            ListCommand.Channels.class,
            ListCommand.Grants.class,
            ListCommand.Cases.class,
            ListCommand.Payouts.class,
            SellersCommand.class,
            ListCommand.Queues.class,
            ListCommand.Invariants.class,
            LedgerCommand.class,
            CheckCommand.class,
            ReconcileCommand.class,
            ResumeCommand.class,
            TrainCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        // what is served waits for connections; a stale one must not look like a lost answer
        System.setProperty("jdk.httpclient.keepalive.timeout", "20");
        int code = run(args);
        if (code != Serve.STAYS_UP) {
            System.exit(code);
        }
    }

    /** Does what a command line says; answers its exit code. */
    public static int run(String... args) {
        // all commands take a third of a second to read, which a restart need not wait for
        boolean isServe = args.length == 1 && args[0].equals(ServeCommand.NAME);
        return (isServe ? new CommandLine(new ServeCommand()) : new CommandLine(new Main()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> {
                    e.getCommandLine().getErr().println("admitone: " + e.getMessage());
                    e.getCommandLine().usage(e.getCommandLine().getErr());
                    return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
                })
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    Failure.tell(e);
                    return 1;
                })
                .execute(isServe ? new String[0] : args);
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
