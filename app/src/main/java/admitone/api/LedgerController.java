package admitone.api;

import admitone.catalog.Catalog;
import admitone.ledger.Ledger;
import admitone.ledger.Ledger.Stated;
import admitone.money.Money;
import admitone.runtime.SellerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/sellers/{sellerId}/ledger")
@Tag(name = "Sellers")
class LedgerController {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
    private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);
    private static final int LINES_AT_ONCE = 1_000;

    private final Catalog catalog;
    private final Ledger ledger;

    LedgerController(Catalog catalog, Ledger ledger) {
        this.catalog = catalog;
        this.ledger = ledger;
    }

    record LineView(
            String entryId,
            Instant at,
            String kind,
            String reference,
            String debit,
            String credit,
            String amount,
            String asset,
            @Nullable String rateUsd,

            @Schema(
                    description =
                            "whose account it is, where the account is one of many: a referrer's Telegram user id")
            @Nullable
            String holder,

            @Schema(description = "what may be paid out to the seller after this line")
            String availableUsd,

            @Schema(description = "what the seller has earned after this line, paid or not")
            String earnedUsd) {
        private static final List<String> COLUMNS = List.of(
                "entry_id",
                "at",
                "kind",
                "reference",
                "debit",
                "credit",
                "amount",
                "asset",
                "rate_usd",
                "holder",
                "available_usd",
                "earned_usd");

        static LineView of(SellerId seller, Stated stated, Running after) {
            Ledger.Posted line = stated.line();
            return new LineView(
                    Views.entry(seller, line.entryId()),
                    line.at(),
                    line.kind(),
                    stated.reference(),
                    line.debit().word(),
                    line.credit().word(),
                    line.amount().text(),
                    line.amount().asset().code(),
                    line.rate() == null ? null : line.rate().usd().toPlainString(),
                    line.holder(),
                    after.available().text(),
                    after.earned().text());
        }

        List<String> cells() {
            return List.of(
                    entryId,
                    at.toString(),
                    kind,
                    reference,
                    debit,
                    credit,
                    amount,
                    asset,
                    rateUsd == null ? "" : rateUsd,
                    holder == null ? "" : holder,
                    availableUsd,
                    earnedUsd);
        }
    }

    /** What stands beside a line. */
    record Running(Money available, Money earned) {
        static Running of(Ledger.Balance balance) {
            return new Running(balance.available(), balance.accrued());
        }

        Running plus(Ledger.Posted line) {
            return new Running(available.plus(line.change()), earned.plus(line.earned()));
        }

        Running minus(Ledger.Posted line) {
            return new Running(available.minus(line.change()), earned.minus(line.earned()));
        }
    }

    @GetMapping
    @Operation(
            summary =
                    "Every journal line of a seller with the running balance: newest first, in pages; as text/csv (Accept, or"
                            + " format=csv) all of them, oldest first. What was booked up to ten minutes ago stays as it is said; of what is"
                            + " booked meanwhile a line may be missing, and is there the next time")
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(mediaType = "application/json", schema = @Schema(implementation = Page.class)),
                @Content(mediaType = "text/csv", schema = @Schema(type = "string"))
            })
    @Nullable
    ResponseEntity<?> list(
            Caller caller,
            HttpServletResponse response,
            @PathVariable String sellerId,
            @RequestHeader(name = "Accept", required = false) Optional<String> accept,
            @RequestParam Optional<String> format,
            @RequestParam Optional<String> from,
            @RequestParam Optional<String> to,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit)
            throws IOException {
        SellerId seller = Params.seller(caller, sellerId);
        if (catalog.seller(seller).isEmpty()) {
            throw Problem.notFound();
        }
        int most = Params.limit(limit);
        var span = new Ledger.Span(
                from.map(text -> Params.instant("from", text)).orElse(null),
                to.map(text -> Params.instant("to", text)).orElse(null));
        var before = Page.after(cursor, parts -> new Ledger.Key(UUID.fromString(parts[0]), parts[1]));
        if (isCsv(accept, format)) {
            response.setContentType(CSV.toString());
            response.setHeader("Content-Disposition", "attachment; filename=\"ledger-" + seller + ".csv\"");
            // not closed where it breaks off: the end would say that this is all
            var out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
            var first = Running.of(ledger.balanceBefore(seller, span));
            write(seller, first, after -> ledger.since(seller, span, after, LINES_AT_ONCE), out);
            out.flush();
            return null; // written
        }
        List<Stated> rows = ledger.statement(seller, span, before, most + 1);
        Map<Stated, Running> running = runningAfterEach(seller, rows);
        return ResponseEntity.ok(Page.of(
                rows,
                most,
                stated -> List.of(
                        stated.line().entryId().toString(), stated.line().kind()),
                stated -> LineView.of(seller, stated, Objects.requireNonNull(running.get(stated)))));
    }

    /** Newest first: from what there is after the newest of them, down. */
    private Map<Stated, Running> runningAfterEach(SellerId seller, List<Stated> rows) {
        Map<Stated, Running> running = new HashMap<>();
        if (!rows.isEmpty()) {
            Ledger.Posted newest = rows.getFirst().line();
            Running after = Running.of(ledger.balanceAfter(seller, new Ledger.Key(newest.entryId(), newest.kind())));
            for (Stated row : rows) {
                running.put(row, after);
                after = after.minus(row.line());
            }
        }
        return running;
    }

    private static boolean isCsv(Optional<String> accept, Optional<String> format) {
        if (format.isPresent() && !format.get().equals("csv") && !format.get().equals("json")) {
            throw Problem.invalid("format", "must be json or csv");
        }
        return format.map(word -> word.equals("csv"))
                .orElseGet(() -> accept.map(types -> types.contains("text/csv")).orElse(false));
    }

    /** A page of lines is in memory, however many there are. */
    static void write(SellerId seller, Running first, Function<Optional<Ledger.Key>, List<Stated>> pages, Writer out)
            throws IOException {
        out.write(row(LineView.COLUMNS));
        Running running = first;
        List<Stated> page = pages.apply(Optional.empty());
        while (!page.isEmpty()) {
            for (Stated stated : page) {
                running = running.plus(stated.line());
                out.write(row(LineView.of(seller, stated, running).cells()));
            }
            Ledger.Posted last = page.getLast().line();
            page = pages.apply(Optional.of(new Ledger.Key(last.entryId(), last.kind())));
        }
    }

    static String row(List<String> cells) {
        return cells.stream().map(LedgerController::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    /** Quoted, and never a formula: a spreadsheet runs what begins with one of these and is no number. */
    private static String cell(String text) {
        boolean runs = !text.isEmpty()
                && !NUMBER.matcher(text).matches()
                && Arrays.asList('=', '+', '-', '@', '\t', '\r', '\n').contains(text.charAt(0));
        return '"' + (runs ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }
}
