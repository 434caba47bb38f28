package admitone.api;

import admitone.access.Giving.By;
import admitone.access.Importing;
import admitone.access.Importing.Row;
import admitone.access.Importing.Verdict;
import admitone.api.MemberFile.Line;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}" + ImportController.PATH)
@Tag(name = "Channels")
class ImportController {
    static final String PATH = "/import";

    private final Catalog catalog;
    private final Importing importing;

    ImportController(Catalog catalog, Importing importing) {
        this.catalog = catalog;
        this.importing = importing;
    }

    /** What became of a line; {@code message} says what to do about it. */
    record ImportedLine(
            long line,
            String telegramUserId,
            @Nullable String name,

            @Schema(
                    description =
                            "granted, would_be_granted, already, covered, over, banned, superseded (another line of the same user counts) or faulty")
            String verdict,

            @Schema(description = "null: for life, or not granted") @Nullable
            Instant endsAt,

            @Nullable String message) {}

    record Imported(
            boolean dryRun,
            String key,

            @Schema(description = "How many lines have each verdict")
            Map<String, Long> counts,

            List<ImportedLine> lines) {}

    @PostMapping(consumes = "text/csv")
    @Operation(
            summary = "Take over the members of a channel from a CSV file of up to 1 MiB and 20000 members",
            description =
                    "The first line names the columns. Without dry_run=false nothing is written. Each member is given the same"
                            + " end, or days, once per key: the same file again changes nothing, and a mended or newer one gives what is"
                            + " missing.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(mediaType = "text/csv", schema = @Schema(type = "string"))))
    Imported add(
            Caller caller,
            @PathVariable String channelId,
            @RequestParam(name = "user_column", defaultValue = "user_id") String user,
            @RequestParam(name = "ends_at_column", defaultValue = "ends_at") String endsAt,
            @RequestParam(name = "days_column", defaultValue = "days") String days,
            @RequestParam(name = "name_column", defaultValue = "name") String name,
            @RequestParam(defaultValue = "members") String key,
            @RequestParam(name = "dry_run", defaultValue = "true") String dryRun,
            @RequestAttribute(ApiFilter.BODY) byte[] file) {
        Channel channel = Params.channel(caller, catalog, channelId);
        if (!key.matches("[A-Za-z0-9._-]{1,64}")) {
            throw Problem.invalid("key", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
        }
        if (!dryRun.equals("true") && !dryRun.equals("false")) {
            throw Problem.invalid("dry_run", "must be true or false");
        }
        boolean isDry = dryRun.equals("true");
        List<Line> lines = MemberFile.read(file, new MemberFile.Columns(user, endsAt, days, name));
        List<Row> rows = lines.stream().map(Line::row).filter(Objects::nonNull).toList();
        Iterator<Verdict> verdicts = importing
                .run(channel, key, rows, isDry, new By(caller.cause(), caller.name(), "imported as " + key))
                .iterator();
        List<ImportedLine> told = new ArrayList<>(lines.size());
        for (Line line : lines) {
            told.add(line.row() == null ? notARow(line) : judged(line, verdicts.next(), isDry));
        }
        return new Imported(
                isDry,
                key,
                told.stream()
                        .collect(Collectors.groupingBy(ImportedLine::verdict, TreeMap::new, Collectors.counting())),
                told);
    }

    private static ImportedLine notARow(Line line) {
        return line.counts() == null
                ? told(line, "faulty", null, line.fault())
                : told(
                        line,
                        "superseded",
                        null,
                        "is the same user as in line " + line.counts()
                                + ", whose end is not earlier: that line counts, nothing is to be done");
    }

    private static ImportedLine judged(Line line, Verdict verdict, boolean isDry) {
        return switch (verdict) {
            case Verdict.Given(Instant endsAt) -> told(line, isDry ? "would_be_granted" : "granted", endsAt, null);
            case Verdict.Already() -> told(line, "already", null, "this import gave it before");
            case Verdict.Covered() -> told(line, "covered", null, "has access at least as long");
            case Verdict.Over() ->
                told(line, "over", null, "that end is past: give a later one, or leave the member out");
            case Verdict.Banned() -> told(line, "banned", null, "is banned from this channel: take the ban back first");
        };
    }

    private static ImportedLine told(Line line, String verdict, @Nullable Instant endsAt, @Nullable String message) {
        return new ImportedLine(line.number(), line.user(), line.name(), verdict, endsAt, message);
    }
}
