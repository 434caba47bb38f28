package admitone.payouts;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.FakePayoutProvider;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.checkout.Order;
import admitone.fulfillment.CaseDecisions;
import admitone.ledger.Account;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.RefundMaking.Wanted;
import admitone.runtime.SellerId;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sellers who are paid out, on a real database, against a provider in memory. Tasks are done one after the other by hand, in the order in
 * which they are due, so that a run with the same seed is the same run.
 */
public final class Paying implements AutoCloseable {
    static final Asset USDT = new Asset("usdttrc20");
    public static final SellerId SELLER = new SellerId("0123456789ab");
    static final By TEST = new By("test", "test", null);
    private static final By BY_ITSELF = new By("time", Payout.BY_ITSELF, null);
    static final Duration LEASE = Duration.ofSeconds(40);
    private static final TypeReference<LinkedHashMap<String, String>> PAYLOAD = new TypeReference<>() {};

    /** As if the process ended here. */
    static final class Death extends RuntimeException {
        Death() {
            super("as if the process ended here");
        }
    }

    public final Core core;
    final FakePayoutProvider provider;
    final Payouts payouts;
    final PayoutFlow flow;
    final PayoutMaking making;
    final RefundMaking refunds;
    final Ledger ledger;
    private final Map<String, TaskHandler> handlers;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<SellerId, Shop> shops = new HashMap<>();
    private int earned;

    Paying(String name, Map<String, String> settings) {
        core = Core.start(name, settings);
        provider = core.payouts;
        provider.balance.put(USDT, Money.parse("1000000", USDT));
        payouts = core.bean(Payouts.class);
        flow = core.bean(PayoutFlow.class);
        making = core.bean(PayoutMaking.class);
        refunds = core.bean(RefundMaking.class);
        ledger = core.bean(Ledger.class);
        handlers = core.beans(TaskHandler.class).stream()
                .filter(handler ->
                        handler.kind().endsWith("_payout") || handler.kind().endsWith("_refund"))
                .collect(Collectors.toMap(TaskHandler::kind, Function.identity()));
    }

    public static Paying start(String name) {
        return new Paying(name, Map.of());
    }

    /** A seller who is paid out by this mode, with a destination. */
    public SellerId seller(SellerId seller, String mode, String threshold) {
        shops.put(seller, core.shop(seller.value()));
        core.owner()
                .sql("update catalog.seller set payout_mode = ?, threshold_cents = ? where seller_id = ?")
                .params(mode, new BigDecimal(Money.parse(threshold, Asset.USD).units()), seller.value())
                .update();
        destination(seller, "T" + seller + "0");
        return seller;
    }

    Destination destination(SellerId seller, String address) {
        return core.transactions.run(
                seller, () -> destination(core.bean(Destinations.class), seller, address, core.clock.instant()));
    }

    /** Within the current transaction: the seller's next, which counts from then on. */
    public static Destination destination(Destinations all, SellerId seller, String address, Instant from) {
        return all.add(seller, all.of(seller).size() + 1, new Destination.Place(USDT, address, null), null, from)
                .orElseThrow();
    }

    void earn(SellerId seller, String usd) {
        Line line = new Line(
                Line.Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_PAYABLE, Money.parse(usd, Asset.USD), null);
        core.transactions.run(seller, () -> ledger.book(seller, "payment:" + ++earned, List.of(line)));
    }

    /** A payment of a buyer of their own, which brought so many coins; answers its id. */
    public String paid(SellerId seller, String coins) {
        return paid(seller, coins, USDT);
    }

    public String paid(SellerId seller, String coins, Asset coin) {
        String payment = Integer.toString(600_000_000 + ++earned);
        core.hear(finished(seller, payment, coins, coin));
        return payment;
    }

    /** A part of a price, which is set aside; answers its id. */
    public String partlyPaid(SellerId seller, String coins) {
        String payment = Integer.toString(600_000_000 + ++earned);
        core.hear(finished(seller, payment, coins, USDT)
                .with("payment_status", "partially_paid")
                .paid("0.00014"));
        return payment;
    }

    /** What the provider tells of such a payment. */
    Ipn finished(SellerId seller, String payment, String coins, Asset coin) {
        BigDecimal rate = core.rates.usd.get(coin.code()); // null: it counts one to one
        Money price = rate == null
                ? Core.PRICE
                : Money.of(new BigDecimal(coins).multiply(rate).setScale(2, RoundingMode.UP), Asset.USD);
        Order order = core.order(Objects.requireNonNull(shops.get(seller)), 1000 + ++earned, price);
        return Ipn.finished(payment, order.id())
                .with("price_amount", price.amount())
                .with("outcome_amount", new BigDecimal(coins))
                .with("outcome_currency", coin.code());
    }

    /** What a person wants who gives all of a payment back, less the provider's fee. */
    static Wanted wanted(String payment) {
        return new Wanted(payment, new Place(USDT, "B" + payment, null), null, null);
    }

    Made refund(SellerId seller, String payment) {
        return refunds.ask(seller, wanted(payment), TEST);
    }

    public Payout refunded(SellerId seller, String payment) {
        return ((Made.Done) refund(seller, payment)).payout();
    }

    Made make(SellerId seller) {
        return making.make(core.bean(Catalog.class).seller(seller).orElseThrow(), /* byHand= */ false, BY_ITSELF);
    }

    public Payout made(SellerId seller) {
        return ((Made.Done) make(seller)).payout();
    }

    public void approve(Payout payout) {
        core.transactions.run(payout.seller(), () -> flow.approve(payout.seller(), payout.id(), TEST));
    }

