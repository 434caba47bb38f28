package admitone.fulfillment;

import admitone.catalog.Catalog;
import admitone.catalog.Catalog.Sold;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.database.Reads;
import admitone.ledger.Custody;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider;
import admitone.payments.PaymentState.Paid;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Books the accrual of a payment that was granted before its outcome or a fresh rate was known. Once. */
@Component
class AccrueTask implements TaskHandler {
    private static final Duration RATE_SOON = Duration.ofSeconds(20);
    private static final Duration WHILE_DOUBTFUL = Duration.ofMinutes(10);

    private final Payments payments;
    private final Orders orders;
    private final Reads reads;
    private final Catalog catalog;
    private final Ledger ledger;
    private final Rates rates;
    private final DoubtfulRate doubtful;
    private final PaymentProvider provider;
    private final Timeline timeline;
    private final Settings settings;
    private final Clock clock;

    AccrueTask(
            Payments payments,
            Orders orders,
            Reads reads,
            Catalog catalog,
            Ledger ledger,
            Rates rates,
            DoubtfulRate doubtful,
            PaymentProvider provider,
            Timeline timeline,
            Settings settings,
            Clock clock) {
        this.payments = payments;
        this.orders = orders;
        this.reads = reads;
        this.catalog = catalog;
        this.ledger = ledger;
        this.rates = rates;
        this.doubtful = doubtful;
        this.provider = provider;
        this.timeline = timeline;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Work.ACCRUE;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // money is never given up on; the queue shows its age
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true;
    }

    @Override
    public Result attempt(Task task) {
        Payment payment = payments.find(task.seller(), task.need("payment")).orElseThrow();
        if (!(payment.state() instanceof Paid paid)) {
            return new Result.Done(() -> doubtful.settle(payment)); // refunded meanwhile: nothing was earned
        }
        Optional<Money> outcome = Optional.ofNullable(payment.outcome()).or(() -> askOutcome(task, payment));
        if (outcome.isEmpty()) {
            return new Result.Failed("the provider has not told the outcome yet");
        }
        Optional<Rate> rate = rates.fetch(outcome.get().asset());
        if (rate.isEmpty()) {
            return Result.later(RATE_SOON, "no fresh rate of " + outcome.get().asset());
        }
        Optional<Order> order = Optional.ofNullable(payment.orderId()).flatMap(id -> orders.find(task.seller(), id));
        if (order.isPresent()
                && !DoubtfulRate.isBelieved(rate.get(), outcome.get(), order.get(), payment, paid.received())
                && !doubtful.mayBeBooked(payment)) {
            return new Result.Later(
                    WHILE_DOUBTFUL,
                    "a rate that is far from the price",
                    () -> doubtful.ask(payment, rate.get(), outcome.get(), order.get()));
        }
        return new Result.Done(() -> {
            book(task, outcome.get(), rate.get());
            doubtful.settle(payment);
        });
    }

    private Optional<Money> askOutcome(Task task, Payment payment) {
        var trigger = new Trigger(Cause.TASK_RETRY, task.source(), clock.instant());
        return provider.find(payment.id(), trigger) instanceof Answer.Done<Optional<Heard>>(Optional<Heard> heard)
                ? heard.map(Heard::outcome)
                : Optional.empty();
    }

    private void book(Task task, Money outcome, Rate rate) {
        Payment payment = payments.lock(task.seller(), task.need("payment")).orElseThrow();
        String subject = Event.payment(payment.id());
        List<Ledger.Posted> booked = ledger.of(task.seller(), subject);
        boolean isAccrued = booked.stream().anyMatch(line -> line.kind().equals(Line.Kind.ACCRUAL));
        if (!(payment.state() instanceof Paid) || isAccrued || payment.orderId() == null) {
            return;
        }
        var order = orders.find(task.seller(), payment.orderId()).orElseThrow();
        Optional<Custody> settled = Custody.of(booked);
        Custody custody = settled.orElseGet(() -> custody(payment, order));
        List<Line> lines = new ArrayList<>();
        if (settled.isEmpty()) {
            lines.addAll(Subjects.settlement(payment, outcome, custody));
        }
        lines.addAll(Fulfillment.earned(order, outcome, rate, custody));
        payments.outcome(task.seller(), payment.id(), outcome);
        ledger.book(task.seller(), subject, lines);
        timeline.append(
                task.seller(),
                lines.stream()
                        .map(line -> new Event(subject, clock.instant(), "booked", "task", task.source(), line.told()))
                        .toList());
    }

    private Custody custody(Payment payment, Order order) {
        Sold sold = reads.one(catalog.sold(Map.of(order.channelId(), order.seller())))
                .get(order.channelId());
        return Subjects.custody(payment, Subjects.custody(Objects.requireNonNull(sold), settings));
    }
}
