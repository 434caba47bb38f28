package admitone.catalog;

import admitone.runtime.SellerId;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is on sale and by whom, read from outside of the service. */
public final class CatalogLook {
    private final JdbcClient jdbc;

    public CatalogLook(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param title as it was registered */
    public record Sold(ClosedChatId chat, String title) {}

    /** Newest first. */
    public List<Sold> newestChats(int limit) {
        return jdbc.sql("select closed_chat_id, title from catalog.channel order by channel_id desc limit ?")
                .param(limit)
                .query((row, n) -> new Sold(new ClosedChatId(row.getLong("closed_chat_id")), row.getString("title")))
                .list();
    }

    public long chats() {
        return count("select count(*) from catalog.channel");
    }

    /** Those whose money is paid out by us. */
    public List<SellerId> paidByUs(int limit) {
        return jdbc.sql("select seller_id from catalog.seller where payout_mode <> 'direct' order by seller_id limit ?")
                .param(limit)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    public long countPaidByUs() {
        return count("select count(*) from catalog.seller where payout_mode <> 'direct'");
    }

    private long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }
}
