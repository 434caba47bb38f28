package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import admitone.simulators.http.Server;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * NOWPayments on a loopback port: the API under {@code /v1}, a control API under {@code /control}, pages for a person at {@code /}.
 * The methods here do in Java what the control API does over HTTP. Any number of threads may call.
 */
public final class NowPaymentsSimulator implements AutoCloseable {
    private final SimClock clock;
    private final Agenda agenda;
    private final Rates rates = new Rates();
    private final Payments payments;
    private final Faults faults = new Faults();
    private final CallLog log = new CallLog();
    private final Notifications notifications;
    private final Payouts payouts;
    private final Api api;
    private final Control control = new Control(this);
    private final Pages pages = new Pages(this);
    private final Server server;
    private volatile Settings settings = new Settings();

    private NowPaymentsSimulator(int port, Clock base) {
        clock = new SimClock(base);
        agenda = new Agenda(clock);
        payments = new Payments(clock, rates);
        notifications = new Notifications(clock, agenda, () -> settings, this::takeLoss);
        payouts = new Payouts(clock, agenda, rates, payments, notifications, () -> settings);
        api = new Api(() -> settings, clock, rates, payments, payouts, faults, log, this::born);
        server = Server.start(port, this::handle);
    }

    /** Port 0 takes a free one. */
    public static NowPaymentsSimulator start(int port) {
        return start(port, Clock.systemUTC());
    }

    /** With a clock that does not follow the machine's, expiry and repeated notifications follow that clock. */
    public static NowPaymentsSimulator start(int port, Clock clock) {
        return new NowPaymentsSimulator(port, clock);
    }

    /** {@code http://127.0.0.1:PORT}; the API is under {@code /v1} of it. */
    public String url() {
        return server.url();
    }

    public int port() {
        return server.port();
    }

    /** Changes a copy of the settings and puts it in force. */
    public synchronized void configure(Consumer<Settings> change) {
        settings = settings.changed(change);
    }

    synchronized void configure(JsonNode changes) {
        settings = settings.changed(changes);
    }

    /** As they are in force; to be read only. */
    public Settings settings() {
        return settings;
    }

    /** USD per unit of the currency. */
    public void rate(String currency, String usd) {
        rates.set(currency, new BigDecimal(usd));
    }

    Rates rates() {
        return rates;
    }

    Payments ledger() {
        return payments;
    }

    /** As if another system of the same account had made it: no minimum is asked for, and every key may read it. */
    public Payment createPayment(Consumer<NewPayment> request) {
        NewPayment asked = new NewPayment();
        request.accept(asked);
        return createPayment(asked);
    }

    Payment createPayment(NewPayment asked) {
        Payment created = payments.create(asked, settings);
        watchExpiry(created);
        return created;
    }

    public Payment payment(long id) {
        agenda.runDue();
        return payments.get(id);
    }

    /** Oldest first. */
    public List<Payment> payments() {
        agenda.runDue();
        return payments.all(_ -> true);
    }

    public List<Payment> paymentsOfOrder(String orderId) {
        agenda.runDue();
        return payments.all(payment -> orderId.equals(payment.terms().orderId()));
    }

    /** Gives the payment a status, tells of it, and waits for the answers. */
    public Told status(long id, String status) {
        return status(id, status, _ -> {});
    }

    public Told status(long id, String status, Consumer<StatusChange> more) {
        StatusChange change = new StatusChange();
        change.status = status;
        more.accept(change);
        return status(id, change);
    }

    Told status(long id, StatusChange change) {
        Settings now = settings;
        agenda.runDue();
        Payment moved = payments.change(id, change, now);
        if (!change.notify) {
            return new Told(moved, List.of());
        }
        int times = change.times == null ? now.ipnDuplicates : change.times;
        boolean concurrent = change.concurrent == null ? now.ipnConcurrent : change.concurrent;
        CompletableFuture<List<Delivery>> sent = send(moved, times, concurrent);
        return new Told(moved, change.wait ? sent.join() : List.of());
    }

    /** Sends the payment's present state again, as the dashboard's button does. */
    public List<Delivery> notify(long id, int times, boolean concurrent) {
        return send(payment(id), times, concurrent).join();
    }

    /** Plays a deposit of the whole amount, each step with its notification. */
    public Told pay(long id) {
        return pay(id, null, null, true);
    }

    /** A second deposit makes a child payment, which is then the one in the answer. */
    public Told pay(long id, String amount) {
        return pay(id, new BigDecimal(amount), null, true);
    }

    public Told pay(long id, String amount, String currency) {
        return pay(id, new BigDecimal(amount), currency, true);
    }

    Told pay(long id, @Nullable BigDecimal amount, @Nullable String currency, boolean wait) {
        agenda.runDue();
        Settings now = settings;
        Payment before = payments.get(id);
        Payment deposited = payments.deposit(id, amount, currency, now);
        if (deposited.equals(before)) {
            return new Told(deposited, List.of());
        }
        List<CompletableFuture<List<Delivery>>> sent = new ArrayList<>();
        Payment last = deposited;
        sent.add(tell(last, now));
        for (String word : payments.arcAfterDeposit(deposited, now)) {
            StatusChange step = new StatusChange();
            step.status = word;
            if (wait) {
                sent.getLast().join();
            }
            last = payments.change(last.id(), step, now);
            sent.add(tell(last, now));
        }
        return new Told(
                last, wait ? sent.stream().flatMap(some -> some.join().stream()).toList() : List.of());
    }

