package admitone.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulators of NOWPayments and Telegram in a process of their own, which ends when this one does. */
record SimulatorsProcess(Process process, String nowPayments, String telegram) implements AutoCloseable {

    static SimulatorsProcess start(String... options) {
        Path jar = Path.of(System.getProperty("admitone.simulators", "simulators/target/simulators-0.1.0-exec.jar"));
        if (!Files.isReadable(jar)) {
            throw new Failure("the simulators are not built (" + jar + " is missing): run this through ./admitone");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--until-stdin-closes"));
        command.addAll(List.of(options));
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
            return new SimulatorsProcess(
                    process,
                    addresses.path("nowpayments").stringValue(),
                    addresses.path("telegram").stringValue());
        } catch (IOException e) {
            throw new Failure("the simulators could not be started: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
