package admitone.access;

import admitone.access.PoolLink.State;
import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.messaging.Election;
import admitone.messaging.UpdateInbox;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The one-person links of each channel: made ahead, handed out one to a grant, revoked when used. None is ever made where
 * somebody waits for a payment to be decided, and none of an unknown address or of another bot is handed out.
 */
@Repository
public class LinkPool {
    /** So many are kept free, and more where more were used in the last day. */
    static final int LEAST_FREE = 20;

    static final int MOST_FREE = 500;

    /** How names begin; a standing link's begin otherwise. */
    static final String NAME_PREFIX = "ap-";

    static final Duration LIVES_IN_POOL = Duration.ofDays(365);
    private static final Duration TOO_OLD = Duration.ofDays(30);
    private static final Duration DAY = Duration.ofDays(1);

    /** After a link was revoked or expired, whoever came in by it at the last moment is heard of by whoever listens for so long; acting on it may take longer. */
    static final Duration SETTLES_WITHIN = Duration.ofSeconds(3);

    /** A link expires by the messenger's clock, which may be so far behind ours. */
    static final Duration CLOCKS_DIFFER = Duration.ofMinutes(2);

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Grants grants;
    private final Tasks tasks;
    private final UpdateInbox inbox;
    private final Election election;
    private final long me;
    private final Hold hold;
    private final Ids ids;
    private final Clock clock;

    LinkPool(
            JdbcClient jdbc,
            Transactions transactions,
            Grants grants,
            Tasks tasks,
            UpdateInbox inbox,
            Election election,
            Settings settings,
            Hold hold,
            Ids ids,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.grants = grants;
        this.tasks = tasks;
        this.inbox = inbox;
        this.election = election;
        this.me = settings.telegram().botId();
        this.hold = hold;
        this.ids = ids;
        this.clock = clock;
    }

    // handing out

    /** Somebody's place in a channel; {@code isInside} as their {@link Seat} has it. */
    public record Place(Channel channel, long telegramUserId, boolean isInside) {}