    /** Ends the wait for a deposit now. */
    public Told expire(long id) {
        return status(id, "expired");
    }

    /** What the account holds of a currency, free to be paid out. */
    public void balance(String currency, String amount) {
        payouts.setBalance(currency, new BigDecimal(amount));
    }

    Payouts payouts() {
        return payouts;
    }

    /** Oldest first. */
    public List<Withdrawal> withdrawals() {
        agenda.runDue();
        return payouts.all();
    }

    /** Gives a withdrawal a status, in upper case, and tells of it. */
    public Withdrawal withdrawalStatus(long id, String status, @Nullable String hash, @Nullable String error) {
        return payouts.move(id, status, hash, error);
    }

    /** The next calls of the operation go wrong; without an operation: the next calls of any. */
    public void fault(@Nullable Operation operation, Fault kind, int times) {
        fault(operation, kind, times, Duration.ZERO);
    }

    public void fault(@Nullable Operation operation, Fault kind, int times, Duration delay) {
        faults.plan(operation, kind, times, delay.toMillis());
    }

    public void clearFaults() {
        faults.clear();
    }

    public Calls calls() {
        return log.calls();
    }

    /** Every attempt, oldest first, and every notification that was not sent, with the reason. */
    public List<Delivery> deliveries() {
        return notifications.deliveries(_ -> true);
    }

    public List<Delivery> deliveries(long paymentId) {
        return notifications.deliveries(delivery -> delivery.paymentId() == paymentId);
    }

    /** Sends what {@code ipnReorder} keeps back, last first. */
    public List<Delivery> flushNotifications() {
        return notifications.flush();
    }

    public Instant now() {
        return clock.instant();
    }

    boolean isClockFrozen() {
        return clock.isFrozen();
    }

    /** Moves the clock; what became due has happened when this returns, though its notifications may still be on their way. */
    public void advance(Duration by) {
        clock.advance(by);
        clockMoved();
    }

    /** A frozen clock moves only by {@link #advance} and by this. */
    public void setClock(Instant now, boolean frozen) {
        clock.set(now, frozen);
        clockMoved();
    }

    public void followBaseClock() {
        clock.reset();
        clockMoved();
    }

    /** Back to the beginning: no payments, no faults, default settings and rates, an empty log. Ids go on rising. */
    public synchronized void reset() {
        agenda.clear();
        payments.clear();
        payouts.clear();
        notifications.clear();
        faults.clear();
        log.clear();
        rates.reset();
        clock.reset();
        settings = new Settings();
    }

    private void clockMoved() {
        agenda.clockMoved();
        agenda.runDue();
    }

    private void handle(Exchange exchange) throws IOException, InterruptedException {
        agenda.runDue();
        List<String> path = new ArrayList<>(exchange.segments());
        if (path.size() > 1 && path.getLast().isEmpty()) {
            path.removeLast();
        }
        String root = path.isEmpty() ? "" : path.getFirst();
        Answer answer = switch (root) {
            case "v1" -> api.answer(exchange, path.subList(1, path.size()));
            case "control" -> control.answer(exchange, path.subList(1, path.size()));
            default -> pages.answer(exchange, path);
        };
        answer.writeTo(exchange);
    }

    private CompletableFuture<List<Delivery>> tell(Payment payment, Settings now) {
        return send(payment, now.ipnDuplicates, now.ipnConcurrent);
    }

    private CompletableFuture<List<Delivery>> send(Payment payment, int times, boolean concurrent) {
        Settings.require(times >= 1 && times <= 1000, "times is from 1 to 1000");
        return notifications.send(payment, times, concurrent);
    }

    private void born(Payment payment, String playedCase) {
        watchExpiry(payment);
        playCase(payment, playedCase);
    }

    private void watchExpiry(Payment payment) {
        if (payment.status().equals("waiting")) {
            agenda.at(payment.terms().validUntil(), () -> expireUnpaid(payment.id()));
        }
    }

    private void expireUnpaid(long id) {
        payments.expire(id, settings).ifPresent(expired -> {
            CompletableFuture<List<Delivery>> _ = tell(expired, settings);
        });
    }

    private synchronized boolean takeLoss(String status) {
        if (settings.ipnDropStatuses.contains(status)) {
            return true;
        }
        int left = settings.ipnDrop;
        if (left > 0) {
            settings = settings.changed(copy -> copy.ipnDrop = left - 1);
        }
        return left != 0;
    }

    /** The sandbox pays by itself; {@code common} is left to whoever tests. */
    private void playCase(Payment payment, String word) {
        List<String> arc = switch (word) {
            case "success" -> List.of("confirming", "confirmed", "sending", "finished");
            case "partially_paid" -> List.of("confirming", "confirmed", "sending", "partially_paid");
            case "failed" -> List.of("confirming", "failed");
            default -> List.of();
        };
        BigDecimal amount = word.equals("partially_paid")
                ? payment.payAmount().divide(BigDecimal.TWO, MathContext.DECIMAL64)
                : payment.payAmount();
        for (int i = 0; i < arc.size(); i++) {
            StatusChange step = new StatusChange();
            step.status = arc.get(i);
            step.actuallyPaid = amount;
            step.wait = false;
            agenda.in(Duration.ofMillis((long) settings.caseStepMs * (i + 1)), () -> {
                Told _ = status(payment.id(), step);
            });
        }
    }

    @Override
    public void close() {
        server.close();
        agenda.close();
        notifications.close();
    }
}
