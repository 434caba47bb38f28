package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import admitone.Core;
import admitone.Core.Shop;
import admitone.HandClock;
import admitone.Ipn;
import admitone.TestSettings;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.PayOrder;
import admitone.fulfillment.CaseDecisions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider.Created;
import admitone.payments.PaymentProvider.NewPayment;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.TelegramSimulator;
import admitone.telegram.TelegramLine;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A year of one channel: buyers come, renew in time, late or never, pay in parts or after the offer ended, leave, block the bot; the service and Telegram are away
 * for thirty hours now and then. At every instant that is looked at, whoever is inside has a right or is within the stated delays, and whoever has a right and asked
 * for it is inside.
 *
 * <p>Few buyers, so that it takes no minute of every build; {@code -Dadmitone.year.buyers=1000} for the long run, {@code -Dadmitone.year.seed=…} to play one again.
 */
class SimulatedYearDatabaseTests {
    private static final int BUYERS = Integer.getInteger("admitone.year.buyers", 20);
    private static final long SEED = Long.getLong("admitone.year.seed", 20261123);
    private static final String BOT = "admit_bot";
    private static final long CHAT = Core.CLOSED_CHAT;
    private static final long SELLER = 1;
    private static final long FIRST_BUYER = 10_000;
    private static final Duration STEP = Duration.ofHours(12);
    /** From a day before until a day after. */
    private static final Duration NEAR_AN_OUTAGE = Duration.ofHours(6);

    private static final Duration LOOK_AT_MEMBERS = Duration.ofDays(2);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration OUTAGE = Duration.ofHours(30);
    private static final Duration MONTH = Duration.ofDays(30);
    /** To a buyer, and in a chat where posts stand; after an outage too. */
    private static final int MOST_IN_A_MINUTE = 3;

    private static final int MOST_IN_AN_HOUR = 4;
    private static final Asset ETH = new Asset("eth");
    private static final int CASES = 200;
    private static final long DAY = 86_400;
    private static final Pattern ENDS = Pattern.compile("ends on (.*) UTC");
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm", Locale.ENGLISH);

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
        /** Looks for a one-time link in the bot's messages that they have not tried. */
        boolean looks;

        final Set<String> tried = new HashSet<>();
        /** When money came of somebody inside whose time was over: a removal may be under way. */
        Instant cameInTime = Instant.MIN;

        /** Would have asked to come in while Telegram was away. */
        boolean asksLater;
        /** Money is under way. */
        boolean pays;
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

    @ParameterizedTest
    @EnumSource(Channel.Admission.class)
    void whoIsInsideHasARightAndWhoHasARightIsInside(Channel.Admission admission) {
        try (core;
                TelegramSimulator telegram = TelegramSimulator.start(0, core.clock)) {
            telegram.setPaced(false);
            telegram.addBot(TestSettings.BOT_TOKEN, BOT);
            telegram.addUser(SELLER, "Olga");
            telegram.start(SELLER, BOT, null);
            telegram.addChat(new Control.NewChat(
                    CHAT, "channel", "Signals", null, SELLER, List.of(new Control.BotInChat(BOT)), List.of()));
            TelegramLine line = new TelegramLine(core, telegram, CHAT);
            Shop shop = admission == Channel.Admission.ONE_TIME_LINK
                    ? core.shopOfOneTimeLinks("0123456789ab")
                    : core.shop("0123456789ab", new BigDecimal("5"), madeLink(line));
            core.startTasks();
            new Year(telegram, line, shop).pass();
        }
    }

    private static String madeLink(TelegramLine line) {
        return line.client().createRequestLink(CHAT, "ao-1") instanceof Answer.Done<String>(String made) ? made : "";
    }

    /** Money that arrives at a later moment. */
    private record UnderWay(Instant at, Runnable arrives) {}

    private final class Year {
        private final TelegramSimulator telegram;
        private final TelegramLine line;
        private final Shop shop;
        private final Map<Instant, Outage> outages = new TreeMap<>();
        private final List<UnderWay> underWay = new ArrayList<>();
        /** By chat, when something was sent there, in order. */
        private final Map<Long, List<Instant>> sent = new HashMap<>();

        private Instant lookAtMembers = Instant.MIN;

        Year(TelegramSimulator telegram, TelegramLine line, Shop shop) {
            this.telegram = telegram;
            this.line = line;
            this.shop = shop;
            core.provider.onCreate = asked -> new Answer.Done<>(created(asked));
            core.bean(Rates.class).want(ETH);
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
                core.clock.advance(isNearAnOutage() ? NEAR_AN_OUTAGE : STEP);
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
                moneyArrives();
                if (outage.isPresent()) {
                    line.cut();
                } else {
                    line.connect(CHAT);
                    noteWhatIsSent();
                    line.hear();
                }
                work();
                decideCases();
                if (outage.isEmpty()) {
                    check();
                }
            }
            checkMessages();
            checkNoFlood();
            print();
        }

