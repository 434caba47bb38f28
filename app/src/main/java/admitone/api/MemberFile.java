package admitone.api;

import admitone.access.Importing.Row;
import admitone.access.Importing.Until;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** A file of members: CSV with a line of names first, separated by commas, semicolons or tabs, in UTF-8. */
final class MemberFile {
    static final int MOST_ROWS = 20_000;
    private static final int MOST_DAYS = 36_500;
    private static final int LONGEST_NAME = 100;
    private static final String FOR_LIFE = "life";

    private MemberFile() {}

    /** By which names the columns go. */
    record Columns(String user, String endsAt, String days, String name) {}

    /**
     * A line after the first: a row, or what is wrong with it, or which other line of the same user counts.
     *
     * @param counts the number of that line; null: this one counts, or is faulty
     */
    record Line(
            long number,
            String user,
            @Nullable String name,
            @Nullable Row row,
            @Nullable String fault,
            @Nullable Long counts) {}

    /** A fault in one line is told with it; a file that cannot be read at all is refused. */
    static List<Line> read(byte[] file, Columns columns) {
        String text = text(file);
        char delimiter = delimiter(text);
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(delimiter)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (Reader reader = new StringReader(text);
                CSVParser parser = CSVParser.parse(reader, format)) {
            return lines(parser, columns);
        } catch (IOException | UncheckedIOException e) {
            throw Problem.malformed("The file is not CSV: " + e.getMessage());
        }
    }

