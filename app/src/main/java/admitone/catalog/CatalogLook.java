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

    /** Those whose money is paid out by us: of {@code direct} ones, whom something is {@code owed}. */
    public List<SellerId> paidByUs(List<SellerId> owed, int limit) {
        return jdbc.sql("""
                select seller_id from catalog.seller where payout_mode <> 'direct' or seller_id = any(?) order by seller_id limit ?
                """)
                .params(values(owed), limit)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    public long countPaidByUs(List<SellerId> owed) {
        return jdbc.sql("select count(*) from catalog.seller where payout_mode <> 'direct' or seller_id = any(?)")
                .param(values(owed))
                .query(Long.class)
                .single();
    }

    private static String[] values(List<SellerId> sellers) {
        return sellers.stream().map(SellerId::value).toArray(String[]::new);
    }

    /** Whether there is such a seller. */
    public boolean isKnown(SellerId seller) {
        return jdbc.sql("select exists (select from catalog.seller where seller_id = ?)")
                .param(seller.value())
                .query(Boolean.class)
                .single();
    }

    /** Those who are paid by the provider itself. */
    public List<Direct> direct(int limit) {
        return jdbc.sql("""
                select seller_id, payment_page = 'hosted' as is_hosted, (select count(*) from catalog.seller) = 1 as is_only
                from catalog.seller where payout_mode = 'direct' order by seller_id limit ?
                """)
                .param(limit)
                .query((row, n) -> new Direct(
                        new SellerId(row.getString("seller_id")),
                        row.getBoolean("is_hosted"),
                        row.getBoolean("is_only")))
                .list();
    }

    /**
     * A seller whose payout is {@code direct}.
     *
     * @param isHosted their buyers pay on the provider's page, where no wallet of theirs can be named
     */
    public record Direct(SellerId seller, boolean isHosted, boolean isOnly) {}

    public long countDirect() {
        return count("select count(*) from catalog.seller where payout_mode = 'direct'");
    }

    private long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }
}
