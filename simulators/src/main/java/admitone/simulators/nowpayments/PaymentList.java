package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;

/** {@code GET /payment/}: filtered, sorted, cut into pages. */
final class PaymentList {
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 500;
    private static final Map<String, Comparator<Payment>> SORTS = Map.of(
            "created_at", by(payment -> payment.terms().createdAt()),
            "updated_at", by(Payment::updatedAt),
            "payment_id", Comparator.comparingLong(Payment::id),
            "payment_status", by(Payment::status),
            "pay_address", by(payment -> payment.terms().payAddress()),
            "price_amount", by(payment -> payment.terms().priceAmount()),
            "price_currency", by(payment -> payment.terms().priceCurrency()),
            "pay_amount", Comparator.<Payment, BigDecimal>comparing(Payment::payAmount),
            "actually_paid", by(Payment::actuallyPaid),
            "pay_currency", by(payment -> payment.terms().payCurrency()));

    private PaymentList() {}

    static Answer answer(List<Payment> readable, Map<String, String> query) {
        int limit = number(query, "limit", DEFAULT_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ApiError.invalid("limit must be between 1 and " + MAX_LIMIT);
        }
        int page = number(query, "page", 0);
        List<Payment> found = filtered(readable, query).sorted(order(query)).toList();
        ArrayNode rows = JsJson.array();
        found.stream()
                .skip((long) page * limit)
                .limit(limit)
                .map(PaymentJson::row)
                .forEach(rows::add);
        return Answer.ok(JsJson.object()
                .set("data", rows)
                .put("limit", limit)
                .put("page", page)
                .put("pagesCount", (found.size() + limit - 1) / limit)
                .put("total", found.size()));
    }

    private static Stream<Payment> filtered(List<Payment> readable, Map<String, String> query) {
        Instant from = date(query, "dateFrom", 0).orElse(Instant.MIN);
        Instant to = date(query, "dateTo", 1).orElse(Instant.MAX);
        String invoice = query.getOrDefault("invoiceId", "");
        return readable.stream()
                .filter(payment -> !payment.terms().createdAt().isBefore(from))
                .filter(payment -> payment.terms().createdAt().isBefore(to))
                .filter(payment -> invoice.isEmpty()
                        || invoice.equals(String.valueOf(payment.terms().invoiceId())));
    }

    private static Comparator<Payment> order(Map<String, String> query) {
        Comparator<Payment> sort = SORTS.get(query.getOrDefault("sortBy", "created_at"));
        if (sort == null) {
            throw ApiError.invalid(
                    "sortBy must be one of " + SORTS.keySet().stream().sorted().toList());
        }
        Comparator<Payment> ascending = sort.thenComparingLong(Payment::id);
        return switch (query.getOrDefault("orderBy", "asc")) {
            case "asc" -> ascending;
            case "desc" -> ascending.reversed();
            default -> throw new ApiError(500, "INTERNAL_ERROR", "Internal server error");
        };
    }

    /** A day or an instant; the last day is included whole. */
    static Optional<Instant> date(Map<String, String> query, String name, int daysAfter) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (text.contains("T")) {
                return Optional.of(Instant.parse(text).plusMillis(daysAfter));
            }
            return Optional.of(
                    LocalDate.parse(text).plusDays(daysAfter).atStartOfDay().toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw ApiError.invalid(name + " must be in ISO 8601 date format");
        }
    }

    static int number(Map<String, String> query, String name, int otherwise) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,6}")) {
            throw ApiError.invalid(name + " must be a number");
        }
        return Integer.parseInt(text);
    }

    private static <T extends Comparable<? super T>> Comparator<Payment> by(Function<Payment, T> field) {
        return Comparator.comparing(field);
    }
}
