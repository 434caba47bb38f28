package admitone.access;

import admitone.access.Giving.By;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.database.Listing;
import admitone.database.Transactions;
import admitone.messaging.Incoming.Said;
import admitone.runtime.Handle;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Gift codes: each gives one grant, once, to whoever redeems it first. A code is told once; of it a digest is kept. */
@Repository
public class Gifts {
    public static final int MOST_AT_ONCE = 100;

    /** More wrong codes of one person within an hour, and none is looked at any more. */
    private static final int MOST_WRONG = 10;

    private static final Duration WRONG_WITHIN = Duration.ofHours(1);
    private static final Pattern CODE = Pattern.compile("gift_([0-9a-hjkmnp-tv-z]{12})_[0-9a-hjkmnp-tv-z]{26}");
    private static final Pattern COMMAND = Pattern.compile("/gift(?:@\\w+)?(?:\\s+(\\S+))?\\s*");
    private static final Pattern START = Pattern.compile("/start(?:@\\w+)?\\s+(gift_\\S*)\\s*");
    private static final int DIGEST_BYTES = 16;

    private final JdbcClient jdbc;
    private final Catalog catalog;
    private final Giving giving;
    private final Transactions transactions;
    private final Ids ids;
    private final Clock clock;

    Gifts(JdbcClient jdbc, Catalog catalog, Giving giving, Transactions transactions, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.catalog = catalog;
        this.giving = giving;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /** One gift, without its code. {@code days} null: for life. */
    public record Gift(
            SellerId seller,
            UUID id,
            UUID channelId,
            @Nullable Integer days,
            @Nullable Long redeemedBy,
            @Nullable Instant redeemedAt,
            @Nullable Instant revokedAt) {
        public String handle() {
            return new Handle(Handle.GIFT, seller, id).toString();
        }

        public String state() {
            return redeemedBy != null ? "redeemed" : revokedAt != null ? "revoked" : "open";
        }
    }

    /** A gift just made; its code is told once. */
    public record Made(Gift gift, String code) {}

    /** What came of redeeming a code. */
    public sealed interface Redeemed {
        record Given(Grant grant) implements Redeemed {}

        /** By somebody else. */
        record Taken() implements Redeemed {}

        record Revoked() implements Redeemed {}

        /** The seller banned whoever brings it; somebody else may use it. */
        record Banned() implements Redeemed {}

        record Unknown() implements Redeemed {}
    }

    /** What somebody says who brings a code, by the link that holds it or by {@code /gift}: the code, or nothing where it is left out. */
    public static Optional<String> brought(Said said) {
        Matcher start = START.matcher(said.text());
        if (start.matches()) {
            return Optional.of(start.group(1));
        }
        Matcher command = COMMAND.matcher(said.text());
        return command.matches()
                ? Optional.of(Optional.ofNullable(command.group(1)).orElse(""))
                : Optional.empty();
    }

    /** Within the current transaction: at most {@link #MOST_AT_ONCE}. */
    public List<Made> make(Channel channel, @Nullable Integer days, int count) {
        return IntStream.range(0, count).mapToObj(_ -> make(channel, days)).toList();
    }

    private Made make(Channel channel, @Nullable Integer days) {
        String code = "gift_" + channel.seller() + "_" + ids.random(26);
        Gift gift = new Gift(channel.seller(), ids.next(), channel.id(), days, null, null, null);
        jdbc.sql("insert into access.gift (seller_id, gift_id, channel_id, days, code_digest) values (?, ?, ?, ?, ?)")
                .params(Columns.all(gift.seller().value(), gift.id(), gift.channelId(), days, digestOf(code)))
                .update();
        return new Made(gift, code);
    }

    /** Newest first, those before {@code before}. */
    public List<Gift> list(Channel channel, Optional<UUID> before, int limit) {
        return Listing.of("access.gift", channel.seller())
                .where("channel_id = ?", channel.id())
                .before("gift_id", before)
                .page(jdbc, limit, Gifts::read);
    }

    /** Within the current transaction. What was redeemed stays so: the answer says how it is now. */
    public Optional<Gift> revoke(Channel channel, UUID id) {
        jdbc.sql("""
                update access.gift set revoked_at = ?
                where seller_id = ? and channel_id = ? and gift_id = ? and redeemed_at is null and revoked_at is null
                """)
                .params(Columns.at(clock.instant()), channel.seller().value(), channel.id(), id)
                .update();
        return jdbc.sql("select * from access.gift where seller_id = ? and channel_id = ? and gift_id = ?")
                .params(channel.seller().value(), channel.id(), id)
                .query(Gifts::read)
                .optional();
    }

    /** The gift of a code that this user brought; a wrong one is counted, once per update. Opens a transaction of its own where it is wrong. */
    public Optional<Gift> find(String code, long telegramUserId, long updateId) {
        Optional<Gift> found = find(code);
        if (found.isEmpty()) {
            transactions.run(SellerId.PLATFORM, () -> {
                jdbc.sql("""
                        insert into access.gift_guess (seller_id, telegram_user_id, update_id, at) values (?, ?, ?, ?)
                        on conflict (seller_id, telegram_user_id, update_id) do nothing
                        """)
                        .params(SellerId.PLATFORM.value(), telegramUserId, updateId, Columns.at(clock.instant()))
                        .update();
            });
        }
        return found;
    }

    private Optional<Gift> find(String code) {
        Matcher form = CODE.matcher(code);
        return form.matches()
                ? jdbc.sql("select * from access.gift where seller_id = ? and code_digest = ?")
                        .params(form.group(1), digestOf(code))
                        .query(Gifts::read)
                        .optional()
                : Optional.empty();
    }

    /** Within the current transaction: this user knows its code, and may redeem it. Its id alone is no secret. */
    public void brought(Gift gift, long telegramUserId) {
        jdbc.sql("""
                insert into access.gift_brought (seller_id, gift_id, telegram_user_id) values (?, ?, ?)
                on conflict (seller_id, gift_id, telegram_user_id) do nothing
                """).params(gift.seller().value(), gift.id(), telegramUserId).update();
    }

    /** Whether this user has brought the code of this gift. */
    public boolean isBrought(Handle gift, long telegramUserId) {
        return jdbc.sql("""
                select exists (select from access.gift_brought where seller_id = ? and gift_id = ? and telegram_user_id = ?)
                """)
                .params(gift.seller().value(), gift.id(), telegramUserId)
                .query(Boolean.class)
                .single();
    }

    /** Whether this user has brought so many wrong codes that no other is looked at for now. */
    public boolean guesses(long telegramUserId) {
        return jdbc.sql(
                                "select count(*) from access.gift_guess where seller_id = ? and telegram_user_id = ? and at > ?")
                        .params(
                                SellerId.PLATFORM.value(),
                                telegramUserId,
                                Columns.at(clock.instant().minus(WRONG_WITHIN)))
                        .query(Integer.class)
                        .single()
                >= MOST_WRONG;
    }

    /** Within the current transaction: the first to redeem it has it, and has it once. */
    public Redeemed redeem(Handle handle, long telegramUserId, String source) {
        Optional<Gift> locked = jdbc.sql("select * from access.gift where seller_id = ? and gift_id = ? for update")
                .params(handle.seller().value(), handle.id())
                .query(Gifts::read)
                .optional();
        if (locked.isEmpty() || !isBrought(handle, telegramUserId)) {
            return new Redeemed.Unknown();
        }
        Gift gift = locked.get();
        if (gift.revokedAt() != null) {
            return new Redeemed.Revoked();
        }
        if (gift.redeemedBy() != null && gift.redeemedBy() != telegramUserId) {
            return new Redeemed.Taken();
        }
        Channel channel = catalog.channel(gift.seller(), gift.channelId()).orElseThrow();
        Optional<Giving.Gift> given = giving.give(
                channel,
                telegramUserId,
                gift.days(),
                new Origin.Given(Origin.Kind.GIFT, gift.id().toString()),
                new By("telegram", source, "the gift " + gift.handle()));
        if (given.isEmpty()) {
            return new Redeemed.Banned();
        }
        if (given.get().grant().telegramUserId() != telegramUserId) {
            return new Redeemed.Taken();
        }
        jdbc.sql("""
                update access.gift set redeemed_by = ?, redeemed_at = ?
                where seller_id = ? and gift_id = ? and redeemed_by is null
                """)
                .params(
                        telegramUserId,
                        Columns.at(clock.instant()),
                        gift.seller().value(),
                        gift.id())
                .update();
        return new Redeemed.Given(given.get().grant());
    }

    /** Half of a SHA-256: as many bits as the code has. */
    static String digestOf(String code) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(whole, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Gift read(ResultSet row, int n) throws SQLException {
        return new Gift(
                new SellerId(row.getString("seller_id")),
                row.getObject("gift_id", UUID.class),
                row.getObject("channel_id", UUID.class),
                row.getObject("days", Integer.class),
                row.getObject("redeemed_by", Long.class),
                Columns.instantOrNull(row, "redeemed_at"),
                Columns.instantOrNull(row, "revoked_at"));
    }
}
