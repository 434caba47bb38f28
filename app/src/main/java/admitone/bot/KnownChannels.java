package admitone.bot;

import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Purchases;
import admitone.checkout.Referrals;
import admitone.runtime.SellerId;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The channels where a person has been, has asked to join, has begun to buy, or to which somebody brought them. */
@Component
class KnownChannels {
    private static final int MOST_SELLERS = 20;
    private static final int MOST_CHANNELS = 30;
    private static final int PURCHASES_LOOKED_AT = 20;

    private final Catalog catalog;
    private final Grants grants;
    private final Purchases purchases;
    private final Referrals referrals;

    KnownChannels(Catalog catalog, Grants grants, Purchases purchases, Referrals referrals) {
        this.catalog = catalog;
        this.grants = grants;
        this.purchases = purchases;
        this.referrals = referrals;
    }

    Stream<Channel> of(long user) {
        return sellersOf(user).flatMap(seller -> of(seller, user)).limit(MOST_CHANNELS);
    }

    /** @param more there are than were read */
    record Known(List<Channel> channels, int more) {}

    Known counted(long user) {
        List<Channel> channels = of(user).toList();
        return new Known(
                channels,
                channels.size() < MOST_CHANNELS
                        ? 0
                        : (int) sellersOf(user)
                                .flatMap(seller -> ids(seller, user))
                                .skip(MOST_CHANNELS)
                                .count());
    }

    private Stream<Channel> of(SellerId seller, long user) {
        return ids(seller, user).flatMap(channel -> catalog.channel(seller, channel).stream());
    }

    private Stream<UUID> ids(SellerId seller, long user) {
        Stream<UUID> bought = purchases.ofBuyer(seller, user, PURCHASES_LOOKED_AT).stream()
                .map(purchase -> purchase.order().channelId());
        return Stream.of(bought, grants.channelsOf(seller, user).stream(), referrals.broughtTo(seller, user).stream())
                .flatMap(channels -> channels)
                .distinct();
    }

    Stream<SellerId> sellersOf(long user) {
        return grants.sellersOf(user).stream().limit(MOST_SELLERS);
    }
}
