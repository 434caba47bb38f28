package admitone.nowpayments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.WithdrawalReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads a withdrawal as the provider writes it: in notifications and in answers, with names in either case. */
@Component
class PayoutReader implements WithdrawalReader {
    private static final int LONGEST_WORD = 64;
    private static final int LONGEST_TEXT = 300;

    @Override
    public Optional<Seen> read(byte[] notification) {
        return JsonText.read(notification) instanceof JsonText.Reading.Whole(Json.Obj body)
                ? seen(body)
                : Optional.empty();
    }

    /** As an array, as documented; within an object, as of old; or a single row. */
    static List<Seen> shown(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        byte[] object =
                text.startsWith("[") ? ("{\"withdrawals\":" + text + "}").getBytes(StandardCharsets.UTF_8) : bytes;
        return JsonText.read(object) instanceof JsonText.Reading.Whole(Json.Obj body)
                ? NowPaymentsClient.items(body, "withdrawals")
                        .map(PayoutReader::seen)
                        .orElseGet(() -> seen(body).stream().toList())
                : List.of();
    }

    static List<Seen> seen(List<Json> rows) {
        return rows.stream()
                .flatMap(row -> row instanceof Json.Obj object ? seen(object).stream() : Stream.empty())
                .toList();
    }

    static Optional<Seen> seen(Json.Obj row) {
        Optional<String> id = PaymentReader.id(row, "id");
        Optional<String> batchId = PaymentReader.id(row, "batch_withdrawal_id");
        Optional<String> address =
                PaymentReader.text(row, "address").map(text -> PaymentReader.clean(text, LONGEST_TEXT));
        Optional<Asset> currency = PaymentReader.asset(row, "currency");
        Optional<Money> amount = currency.flatMap(asset -> PaymentReader.amount(row, "amount", asset));
        Optional<String> status =
                PaymentReader.text(row, "status").map(word -> PaymentReader.clean(word, LONGEST_WORD));
        if (id.isEmpty() || batchId.isEmpty() || address.isEmpty() || amount.isEmpty() || status.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Seen(
                id.get(),
                batchId.get(),
                words(row, "unique_external_id"),
                address.get(),
                words(row, "extra_id"),
                currency.get(),
                amount.get(),
                PaymentReader.amount(row, "fee", currency.get()).orElse(null),
                Status.of(status.get()),
                status.get(),
                words(row, "hash"),
                words(row, "error"),
                instant(row, "created_at", "createdAt"),
                instant(row, "updated_at", "updatedAt")));
    }

    private static @Nullable Instant instant(Json.Obj row, String name, String orSo) {
        return NowPaymentsClient.instant(row, name)
                .or(() -> NowPaymentsClient.instant(row, orSo))
                .orElse(null);
    }

    private static @Nullable String words(Json.Obj row, String name) {
        return PaymentReader.text(row, name)
                .map(text -> PaymentReader.clean(text, LONGEST_TEXT))
                .orElse(null);
    }
}