    /** Within the current transaction, the places being locked: what there is for each who pays now, in the same order. */
    public List<WayIn> waysIn(List<Place> places) {
        Set<Place> toLookAt = places.stream().filter(LinkPool::isToBeLookedAt).collect(Collectors.toSet());
        Map<Channel, Iterator<PoolLink>> free = places.stream()
                .distinct()
                .filter(place -> place.channel().isByOneTimeLink() && !toLookAt.contains(place))
                .collect(Collectors.groupingBy(Place::channel, Collectors.counting()))
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        wanted -> lockForPayment(
                                        wanted.getKey().seller(),
                                        wanted.getKey().id(),
                                        wanted.getValue().intValue())
                                .iterator()));
        return places.stream()
                .map(place -> toLookAt.contains(place) ? new WayIn.Inside() : wayIn(place, free.get(place.channel())))
                .toList();
    }

    /**
     * Whoever is inside, as last heard, by whatever right or none, gets no link of the pool before somebody has looked: whoever gets it from them would
     * be inside beside them. The standing link is there for everybody: whether they are inside is looked at before it is told.
     */
    private static boolean isToBeLookedAt(Place place) {
        return place.channel().isByOneTimeLink() && place.isInside();
    }

    private static WayIn wayIn(Place place, @Nullable Iterator<PoolLink> free) {
        if (free == null) {
            return new WayIn.Standing(place.channel().standingLink() != null);
        }
        return free.hasNext()
                ? new WayIn.OneTime(free.next())
                : new WayIn.PoolEmpty(place.channel().id());
    }

    /** None lately after a restore: what is paid may have been before, in the time that was lost, and its buyer inside. The task that assigns one looks. */
    private List<PoolLink> lockForPayment(SellerId seller, UUID channelId, int count) {
        return hold.isOnOrWasLately() ? List.of() : lockFree(seller, channelId, count);
    }

    /** Within the current transaction: up to {@code count} free links, oldest first, which nobody else gets until it ends. */
    public List<PoolLink> lockFree(SellerId seller, UUID channelId, int count) {
        if (hold.isOn()) { // somebody may have got them in a time that this database has lost
            return List.of();
        }
        return jdbc.sql("""
                select * from access.pool_link
                where seller_id = ? and channel_id = ? and state = 'free' and bot_id = ? and expires_at > ?
                order by link_id limit ? for update skip locked
                """)
                .params(Columns.all(
                        seller.value(),
                        channelId,
                        me,
                        Columns.at(clock.instant().plus(DAY)),
                        count))
                .query(LinkPool::read)
                .list();
    }

    /** Within the current transaction: the link, locked by {@link #lockFree}, is this grant's way in from now on. */
    public void assign(PoolLink link, Grant grant) {
        assign(link, grant, null);
    }

    /** Within the current transaction: as {@link #assign}, after the grant's links before it, the latest of which is recorded. */
    void supersede(PoolLink link, Grant grant) {
        assign(link, grant, latestOf(grant).map(PoolLink::id).orElse(null));
    }

    private void assign(PoolLink link, Grant grant, @Nullable UUID older) {
        int changed = jdbc.sql("""
                update access.pool_link set state = 'assigned', grant_id = ?, supersedes = ?, assigned_at = ?
                where seller_id = ? and link_id = ? and channel_id = ? and state = 'free'
                """)
                .params(Columns.all(
                        grant.id(),
                        older,
                        Columns.at(clock.instant()),
                        link.seller().value(),
                        link.id(),
                        grant.channelId()))
                .update();
        if (changed != 1) {
            throw new IllegalStateException(
                    "link " + link.name() + " is not free to be assigned to grant " + grant.handle());
        }
    }

    // telling

    /** Whether a grant's link may be told now. */
    sealed interface Telling {
        record Now(PoolLink link) implements Telling {}

        /** It is not ready, or what came before it still opens something. */
        record NotYet(String why) implements Telling {}

        /** The grant has no living link. */
        record NoLink() implements Telling {}
    }

    /**
     * The living link of what a grant's payment bought, once every older one is revoked or expired and whoever came in by one of those is
     * outside again. More time that the same payment brought has no link beside it. What was free before a restore may be anybody's older link.
     */
    Telling telling(Grant grant) {
        Instant now = clock.instant();
        Optional<PoolLink> living =
                living(grant).filter(link -> link.expiresAt().isAfter(now));
        if (living.isEmpty()) {
            return new Telling.NoLink();
        }
        if (living.get().readyAt() == null) {
            return new Telling.NotYet("its expiry is being set");
        }
        Optional<Instant> until = openUntil(grant, living.get());
        if (until.isPresent()) {
            Instant settled = until.get().plus(SETTLES_WITHIN);
            if (settled.isAfter(now)) {
                return new Telling.NotYet("an older link is being revoked");
            }
            Optional<Instant> listened = living.get().toldAt() != null
                    ? Optional.of(settled)
                    : election.heldFor(Election.LISTENER, SETTLES_WITHIN, until.get());
            if (listened.isEmpty()) {
                return new Telling.NotYet("nobody has listened to the bot since an older link was revoked");
            }
            if (inbox.isUnread(me, listened.get())) {
                return new Telling.NotYet("who came in by an older link may be yet to be heard of");
            }
        }
        // last: what is read by now has told of them
        return isStrangerInside(grant, living.get())
                ? new Telling.NotYet("a stranger is being removed")
                : new Telling.Now(living.get());
    }

    /** Until when the last of the links before it opens something; empty where there is none. */
    private Optional<Instant> openUntil(Grant grant, PoolLink living) {
        return ofOlder("""
                        select max(least(revoked_at, expires_at + cast(:astray as interval))) as open_until
                        from older where state in ('revoking', 'revoked')
                        """, grant, living)
                .param("astray", CLOCKS_DIFFER.toSeconds() + " seconds")
                .query((row, n) -> Optional.ofNullable(Columns.instantOrNull(row, "open_until")))
                .single();
    }

    private boolean isStrangerInside(Grant grant, PoolLink living) {
        return ofOlder("""
                        select exists (select from access.stranger s join older using (link_id)
                          where s.seller_id = :seller and s.settled_at is null)
                        """, grant, living).query(Boolean.class).single();
    }

    /** Asks {@code older}: the links of what the grant's payment bought, and, while its living one was told to nobody, what was free before a restore. */
    private JdbcClient.StatementSpec ofOlder(String select, Grant grant, PoolLink living) {
        return jdbc.sql("""
                        with its as (select grant_id from access.grants
                          where seller_id = :seller and channel_id = :channel and telegram_user_id = :user
                            and (grant_id = :grant or payment_id = :payment)),
                        older as (
                          select link_id, state, revoked_at, expires_at from access.pool_link
                          where seller_id = :seller and grant_id in (select grant_id from its)
                          union all
                          select link_id, state, revoked_at, expires_at from access.pool_link
                          where :untold and seller_id = :seller and channel_id = :channel and why = 'free before a restore' and bot_id = :bot)
                        """ + select)
                .param("seller", grant.seller().value())
                .param("grant", grant.id())
                .param("payment", grant.paymentId().orElse(null))
                .param("channel", grant.channelId())
                .param("user", grant.telegramUserId())
                .param("untold", living.toldAt() == null)
                .param("bot", living.botId());
    }

    /**
     * The link of an order's grant for its buyer's page: the one that a message told, as long as it may be told. One that no message told yet
     * may still be given up, and must then be known to nobody.
     */
    public Optional<String> told(SellerId seller, String orderId) {
        return grants.ofOrder(seller, orderId)
                .filter(grant -> grant.isActiveAt(clock.instant()))
                .map(this::telling)
                .flatMap(
                        telling -> telling instanceof Telling.Now(PoolLink link) ? Optional.of(link) : Optional.empty())
                .filter(link -> link.toldAt() != null)
                .map(PoolLink::address);
    }

    /** In a transaction of its own, before a message with the link is sent; false when it is no longer living, and must not be told. */
    boolean told(PoolLink link) {
        return transactions.run(
                link.seller(),
                () -> jdbc.sql("""
                                update access.pool_link set told_at = coalesce(told_at, ?)
                                where seller_id = ? and link_id = ? and state = 'assigned'
                                """)
                                .params(
                                        Columns.at(clock.instant()),
                                        link.seller().value(),
                                        link.id())
                                .update()
                        == 1);
    }

    /** Within the current transaction: its expiry is set, so it may be told; false when it is no longer living. */
    boolean ready(PoolLink link, Instant expiresAt) {
        return jdbc.sql("""
                        update access.pool_link set ready_at = ?, expires_at = ?
                        where seller_id = ? and link_id = ? and state = 'assigned'
                        """)
                        .params(
                                Columns.at(clock.instant()),
                                Columns.at(expiresAt),
                                link.seller().value(),
                                link.id())
                        .update()
                == 1;
    }

    // ending

    /** Within the current transaction: the grant's living link, if it has one, opens nothing from now on; its revocation is owed. */
    public boolean retireOf(Grant grant, String why) {
        return livingOf(grant).filter(link -> retire(link, why)).isPresent();
    }

    /** Within the current transaction; false when it is not living. One of another bot that was told to nobody is not waited for: nobody can revoke it. */
    boolean retire(PoolLink link, String why) {
        return (link.botId() != me && giveUpUntold(link, why)) || revoking(link, why, State.ASSIGNED);
    }

    /** Whether a link that this user was given may still let somebody in. */
    boolean isBeingRevoked(Seat.Key seat) {
        return jdbc.sql("""
                select exists (select from access.pool_link l
                  join access.grants g on g.seller_id = l.seller_id and g.grant_id = l.grant_id
                  where g.seller_id = ? and g.channel_id = ? and g.telegram_user_id = ? and g.access = 'ended'
                    and l.state in ('assigned', 'revoking'))
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query(Boolean.class)
                .single();
    }

    /** Within the current transaction: somebody came in by it. Answers whether it was living. */
    boolean used(PoolLink link, Instant at) {
        jdbc.sql("update access.pool_link set used_at = ? where seller_id = ? and link_id = ? and used_at is null")
                .params(Columns.at(at), link.seller().value(), link.id())
                .update();
        boolean living = revoking(link, "used", State.ASSIGNED);
        if (!living) {
            revoking(link, "used", State.FREE);
            revoking(link, "used", State.VOID);
        }
        return living;
    }

    private boolean revoking(PoolLink link, String why, State from) {
        boolean changed = jdbc.sql(
                                "update access.pool_link set state = 'revoking', why = ? where seller_id = ? and link_id = ? and state = ?")
                        .params(why, link.seller().value(), link.id(), from.word())
                        .update()
                == 1;
        if (changed) {
            tasks.owe(link.seller(), Effects.revokeLink(link.id()));
        }
        return changed;
    }

    /** Within the current transaction: the messenger confirmed it. */
    void revoked(PoolLink link) {
        jdbc.sql(
                        "update access.pool_link set state = 'revoked', revoked_at = ? where seller_id = ? and link_id = ? and state = 'revoking'")
                .params(Columns.at(clock.instant()), link.seller().value(), link.id())
                .update();
    }

    /** Within the current transaction: an assigned link that opens nothing any more, or must not be told, is given up; one that was told is revoked. */
    void giveUp(PoolLink link, String why) {
        if (!giveUpUntold(link, why)) {
            retire(link, why); // it may have been told since it was read
        }
    }

    private boolean giveUpUntold(PoolLink link, String why) {
        return jdbc.sql("""
                        update access.pool_link set state = 'void', why = ?
                        where seller_id = ? and link_id = ? and state = 'assigned' and told_at is null
                        """).params(why, link.seller().value(), link.id()).update() == 1;
    }

    /** Within the current transaction: nothing of the channel that is free now is ever handed out, and it is revoked; answers whether any was. */
    boolean revokeFreeAfterRestore(SellerId seller, UUID channelId) {
        List<Owed> revocations = jdbc.sql("""
                with free as (select link_id from access.pool_link
                  where seller_id = :seller and channel_id = :channel and state = 'free' order by link_id for update)
                update access.pool_link set state = 'revoking', why = 'free before a restore'
                where seller_id = :seller and link_id in (select link_id from free) returning link_id
                """)
                .param("seller", seller.value())
                .param("channel", channelId)
                .query((row, _) -> Effects.revokeLink(row.getObject("link_id", UUID.class)))
                .list();
        tasks.owe(seller, revocations);
        return !revocations.isEmpty();
    }

    /** Within the current transaction: no link of the channel is handed out or opens anything any more. Answers the grants whose links were living. */
    List<UUID> retireAll(Channel channel, String why) {
        List<PoolLink> links = jdbc.sql("""
                        select * from access.pool_link
                        where seller_id = ? and channel_id = ? and state in ('free', 'assigned') order by link_id for update
                        """)
                .params(channel.seller().value(), channel.id())
                .query(LinkPool::read)
                .list();
        links.forEach(link -> {
            if (link.state() == State.ASSIGNED) {
                retire(link, why);
            } else {
                revoking(link, why, State.FREE);
            }
        });
        return links.stream()
                .flatMap(link -> Optional.ofNullable(link.grantId()).stream())
                .toList();
    }

    // filling

    /** How many are free, of this bot and young enough: as many as nobody has to wait for. */
    public int free(Channel channel) {
        return jdbc.sql("""
                select count(*) from access.pool_link where seller_id = ? and channel_id = ? and state = 'free' and bot_id = ? and expires_at >= ?
                """)
                .params(
                        channel.seller().value(),
                        channel.id(),
                        me,
                        Columns.at(clock.instant().plus(TOO_OLD)))
                .query(Integer.class)
                .single();
    }

    /** How many are to be made. */
    int missing(Channel channel) {
        int usedLately = jdbc.sql(
                        "select count(*) from access.pool_link where seller_id = ? and channel_id = ? and assigned_at > ?")
                .params(
                        channel.seller().value(),
                        channel.id(),
                        Columns.at(clock.instant().minus(DAY)))
                .query(Integer.class)
                .single();
        return Math.clamp(usedLately, LEAST_FREE, MOST_FREE) - free(channel);
    }

    /** In a transaction of its own, if there are any: free links of another bot, and old ones, are never handed out. */
    void voidUnfit(Channel channel) {
        Instant soonest = clock.instant().plus(TOO_OLD);
        boolean any = jdbc.sql("""
                select exists (select from access.pool_link
                  where seller_id = ? and channel_id = ? and state = 'free' and (bot_id <> ? or expires_at < ?))
                """)
                .params(channel.seller().value(), channel.id(), me, Columns.at(soonest))
                .query(Boolean.class)
                .single();
        if (!any) {
            return;
        }
        transactions.run(channel.seller(), () -> {
            jdbc.sql("""
                    update access.pool_link set state = 'void',
                      why = case when bot_id = ? then 'too old' else 'made by another bot' end
                    where seller_id = ? and channel_id = ? and state = 'free' and (bot_id <> ? or expires_at < ?)
                    """)
                    .params(Columns.all(me, channel.seller().value(), channel.id(), me, Columns.at(soonest)))
                    .update();
        });
    }

    /** Channel and number, in at most 32 characters. */
    static String name(Channel channel, int number) {
        return NAME_PREFIX + channel.id().toString().substring(24) + "-" + number;
    }

    /** Within the current transaction: a link was made and belongs to nobody. */
    void minted(Channel channel, String name, String url, Instant expiresAt) {
        insert(channel, name, url, State.FREE, expiresAt, null);
    }

    /** In a transaction of its own: a link may have been made whose address nobody knows. */
    void abandoned(Channel channel, String name) {
        transactions.run(
                channel.seller(),
                () -> insert(channel, name, null, State.ABANDONED, clock.instant(), "its answer was lost"));
    }

    /** Within the current transaction: a link of our name and of no address we know was used; from now on we know it. */
    PoolLink found(Channel channel, String name, String url) {
        int changed = jdbc.sql("""
                update access.pool_link set url = ?, state = 'void'
                where seller_id = ? and url is null and link_id = (select link_id from access.pool_link
                  where seller_id = ? and channel_id = ? and name = ? and url is null order by link_id limit 1)
                """)
                .params(url, channel.seller().value(), channel.seller().value(), channel.id(), name)
                .update();
        if (changed == 0) { // or somebody else who came in by it is heard of at the same moment
            insert(channel, name, url, State.VOID, clock.instant(), "not made by this database");
        }
        return byUrl(channel.seller(), url).orElseThrow();
    }

    private void insert(
            Channel channel, String name, @Nullable String url, State state, Instant expiresAt, @Nullable String why) {
        jdbc.sql("""
                insert into access.pool_link (seller_id, link_id, channel_id, bot_id, name, url, state, expires_at, why)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (seller_id, url) do nothing
                """)
                .params(Columns.all(
                        channel.seller().value(),
                        ids.next(),
                        channel.id(),
                        me,
                        name,
                        url,
                        state.word(),
                        Columns.at(expiresAt),
                        why))
                .update();
    }

    // finding

    Optional<PoolLink> find(SellerId seller, UUID id) {
        return jdbc.sql("select * from access.pool_link where seller_id = ? and link_id = ?")
                .params(seller.value(), id)
                .query(LinkPool::read)
                .optional();
    }

    Optional<PoolLink> byUrl(SellerId seller, String url) {
        return jdbc.sql("select * from access.pool_link where seller_id = ? and url = ?")
                .params(seller.value(), url)
                .query(LinkPool::read)
                .optional();
    }

    /** One that another bot made for us before, by its name and its address as others are told it: cut, and dots instead of the rest. */
    Optional<PoolLink> ofAnotherBot(Channel channel, String name, String cutUrl) {
        String begin = cutUrl.replaceFirst("\\.+$", "");
        return jdbc.sql("""
                select * from access.pool_link
                where seller_id = ? and channel_id = ? and name = ? and bot_id <> ? and starts_with(url, ?)
                order by link_id limit 1
                """)
                .params(channel.seller().value(), channel.id(), name, me, begin)
                .query(LinkPool::read)
                .optional();
    }

    /** The one that opens now for a grant, be it another grant's of the same payment and buyer. */
    Optional<PoolLink> living(Grant grant) {
        return jdbc.sql("""
                select l.* from access.pool_link l
                join access.grants g on g.seller_id = l.seller_id and g.grant_id = l.grant_id
                where g.seller_id = ? and g.channel_id = ? and g.telegram_user_id = ? and (g.grant_id = ? or g.payment_id = ?)
                  and g.access <> 'ended' and l.state = 'assigned'
                order by l.assigned_at, l.link_id limit 1
                """)
                .params(Columns.all(
                        grant.seller().value(),
                        grant.channelId(),
                        grant.telegramUserId(),
                        grant.id(),
                        grant.paymentId().orElse(null)))
                .query(LinkPool::read)
                .optional();
    }

    /** The grant's own. */
    private Optional<PoolLink> livingOf(Grant grant) {
        return jdbc.sql("select * from access.pool_link where seller_id = ? and grant_id = ? and state = 'assigned'")
                .params(grant.seller().value(), grant.id())
                .query(LinkPool::read)
                .optional();
    }

    private Optional<PoolLink> latestOf(Grant grant) {
        return jdbc.sql("""
                select * from access.pool_link where seller_id = ? and grant_id = ? order by assigned_at desc, link_id desc limit 1
                """)
                .params(grant.seller().value(), grant.id())
                .query(LinkPool::read)
                .optional();
    }

    private static PoolLink read(ResultSet row, int n) throws SQLException {
        return new PoolLink(
                new SellerId(row.getString("seller_id")),
                row.getObject("link_id", UUID.class),
                row.getObject("channel_id", UUID.class),
                row.getLong("bot_id"),
                row.getString("name"),
                row.getString("url"),
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getObject("grant_id", UUID.class),
                Columns.instant(row, "expires_at"),
                Columns.instantOrNull(row, "assigned_at"),
                Columns.instantOrNull(row, "ready_at"),
                Columns.instantOrNull(row, "told_at"));
    }
}
