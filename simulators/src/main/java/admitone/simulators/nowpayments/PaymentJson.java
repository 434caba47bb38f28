package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One payment in the provider's several spellings: an id is text in one answer and a number in the next. */
final class PaymentJson {
    private static final DateTimeFormatter ISO_MS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private PaymentJson() {}

    static String time(Instant instant) {
        return ISO_MS.format(instant);
    }

    /** The answer to a create: ids are strings. */
    static ObjectNode created(Payment payment) {
        Payment.Terms terms = payment.terms();
        Coin coin = Coin.of(terms.payCurrency());
        ObjectNode json = JsJson.object();
        json.put("payment_id", Long.toString(payment.id()));
        json.put("payment_status", payment.status());
        json.put("pay_address", terms.payAddress());
        json.put("price_amount", terms.priceAmount());
        json.put("price_currency", terms.priceCurrency());
        json.put("pay_amount", payment.payAmount());
        json.put("pay_currency", terms.payCurrency());
        json.put("order_id", terms.orderId());
        json.put("order_description", terms.orderDescription());
        json.put("ipn_callback_url", terms.ipnCallbackUrl());
        json.put("created_at", time(terms.createdAt()));
        json.put("updated_at", time(payment.updatedAt()));
        json.put("purchase_id", terms.purchaseId());
        json.putNull("amount_received");
        json.put("payin_extra_id", terms.payinExtraId());
        json.put("smart_contract", "");
        json.put("network", coin.network());
        json.put("network_precision", coin.precision());
        json.putNull("time_limit");
        json.putNull("burning_percent");
        json.put("expiration_estimate_date", time(payment.estimateUntil()));
        json.put("is_fixed_rate", terms.fixedRate());
        json.put("is_fee_paid_by_user", terms.feePaidByUser());
        json.put("valid_until", time(terms.validUntil()));
        json.put("type", "crypto2crypto");
        return json;
    }

    /** The answer to a read: ids are numbers, and {@code burning_percent} is the word null. */
    static ObjectNode read(Payment payment) {
        Payment.Terms terms = payment.terms();
        ObjectNode json = JsJson.object();
        json.put("payment_id", payment.id());
        if (terms.parentId() != null) {
            json.put("parent_payment_id", terms.parentId());
        }
        json.put("invoice_id", terms.invoiceId());
        json.put("payment_status", payment.status());
        json.put("pay_address", terms.payAddress());
        json.put("payin_extra_id", terms.payinExtraId());
        json.put("price_amount", terms.priceAmount());
        json.put("price_currency", terms.priceCurrency());
        json.put("pay_amount", payment.payAmount());
        json.put("actually_paid", payment.actuallyPaid());
        json.put("pay_currency", terms.payCurrency());
        json.put("order_id", terms.orderId());
        json.put("order_description", terms.orderDescription());
        putNumber(json, "purchase_id", terms.purchaseId());
        json.put("outcome_amount", payment.outcomeAmount());
        json.put("outcome_currency", payment.outcomeCurrency());
        json.put("payout_hash", payment.payoutHash().orElse(null));
        json.put("payin_hash", payment.payinHash().orElse(null));
        json.put("created_at", time(terms.createdAt()));
        json.put("updated_at", time(payment.updatedAt()));
        json.put("burning_percent", "null");
        json.put("type", "crypto2crypto");
        if (!payment.extraIds().isEmpty()) {
            json.set("payment_extra_ids", ids(payment.extraIds(), false));
        }
        return json;
    }

    /** A row of the list: as a read, and a child says where it comes from. */
    static ObjectNode row(Payment payment) {
        ObjectNode json = read(payment);
        if (payment.terms().parentId() != null) {
            json.put("origin_type", payment.terms().originType());
        }
        return json;
    }

    /** A notification in the order of the documents, not yet sorted. */
    static ObjectNode notification(Payment payment, Settings settings) {
        boolean text = settings.ipnIdsAsStrings;
        Payment.Terms terms = payment.terms();
        ObjectNode json = JsJson.object();
        putId(json, "payment_id", payment.id(), text);
        putId(json, "parent_payment_id", terms.parentId(), text);
        putId(json, "invoice_id", terms.invoiceId(), text);
        json.put("payment_status", payment.status());
        json.put("pay_address", terms.payAddress());
        json.put("payin_extra_id", terms.payinExtraId());
        json.put("price_amount", terms.priceAmount());
        json.put("price_currency", terms.priceCurrency());
        json.put("pay_amount", payment.payAmount());
        json.put("actually_paid", payment.actuallyPaid());
        json.put("actually_paid_at_fiat", payment.actuallyPaidAtFiat());
        json.put("pay_currency", terms.payCurrency());
        json.put("order_id", terms.orderId());
        json.put("order_description", terms.orderDescription());
        json.put("purchase_id", terms.purchaseId());
        json.put("outcome_amount", payment.outcomeAmount());
        json.put("outcome_currency", payment.outcomeCurrency());
        if (payment.extraIds().isEmpty()) {
            json.putNull("payment_extra_ids");
        } else {
            json.set("payment_extra_ids", ids(payment.extraIds(), text));
        }
        json.set("fee", fee(payment.fee()));
        if (!settings.ipnOmitUpdatedAt) {
            json.put("updated_at", payment.updatedAt().toEpochMilli());
        }
        return json;
    }

    /** The control API tells amounts as text, exactly as they are kept. */
    static ObjectNode control(Payment payment) {
        ObjectNode json = row(payment);
        Payment.Terms terms = payment.terms();
        json.put("ipn_callback_url", terms.ipnCallbackUrl());
        json.put("is_fixed_rate", terms.fixedRate());
        json.put("is_fee_paid_by_user", terms.feePaidByUser());
        json.put("valid_until", time(terms.validUntil()));
        json.put("was_expired", payment.wasExpired());
        json.put("price_amount", plain(terms.priceAmount()));
        json.put("pay_amount", plain(payment.payAmount()));
        json.put("actually_paid", plain(payment.actuallyPaid()));
        json.put("outcome_amount", plain(payment.outcomeAmount()));
        return json;
    }

    static String plain(BigDecimal amount) {
        return amount.toPlainString();
    }

    private static ObjectNode fee(Payment.Fee fee) {
        return JsJson.object()
                .put("currency", fee.currency())
                .put("depositFee", fee.deposit())
                .put("withdrawalFee", fee.withdrawal())
                .put("serviceFee", fee.service());
    }

    private static ArrayNode ids(List<Long> ids, boolean asText) {
        ArrayNode array = JsJson.array();
        ids.forEach(id -> {
            if (asText) {
                array.add(Long.toString(id));
            } else {
                array.add(id);
            }
        });
        return array;
    }

    private static void putId(ObjectNode json, String name, @Nullable Long id, boolean asText) {
        if (asText && id != null) {
            json.put(name, Long.toString(id));
        } else {
            json.put(name, id);
        }
    }

    private static void putNumber(ObjectNode json, String name, String digits) {
        if (digits.matches("[0-9]{1,18}")) {
            json.put(name, Long.parseLong(digits));
        } else {
            json.put(name, digits);
        }
    }
}
