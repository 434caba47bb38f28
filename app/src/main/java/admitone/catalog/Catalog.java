package admitone.catalog;

import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.database.Columns;
import admitone.database.Listing;
import admitone.database.Read;
import admitone.database.Transactions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sellers, channels and plans. What is globally unique (chat ids, slugs) is claimed in a route before the seller's own transaction. */
@Repository
public class Catalog {
    private static final int PAGE = 200;

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Ids ids;

    Catalog(JdbcClient jdbc, Transactions transactions, Ids ids) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.ids = ids;
    }

    /** A plan yet to be added. */
    public record NewPlan(
            String name,
            Money price,
            @Nullable Integer days,
            @Nullable String description) {
        /** One of which its seller says nothing more. */
        public NewPlan(String name, Money price, @Nullable Integer days) {
            this(name, price, days, null);
        }
    }

    /** Within the current transaction. */
    public void add(Seller seller) {
        jdbc.sql("""
                insert into catalog.seller (seller_id, name, telegram_user_id, fee_percent, payout_mode, threshold_cents,
                  support, terms, payment_page)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        seller.id().value(),
                        seller.name(),
                        seller.telegramUserId(),
                        seller.feePercent(),
                        seller.payout().mode().name().toLowerCase(Locale.ROOT),
                        Optional.ofNullable(seller.payout().threshold())
                                .map(money -> new BigDecimal(money.units()))
                                .orElse(null),
                        seller.notice().support(),
                        seller.notice().terms(),
                        seller.paymentPage().word()))
                .update();
    }

    /** Within the current transaction: what buyers are told from now on. */
    public void notice(SellerId seller, Seller.Notice notice) {
        jdbc.sql("update catalog.seller set support = ?, terms = ? where seller_id = ?")
                .params(Columns.all(notice.support(), notice.terms(), seller.value()))
                .update();
    }

    /** Within the current transaction: where buyers pay from now on. */
    public void paymentPage(SellerId seller, Seller.PaymentPage page) {
        jdbc.sql("update catalog.seller set payment_page = ? where seller_id = ?")
                .params(page.word(), seller.value())
                .update();
    }

    /** Within the current transaction: who else changes the seller waits. */
    public Seller lockSeller(SellerId seller) {
        return jdbc.sql("select * from catalog.seller where seller_id = ? for update")
                .param(seller.value())
                .query(Catalog::readSeller)
                .single();
    }

    /** Within the current transaction: how they are paid out from now on, and what is kept of orders that are made from now on. */
    public void terms(SellerId seller, PayoutTerms payout, BigDecimal feePercent) {
        Money threshold = payout.threshold();
        jdbc.sql("update catalog.seller set payout_mode = ?, threshold_cents = ?, fee_percent = ? where seller_id = ?")
                .params(Columns.all(
                        payout.mode().name().toLowerCase(Locale.ROOT),
                        threshold == null ? null : new BigDecimal(threshold.units()),
                        feePercent,
                        seller.value()))
                .update();
    }

    /** Another Telegram user who is to be a seller's contact. */
    public record NewContact(long telegramUserId, Instant countsFrom) {}

    public Optional<NewContact> newContact(SellerId seller) {
        return jdbc.sql("select * from catalog.new_contact where seller_id = ? and telegram_user_id is not null")
                .param(seller.value())
                .query((row, n) -> new NewContact(row.getLong("telegram_user_id"), Columns.instant(row, "counts_from")))
                .optional();
    }

    /** Those of whom another contact is under way, by key: those after {@code after}. */
    public List<SellerId> withNewContact(String after, int limit) {
        return jdbc.sql("""
                select seller_id from catalog.new_contact
                where telegram_user_id is not null and seller_id > ? order by seller_id limit ?
                """)
                .params(after, limit)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    /** Within the current transaction, with the seller locked. */
    public void newContact(SellerId seller, NewContact contact) {
        jdbc.sql("""
                insert into catalog.new_contact (seller_id, telegram_user_id, counts_from) values (?, ?, ?)
                on conflict (seller_id) do update set telegram_user_id = excluded.telegram_user_id, counts_from = excluded.counts_from
                """)
                .params(seller.value(), contact.telegramUserId(), Columns.at(contact.countsFrom()))
                .update();
    }

    /** Within the current transaction: false where there was none. */
    public boolean forgetNewContact(SellerId seller) {
        return jdbc.sql("""
                        update catalog.new_contact set telegram_user_id = null, counts_from = null
                        where seller_id = ? and telegram_user_id is not null
                        """).param(seller.value()).update() == 1;
    }

    /** Within the current transaction: it is this Telegram user who sells as that from now on, and nobody else. */
    public void contact(SellerId seller, long telegramUserId, Instant from) {
        jdbc.sql("update catalog.seller set telegram_user_id = ? where seller_id = ?")
                .params(telegramUserId, seller.value())
                .update();
        jdbc.sql(
                        "update catalog.route set key = key || ' until ' || ? where kind = ? and seller_id = ? and key not like '% until %'")
                .params(from.toString(), RouteKind.TELEGRAM_USER, seller.value())
                .update();
    }

    /** The sellers that a Telegram user is; looked for among all sellers. */
    public List<Seller> sellersOf(long telegramUserId) {
        return jdbc.sql("select * from catalog.seller where telegram_user_id = ? order by seller_id")
                .param(telegramUserId)
                .query(Catalog::readSeller)
                .list();
    }

    public boolean isSeller(long telegramUserId) {
        return holder(RouteKind.TELEGRAM_USER, Long.toString(telegramUserId)).isPresent()
                || !sellersOf(telegramUserId).isEmpty();
    }

    /** By key: those after {@code after}. */
    public List<Seller> sellers(Optional<SellerId> after, int limit) {
        return Listing.of("catalog.seller")
                .after(List.of("seller_id"), after.map(SellerId::value).orElse(""))
                .page(jdbc, limit, Catalog::readSeller);
    }

    /** Claims a chat or slug for a seller in a transaction of its own; answers who holds it, which may be somebody else. */
    public SellerId claimRoute(String kind, String key, SellerId seller) {
        transactions.run(seller, () -> {
            jdbc.sql(
                            "insert into catalog.route (kind, key, seller_id) values (?, ?, ?) on conflict (kind, key) do nothing")
                    .params(kind, key, seller.value())
                    .update();
        });
        return route(kind, key).orElseThrow();
    }

    /** Who has claimed a chat or slug. */
    public Optional<SellerId> holder(String kind, String key) {
        return route(kind, key);
    }

    private Optional<SellerId> route(String kind, String key) {
        return jdbc.sql("select seller_id from catalog.route where kind = ? and key = ?")
                .params(kind, key)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .optional();
    }

    /** Within the current transaction; its chat must have been claimed. */
    public List<Plan> add(Channel channel, List<NewPlan> plans) {
        jdbc.sql("""
                insert into catalog.channel (seller_id, channel_id, closed_chat_id, open_chat_id, title, slug, admission, overpayment)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        channel.seller().value(),
                        channel.id(),
                        channel.closedChat().value(),
                        channel.openChat() == null ? null : channel.openChat().value(),
                        channel.title(),
                        channel.slug(),
                        channel.admission().word(),
                        channel.overpayment().word()))
                .update();
        return plans.stream().map(plan -> addPlan(channel, plan)).toList();
    }

    /** Within the current transaction. */
    public Plan addPlan(Channel channel, NewPlan draft) {
        return addPlan(channel, ids.next(), draft);
    }

    /** As {@link #addPlan(Channel, NewPlan)}; a second one of this id is an error. */
    public Plan addPlan(Channel channel, UUID id, NewPlan draft) {
        Plan plan = new Plan(
                channel.seller(), id, channel.id(), draft.name(), draft.price(), draft.days(), draft.description());
        jdbc.sql("""
                insert into catalog.plan (seller_id, plan_id, channel_id, name, price_units, price_asset, days, description)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        plan.seller().value(),
                        plan.id(),
                        plan.channelId(),
                        plan.name(),
                        new BigDecimal(plan.price().units()),
                        plan.price().asset().code(),
                        plan.days(),
                        plan.description()))
                .update();
        return plan;
    }

    /** Within the current transaction: the link buyers ask through from now on. The first recorded stays, and one of a chat that has moved since is none. Answers whether it is this one. */
    public boolean standingLink(Channel channel, String link) {
        return jdbc.sql("""
                        update catalog.channel set standing_link = ?
                        where seller_id = ? and channel_id = ? and closed_chat_id = ? and standing_link is null
                        """)
                        .params(
                                link,
                                channel.seller().value(),
                                channel.id(),
                                channel.closedChat().value())
                        .update()
                == 1;
    }

    /** Within the current transaction: its chat has this id from now on, which must have been claimed, and no standing link yet. False where that was known. */
    public boolean moved(Channel channel, ClosedChatId to) {
        remember(channel.seller(), channel.closedChat().value(), to.value());
        return jdbc.sql("""
                        update catalog.channel set closed_chat_id = ?, standing_link = null
                        where seller_id = ? and channel_id = ? and closed_chat_id = ?
                        """)
                        .params(
                                to.value(),
                                channel.seller().value(),
                                channel.id(),
                                channel.closedChat().value())
                        .update()
                == 1;
    }

    /** Within the current transaction: an open chat has this id from now on, which must have been claimed, and is still found by the old one. False where that was known. */
    public boolean moved(SellerId seller, OpenChatId from, OpenChatId to) {
        remember(seller, from.value(), to.value());
        return jdbc.sql("update catalog.channel set open_chat_id = ? where seller_id = ? and open_chat_id = ?")
                        .params(to.value(), seller.value(), from.value())
                        .update()
                > 0;
    }

    private void remember(SellerId seller, long from, long to) {
        jdbc.sql("""
                insert into catalog.moved_chat (seller_id, from_chat_id, to_chat_id) values (?, ?, ?)
                on conflict (seller_id, from_chat_id) do nothing
                """).params(seller.value(), from, to).update();
    }

    /**
     * Within the current transaction: how the channel's chat is called. A channel that was called as its chat follows it; one that was named otherwise keeps its
     * name. Answers whether it has another one now. Its page keeps its address.
     */
    public boolean chatTitle(Channel channel, String title) {
        return jdbc.sql("""
                update catalog.channel c set chat_title = ?, title = case when c.title = c.chat_title then ? else c.title end
                from (select seller_id, channel_id, title from catalog.channel
                  where seller_id = ? and channel_id = ? and chat_title is distinct from ? for update) before
                where c.seller_id = before.seller_id and c.channel_id = before.channel_id
                returning c.title <> before.title as renamed
                """)
                .params(title, title, channel.seller().value(), channel.id(), title)
                .query((row, n) -> row.getBoolean("renamed"))
                .optional()
                .orElse(false);
    }

    /** Within the current transaction: whether every member may add others, as seen. */
    public void membersMayAdd(Channel channel, boolean may) {
        jdbc.sql("""
                update catalog.channel set members_may_add = ?
                where seller_id = ? and channel_id = ? and members_may_add <> ?
                """).params(may, channel.seller().value(), channel.id(), may).update();
    }

    /** As last seen. */
    public boolean mayMembersAdd(SellerId seller, UUID channelId) {
        return jdbc.sql("select members_may_add from catalog.channel where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    /** Why nothing of a channel is sold, of what its seller has to mend. */
    public enum NotSold {
        /** The bot lacks a right that it needs to let people in. */
        NO_RIGHTS,
        /** Everybody reads it. */
        PUBLIC,
        /** It keeps nobody out. */
        BASIC_GROUP;

        private @Nullable String word() {
            return this == NO_RIGHTS ? null : name().toLowerCase(Locale.ROOT);
        }

        private static NotSold of(@Nullable String word) {
            return word == null ? NO_RIGHTS : valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Within the current transaction: the bot lacks its rights there, from then on. False where it was known that nothing is sold there. */
    public boolean cannotAdmit(Channel channel, Instant since) {
        return cannotAdmit(channel, since, NotSold.NO_RIGHTS);
    }

    /** As above. */
    public boolean cannotAdmit(Channel channel, Instant since, NotSold why) {
        return jdbc.sql("""
                        update catalog.channel set cannot_admit_since = ?, cannot_admit_why = ?
                        where seller_id = ? and channel_id = ? and cannot_admit_since is null
                        """)
                        .params(Columns.all(
                                Columns.at(since), why.word(), channel.seller().value(), channel.id()))
                        .update()
                == 1;
    }

    /** Why nothing of it is sold, as last looked; empty where it is. */
    public Optional<NotSold> whyNotSold(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                select cannot_admit_why from catalog.channel
                where seller_id = ? and channel_id = ? and cannot_admit_since is not null
                """)
                .params(seller.value(), channelId)
                .query((row, n) -> NotSold.of(row.getString("cannot_admit_why")))
                .optional();
    }

    /** Within the current transaction: the bot may let people in there. Answers since when it might not; empty where nothing else was known. */
    public Optional<Instant> mayAdmit(Channel channel) {
        return jdbc.sql("""
                update catalog.channel c set cannot_admit_since = null, cannot_admit_why = null
                from (select seller_id, channel_id, cannot_admit_since from catalog.channel
                  where seller_id = ? and channel_id = ? and cannot_admit_since is not null for update) before
                where c.seller_id = before.seller_id and c.channel_id = before.channel_id
                returning before.cannot_admit_since
                """)
                .params(channel.seller().value(), channel.id())
                .query((row, n) -> Columns.instant(row, "cannot_admit_since"))
                .optional();
    }

    /** Within the current transaction: nobody can ask by this link any more, another is to be made. False where it is not the channel's. */
    public boolean linkIsGone(Channel channel, String link) {
        return jdbc.sql("""
                        update catalog.channel set standing_link = null
                        where seller_id = ? and channel_id = ? and standing_link = ?
                        """)
                        .params(channel.seller().value(), channel.id(), link)
                        .update()
                == 1;
    }

    /** Whether the bot may let in nobody there, as last looked: then nothing of it is sold. */
    public boolean isClosed(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                select exists (select from catalog.channel
                  where seller_id = ? and channel_id = ? and cannot_admit_since is not null)
                """)
                .params(seller.value(), channelId)
                .query(Boolean.class)
                .single();
    }

    /** Within the current transaction: the open chat beside a channel, which must have been claimed. The first recorded stays. */
    public void openChat(Channel channel, OpenChatId chat) {
        jdbc.sql(
                        "update catalog.channel set open_chat_id = ? where seller_id = ? and channel_id = ? and open_chat_id is null")
                .params(chat.value(), channel.seller().value(), channel.id())
                .update();
    }

    public Optional<Seller> seller(SellerId id) {
        return jdbc.sql("select * from catalog.seller where seller_id = ?")
                .param(id.value())
                .query(Catalog::readSeller)
                .optional();
    }

    /** Whether it is this Telegram user who sells as that. */
    public boolean isSeller(SellerId id, long telegramUserId) {
        return seller(id).filter(one -> one.telegramUserId() == telegramUserId).isPresent();
    }

    public Optional<Channel> channel(SellerId seller, UUID id) {
        return jdbc.sql("select * from catalog.channel where seller_id = ? and channel_id = ?")
                .params(seller.value(), id)
                .query(Catalog::readChannel)
                .optional();
    }

    /** Several channels at once, by id; those that are there. */
    public Read<Map<UUID, Channel>> channels(Map<UUID, SellerId> sellersById) {
        Map<UUID, Channel> found = new HashMap<>();
        return Read.of("""
                select c.* from catalog.channel c
                join (select r->>0 as seller_id, (r->>1)::uuid as channel_id from unnest(?::jsonb[]) as r) as v
                  on c.seller_id = v.seller_id and c.channel_id = v.channel_id
                """, Columns.keys(sellersById), found, row -> {
            Channel channel = readChannel(row, 0);
            found.put(channel.id(), channel);
        });
    }

    /** A channel, and how its seller is paid out. */
    public record Sold(Channel channel, PayoutMode paidOut, boolean isOnlySellers) {}

    /** As {@link #channels(Map)}. */
    public Read<Map<UUID, Sold>> sold(Map<UUID, SellerId> sellersById) {
        Map<UUID, Sold> found = new HashMap<>();
        return Read.of("""
                select c.*, s.payout_mode,
                  not exists (select from catalog.seller other where other.seller_id <> c.seller_id) as is_only
                from catalog.channel c
                join catalog.seller s on s.seller_id = c.seller_id
                join (select r->>0 as seller_id, (r->>1)::uuid as channel_id from unnest(?::jsonb[]) as r) as v
                  on c.seller_id = v.seller_id and c.channel_id = v.channel_id
                """, Columns.keys(sellersById), found, row -> {
            Channel channel = readChannel(row, 0);
            found.put(channel.id(), new Sold(channel, payoutMode(row), row.getBoolean("is_only")));
        });
    }

    /** Newest first, by key: those before {@code before}; of all sellers where none is given. */
    public List<Channel> channels(Optional<SellerId> seller, Optional<UUID> before, int limit) {
        return seller.map(one -> Listing.of("catalog.channel", one))
                .orElseGet(() ->
                        Listing.of("catalog.channel")) // most sellers have one: all are read sooner than one of each
                .before("channel_id", before)
                .page(jdbc, limit, Catalog::readChannel);
    }

    public int countChannels(SellerId seller) {
        return jdbc.sql("select count(*) from catalog.channel where seller_id = ?")
                .param(seller.value())
                .query(Integer.class)
                .single();
    }

    /** Of all sellers, a page at a time, newest first. */
    public void eachPage(Consumer<List<Channel>> look) {
        eachPage(Optional.empty(), look);
    }

    /** As above, those into which members come so. */
    public void eachPage(Channel.Admission admission, Consumer<List<Channel>> look) {
        eachPage(Optional.of(admission), look);
    }

    private void eachPage(Optional<Channel.Admission> admission, Consumer<List<Channel>> look) {
        Optional<UUID> before = Optional.empty();
        List<Channel> page;
        do {
            page = Listing.of("catalog.channel")
                    .whereGiven("admission = ?", admission.map(Channel.Admission::word))
                    .before("channel_id", before)
                    .page(jdbc, PAGE, Catalog::readChannel);
            look.accept(page);
            before = page.isEmpty() ? before : Optional.of(page.getLast().id());
        } while (page.size() == PAGE);
    }

    public Optional<Channel> channelOf(ClosedChatId chat) {
        return route(RouteKind.CLOSED_CHAT, Long.toString(chat.value()))
                .flatMap(seller -> jdbc.sql("select * from catalog.channel where seller_id = ? and closed_chat_id = ?")
                        .params(seller.value(), chat.value())
                        .query(Catalog::readChannel)
                        .optional());
    }

    /** As {@link #channelOf}, also by an id that its chat had before: what happened there may be heard of later. */
    public Optional<Channel> channelHeardOf(ClosedChatId chat) {
        return route(RouteKind.CLOSED_CHAT, Long.toString(chat.value()))
                .flatMap(seller -> jdbc.sql("""
                                select * from catalog.channel where seller_id = ? and closed_chat_id = coalesce(
                                  (select to_chat_id from catalog.moved_chat where seller_id = ? and from_chat_id = ?), ?)
                                """)
                        .params(seller.value(), seller.value(), chat.value(), chat.value())
                        .query(Catalog::readChannel)
                        .optional());
    }

    /** The channels sold beside this open chat, also by an id that it had before; one seller's, since the open chat is claimed too. */
    public List<Channel> channelsBeside(OpenChatId chat) {
        return route(RouteKind.OPEN_CHAT, Long.toString(chat.value()))
                .map(seller -> jdbc.sql("""
                                select * from catalog.channel where seller_id = ? and open_chat_id = coalesce(
                                  (select to_chat_id from catalog.moved_chat where seller_id = ? and from_chat_id = ?), ?)
                                """)
                        .params(seller.value(), seller.value(), chat.value(), chat.value())
                        .query(Catalog::readChannel)
                        .list())
                .orElse(List.of());
    }

    public Optional<Channel> channelBySlug(String slug) {
        return route(RouteKind.SLUG, slug)
                .flatMap(seller -> jdbc.sql("select * from catalog.channel where seller_id = ? and slug = ?")
                        .params(seller.value(), slug)
                        .query(Catalog::readChannel)
                        .optional());
    }

    /** Within the current transaction: what it is called and costs from now on, and what is said of it; empty where it is not sold any more. Orders that were made keep their price. */
    public Optional<Plan> change(Plan plan, String name, Money price, @Nullable String description) {
        return jdbc.sql("""
                update catalog.plan set name = ?, price_units = ?, price_asset = ?, description = ?
                where seller_id = ? and plan_id = ? and closed_at is null returning *
                """)
                .params(Columns.all(
                        name,
                        new BigDecimal(price.units()),
                        price.asset().code(),
                        description,
                        plan.seller().value(),
                        plan.id()))
                .query(Catalog::readPlan)
                .optional();
    }

    /** As {@link #change(Plan, String, Money, String)}; what is said of it stays. */
    public Optional<Plan> change(Plan plan, String name, Money price) {
        return jdbc.sql("""
                update catalog.plan set name = ?, price_units = ?, price_asset = ?
                where seller_id = ? and plan_id = ? and closed_at is null returning *
                """)
                .params(Columns.all(
                        name,
                        new BigDecimal(price.units()),
                        price.asset().code(),
                        plan.seller().value(),
                        plan.id()))
                .query(Catalog::readPlan)
                .optional();
    }

    /** Within the current transaction: it is not sold from then on. False where it was not before. */
    public boolean close(Plan plan, Instant at) {
        return jdbc.sql(
                                "update catalog.plan set closed_at = ? where seller_id = ? and plan_id = ? and closed_at is null")
                        .params(Columns.at(at), plan.seller().value(), plan.id())
                        .update()
                == 1;
    }

    /** Also one that is not sold any more, for those who have it. */
    public Optional<Plan> plan(SellerId seller, UUID id) {
        return jdbc.sql("select * from catalog.plan where seller_id = ? and plan_id = ?")
                .params(seller.value(), id)
                .query(Catalog::readPlan)
                .optional();
    }

    public Optional<Plan> planOnSale(SellerId seller, UUID id) {
        return jdbc.sql("select * from catalog.plan where seller_id = ? and plan_id = ? and closed_at is null")
                .params(seller.value(), id)
                .query(Catalog::readPlan)
                .optional();
    }

    /** Those on sale, the cheapest first. */
    public List<Plan> plans(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                        select * from catalog.plan where seller_id = ? and channel_id = ? and closed_at is null order by price_units, plan_id
                        """)
                .params(seller.value(), channelId)
                .query(Catalog::readPlan)
                .list();
    }

    /** Of all sellers, a page at a time: the plans on sale that cost less than this. */
    public void eachPlanBelow(Money least, Consumer<List<Plan>> look) {
        UUID after = new UUID(0, 0);
        List<Plan> page;
        do {
            page = Listing.of("catalog.plan", Optional.empty())
                    .where("closed_at is null")
                    .where("price_units < ?", new BigDecimal(least.units()))
                    .after(List.of("plan_id"), after)
                    .page(jdbc, PAGE, Catalog::readPlan);
            look.accept(page);
            after = page.isEmpty() ? after : page.getLast().id();
        } while (page.size() == PAGE);
    }

    /** What a route's key is. */
    public interface RouteKind {
        String CLOSED_CHAT = "closed_chat";
        String OPEN_CHAT = "open_chat";
        String SLUG = "slug";
        /** Of a seller who set up shop in the chat with the bot. */
        String TELEGRAM_USER = "telegram_user";
    }

    private static Seller readSeller(ResultSet row, int n) throws SQLException {
        @Nullable BigDecimal threshold = row.getBigDecimal("threshold_cents");
        return new Seller(
                new SellerId(row.getString("seller_id")),
                row.getString("name"),
                row.getLong("telegram_user_id"),
                row.getBigDecimal("fee_percent"),
                new PayoutTerms(
                        payoutMode(row),
                        threshold == null ? null : new Money(threshold.toBigIntegerExact(), Asset.USD)),
                new Seller.Notice(row.getString("support"), row.getString("terms")),
                Seller.PaymentPage.valueOf(row.getString("payment_page").toUpperCase(Locale.ROOT)));
    }

    private static PayoutMode payoutMode(ResultSet row) throws SQLException {
        return PayoutMode.valueOf(row.getString("payout_mode").toUpperCase(Locale.ROOT));
    }

    private static Channel readChannel(ResultSet row, int n) throws SQLException {
        @Nullable Long open = row.getObject("open_chat_id", Long.class);
        return new Channel(
                new SellerId(row.getString("seller_id")),
                row.getObject("channel_id", UUID.class),
                new ClosedChatId(row.getLong("closed_chat_id")),
                open == null ? null : new OpenChatId(open),
                row.getString("title"),
                row.getString("slug"),
                Channel.Admission.valueOf(row.getString("admission").toUpperCase(Locale.ROOT)),
                row.getString("standing_link"),
                Channel.Overpayment.valueOf(row.getString("overpayment").toUpperCase(Locale.ROOT)));
    }

    private static Plan readPlan(ResultSet row, int n) throws SQLException {
        return new Plan(
                new SellerId(row.getString("seller_id")),
                row.getObject("plan_id", UUID.class),
                row.getObject("channel_id", UUID.class),
                row.getString("name"),
                new Money(
                        row.getBigDecimal("price_units").toBigIntegerExact(), new Asset(row.getString("price_asset"))),
                row.getObject("days", Integer.class),
                row.getString("description"));
    }
}
