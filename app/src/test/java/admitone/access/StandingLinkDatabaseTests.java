package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.catalog.Catalog;
import admitone.checkout.Order;
import admitone.messaging.Incoming;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The one link of a channel, which its owner may revoke in Telegram unheard. */
class StandingLinkDatabaseTests {
    private static final String OLD = "https://t.me/+standing";
    private static final long BUYER = Core.BUYER;
    private static final long INSIDE = BUYER + 1;

    private final Core core = Core.start("link");
    private final Shop shop = core.shop("0123456789ab");
    private final AtomicInteger payments = new AtomicInteger();

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void linkThatWasRevokedIsMadeAnewWithinADayAndSentToThoseWhoWait() {
        buys(BUYER);
        buys(INSIDE);
        comesIn(INSIDE);
        revoke();

        passes(LinkKeeper.BETWEEN_LOOKS);

        assertThat(link()).startsWith("https://t.me/+link-ao-");
        assertThat(messages(BUYER)).hasSize(2).last().asString().contains(link());
        assertThat(messages(INSIDE)).hasSize(1);
        assertThat(core.count("timeline.event where kind = 'link_gone'")).isEqualTo(1);

        passes(LinkKeeper.BETWEEN_LOOKS);
        assertThat(messages(BUYER)).hasSize(2);
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("link "))
                .hasSize(1);
    }

    @Test
    void whoAsksForTheWayInHasTheLinkLookedAtThen() {
        buys(BUYER);
        revoke();
        core.clock.advance(Duration.ofHours(1));

        core.bean(Admission.class).on(70, new Incoming.Said(BUYER, "/access", core.clock.instant(), Language.ENGLISH));
        work();

        assertThat(link()).isNotEqualTo(OLD);
        assertThat(messages(BUYER))
                .as("never the old one again")
                .hasSize(2)
                .last()
                .asString()
                .contains(link());
    }

    @Test
    void whoHasLeftIsSentTheNextLinkWhenTheyAskAndWhenItIsMadeAnew() {
        buys(BUYER);
        comesIn(BUYER);
        leaves(BUYER);
        revoke();
        core.clock.advance(Duration.ofHours(1));

        core.bean(Admission.class).on(70, new Incoming.Said(BUYER, "/access", core.clock.instant(), Language.ENGLISH));
        work();

        assertThat(link()).isNotEqualTo(OLD);
        assertThat(messages(BUYER)).hasSize(2).last().asString().contains(link());

        String second = link();
        core.messenger.onKeep =
                url -> url.equals(second) ? new Answer.Declined<>(Refusal.LINK_GONE, "gone") : new Answer.Done<>(true);
        passes(LinkKeeper.BETWEEN_LOOKS);
        assertThat(link()).isNotEqualTo(second);
        assertThat(messages(BUYER)).hasSize(3).last().asString().contains(link());
    }

    @Test
    void whoIsWhitelistedAndAsksIsSentTheNextLink() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Listing.class)
                        .whitelist(shop.channel(), BUYER, new Giving.By("seller", "1", "a test")));
        revoke();

        core.bean(Admission.class).on(70, new Incoming.Said(BUYER, "/access", core.clock.instant(), Language.ENGLISH));
        core.bean(Admission.class).on(71, new Incoming.Said(BUYER, "/start", core.clock.instant(), Language.ENGLISH));
        work();

        assertThat(link()).isNotEqualTo(OLD);
        assertThat(messages(BUYER))
                .as("once, as soon as it is there")
                .singleElement()
                .asString()
                .contains(link());
    }

    @Test
    void linkStaysWhereTelegramDoesNotSayThatItIsGone() {
        for (Answer<Boolean> answer : List.<Answer<Boolean>>of(
                new Answer.Unknown<>("timeout"),
                new Answer.NotNow<>(Duration.ofSeconds(5), "429"),
                new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights"),
                new Answer.Done<>(true))) {
            core.messenger.onKeep = _ -> answer;
            passes(LinkKeeper.BETWEEN_LOOKS);
        }

        assertThat(link()).isEqualTo(OLD);
        assertThat(core.messenger.calls).contains("keep " + OLD).noneMatch(call -> call.startsWith("link "));
    }

    private void revoke() {
        core.messenger.onKeep =
                url -> url.equals(OLD) ? new Answer.Declined<>(Refusal.LINK_GONE, "gone") : new Answer.Done<>(true);
    }

    private void buys(long buyer) {
        core.bean(Grants.class).knowBuyer(shop.seller(), buyer);
        Order order = core.order(shop, buyer);
        core.hear(Ipn.finished(Long.toString(5_000_000_000L + payments.incrementAndGet()), order.id()));
        work();
    }

    private void comesIn(long buyer) {
        core.messenger.inside.add(buyer);
        core.bean(Admission.class)
                .on(
                        60,
                        new Incoming.MembershipChanged(
                                shop.channel().closedChat().value(),
                                buyer,
                                buyer,
                                false,
                                true,
                                core.clock.instant(),
                                null));
        work();
    }

    private void leaves(long buyer) {
        core.messenger.inside.remove(buyer);
        core.clock.advance(Duration.ofSeconds(5));
        core.bean(Admission.class)
                .on(
                        61,
                        new Incoming.MembershipChanged(
                                shop.channel().closedChat().value(),
                                buyer,
                                buyer,
                                true,
                                false,
                                core.clock.instant(),
                                null));
        work();
    }

    private void passes(Duration time) {
        core.clock.advance(time);
        core.bean(LinkKeeper.class).round();
        work();
    }

    private void work() {
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    private String link() {
        return Objects.requireNonNull(core.bean(Catalog.class)
                .channel(shop.seller(), shop.channel().id())
                .orElseThrow()
                .standingLink());
    }

    private List<String> messages(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .map(Message::html)
                .toList();
    }
}
