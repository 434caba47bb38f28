package admitone.api;

import admitone.catalog.Catalog;
import admitone.ledger.Ledger;
import admitone.ledger.Ledger.Stated;
import admitone.runtime.SellerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(ApiFilter.BASE + "/sellers/{sellerId}/ledger")
@Tag(name = "Sellers")
class LedgerController {
    private static final MediaType CSV = new MediaType("text", "csv", java.nio.charset.StandardCharsets.UTF_8);

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
            @Nullable String rateUsd) {
        private static final List<String> COLUMNS =
                List.of("entry_id", "at", "kind", "reference", "debit", "credit", "amount", "asset", "rate_usd");

        static LineView of(SellerId seller, Stated stated) {
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
                    line.rate() == null ? null : line.rate().usd().toPlainString());
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
                    rateUsd == null ? "" : rateUsd);
        }
    }

    @GetMapping
    @Operation(summary = "Every journal line of a seller, newest first; as text/csv too (Accept, or format=csv)")
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(mediaType = "application/json", schema = @Schema(implementation = Page.class)),
                @Content(mediaType = "text/csv", schema = @Schema(type = "string"))
            })
    ResponseEntity<?> list(
            Caller caller,
            @PathVariable String sellerId,
            @RequestHeader(name = "Accept", required = false) Optional<String> accept,
            @RequestParam Optional<String> format,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        SellerId seller = Params.seller(caller, sellerId);
        if (catalog.seller(seller).isEmpty()) {
            throw Problem.notFound();
        }
        int most = Params.limit(limit);
        var before = Page.after(cursor, parts -> new Ledger.Key(UUID.fromString(parts[0]), parts[1]));
        Page<LineView> page = Page.of(
                ledger.statement(seller, before, most + 1),
                most,
                stated -> List.of(
                        stated.line().entryId().toString(), stated.line().kind()),
                stated -> LineView.of(seller, stated));
        return isCsv(accept, format) ? csv(seller, page, most) : ResponseEntity.ok(page);
    }

    private static boolean isCsv(Optional<String> accept, Optional<String> format) {
        if (format.isPresent() && !format.get().equals("csv") && !format.get().equals("json")) {
            throw Problem.invalid("format", "must be json or csv");
        }
        return format.map(word -> word.equals("csv"))
                .orElseGet(() -> accept.map(types -> types.contains("text/csv")).orElse(false));
    }

    private static ResponseEntity<?> csv(SellerId seller, Page<LineView> page, int limit) {
        StringBuilder text = new StringBuilder(row(LineView.COLUMNS));
        page.items().forEach(line -> text.append(row(line.cells())));
        var answer = ResponseEntity.ok()
                .contentType(CSV)
                .header("Content-Disposition", "attachment; filename=\"ledger-" + seller + ".csv\"");
        if (page.nextCursor() != null) {
            answer.header(
                    "Link",
                    "<" + ApiFilter.BASE + "/sellers/" + seller + "/ledger?format=csv&limit=" + limit + "&cursor="
                            + page.nextCursor() + ">; rel=\"next\"");
        }
        return answer.body(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static String row(List<String> cells) {
        return cells.stream().map(LedgerController::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    /** Quoted, and never a formula: a spreadsheet runs what begins with one of these. */
    private static String cell(String text) {
        boolean runs = !text.isEmpty()
                && Arrays.asList('=', '+', '-', '@', '\t', '\r', '\n').contains(text.charAt(0));
        return '"' + (runs ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }
}
