package admitone.access;

import admitone.access.Giving.By;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Bans that somebody made in the messenger itself, past us. Nothing tells of them, so whoever is about to ask for money or to send the way in looks; the seller
 * is asked what shall become of whom it concerns, one question at a time for each person and channel.
 */
@Component
public class HandBans implements CaseDecider {
    public static final String KIND = "buyer_banned";

    private static final String UNBAN = "unban";
    private static final String KEEP = "keep";
    private static final Duration WHILE_SOMEBODY_WAITS = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final Messenger messenger;
    private final BansToLift bansToLift;
    private final Grants grants;
    private final Listing listing;
    private final Catalog catalog;
    private final Cases cases;
    private final Clock clock;

    HandBans(
            Messenger messenger,
            BansToLift bansToLift,
            Grants grants,
            Listing listing,
            Catalog catalog,
            Cases cases,
            Clock clock) {
        this.messenger = messenger;
        this.bansToLift = bansToLift;
        this.grants = grants;
        this.listing = listing;
        this.catalog = catalog;
        this.cases = cases;
        this.clock = clock;
    }

    /** Whether somebody may come in, as far as bans go. */
    public sealed interface Finding {
        record Free() implements Finding {}

        record Banned() implements Finding {}

        /** No answer, for now. */
        record NotKnown(Duration askAgainAfter, String why) implements Finding {}
    }

    /** One question to the messenger, outside of any transaction. */
    public Finding look(Channel channel, long telegramUserId) {
        return found(
                channel, telegramUserId, messenger.standing(channel.closedChat().value(), telegramUserId));
    }

    /** The same, asked while somebody waits for a page. */
    public Finding lookSoon(Channel channel, long telegramUserId) {
        return found(
                channel,
                telegramUserId,
                messenger.standing(channel.closedChat().value(), telegramUserId, WHILE_SOMEBODY_WAITS));
    }

    private Finding found(Channel channel, long telegramUserId, Answer<Standing> answer) {
        return switch (answer) {
            case Answer.Done<Standing>(Standing standing) ->
                standing.role() == Role.BANNED
                        ? banned(new Seat.Key(channel.seller(), channel.id(), telegramUserId))
                        : new Finding.Free();
            case Answer.Declined<Standing>(String _, String reason) -> new Finding.NotKnown(ASK_AGAIN, reason);
            case Answer.NotNow<Standing>(Duration after, String reason) -> new Finding.NotKnown(after, reason);
            case Answer.Unknown<Standing>(String reason) -> new Finding.NotKnown(ASK_AGAIN, reason);
        };
    }

    /** By ourselves, where we have just put them out: then it is lifted in a moment. */
    private Finding banned(Seat.Key seat) {
        return bansToLift.any(seat)
                ? new Finding.NotKnown(ASK_AGAIN, "they are being removed, and our ban is to be lifted")
                : new Finding.Banned();
    }

    /**
     * Within the current transaction: the seller is told, and asked. False where they are being asked already.
     *
     * @param orderId what they want to buy, or have bought; null: they have their access otherwise
     */
    public boolean ask(Seat.Key seat, @Nullable String orderId) {
        grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        if (isAsked(seat)) {
            return false;
        }
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("seat", name(seat));
        detail.put("channel", seat.channelId().toString());
        detail.put("telegram_user_id", Long.toString(seat.telegramUserId()));
        return cases.openAndTell(
                seat.seller(),
                new Case.Draft(
                        KIND,
                        "channel:" + name(seat) + ":" + clock.instant().truncatedTo(ChronoUnit.MILLIS),
                        null,
                        orderId,
                        detail));
    }

    /** Whether the seller is being asked about such a ban of theirs. */
    public boolean isAsked(Seat.Key seat) {
        return cases.isOpenAbout(seat.seller(), KIND, "seat", name(seat));
    }

    /**
     * Within the current transaction: they are not banned any more, so that nobody need answer. Answers whether anybody was asked before the look that told
     * it began; what was asked since is of a later ban.
     */
    public boolean over(Seat.Key seat, Instant began) {
        return cases.settleAskedUntil(
                seat.seller(), KIND, "seat", name(seat), began, UNBAN, "the ban was lifted in the messenger itself");
    }

    private static String name(Seat.Key seat) {
        return seat.channelId() + ":user-" + seat.telegramUserId();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                UNBAN,
                "the ban is lifted: they may buy, and who has access is sent the way in",
                KEEP,
                "they stay out, by a ban that is ours to know from now on; give back what they paid at the provider");
    }

    /** Whoever asks, or finds the ban over, has the seat before the case too. */
    @Override
    public void lock(SellerId seller, Case one) {
        grants.lockSeat(seller, UUID.fromString(one.need("channel")), user(one));
    }

    private static long user(Case one) {
        return Long.parseLong(one.need("telegram_user_id"));
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        Channel channel =
                catalog.channel(seller, UUID.fromString(one.need("channel"))).orElseThrow();
        long user = user(one);
        By because = new By("case", by, "banned in the messenger itself");
        if (decision.equals(UNBAN)) {
            listing.liftHandBan(channel, user, because);
        } else {
            listing.ban(channel, user, because);
        }
    }
}