        private void noteWhatIsSent() {
            var send = core.messenger.onSend;
            core.messenger.onSend = message -> {
                Answer<Long> answer = send.apply(message);
                if (answer instanceof Answer.Done) {
                    synchronized (sent) {
                        sent.computeIfAbsent(message.chatId(), _ -> new ArrayList<>())
                                .add(now());
                    }
                }
                return answer;
            };
        }

        private boolean isNearAnOutage() {
            return outages.keySet().stream()
                    .anyMatch(begins -> now().isAfter(begins.minus(Duration.ofDays(1)))
                            && now().isBefore(begins.plus(OUTAGE).plus(Duration.ofDays(1))));
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
                core.bean(PoolKeeper.class).round();
                core.wakeTasks();
                core.awaitTasks();
            } while (core.count("access.grants where look_at <= ?", now().atOffset(ZoneOffset.UTC)) > 0);
            if (!lookAtMembers.isAfter(now())) { // at some of them each time
                lookAtMembers = now().plus(LOOK_AT_MEMBERS);
                core.bean(MemberKeeper.class).look();
                core.bean(LinkKeeper.class).round();
                core.wakeTasks();
                core.awaitTasks();
            }
        }

        // buyers

        private void act(Buyer buyer, boolean isOutage) {
            if (buyer.asksLater && !isOutage) {
                buyer.asksLater = false;
                asks(buyer);
            }
            if (buyer.looks && !isOutage) {
                tries(buyer);
            }
            if (buyer.until == null && !buyer.forLife) {
                if (!buyer.pays && !buyer.comes.isAfter(now()) && !isOutage) {
                    comes(buyer);
                }
                return;
            }
            if (!buyer.starts || buyer.blocks) {
                buyer.unreachable = now();
            }
            if (!isOutage && !buyer.forLife && !buyer.pays && renews(buyer)) {
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
            count(
                    buyer.until == null
                            ? "first purchases"
                            : buyer.isEntitled(now()) ? "renewals in time" : "renewals after the end");
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
            switch (random.nextInt(12)) {
                case 0 -> paysLate(buyer, order);
                case 1 -> paysInParts(buyer, order);
                default -> paid(buyer, order, Ipn.finished(nextPayment(), order.id()));
            }
        }

        private void paysLate(Buyer buyer, Order order) {
            count("payments after the offer ended");
            Ipn ipn = Ipn.finished(nextPayment(), order.id());
            later(buyer, Duration.ofDays(2), () -> paid(buyer, order, ipn));
        }

        /** 60 % now; the rest up to days later, or never: then a person decides. */
        private void paysInParts(Buyer buyer, Order order) {
            count("payments in parts");
            String first = pay(order);
            core.hear(Ipn.of(first, order.id(), "partially_paid")
                    .paid("0.00018")
                    .with("outcome_amount", new BigDecimal("0.00016416")));
            if (random.nextInt(3) > 0) {
                Ipn rest = Ipn.finished(pay(order), order.id())
                        .with("price_amount", new BigDecimal("0.54"))
                        .with("pay_amount", new BigDecimal("0.00012"))
                        .paid("0.00012")
                        .with("outcome_amount", new BigDecimal("0.00010944"));
                later(buyer, Duration.ofHours(12L * random.nextInt(1, 6)), () -> paid(buyer, order, rest));
            } else {
                boolean generous = random.nextBoolean();
                later(buyer, Duration.ofDays(5), () -> {
                    count(generous ? "parts granted by a person" : "parts kept by a person");
                    decide(shop.seller(), caseOf(first, "underpaid"), generous ? "grant" : "dismiss");
                    if (generous) {
                        isEntitled(buyer, order);
                    }
                });
            }
        }

        private void later(Buyer buyer, Duration after, Runnable arrives) {
            buyer.pays = true;
            underWay.add(new UnderWay(now().plus(after), () -> {
                buyer.pays = false;
                arrives.run();
            }));
        }

        private void moneyArrives() {
            List<UnderWay> due =
                    underWay.stream().filter(one -> !one.at().isAfter(now())).toList();
            underWay.removeAll(due);
            due.forEach(one -> one.arrives().run());
        }

        private void paid(Buyer buyer, Order order, Ipn ipn) {
            core.hear(ipn);
            isEntitled(buyer, order);
        }

        private void isEntitled(Buyer buyer, Order order) {
            boolean first = buyer.until == null;
            boolean wasOver = !buyer.isEntitled(now());
            Instant ended = buyer.until;
            Instant from = !wasOver && ended != null ? ended : now();
            buyer.until =
                    wasOver && ended != null && order.days() != null ? late(buyer, order, ended) : from.plus(MONTH);
            buyer.forLife |= order.days() == null;
            if (telegram.isMember(CHAT, buyer.id)) {
                buyer.wantsIn = true;
                if (wasOver) {
                    buyer.cameInTime = now();
                }
                return;
            }
            if (!first) {
                count("come back after a removal");
            }
            buyer.wantsIn = false;
            isOut(buyer);
        }

        /** Whoever may be inside still: their days begin at most as long ago as their time ended, and a day of them lies ahead. */
        private Instant late(Buyer buyer, Order order, Instant ended) {
            Instant end = core.bean(Grants.class)
                    .ofOrder(shop.seller(), order.id())
                    .map(Grant::endsAt)
                    .orElseThrow();
            assertThat(end)
                    .as("seed %s: the late renewal of %s", SEED, buyer.id)
                    .isAfterOrEqualTo(ended.plus(MONTH))
                    .isAfterOrEqualTo(now().plus(Duration.ofDays(1)))
                    .isBeforeOrEqualTo(now().plus(MONTH));
            return end;
        }

        private void isOut(Buyer buyer) {
            if (isByOneTimeLink()) {
                buyer.looks = true; // the bot sends it
            } else {
                asks(buyer);
            }
        }

        private boolean isByOneTimeLink() {
            return shop.channel().admission() == Channel.Admission.ONE_TIME_LINK;
        }

        private void asks(Buyer buyer) {
            if (outage().isPresent()) {
                buyer.asksLater = true;
            } else if (!isByOneTimeLink()) {
                telegram.openLink(buyer.id, standingLink());
                buyer.wantsIn = true;
            } else if (buyer.starts && !buyer.blocks) {
                telegram.say(buyer.id, BOT, "/start");
                buyer.looks = true;
            }
        }

        private String standingLink() {
            Channel channel = core.bean(Catalog.class)
                    .channel(shop.seller(), shop.channel().id())
                    .orElseThrow();
            return Objects.requireNonNull(channel.standingLink());
        }

        /** Opens what the bot told last, once; asks for another where that is of no use. */
        private void tries(Buyer buyer) {
            List<String> told = telegram.messages(buyer.id, BOT).stream()
                    .flatMap(message -> message.links().stream())
                    .filter(link -> link.startsWith("https://t.me/+"))
                    .toList();
            if (!told.isEmpty() && buyer.tried.add(told.getLast())) {
                telegram.openLink(buyer.id, told.getLast());
            } else if (random.nextInt(4) == 0) {
                asks(buyer);
            }
            if (telegram.isMember(CHAT, buyer.id)) {
                buyer.looks = false;
                buyer.wantsIn = true;
            }
        }

        // the provider

        private String nextPayment() {
            return Long.toString(++payments);
        }

        private Created created(NewPayment asked) {
            Money amount = Money.of(
                    asked.price()
                            .amount()
                            .multiply(new BigDecimal("0.0003"))
                            .divide(new BigDecimal("1.35"), 6, RoundingMode.HALF_UP),
                    asked.payCurrency());
            return new Created(nextPayment(), "address", amount, null, null);
        }

        /** The payment that is to be paid now: all of the price, or what is missing of it. */
        private String pay(Order order) {
            Order now = core.bean(Orders.class).find(order.seller(), order.id()).orElseThrow();
            return core.bean(PayOrder.class).inCoin(now, ETH)
                            instanceof PayOrder.Outcome.Ready<Payment>(Payment payment)
                    ? payment.id()
                    : fail("no payment is made");
        }

        // the operator

        private Case caseOf(String payment, String kind) {
            return core.bean(Cases.class).ofPayment(shop.seller(), payment).stream()
                    .filter(one -> one.kind().equals(kind) && one.decided() == null)
                    .findFirst()
                    .orElseThrow();
        }

        private void decide(SellerId seller, Case one, String decision) {
            var asked = new CaseDecisions.Asked(decision, "as it should be", null, "operator", "operator");
            assertThat(core.transactions.run(
                            seller, () -> core.bean(CaseDecisions.class).decide(seller, one.id(), asked)))
                    .isInstanceOf(CaseDecisions.Outcome.Decided.class);
        }

        private void decideCases() {
            for (Case one : core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), CASES)) {
                switch (one.kind()) {
                    case "many_removals" -> {
                        count("questions about many removals");
                        decide(shop.seller(), one, "go_on");
                    }
                    case "paid_late" -> decide(shop.seller(), one, "dismiss"); // they are in; the seller was told
                    default -> assertThat(one.kind()).as("waits for the rest").isEqualTo("underpaid");
                }
            }
        }

        // what must hold

        private void check() {
            for (Buyer buyer : buyers) {
                boolean inside = telegram.isMember(CHAT, buyer.id);
                if (!inside
                        && buyer.wantsIn
                        && buyer.cameInTime.plus(Duration.ofMinutes(1)).isAfter(now())) {
                    count("removed while their money came");
                    buyer.cameInTime = Instant.MIN;
                    buyer.wantsIn = false;
                    isOut(buyer); // and must get in as anybody else
                    continue;
                }
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
            Instant until = end.plus(
                            mayBeUnreachable
                                    ? Terms.DEFAULT.unreachable().plus(UnreachablePosts.BETWEEN)
                                    : Terms.DEFAULT.grace())
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
                Map<String, List<Long>> told = new HashMap<>();
                for (var message : telegram.messages(buyer.id, BOT)) {
                    if (message.text().contains("ends on") || message.text().contains("ended on")) {
                        told.computeIfAbsent(message.text(), _ -> new ArrayList<>())
                                .add(message.date());
                        count(message.text().contains("ends on") ? "reminders" : "notices of the end");
                        long day = message.date() / DAY;
                        byDay.merge(day, 1L, Long::sum);
                        ofBuyer.merge(day, 1L, Long::sum);
                    }
                }
                told.forEach((text, times) -> assertThat(remindersOf(text, times))
                        .as("seed %s: %s was told at %s: %s", SEED, buyer.id, times, text)
                        .doesNotHaveDuplicates());
                assertThat(ofBuyer.values().stream().mapToLong(n -> n).max().orElse(0))
                        .as("seed %s: messages to %s in a day", SEED, buyer.id)
                        .isLessThanOrEqualTo(2);
            }
            long most = byDay.values().stream().mapToLong(n -> n).max().orElse(0);
            assertThat(most).as("seed %s: messages in a day", SEED).isLessThanOrEqualTo(BUYERS / 2 + 10L);
            figures.computeIfAbsent("most messages in a day", _ -> new TreeMap<>())
                    .put(0, (int) most);
        }

        /** However much has become due while something was away. */
        private void checkNoFlood() {
            Map<String, Integer> most = new TreeMap<>();
            sent.forEach((chat, times) -> {
                if (chat == SELLER) {
                    return; // is told of every sale
                }
                String to = chat > 0 ? "most to a buyer in " : "most posts in a chat in ";
                most.merge(to + "a minute", mostWithin(Duration.ofMinutes(1), times), Math::max);
                most.merge(to + "an hour", mostWithin(Duration.ofHours(1), times), Math::max);
            });
            most.forEach((what, n) -> {
                assertThat(n)
                        .as("seed %s: %s", SEED, what)
                        .isLessThanOrEqualTo(what.endsWith("a minute") ? MOST_IN_A_MINUTE : MOST_IN_AN_HOUR);
                figures.put(what, new TreeMap<>(Map.of(0, n)));
            });
            List<Instant> all = sent.entrySet().stream()
                    .filter(one -> one.getKey() != SELLER)
                    .flatMap(one -> one.getValue().stream())
                    .filter(at -> outages.keySet().stream()
                            .anyMatch(begins -> !at.isBefore(begins.plus(OUTAGE))
                                    && at.isBefore(begins.plus(OUTAGE).plus(Duration.ofDays(1)))))
                    .toList();
            int afterOutage = mostWithin(Duration.ofHours(1), all);
            assertThat(afterOutage)
                    .as("seed %s: messages in an hour after an outage", SEED)
                    .isLessThanOrEqualTo(BUYERS / 2 + 10);
            figures.put("most in an hour after an outage", new TreeMap<>(Map.of(0, afterOutage)));
        }

        private static int mostWithin(Duration window, List<Instant> times) {
            List<Instant> inOrder = times.stream().sorted().toList();
            int most = 0;
            int first = 0;
            for (int last = 0; last < inOrder.size(); last++) {
                while (!inOrder.get(first).plus(window).isAfter(inOrder.get(last))) {
                    first++;
                }
                most = Math.max(most, last - first + 1);
            }
            return most;
        }

        /** What each told of: the three days before, the last day, or that it is over. */
        private List<String> remindersOf(String text, List<Long> times) {
            Matcher ends = ENDS.matcher(text);
            if (!ends.find()) {
                return times.stream().map(_ -> "over").toList();
            }
            long end = LocalDateTime.parse(ends.group(1), MINUTE).toEpochSecond(ZoneOffset.UTC);
            return times.stream()
                    .map(time -> time < end - DAY ? "three days" : "one day")
                    .toList();
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
