package admitone.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Provider and messenger, without latency, in a process of their own, which ends when this one does. */
final class Simulators implements AutoCloseable {
    static final String IPN_SECRET = "bench-ipn-secret-0123456789-0123456789";
    static final String BOT_TOKEN = "100200300:bench-bot-token";
    static final String BOT = "bench_bot";
    private static final String ETHER_IN_USD = "3870";
    private static final int READINGS = 200;

    private final Process process;
    private final String nowPayments;
    private final String telegram;
    private final Rest messenger;
    private long timerStartedAt;

    private Simulators(Process process, String nowPayments, String telegram) {
        this.process = process;
        this.nowPayments = nowPayments;
        this.telegram = telegram;
        this.messenger = new Rest(telegram + "/control", Map.of());
    }

    static Simulators start(Path jar) {
        if (!Files.isReadable(jar)) {
            throw new Failure(
                    "the simulators are not built (" + jar + " is missing): run this through ./admitone bench");
        }
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-jar",
                jar.toString(),
                "--until-stdin-closes");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = out.readLine();
            if (line == null) {
                throw new Failure("the simulators did not start; what they said stands above");
            }
            JsonNode addresses = JsonMapper.builder().build().readTree(line);
            var simulators = new Simulators(
                    process,
                    addresses.path("nowpayments").stringValue(),
                    addresses.path("telegram").stringValue());
            simulators.prepare();
            return simulators;
        } catch (IOException e) {
            throw new UncheckedIOException("the simulators could not be started", e);
        }
    }

    private void prepare() {
        Rest provider = new Rest(nowPayments + "/control", Map.of());
        provider.put("/settings", Map.of("ipn_secret", IPN_SECRET));
        provider.put("/rates", Map.of("eth", ETHER_IN_USD));
        messenger.post("/bots", Map.of("token", BOT_TOKEN, "username", BOT));
        messenger.put("/pacing", Map.of("paced", false));
        timerStartedAt = timerStart();
    }

    /** When the messenger's timer was at 0, by the quickest of some answers: wrong by no more than half of its time. */
    private long timerStart() {
        long quickest = Long.MAX_VALUE;
        long start = 0;
        for (int i = 0; i < READINGS; i++) {
            long asked = System.nanoTime();
            long timer = messenger.get("/timer").path("timer_us").longValue();
            long took = System.nanoTime() - asked;
            if (took < quickest) {
                quickest = took;
                start = asked + took / 2 - TimeUnit.MICROSECONDS.toNanos(timer);
            }
        }
        return start;
    }

    private long here(long timerUs) {
        return timerStartedAt + TimeUnit.MICROSECONDS.toNanos(timerUs);
    }

    /** The settings by which the service finds them. */
    Map<String, String> settings() {
        return Map.of(
                "ADMITONE_NOWPAYMENTS_API_URL",
                nowPayments + "/v1",
                "ADMITONE_NOWPAYMENTS_API_KEY",
                "sim-api-key",
                "ADMITONE_NOWPAYMENTS_IPN_SECRET",
                IPN_SECRET,
                "ADMITONE_TELEGRAM_API_URL",
                telegram,
                "ADMITONE_TELEGRAM_BOT_TOKEN",
                BOT_TOKEN,
                "ADMITONE_TELEGRAM_MESSAGES_PER_SECOND",
                "0");
    }

    long pid() {
        return process.pid();
    }

    /** One that the bot runs. */
    void addChannel(long chatId, String title) {
        messenger.post(
                "/chats",
                Map.of("chat_id", chatId, "type", "channel", "title", title, "bots", List.of(Map.of("bot", BOT))));
    }

    /** The bot has read long ago that it was made an administrator: told anew, it would look at all rights, and at links of which this messenger knows none. */
    void forgetUpdates() {
        new Rest(telegram + "/bot" + BOT_TOKEN, Map.of()).post("/deleteWebhook", Map.of("drop_pending_updates", true));
    }

    void addCrowd(long fromId, int count) {
        messenger.post("/crowds", Map.of("bot", BOT, "from_id", fromId, "count", count));
    }

    /** What a crowd has received: people reached, messages in all, and when the last was reached, by {@link System#nanoTime} here. */
    record Received(int reached, long messages, long lastReachedAt) {}

    Received received(long fromId) {
        return messenger
                .get("/crowds")
                .valueStream()
                .filter(crowd -> crowd.path("from_id").longValue() == fromId)
                .map(crowd -> new Received(
                        crowd.path("reached").intValue(),
                        crowd.path("messages").longValue(),
                        here(crowd.path("last_reached_at_us").longValue())))
                .findFirst()
                .orElseThrow();
    }

    /** When each person of a crowd received their first message, by {@link System#nanoTime} here. All of them have. */
    List<Long> firstReceipts(long fromId) {
        return messenger
                .get("/crowds/" + fromId)
                .path("first_at_us")
                .valueStream()
                .map(us -> here(us.longValue()))
                .toList();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
