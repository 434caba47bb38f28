package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One payment as the provider knows it at one moment. */
public record Payment(
        Terms terms,
        String status,
        BigDecimal payAmount,
        Instant estimateUntil,
        BigDecimal actuallyPaid,
        BigDecimal actuallyPaidAtFiat,
        BigDecimal outcomeAmount,
        String outcomeCurrency,
        Fee fee,
        Instant updatedAt,
        List<Long> extraIds,
        boolean wasExpired) {

    /** What was agreed when the payment was made, and does not change. */
    public record Terms(
            long id,
            String purchaseId,
            String tokenId,
            @Nullable Long invoiceId,
            @Nullable Long parentId,
            String originType,
            BigDecimal priceAmount,
            String priceCurrency,
            String payCurrency,
            String payAddress,
            @Nullable String payinExtraId,
            @Nullable String orderId,
            @Nullable String orderDescription,
            @Nullable String ipnCallbackUrl,
            boolean fixedRate,
            boolean feePaidByUser,
            Instant createdAt,
            Instant validUntil,
            @Nullable String apiKey,
            @Nullable String payoutAddress,
            @Nullable String payoutExtraId) {}

    /** What the provider keeps, in the outcome's currency. */
    public record Fee(String currency, BigDecimal deposit, BigDecimal service, BigDecimal withdrawal) {}

    private static final Set<String> PAID_OUT = Set.of("finished", "partially_paid");

    public long id() {
        return terms.id();
    }

    public Optional<String> orderId() {
        return Optional.ofNullable(terms.orderId());
    }

    public Optional<Long> parentId() {
        return Optional.ofNullable(terms.parentId());
    }

    boolean isReadableWith(String key) {
        return terms.apiKey() == null || terms.apiKey().equals(key);
    }

    /** A deposit that comes now is this payment's own; a later one makes a child. */
    boolean awaitsDeposit() {
        return actuallyPaid.signum() == 0 && (status.equals("waiting") || status.equals("expired"));
    }

    Optional<String> payinHash() {
        return actuallyPaid.signum() > 0 ? Optional.of(hash("in")) : Optional.empty();
    }

    Optional<String> payoutHash() {
        return PAID_OUT.contains(status) ? Optional.of(hash("out")) : Optional.empty();
    }

    Payment withExtra(long childId, Instant now) {
        List<Long> more = Stream.concat(extraIds.stream(), Stream.of(childId)).toList();
        return new Payment(
                terms,
                status,
                payAmount,
                estimateUntil,
                actuallyPaid,
                actuallyPaidAtFiat,
                outcomeAmount,
                outcomeCurrency,
                fee,
                later(now),
                more,
                wasExpired);
    }

    Payment withEstimate(BigDecimal amount, Instant until, Instant now) {
        return new Payment(
                terms,
                status,
                amount,
                until,
                actuallyPaid,
                actuallyPaidAtFiat,
                outcomeAmount,
                outcomeCurrency,
                fee,
                later(now),
                extraIds,
                wasExpired);
    }

    /** Two changes never carry the same time, however fast they follow each other. */
    Instant later(Instant now) {
        return now.isAfter(updatedAt) ? now : updatedAt.plusMillis(1);
    }

    private String hash(String direction) {
        byte[] bytes = Signature.mac("HmacSHA256", "hash".getBytes(StandardCharsets.UTF_8), direction + id());
        return HexFormat.of().formatHex(bytes);
    }
}
