package admitone.access;

import admitone.access.Giving.By;
import admitone.access.Origin.Given;
import admitone.access.Origin.Kind;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ChannelOffers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Free trials: once for each person and channel, for ever, and only for those who never had access there. */
@Component
public class Trials {
    private final Catalog catalog;
    private final ChannelOffers offers;
    private final Giving giving;
    private final Grants grants;
    private final Lists lists;

    Trials(Catalog catalog, ChannelOffers offers, Giving giving, Grants grants, Lists lists) {
        this.catalog = catalog;
        this.offers = offers;
        this.giving = giving;
        this.grants = grants;
        this.lists = lists;
    }

    public enum Outcome {
        BEGUN,
        BANNED,
        HAD_BEFORE,
        WAS_MEMBER,
        NOT_OFFERED,
        /** The bot may let in nobody there now: it can be begun later. */
        CANNOT_ADMIT
    }

    /** The days of the one that somebody may begin now; to be shown, not relied on. */
    public Optional<Integer> daysFor(Channel channel, long telegramUserId) {
        return Optional.ofNullable(offers.of(channel.seller(), channel.id()).trialDays())
                .filter(_ -> !catalog.isClosed(channel.seller(), channel.id())
                        && !grants.hadAny(channel.seller(), channel.id(), telegramUserId)
                        && !lists.isBanned(new Seat.Key(channel.seller(), channel.id(), telegramUserId)));
    }

    /** Within the current transaction of the channel's seller. The bot must know the user: see {@link Grants#knowBuyer}. */
    public Outcome begin(Channel channel, long telegramUserId, String source) {
        @Nullable Integer days = offers.of(channel.seller(), channel.id()).trialDays();
        Given once = new Given(Kind.TRIAL, Long.toString(telegramUserId));
        grants.lockSeat(channel.seller(), channel.id(), telegramUserId);
        if (grants.ofOrigin(channel.seller(), channel.id(), once).isPresent()) {
            return Outcome.HAD_BEFORE;
        }
        if (grants.hadAny(channel.seller(), channel.id(), telegramUserId)) {
            return Outcome.WAS_MEMBER;
        }
        if (days == null) {
            return Outcome.NOT_OFFERED;
        }
        if (catalog.isClosed(channel.seller(), channel.id())) {
            return Outcome.CANNOT_ADMIT;
        }
        return giving.give(
                        channel,
                        telegramUserId,
                        days,
                        once,
                        new By("telegram", source, "free trial of " + days + " days"))
                .map(_ -> Outcome.BEGUN)
                .orElse(Outcome.BANNED);
    }
}
