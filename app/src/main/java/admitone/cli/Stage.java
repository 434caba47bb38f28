package admitone.cli;

import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole world in small: both simulators and the service between them. */
record Stage(
        SimulatorsProcess simulators,
        ConfigurableApplicationContext service,
        String url,
        Settings settings,
        Rest api,
        Rest provider,
        Rest messenger)
        implements AutoCloseable {
    static final String BOT = "admitone_demo_bot";
    private static final String BOT_TOKEN = "100200300:simulated-bot-token";

    /** {@code port} 0 takes a free one. */
    static Stage open(Path dataDir, int port) {
        int servicePort = port == 0 ? freePort() : port;
        String url = "http://localhost:" + servicePort;
        SimulatorsProcess simulators = SimulatorsProcess.start();
        try {
            String secret = random();
            Map<String, String> environment = new LinkedHashMap<>();
            environment.put("SERVER_PORT", Integer.toString(servicePort));
            environment.put("MANAGEMENT_SERVER_PORT", "0");
            environment.put("ADMITONE_PUBLIC_URL", url);
            environment.put("ADMITONE_DATA_DIR", dataDir.toString());
            environment.put("ADMITONE_API_TOKEN", random());
            environment.put("ADMITONE_NOWPAYMENTS_API_URL", simulators.nowPayments() + "/v1");
            environment.put("ADMITONE_NOWPAYMENTS_API_KEY", "sim-api-key");
            environment.put("ADMITONE_NOWPAYMENTS_IPN_SECRET", secret);
            environment.put("ADMITONE_TELEGRAM_API_URL", simulators.telegram());
            environment.put("ADMITONE_TELEGRAM_BOT_TOKEN", BOT_TOKEN);
            environment.put("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "0");
            Settings settings = SettingsReader.read(environment).settings();
            Rest provider = new Rest(simulators.nowPayments() + "/control", Map.of());
            Rest messenger = new Rest(simulators.telegram() + "/control", Map.of());
            provider.put("/settings", Map.of("ipn_secret", secret));
            messenger.post("/bots", Map.of("token", BOT_TOKEN, "username", BOT, "id", 100200300));
            var service = Serve.start(
                    settings,
                    "--logging.level.admitone=warn",
                    "--admitone.telegram.links=" + simulators.telegram() + "/t.me/");
            var api = new Rest(
                    url,
                    Map.of(
                            "Authorization",
                            "Bearer " + settings.apiToken().orElseThrow().value()));
            return new Stage(simulators, service, url, settings, api, provider, messenger);
        } catch (RuntimeException e) {
            simulators.close();
            throw e;
        }
    }

    /** What the database says before Spring sets up the log is of no interest here, unless it is a warning. */
    static void quietUntilTheServiceStarts() {
        LoggingSystem.get(Stage.class.getClassLoader()).setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new Failure("no free port: " + e.getMessage());
        }
    }

    private static String random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        service.close();
        simulators.close();
    }
}
