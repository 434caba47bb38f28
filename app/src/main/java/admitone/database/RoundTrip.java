package admitone.database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.SqlTypeValue;
import org.springframework.jdbc.core.StatementCreatorUtils;

/** Several statements as one of several parts, which the driver sends together and the server does one after the other. */
final class RoundTrip {
    private RoundTrip() {}

    /** Each statement sees what was committed, and what is locked, when the one before it was done. */
    static void send(JdbcTemplate template, List<Sql> statements) {
        template.execute(
                statements.stream().map(Sql::text).collect(Collectors.joining(";\n")), (PreparedStatement prepared) -> {
                    int parameter = 0;
                    for (Sql one : statements) {
                        for (Object value : one.parameters()) {
                            StatementCreatorUtils.setParameterValue(
                                    prepared, ++parameter, SqlTypeValue.TYPE_UNKNOWN, value);
                        }
                    }
                    prepared.execute();
                    for (Sql one : statements) {
                        read(prepared, one.returned());
                        prepared.getMoreResults();
                    }
                    return true;
                });
    }

    private static void read(PreparedStatement prepared, @Nullable RowCallbackHandler returned) throws SQLException {
        if (returned != null) {
            try (ResultSet rows = prepared.getResultSet()) {
                while (rows.next()) {
                    returned.processRow(rows);
                }
            }
        }
    }
}
