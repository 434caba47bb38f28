package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.access.Importing.Row;
import admitone.access.Importing.Until;
import admitone.api.MemberFile.Columns;
import admitone.api.MemberFile.Line;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemberFileTests {
    private static final Columns USUAL = new Columns("user_id", "ends_at", "days", "name");

    @Test
    void readsWhoAndUntilWhen() {
        List<Line> lines = read("""
                user_id,name,ends_at,days
                41,"Ann, of the sea",2027-01-31,
                42,Bob,2027-01-31T18:00:00Z,

                43,,life,
                44,Eve,,30
                """);

        assertThat(lines)
                .extracting(Line::row)
                .containsExactly(
                        new Row(41, new Until.At(Instant.parse("2027-02-01T18:11:19Z"))), // of that day all
                        new Row(42, new Until.At(Instant.parse("2027-01-31T18:00:00Z"))),
                        new Row(43, new Until.ForLife()),
                        new Row(44, new Until.Days(30)));
        assertThat(lines).extracting(Line::number).containsExactly(2L, 3L, 5L, 6L);
        assertThat(lines.getFirst().name()).isEqualTo("Ann, of the sea");
    }

    /** A seller's two thousand monthly members end on thirty days: all at midnight, no night would pass without the brake. */
    @Test
    void membersOfOneDateEndAllOverTheDayAfter() {
        String file = LongStream.range(0, 2_400)
                .mapToObj(n -> 700_000_000 + n * 31 + ",2027-01-31")
                .collect(Collectors.joining("\n", "user_id,ends_at\n", "\n"));

        Map<Integer, Long> byHour = read(file).stream()
                .map(line -> ((Until.At) Objects.requireNonNull(line.row()).until()).at())
                .collect(Collectors.groupingBy(at -> at.atZone(ZoneOffset.UTC).getHour(), Collectors.counting()));

        assertThat(byHour)
                .hasSize(24)
                .allSatisfy((hour, members) -> assertThat(members).isBetween(50L, 150L));
        assertThat(read(file)).isEqualTo(read(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user_id;days\r\n41;30\r\n", "\uFEFFuser_id\tdays\n41\t30", " USER_ID , days \n 41 , 30 "})
    void readsWhatSpreadsheetsWrite(String text) {
        assertThat(read(text)).extracting(Line::row).containsExactly(new Row(41, new Until.Days(30)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@ann,,30          | user_id must be a Telegram user's id",
                "-5,,30            | user_id must be a Telegram user's id",
                ",,30              | user_id must be a Telegram user's id",
                "41,,              | needs ends_at",
                "41,2027-01-31,30  | leave one empty",
                "41,,0             | from 1 to 36500",
                "41,,36501         | from 1 to 36500",
                "41,31.01.2027,    | must be a date such as",
                "41,2027-02-30,    | must be a date such as",
                "41,9999-01-01,    | must be a date such as",
                "41                | needs ends_at",
            })
    void faultIsToldWithItsLineAndWhatToDo(String line, String fault) {
        List<Line> lines = read("user_id,ends_at,days\n" + line + "\n40,,30\n");

        assertThat(lines.getFirst().row()).isNull();
        assertThat(lines.getFirst().number()).isEqualTo(2);
        assertThat(lines.getFirst().fault()).contains(fault);
        assertThat(lines.getLast().row()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2027-01-31 18:00:00",
                "2027-01-31T18:00",
                "2027-01-31 20:00:00+02:00",
                "2027-01-31 20:00:00 +02:00",
                "2027-01-31T20:00:00+0200",
                "2027-01-31 18:00:00+00",
                "2027-01-31 18:00:00.0-00:00",
                "2027-01-31T18:00:00Z",
                "1801418400"
            })
    void momentIsReadAsOtherBotsWriteIt(String end) {
        assertThat(read("user_id,ends_at\n41," + end + "\n"))
                .extracting(Line::row)
                .containsExactly(new Row(41, new Until.At(Instant.parse("2027-01-31T18:00:00Z"))));
    }

    /** One line for each payment. What was paid for life is not lost to a date before or after it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2027-02-28,  | 2027-01-31, ",
                "life,        | 2027-01-31, ",
                "life,        | ,400        ",
                ",60          | ,30         ",
            })
    void ofAUsersLinesTheLaterEndCountsWhicheverComesFirst(String later, String earlier) {
        Row row = Objects.requireNonNull(
                read("user_id,ends_at,days\n41," + later + "\n").getFirst().row());

        List<Line> first = read("user_id,ends_at,days\n41," + later + "\n41," + earlier + "\n");
        List<Line> second = read("user_id,ends_at,days\n41," + earlier + "\n41," + later + "\n");

        assertThat(first).extracting(Line::row).containsExactly(row, null);
        assertThat(first).extracting(Line::counts).containsExactly(null, 2L);
        assertThat(second).extracting(Line::row).containsExactly(null, row);
        assertThat(second).extracting(Line::counts).containsExactly(3L, null);
        assertThat(second).extracting(Line::fault).containsOnlyNulls();
    }

    @Test
    void ofManyLinesOfAUserEachNamesTheOneThatCounts() {
        List<Line> lines = read("user_id,ends_at\n41,2027-01-31\n41,2027-02-28\n41,life\n41,2027-03-31\n41,life\n");

        assertThat(lines).extracting(Line::counts).containsExactly(4L, 4L, null, 4L, 4L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | empty",
                "id,days                  | which has: id, days",
                "user_id,until            | which has: user_id, until",
                "'user_id,days\n\"41,30' | not CSV",
            })
    void fileThatCannotBeReadIsRefusedInWords(String text, String why) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.body().toString()).contains(why));
    }

    @Test
    void othersEncodingIsRefused() {
        byte[] latin = "user_id,days,name\n41,30,José".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> MemberFile.read(latin, USUAL)).hasMessageContaining("UTF-8");
    }

    @Test
    void hasALimit() {
        String most = "user_id,days\n" + "41,30\n".repeat(MemberFile.MOST_ROWS);

        assertThat(read(most)).hasSize(MemberFile.MOST_ROWS);
        assertThatThrownBy(() -> read(most + "42,30\n")).hasMessageContaining("Split it");
    }

    private static List<Line> read(String text) {
        return MemberFile.read(text.getBytes(StandardCharsets.UTF_8), USUAL);
    }
}
