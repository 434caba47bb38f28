package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.HandClock;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.fulfillment.CaseButtons;
import admitone.messaging.Incoming;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** A channel, its members by the hour, and what they are told. A plan has thirty days; the default terms hold. */
abstract class EndingFixture {
    static final long BUYER = Core.BUYER;
    static final long SELLER = 1;
    static final Instant BEGIN = HandClock.BEGIN;

    final Core core = Core.start("ending");
    final AtomicInteger payments = new AtomicInteger();
    final AtomicInteger updates = new AtomicInteger(900);
    Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    void oneTimeLinks() {
        shop = core.shopOfOneTimeLinks("zzzzzzzzzzzz");
        var made = new AtomicInteger();
        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + made.incrementAndGet() + name);
        core.startTasks();
        core.bean(PoolKeeper.class).round();
        core.awaitTasks();
    }

    Order admit(long buyer) {
        Order order = buy(buyer);
        core.startTasks();
        core.awaitTasks();
        asks(buyer);
        assertThat(core.messenger.inside).contains(buyer);
        core.messenger.sent.removeIf(
                message -> message.chatId() != buyer || message.html().contains("arrived"));
        return order;
    }

    void buyAndComeIn(long first, int buyers) {
        for (long buyer = first; buyer < first + buyers; buyer++) {
            buy(buyer);
            core.messenger.inside.add(buyer);
        }
    }

    Order buy(long buyer) {
        Order order = core.order(shop, buyer);
        payments.incrementAndGet();
        core.hear(Ipn.finished(lastPayment(), order.id()));
        return order;
    }

    String lastPayment() {
        return Long.toString(5_000_000_000L + payments.get());
    }

    void asks(long buyer) {
        core.messenger.pending.add(buyer);
        core.bean(Admission.class)
                .on(
                        updates.incrementAndGet(),
                        new Incoming.JoinRequested(
                                shop.channel().closedChat().value(),
                                buyer,
                                buyer,
                                core.clock.instant(),
                                new Incoming.Link("https://t.me/+standing", "", true)));
        core.awaitTasks();
    }

    void joins(long buyer) {
        core.messenger.inside.add(buyer);
        core.bean(Admission.class)
                .on(
                        updates.incrementAndGet(),
                        new Incoming.MembershipChanged(
                                shop.channel().closedChat().value(),
                                buyer,
                                buyer,
                                false,
                                true,
                                core.clock.instant(),
                                null));
        core.awaitTasks();
    }

    /** The clock only: nobody looked meanwhile. */
    void jumpTo(Duration sinceBegin) {
        core.clock.advance(Duration.between(core.clock.instant(), BEGIN.plus(sinceBegin)));
    }

    /** Hour by hour, everything that is due being done. */
    void goTo(Duration sinceBegin) {
        Instant until = BEGIN.plus(sinceBegin);
        while (core.clock.instant().isBefore(until)) {
            Duration left = Duration.between(core.clock.instant(), until);
            Duration step = left.compareTo(Duration.ofHours(1)) < 0 ? left : stepOver(left);
            core.clock.advance(step);
            look();
        }
    }

    /** As far as nothing is due, at least an hour. */
    Duration stepOver(Duration left) {
        Optional<Instant> next = core.strings("""
                        select to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from (
                          select min(look_at) as at from access.grants
                          union all select min(remove_at) from access.ending
                            where settled_at is null and removal_at is null and remove_at > ? -- before: waits for a person
                          union all select min(due_at) from tasks.task where state = 'ready' and kind <> 'watch_join') due
                        """, core.clock.instant().atOffset(java.time.ZoneOffset.UTC)).stream()
                .filter(java.util.Objects::nonNull)
                .map(Instant::parse)
                .findFirst();
        Duration step =
                next.map(at -> Duration.between(core.clock.instant(), at)).orElse(left);
        return step.compareTo(Duration.ofHours(1)) < 0 ? Duration.ofHours(1) : step.compareTo(left) > 0 ? left : step;
    }

    void look() {
        for (int i = 0; i < 2; i++) {
            round();
        }
    }

    void round() {
        core.clock.advance(Duration.ofSeconds(10));
        core.bean(TimeKeeper.class).look();
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    void passes(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            core.clock.advance(Duration.ofSeconds(1));
            core.wakeTasks();
            core.awaitTasks();
        }
    }

    List<Message> messages(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .toList();
    }

    /** What somebody was told of the end of their time. */
    List<String> told(long user) {
        return messages(user).stream()
                .map(Messenger.Message::html)
                .flatMap(html -> html.contains("</b> ended on")
                        ? Stream.of("ended")
                        : html.contains("</b> ends on") ? Stream.of("ends") : Stream.empty())
                .toList();
    }

    long reminded() {
        return core.messenger.sent.stream()
                .filter(message -> message.html().contains("</b> ends on"))
                .count();
    }

    long attempts(String kind) {
        return Long.parseLong(core.strings("select sum(attempt) from tasks.task where kind = ?", kind)
                .getFirst());
    }

    List<String> outcomes() {
        return core.strings("select outcome from access.ending where outcome is not null order by settled_at");
    }

    List<String> events() {
        return core.strings("select kind from timeline.event order by at, entry_id");
    }

    List<Case> openCases() {
        return core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 10);
    }

    /** The seller presses a button below the message that tells of the case. */
    CaseButtons.Came press(Case one, String decision) {
        return core.bean(CaseButtons.class)
                .pressed(
                        updates.incrementAndGet(),
                        new Incoming.Pressed(
                                SELLER,
                                "press",
                                "case:" + decision + ":" + new Handle(Handle.CASE, shop.seller(), one.id()),
                                Language.ENGLISH,
                                9));
    }

    void decide(Case one, String decision) {
        core.transactions.run(shop.seller(), () -> {
            Case decided = core.bean(Cases.class)
                    .decide(shop.seller(), one.id(), decision, "as agreed", "operator")
                    .orElseThrow();
            core.beans(CaseDecider.class).stream()
                    .filter(decider -> decider.kind().equals(one.kind()))
                    .forEach(decider -> decider.decided(shop.seller(), decided, decision, "operator"));
        });
    }
}
