package admitone.checkout;

import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A purchase, with a snapshot of all it depends on: nothing about price or days ever comes back from outside.
 *
 * @param price what is asked, and what decides whether it is paid
 * @param days null: for life
 * @param paidBy the payment that paid it, or null while it is open
 * @param listPrice what the plan cost; what the price is less was taken off by {@link Reduction}s
 * @param referral who brought the buyer, and their share; null: nobody
 */
public record Order(
        SellerId seller,
        String id,
        UUID channelId,
        UUID planId,
        long telegramUserId,
        Money price,
        @Nullable Integer days,
        BigDecimal feePercent,
        Instant createdAt,
        Instant expiresAt,
        @Nullable String paidBy,
        Money listPrice,
        @Nullable Referral referral) {

    /** Who gets a share of the seller's part of what is paid. */
    public record Referral(long referrer, BigDecimal percent) {}

    /** At the plan's price, by a buyer whom nobody brought. */
    public Order(
            SellerId seller,
            String id,
            UUID channelId,
            UUID planId,
            long telegramUserId,
            Money price,
            @Nullable Integer days,
            BigDecimal feePercent,
            Instant createdAt,
            Instant expiresAt,
            @Nullable String paidBy) {
        this(
                seller,
                id,
                channelId,
                planId,
                telegramUserId,
                price,
                days,
                feePercent,
                createdAt,
                expiresAt,
                paidBy,
                price,
                null);
    }

    public boolean isReduced() {
        return price.compareTo(listPrice) < 0;
    }
}
