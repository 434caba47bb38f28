package admitone.bot;

import admitone.catalog.Channel.Admission;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The state of conversations in which chats are put on sale. Within transactions of the platform. */
@Repository
class SaleSetups {
    private static final String PLATFORM = SellerId.PLATFORM.value();

    private final JdbcClient jdbc;

    SaleSetups(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** {@code told}: the question reached the person. Offer and admission are null until they are picked. */
    record SaleSetup(
            long chatId,
            long userId,
            String title,
            boolean told,
            @Nullable SaleOffer offer,
            @Nullable Admission admission) {}

    /** Begins anew, whatever was picked before. */
    SaleSetup begin(long chatId, long userId, String title) {
        jdbc.sql("""
                insert into bot.sale_setup (seller_id, chat_id, telegram_user_id, title, told) values (?, ?, ?, ?, false)
                on conflict (seller_id, chat_id, telegram_user_id) do update
                  set title = excluded.title, told = false, refused = false, offer = null, admission = null
                """).params(PLATFORM, chatId, userId, title).update();
        return new SaleSetup(chatId, userId, title, false, null, null);
    }

    void told(long chatId, long userId) {
        jdbc.sql("update bot.sale_setup set told = true where seller_id = ? and chat_id = ? and telegram_user_id = ?")
                .params(PLATFORM, chatId, userId)
                .update();
    }

    /** They read that they are no seller here; once they are one, they are asked all the same. */
    void refused(long chatId, long userId) {
        jdbc.sql(
                        "update bot.sale_setup set refused = true where seller_id = ? and chat_id = ? and telegram_user_id = ?")
                .params(PLATFORM, chatId, userId)
                .update();
    }

    SaleSetup pick(SaleSetup setup, SaleOffer offer) {
        jdbc.sql("update bot.sale_setup set offer = ? where seller_id = ? and chat_id = ? and telegram_user_id = ?")
                .params(offer.name(), PLATFORM, setup.chatId(), setup.userId())
                .update();
        return new SaleSetup(setup.chatId(), setup.userId(), setup.title(), setup.told(), offer, setup.admission());
    }

    SaleSetup pick(SaleSetup setup, Admission admission) {
        jdbc.sql("update bot.sale_setup set admission = ? where seller_id = ? and chat_id = ? and telegram_user_id = ?")
                .params(admission.word(), PLATFORM, setup.chatId(), setup.userId())
                .update();
        return new SaleSetup(setup.chatId(), setup.userId(), setup.title(), setup.told(), setup.offer(), admission);
    }

    Optional<SaleSetup> find(long chatId, long userId) {
        return jdbc.sql("select * from bot.sale_setup where seller_id = ? and chat_id = ? and telegram_user_id = ?")
                .params(PLATFORM, chatId, userId)
                .query(SaleSetups::read)
                .optional();
    }

    /** Those of this person whom the question has not reached. */
    List<SaleSetup> untold(long userId, int limit) {
        return jdbc.sql("""
                select * from bot.sale_setup where seller_id = ? and telegram_user_id = ? and not told order by chat_id limit ?
                """)
                .params(PLATFORM, userId, limit)
                .query(SaleSetups::read)
                .list();
    }

    /** One of those, of which they have not read either that they are no seller. */
    Optional<SaleSetup> unrefused(long userId) {
        return jdbc.sql("""
                select * from bot.sale_setup where seller_id = ? and telegram_user_id = ? and not told and not refused
                order by chat_id limit 1
                """).params(PLATFORM, userId).query(SaleSetups::read).optional();
    }

    private static SaleSetup read(ResultSet row, int n) throws SQLException {
        @Nullable String offer = row.getString("offer");
        @Nullable String admission = row.getString("admission");
        return new SaleSetup(
                row.getLong("chat_id"),
                row.getLong("telegram_user_id"),
                row.getString("title"),
                row.getBoolean("told"),
                offer == null ? null : SaleOffer.valueOf(offer),
                admission == null ? null : Admission.valueOf(admission.toUpperCase(Locale.ROOT)));
    }
}
