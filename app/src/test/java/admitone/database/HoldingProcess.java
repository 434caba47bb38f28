package admitone.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that holds an embedded PostgreSQL until it is killed or its standard input ends. */
final class HoldingProcess implements AutoCloseable {

    private final Process process;
    private final String answer;

    private HoldingProcess(Process process, String answer) {
        this.process = process;
        this.answer = answer;
    }

    /** Returns when the other JVM is ready or has been refused. */
    static HoldingProcess start(List<String> prefix, String path, Path dataDir, Path bin) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(HoldingProcess.class.getName(), dataDir.toString(), bin.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", path);
        Process process = builder.start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("READY ") || line.startsWith("REFUSED ")) {
                return new HoldingProcess(process, line);
            }
            said.append(line).append('\n');
        }
        throw new IllegalStateException("the other JVM ended without an answer: " + said);
    }

    static HoldingProcess start(Path dataDir, Path bin) throws IOException {
        return start(List.of(), System.getenv("PATH"), dataDir, bin);
    }

    String answer() {
        return answer;
    }

    ProcessHandle server() {
        return ProcessHandle.of(Long.parseLong(answer.substring("READY ".length())))
                .orElseThrow();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void exit() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.start(Path.of(arguments[0]), 0, Path.of(arguments[1]));
            server.stopWithJvm();
            try (var connection = DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
                    var statement = connection.createStatement()) {
                statement.execute("create table if not exists kept (value int)");
                statement.execute("insert into kept values (1)");
            }
            System.out.println("READY " + server.pid());
            while (System.in.read() >= 0) {}
            System.exit(0); // without close: the JVM's hook has to stop the server
        } catch (DatabaseUnavailable e) {
            System.out.println("REFUSED " + e.getMessage());
        }
    }
}
