package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One payment out of the account. Ids and amounts are told as strings. */
public record Withdrawal(
        long id,
        long batchId,
        String address,
        String currency,
        BigDecimal amount,
        String status,
        @Nullable String extraId,
        @Nullable String hash,
        @Nullable String error,
        @Nullable String ipnCallbackUrl,
        @Nullable String description,
        @Nullable String uniqueExternalId,
        @Nullable BigDecimal fiatAmount,
        @Nullable String fiatCurrency,
        @Nullable Instant executeAt,
        Instant createdAt,
        @Nullable Instant requestedAt,
        @Nullable Instant updatedAt) {

    private static final Set<String> FINAL = Set.of("FINISHED", "REJECTED", "CANCELLED");

    /** FAILED is not final: the provider may pay it later. */
    public boolean isFinal() {
        return FINAL.contains(status);
    }

    Withdrawal moved(String next, @Nullable String newHash, @Nullable String newError, Instant now) {
        return new Withdrawal(
                id,
                batchId,
                address,
                currency,
                amount,
                next,
                extraId,
                newHash == null ? hash : newHash,
                newError,
                ipnCallbackUrl,
                description,
                uniqueExternalId,
                fiatAmount,
                fiatCurrency,
                executeAt,
                createdAt,
                next.equals("CREATING") || requestedAt != null ? requestedAt : now,
                now);
    }

    ObjectNode row() {
        ObjectNode json = JsJson.object();
        json.put("is_request_payouts", false);
        json.put("id", Long.toString(id));
        json.put("address", address);
        json.put("currency", currency);
        json.put("amount", amount.toPlainString());
        json.put("batch_withdrawal_id", Long.toString(batchId));
        json.put("ipn_callback_url", ipnCallbackUrl);
        json.put("status", status);
        json.put("extra_id", extraId);
        json.put("hash", hash);
        json.put("error", error);
        json.put("payout_description", description);
        json.put("unique_external_id", uniqueExternalId);
        json.put("created_at", PaymentJson.time(createdAt));
        json.put("requested_at", time(requestedAt));
        json.put("updated_at", time(updatedAt));
        if (fiatAmount != null) {
            json.put("fiat_amount", fiatAmount.toPlainString());
            json.put("fiat_currency", fiatCurrency);
        }
        return json;
    }

    /** The documents write the times of a batch's second and third row so. */
    ObjectNode camelCaseRow() {
        ObjectNode json = row();
        json.set("createdAt", json.remove("created_at"));
        json.set("requestedAt", json.remove("requested_at"));
        json.set("updatedAt", json.remove("updated_at"));
        return json;
    }

    ObjectNode notification() {
        ObjectNode json = JsJson.object();
        json.put("id", Long.toString(id));
        json.put("batch_withdrawal_id", Long.toString(batchId));
        json.put("status", status);
        json.put("error", error);
        json.put("currency", currency);
        json.put("amount", amount.toPlainString());
        json.put("address", address);
        json.putNull("fee");
        json.put("extra_id", extraId);
        json.put("hash", hash);
        json.put("ipn_callback_url", ipnCallbackUrl);
        json.put("created_at", PaymentJson.time(createdAt));
        json.put("requested_at", time(requestedAt));
        json.put("updated_at", time(updatedAt));
        return json;
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : PaymentJson.time(instant);
    }
}
