package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** The PostgreSQL that the service brings along, spoken to as its owner: for preparation, checks and the baseline. */
record Server(int port, long pid, String password) {
    static final String USER = "admitone";
    static final String BASELINE_DATABASE = "bench";

    static Server of(Path dataDir) {
        try {
            List<String> postmaster = Files.readAllLines(dataDir.resolve("postgres/data/postmaster.pid"));
            return new Server(
                    Integer.parseInt(postmaster.get(3).strip()),
                    Long.parseLong(postmaster.getFirst().strip()),
                    Files.readString(dataDir.resolve("postgres/password")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Connection connect() throws SQLException {
        return connect("admitone");
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database
                        + "?prepareThreshold=1&reWriteBatchedInserts=true",
                USER,
                password);
    }
}
