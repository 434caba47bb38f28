package admitone.catalog;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What a channel offers beside its plans. */
@Repository
public class ChannelOffers {
    public static final int LONGEST_TRIAL = 30;

    private final JdbcClient jdbc;

    ChannelOffers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param trialDays so long may somebody new be inside for nothing; null: not at all
     * @param referralPercent of the seller's part of a payment, to whoever brought the buyer; null: nothing
     */
    public record Offers(
            @Nullable Integer trialDays, @Nullable BigDecimal referralPercent) {
        static final Offers NONE = new Offers(null, null);
    }

    public Offers of(SellerId seller, UUID channelId) {
        return jdbc.sql("select * from catalog.channel_offers where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .query((row, n) ->
                        new Offers(row.getObject("trial_days", Integer.class), row.getBigDecimal("referral_percent")))
                .optional()
                .orElse(Offers.NONE);
    }

    /** Within the current transaction. */
    public void set(SellerId seller, UUID channelId, Offers offers) {
        jdbc.sql("""
                insert into catalog.channel_offers (seller_id, channel_id, trial_days, referral_percent) values (?, ?, ?, ?)
                on conflict (seller_id, channel_id) do update set trial_days = excluded.trial_days, referral_percent = excluded.referral_percent
                """)
                .params(Columns.all(seller.value(), channelId, offers.trialDays(), offers.referralPercent()))
                .update();
    }
}
