package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.HandClock;
import admitone.Ipn;
import admitone.TestSettings;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.TelegramSimulator;
import admitone.telegram.TelegramLine;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A year of one channel: buyers come, renew in time, late or never, leave, block the bot; the service and Telegram are away for thirty hours now and then. At
 * every instant that is looked at, whoever is inside has a right or is within the stated delays, and whoever has a right and asked for it is inside.
 *
 * <p>Few buyers, so that it takes no minute of every build; {@code -Dadmitone.year.buyers=1000} for the long run, {@code -Dadmitone.year.seed=…} to play one again.
 */
class SimulatedYearDatabaseTests {
    private static final int BUYERS = Integer.getInteger("admitone.year.buyers", 30);
    private static final long SEED = Long.getLong("admitone.year.seed", 20261123);
    private static final String BOT = "admit_bot";
    private static final long CHAT = Core.CLOSED_CHAT;
    private static final long SELLER = 1;
    private static final long FIRST_BUYER = 10_000;
    private static final Duration STEP = Duration.ofHours(12);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration OUTAGE = Duration.ofHours(30);
    private static final Duration MONTH = Duration.ofDays(30);

    private final Core core = Core.start("year", Map.of("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "0"));
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<String, Map<Integer, Integer>> figures = new TreeMap<>();
    private final List<Buyer> buyers = new ArrayList<>();
    private long payments = 5_000_000_000L;

    private enum Outage {
        SERVICE,
        TELEGRAM
    }

    /** What somebody did, told apart from what the service thinks of it. */
    private static final class Buyer {
        final long id;
        /** Whether the bot may ever write to them. */
        final boolean starts;

        Instant comes;

        @Nullable
        Instant until;

        boolean forLife;
        boolean blocks;
        /** Asked to come in after the last purchase or leaving, and has not left since. */
        boolean wantsIn;
        /** The last moment at which the bot could not reach them. */
        Instant unreachable = Instant.MIN;

        Buyer(long id, boolean starts, Instant comes) {
            this.id = id;
            this.starts = starts;
            this.comes = comes;
        }

        boolean isEntitled(Instant now) {
            return forLife || (until != null && until.isAfter(now));
        }
    }

    @Test
    void whoIsInsideHasARightAndWhoHasARightIsInside() {
        try (core;
                TelegramSimulator telegram = TelegramSimulator.start(0, core.clock)) {
            telegram.setPaced(false);
            telegram.addBot(TestSettings.BOT_TOKEN, BOT);
            telegram.addUser(SELLER, "Olga");
            telegram.start(SELLER, BOT, null);
            telegram.addChat(new Control.NewChat(
                    CHAT, "channel", "Signals", null, SELLER, List.of(new Control.BotInChat(BOT)), List.of()));
            TelegramLine line = new TelegramLine(core, telegram, CHAT);
            String link = line.client().createRequestLink(CHAT, "ao-1") instanceof Answer.Done<String>(String made)
                    ? made
                    : "";
            Shop shop = core.shop("0123456789ab", new BigDecimal("5"), link);
            core.startTasks();
            new Year(telegram, line, shop, link).pass();
        }
    }

    private final class Year {
        private final TelegramSimulator telegram;
        private final TelegramLine line;
        private final Shop shop;
        private final String link;
        private final Map<Instant, Outage> outages = new TreeMap<>();

        Year(TelegramSimulator telegram, TelegramLine line, Shop shop, String link) {
            this.telegram = telegram;
            this.line = line;
            this.shop = shop;
            this.link = link;
            for (int i = 0; i < BUYERS; i++) {
                Instant comes = HandClock.BEGIN.plus(Duration.ofHours(random.nextInt(24 * 90)));
                buyers.add(new Buyer(FIRST_BUYER + i, random.nextInt(20) > 0, comes));
            }
            for (int i = 1; i <= 8; i++) {
                Instant begins = HandClock.BEGIN.plus(Duration.ofDays(i * 40L + random.nextInt(20)));
                outages.put(begins, i % 2 == 0 ? Outage.SERVICE : Outage.TELEGRAM);
            }
        }

        void pass() {
            Instant end = HandClock.BEGIN.plus(YEAR);
            while (now().isBefore(end)) {
                core.clock.advance(STEP);
                Optional<Outage> outage = outage();
                for (Buyer buyer : buyers) {
                    act(buyer, outage.isPresent());
                }
                if (outage.isPresent()) {
                    count(outage.get() == Outage.SERVICE ? "steps without the service" : "steps without Telegram");
                }
                if (outage.equals(Optional.of(Outage.SERVICE))) {
                    continue;
                }
                if (outage.isPresent()) {
                    line.cut();
                } else {
                    line.connect(CHAT);
                    line.hear();
                }
                work();
                decideCases();
                if (outage.isEmpty()) {
                    check();
                }
            }
            checkMessages();
            print();
        }

        private Optional<Outage> outage() {
            return outages.entrySet().stream()
                    .filter(one -> !now().isBefore(one.getKey())
                            && now().isBefore(one.getKey().plus(OUTAGE)))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        /** Until nothing more is due now. */
        private void work() {
            do {
                core.clock.advance(Duration.ofSeconds(12));
                core.bean(TimeKeeper.class).look();
                core.wakeTasks();
                core.awaitTasks();
            } while (core.count("access.grants where look_at <= ?", now().atOffset(java.time.ZoneOffset.UTC)) > 0);
        }

        // buyers

        private void act(Buyer buyer, boolean isOutage) {
            if (buyer.until == null && !buyer.forLife) {
                if (!buyer.comes.isAfter(now()) && !isOutage) {
                    comes(buyer);
                }
                return;
            }
            if (!buyer.starts || buyer.blocks) {
                buyer.unreachable = now();
            }
            if (!isOutage && !buyer.forLife && renews(buyer)) {
                buys(buyer);
                return;
            }
            if (buyer.starts && !buyer.blocks && random.nextInt(800) == 0) {
                count("block the bot");
                telegram.block(buyer.id, BOT);
                buyer.blocks = true;
                buyer.unreachable = now();
            }
            if (buyer.wantsIn && !isOutage && random.nextInt(600) == 0 && telegram.isMember(CHAT, buyer.id)) {
                count("leave");
                telegram.leave(buyer.id, CHAT);
                buyer.wantsIn = false;
            } else if (!buyer.wantsIn && !isOutage && buyer.isEntitled(now()) && random.nextInt(20) == 0) {
                count("come back after leaving");
                asks(buyer);
            }
        }

        private void comes(Buyer buyer) {
            telegram.addUser(buyer.id, "Buyer " + buyer.id);
            if (buyer.starts) {
                telegram.start(buyer.id, BOT, null);
            }
            buys(buyer);
        }

        /** Three days before the end until two weeks after it, more or less likely. */
        private boolean renews(Buyer buyer) {
            if (buyer.until == null) {
                return false;
            }
            long hoursLeft = Duration.between(now(), buyer.until).toHours();
            int chances = hoursLeft > 72 ? 0 : hoursLeft > 0 ? 180 : hoursLeft > -24 ? 120 : hoursLeft > -400 ? 12 : 0;
            return random.nextInt(1000) < chances;
        }

        private void buys(Buyer buyer) {
            boolean first = buyer.until == null;
            count(first ? "first purchases" : buyer.isEntitled(now()) ? "renewals in time" : "renewals after the end");
            if (buyer.blocks) {
                telegram.unblock(buyer.id, BOT);
                buyer.blocks = false;
            }
            Integer days = random.nextInt(50) == 0 ? null : 30;
            Order order = new Order(
                    shop.seller(),
                    core.bean(Ids.class).nextOrderId(shop.seller()),
                    shop.channel().id(),
                    shop.plan().id(),
                    buyer.id,
                    Core.PRICE,
                    days,
                    shop.feePercent(),
                    now(),
                    now().plus(Duration.ofHours(24)),
                    null);
            core.transactions.run(shop.seller(), () -> core.bean(Orders.class).add(order));
            core.hear(Ipn.finished(Long.toString(++payments), order.id()));
            Instant from = buyer.isEntitled(now()) && buyer.until != null ? buyer.until : now();
            buyer.until = from.plus(MONTH);
            buyer.forLife |= days == null;
            if (!telegram.isMember(CHAT, buyer.id)) {
                if (!first) {
                    count("come back after a removal");
                }
                asks(buyer);
            } else {
                buyer.wantsIn = true;
            }
        }

        private void asks(Buyer buyer) {
            telegram.openLink(buyer.id, link);
            buyer.wantsIn = true;
        }

        private void decideCases() {
            for (Case one : core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 10)) {
                assertThat(one.kind()).isEqualTo("many_removals");
                count("questions about many removals");
                core.transactions.run(shop.seller(), () -> {
                    core.bean(Cases.class).decide(shop.seller(), one.id(), "go_on", "as it should be", "operator");
                    core.bean(Removals.class).decided(shop.seller(), one, "go_on", "operator");
                });
            }
        }

        // what must hold

        private void check() {
            for (Buyer buyer : buyers) {
                boolean inside = telegram.isMember(CHAT, buyer.id);
                if (buyer.isEntitled(now())) {
                    assertThat(inside || !buyer.wantsIn)
                            .as("seed %s: %s has a right at %s, asked to come in and is outside", SEED, buyer.id, now())
                            .isTrue();
                } else if (inside) {
                    assertThat(now())
                            .as("seed %s: %s is inside without a right since %s", SEED, buyer.id, buyer.until)
                            .isBefore(mayStayUntil(buyer));
                } else {
                    if (buyer.wantsIn) {
                        count("removed, or left after the end");
                    }
                    buyer.wantsIn = false;
                }
            }
        }

        /** The stated delays, what was away meanwhile, and two looks. */
        private Instant mayStayUntil(Buyer buyer) {
            Instant end = Optional.ofNullable(buyer.until).orElse(Instant.MIN);
            boolean mayBeUnreachable = buyer.unreachable.isAfter(end.minus(Duration.ofDays(4)));
            Instant until = end.plus(mayBeUnreachable ? Terms.DEFAULT.unreachable() : Terms.DEFAULT.grace())
                    .plus(STEP.multipliedBy(2));
            for (Instant outage : outages.keySet()) {
                if (outage.plus(OUTAGE).isAfter(end) && outage.isBefore(until)) {
                    until = until.plus(OUTAGE).plus(STEP);
                }
            }
            return until;
        }

        private void checkMessages() {
            Map<Long, Long> byDay = new HashMap<>();
            for (Buyer buyer : buyers) {
                Map<Long, Long> ofBuyer = new HashMap<>();
                Map<String, Long> told = new HashMap<>();
                for (var message : telegram.messages(buyer.id, BOT)) {
                    if (message.text().contains("ends on") || message.text().contains("ended on")) {
                        told.merge(message.text(), 1L, Long::sum);
                        count(message.text().contains("ends on") ? "reminders" : "notices of the end");
                        long day = message.date() / 86_400;
                        byDay.merge(day, 1L, Long::sum);
                        ofBuyer.merge(day, 1L, Long::sum);
                    }
                }
                told.forEach((text, times) -> assertThat(times)
                        .as("seed %s: %s was told %s times: %s", SEED, buyer.id, times, text)
                        .isLessThanOrEqualTo(text.contains("ends on") ? 2 : 1)); // three days and one day before
                assertThat(ofBuyer.values().stream().mapToLong(n -> n).max().orElse(0))
                        .as("seed %s: messages to %s in a day", SEED, buyer.id)
                        .isLessThanOrEqualTo(2);
            }
            long most = byDay.values().stream().mapToLong(n -> n).max().orElse(0);
            assertThat(most).as("seed %s: messages in a day", SEED).isLessThanOrEqualTo(BUYERS / 2 + 10L);
            figures.computeIfAbsent("most messages in a day", _ -> new TreeMap<>())
                    .put(0, (int) most);
        }

        private Instant now() {
            return core.clock.instant();
        }

        private void count(String what) {
            int month = (int) (Duration.between(HandClock.BEGIN, now()).toDays() / 30);
            figures.computeIfAbsent(what, _ -> new TreeMap<>()).merge(Math.min(month, 12), 1, Integer::sum);
        }

        private void print() {
            String table = figures.entrySet().stream()
                    .map(one -> "%-32s %6d"
                            .formatted(
                                    one.getKey(),
                                    one.getValue().values().stream()
                                            .mapToInt(n -> n)
                                            .sum()))
                    .collect(Collectors.joining("\n"));
            System.out.printf(
                    "A year of one channel, %d buyers, seed %d%n%s%n%-32s %6d%n%-32s %6d%n",
                    BUYERS,
                    SEED,
                    table,
                    "removed by us",
                    core.count("access.ending where outcome = 'removed'"),
                    "entitled at the end",
                    buyers.stream().filter(buyer -> buyer.isEntitled(now())).count());
        }
    }
}