    /** One that is made and approved. */
    public Payout approved(String usd) {
        earn(SELLER, usd);
        Payout payout = made(SELLER);
        approve(payout);
        return payout;
    }

    Payout now(Payout payout) {
        return payouts.find(payout.seller(), payout.id()).orElseThrow();
    }

    String state(Payout payout) {
        return now(payout).state().word();
    }

    /** Time goes by, and what becomes due is done. */
    public void pass(Duration time) {
        Instant until = core.clock.instant().plus(time);
        work();
        for (Optional<Instant> next = nextDue(); next.isPresent() && !next.get().isAfter(until); next = nextDue()) {
            core.clock.advance(atLeastAMilli(Duration.between(core.clock.instant(), next.get())));
            work();
        }
        if (core.clock.instant().isBefore(until)) {
            core.clock.advance(Duration.between(core.clock.instant(), until));
        }
    }

    private static Duration atLeastAMilli(Duration time) {
        return time.isPositive() ? time : Duration.ofMillis(1);
    }

    /** Does what is due, until nothing is. */
    void work() {
        long most = 1000 + 10 * core.count("tasks.task where state in ('ready', 'running')");
        for (int steps = 0; workOne(); steps++) {
            if (steps > most) {
                throw new AssertionError("the tasks do not come to an end");
            }
        }
    }

    /** Does the task that is due first; false: none is. */
    boolean workOne() {
        List<Task> due = due(1);
        due.forEach(this::attempt);
        return !due.isEmpty();
    }

    /** Does those that are due first, each by a worker of its own. */
    void workAtOnce(int workers) {
        atOnce(due(workers));
    }

    private List<Task> due(int most) {
        return core.owner()
                .sql("""
                        select * from tasks.task where state in ('ready', 'running') and due_at <= ? and kind = any(?)
                        order by due_at, task_id limit ?
                        """)
                .params(at(core.clock.instant()), handlers.keySet().toArray(String[]::new), most)
                .query((row, n) -> task(row))
                .list();
    }

    /** Each that is ready, all at once. */
    void workAllAtOnce(String kind) {
        atOnce(core.owner()
                .sql("select * from tasks.task where state = 'ready' and kind = ?")
                .param(kind)
                .query((row, n) -> task(row))
                .list());
    }

    private void atOnce(List<Task> tasks) {
        Queue<Task> left = new ConcurrentLinkedQueue<>(tasks);
        try {
            AtOnce.atOnce(tasks.size(), () -> {
                attempt(Objects.requireNonNull(left.poll()));
                return true;
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void attempt(Task task) {
        core.owner()
                .sql(
                        "update tasks.task set state = 'running', attempt = ?, due_at = ? where seller_id = ? and task_id = ?")
                .params(task.attempt(), at(task.leaseEnd()), task.seller().value(), task.id())
                .update();
        try {
            Result result = Objects.requireNonNull(handlers.get(task.kind())).attempt(task);
            core.transactions.run(task.seller(), () -> {
                result.record().run();
                record(task, result);
            });
        } catch (Death e) {
            // its lease ends
        }
    }

    private void record(Task task, Result result) {
        Instant now = core.clock.instant();
        Instant due = switch (result) {
            case Result.Later(Duration after, String why, Runnable record) -> now.plus(after);
            case Result.Unknown(Duration after, String why) -> now.plus(after);
            case Result.Failed failed -> now.plusSeconds(1);
            case Result.Done done -> now;
            case Result.Dead dead -> now;
        };
        String state = result instanceof Result.Done ? "done" : result instanceof Result.Dead ? "dead" : "ready";
        core.jdbc
                .sql(
                        "update tasks.task set state = ?, due_at = ?, interrupted = false where seller_id = ? and task_id = ?")
                .params(state, at(due), task.seller().value(), task.id())
                .update();
    }

    private Optional<Instant> nextDue() {
        return core.owner()
                .sql("select min(due_at) as due from tasks.task where state in ('ready', 'running') and kind = any(?)")
                .param(handlers.keySet().toArray(String[]::new))
                .query((row, n) -> Optional.ofNullable(row.getObject("due", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant))
                .single();
    }

    private Task task(ResultSet row) throws SQLException {
        return new Task(
                new SellerId(row.getString("seller_id")),
                row.getObject("task_id", UUID.class),
                row.getString("kind"),
                row.getString("subject"),
                json.readValue(row.getString("payload"), PAYLOAD),
                row.getInt("attempt") + 1,
                0,
                0,
                core.clock.instant().plus(LEASE),
                row.getString("state").equals("running"));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** The kinds of open cases, in order. */
    List<String> openCases() {
        return core.strings("select kind from cases.cases where state = 'open' order by kind");
    }

    /** What an operator answers to the open case of this kind, or, where none is open, to the newest. */
    CaseDecisions.Outcome decide(SellerId seller, String kind, String decision) {
        Case one = core.bean(Cases.class).list(seller, Optional.empty(), Optional.empty(), 100).stream()
                .filter(each -> each.kind().equals(kind))
                .min(Comparator.comparing(each -> each.decided() != null))
                .orElseThrow();
        var asked = new CaseDecisions.Asked(decision, "looked at", null, "operator", "operator");
        CaseDecisions decisions = core.bean(CaseDecisions.class);
        decisions.before(seller, one.id(), asked);
        return core.transactions.run(seller, () -> decisions.decide(seller, one.id(), asked));
    }

    /** accrued = paid out + reserved + available. */
    String balance(SellerId seller) {
        Ledger.Balance balance = ledger.balance(seller);
        return balance.accrued().text() + " = " + balance.paidOut().text() + " + "
                + balance.reserved().text() + " + " + balance.available().text();
    }

    @Override
    public void close() {
        core.close();
    }
}
