package admitone.bot;

import admitone.catalog.Channel;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Which channels have their plans posted in their open chat: one post each, changed where it stands. What is to be seen has a version, and each version is one
 * task, {@link PostPlansTask}.
 */
@Repository
public class PlanPosts {
    private final JdbcClient jdbc;
    private final Tasks tasks;

    PlanPosts(JdbcClient jdbc, Tasks tasks) {
        this.jdbc = jdbc;
        this.tasks = tasks;
    }

    /**
     * How it stands with a channel's post.
     *
     * @param shown the version that is seen; 0: none yet
     * @param messageId null: no post stands there that we know of
     * @param refused why the messenger refused it, or null
     */
    public record PlanPost(
            boolean isOn,
            int version,
            int shown,
            @Nullable Long messageId,
            @Nullable String refused) {
        public String state() {
            return !isOn ? "off" : refused != null ? "refused" : shown == version ? "posted" : "waiting";
        }
    }

    public Optional<PlanPost> find(SellerId seller, UUID channelId) {
        return jdbc.sql("select * from bot.plan_post where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .query(PlanPosts::read)
                .optional();
    }

    /** As {@link PlanPost#state}; off where nothing was ever to be posted. */
    public String state(Channel channel) {
        return find(channel.seller(), channel.id()).map(PlanPost::state).orElse("off");
    }

    /** Within the current transaction: what the channel sells, or that it sells, has changed. On from the first time, unless a person switched it off. */
    public void refresh(Channel channel) {
        if (channel.openChat() == null) {
            return;
        }
        next(channel, true, "version = bot.plan_post.version + case when bot.plan_post.is_on then 1 else 0 end");
    }

    /**
     * Within the current transaction: on, and tried again even where nothing changed, so that a refusal is told again; or off: what stands there is not touched
     * any more.
     */
    public void set(Channel channel, boolean on) {
        next(
                channel,
                on,
                "version = bot.plan_post.version + case when excluded.is_on then 1 else 0 end, is_on = excluded.is_on, refused = null");
    }

    /** A version is a task, so that each finds the one before it: while it is off there is none. */
    private void next(Channel channel, boolean on, String update) {
        PlanPost post = jdbc.sql("""
                insert into bot.plan_post (seller_id, channel_id, is_on, version) values (?, ?, ?, 1)
                on conflict (seller_id, channel_id) do update set
                """ + update + " returning *")
                .params(channel.seller().value(), channel.id(), on)
                .query(PlanPosts::read)
                .single();
        if (post.isOn()) {
            tasks.owe(channel.seller(), PostPlansTask.owed(channel.id(), post.version()));
        }
    }

    /** Within the current transaction: this version is seen in that message. */
    void shown(SellerId seller, UUID channelId, int version, long messageId) {
        jdbc.sql("""
                update bot.plan_post set shown = ?, message_id = ?, refused = null where seller_id = ? and channel_id = ?
                """).params(version, messageId, seller.value(), channelId).update();
    }

    /** Within the current transaction: the message is not there any more. */
    void gone(SellerId seller, UUID channelId) {
        jdbc.sql("update bot.plan_post set message_id = null where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .update();
    }

    /** Within the current transaction. */
    void refused(SellerId seller, UUID channelId, String why) {
        jdbc.sql("update bot.plan_post set refused = ? where seller_id = ? and channel_id = ?")
                .params(why, seller.value(), channelId)
                .update();
    }

    private static PlanPost read(ResultSet row, int n) throws SQLException {
        return new PlanPost(
                row.getBoolean("is_on"),
                row.getInt("version"),
                row.getInt("shown"),
                row.getObject("message_id", Long.class),
                row.getString("refused"));
    }
}