    private static String text(byte[] file) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw Problem.malformed("The file is not in UTF-8. Save it as \"CSV UTF-8\" and send it again.");
        }
    }

    /** As spreadsheets write it in the country of whoever saved it. */
    private static char delimiter(String text) {
        String first = text.lines().findFirst().orElse("");
        return first.indexOf(';') >= 0 ? ';' : first.indexOf('\t') >= 0 ? '\t' : ',';
    }

    private static List<Line> lines(CSVParser parser, Columns columns) {
        Iterator<CSVRecord> records = parser.iterator();
        if (!records.hasNext()) {
            throw Problem.malformed("The file is empty: its first line names the columns.");
        }
        Header header = Header.of(records.next(), columns);
        List<Line> lines = new ArrayList<>();
        Map<Long, Line> counting = new HashMap<>();
        while (records.hasNext()) {
            if (lines.size() == MOST_ROWS) {
                throw Problem.unprocessable(
                        "too_many_rows", "A file has at most " + MOST_ROWS + " members. Split it and send the parts.");
            }
            CSVRecord record = records.next();
            Line line = header.line(record, parser.getCurrentLineNumber());
            lines.add(line);
            if (line.row() != null) {
                counting.merge(line.row().telegramUserId(), line, MemberFile::later);
            }
        }
        return lines.stream().map(line -> beside(counting, line)).toList();
    }

    /** Of a user's lines, one for each payment perhaps, the one with the later end counts, whichever comes first. Days and a date cannot be compared: there it is the first. */
    private static Line later(Line before, Line line) {
        Until until = untilOf(before);
        boolean isLater = switch (untilOf(line)) {
            case Until.ForLife() -> !(until instanceof Until.ForLife());
            case Until.At(Instant at) -> until instanceof Until.At(Instant other) && at.isAfter(other);
            case Until.Days(int days) -> until instanceof Until.Days(int other) && days > other;
        };
        return isLater ? line : before;
    }

    private static Until untilOf(Line line) {
        return Objects.requireNonNull(line.row()).until();
    }

    private static Line beside(Map<Long, Line> counting, Line line) {
        Line counts = line.row() == null ? null : counting.get(line.row().telegramUserId());
        return counts == null || counts.number() == line.number()
                ? line
                : new Line(line.number(), line.user(), line.name(), null, null, counts.number());
    }

    private static Line fault(Line line, String fault) {
        return new Line(line.number(), line.user(), line.name(), null, fault, null);
    }

    /** Which column is where; absent where the file has none of that name. */
    private record Header(Columns names, int user, OptionalInt endsAt, OptionalInt days, OptionalInt name) {
        static Header of(CSVRecord first, Columns columns) {
            int user = find(first, columns.user())
                    .orElseThrow(() -> Problem.invalid(
                            "user_column",
                            "must name a column of the file, which has: " + String.join(", ", first.toList())
                                    + ". Not found: " + columns.user()));
            Header header = new Header(
                    columns,
                    user,
                    find(first, columns.endsAt()),
                    find(first, columns.days()),
                    find(first, columns.name()));
            if (header.endsAt.isEmpty() && header.days.isEmpty()) {
                throw Problem.invalid(
                        "ends_at_column",
                        "or days_column must name a column of the file, which has: "
                                + String.join(", ", first.toList()));
            }
            return header;
        }

        private static OptionalInt find(CSVRecord first, String name) {
            return IntStream.range(0, first.size())
                    .filter(i -> first.get(i).strip().equalsIgnoreCase(name.strip()))
                    .findFirst();
        }

        Line line(CSVRecord record, long number) {
            String user = value(record, OptionalInt.of(this.user));
            String called = value(record, name);
            Line line = new Line(number, shown(user), called.isEmpty() ? null : shown(called), null, null, null);
            if (!user.matches("[1-9]\\d{0,15}")) {
                return fault(
                        line,
                        names.user + " must be a Telegram user's id, a positive whole number; a name or @username does"
                                + " not tell who it is");
            }
            try {
                long id = Long.parseLong(user);
                Until until = until(value(record, endsAt), value(record, days), id);
                return new Line(number, line.user(), line.name(), new Row(id, until), null, null);
            } catch (IllegalArgumentException e) {
                return fault(line, String.valueOf(e.getMessage()));
            }
        }

        private static String value(CSVRecord record, OptionalInt column) {
            return column.isPresent() && column.getAsInt() < record.size()
                    ? record.get(column.getAsInt()).strip()
                    : "";
        }

        private Until until(String end, String span, long user) {
            if (end.isEmpty() == span.isEmpty()) {
                throw new IllegalArgumentException(
                        end.isEmpty()
                                ? "needs " + names.endsAt + " (a date, an instant, or " + FOR_LIFE + ") or "
                                        + names.days
                                : "has both " + names.endsAt + " and " + names.days + ": leave one empty");
            }
            if (!span.isEmpty()) {
                if (!span.matches("[1-9]\\d{0,4}") || Integer.parseInt(span) > MOST_DAYS) {
                    throw new IllegalArgumentException(names.days + " must be a whole number from 1 to " + MOST_DAYS);
                }
                return new Until.Days(Integer.parseInt(span));
            }
            return end.toLowerCase(Locale.ROOT).equals(FOR_LIFE)
                    ? new Until.ForLife()
                    : new Until.At(instant(end, user));
        }

        /**
         * A date means all of that day, in UTC. Each member of that date ends at a second of their own of the day after, and always the same: all at midnight would be too many
         * to be removed at once, every night.
         */
        private Instant instant(String end, long user) {
            try {
                Instant instant = DATE.matcher(end).matches()
                        ? LocalDate.parse(end)
                                .plusDays(1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()
                                .plusSeconds(Math.floorMod(user * SPREAD, SECONDS_OF_A_DAY))
                        : moment(end);
                if (instant.isBefore(LATEST)) {
                    return instant;
                }
            } catch (DateTimeParseException e) {
                // told below
            }
            throw new IllegalArgumentException(names.endsAt + " must be a date such as 2027-01-31, an instant such as"
                    + " 2027-01-31T18:00:00Z, or " + FOR_LIFE);
        }

        /** As other bots write it: without a zone it is UTC. */
        private static Instant moment(String end) {
            if (EPOCH_SECONDS.matcher(end).matches()) {
                return Instant.ofEpochSecond(Long.parseLong(end));
            }
            String iso = end.replaceFirst(" ", "T").replace(" ", "");
            return ZONE.matcher(iso).find()
                    ? OffsetDateTime.parse(iso, WITH_OFFSET).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        }

        private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
        private static final Pattern EPOCH_SECONDS = Pattern.compile("\\d{10}");
        private static final Pattern ZONE = Pattern.compile("(Z|[+-]\\d{2}(:?\\d{2})?)$");
        private static final DateTimeFormatter WITH_OFFSET = new DateTimeFormatterBuilder()
                .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                .appendPattern("[XXX][X]")
                .toFormatter(Locale.ROOT);
        private static final long SECONDS_OF_A_DAY = Duration.ofDays(1).toSeconds();
        /** Ids that follow one another lie apart. */
        private static final long SPREAD = 7_919;

        private static final Instant LATEST = Instant.EPOCH.plus(Duration.ofDays(100_000));
    }

    /** What goes back to the caller is cut to what a person needs to find it. */
    private static String shown(String value) {
        return value.length() > LONGEST_NAME ? value.substring(0, LONGEST_NAME) + "…" : value;
    }
}
