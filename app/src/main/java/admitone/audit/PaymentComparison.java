package admitone.audit;

import admitone.audit.Reconciliation.Compared;
import admitone.audit.Reconciliation.Difference;
import admitone.database.Columns;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The provider's list of payments and ours. */
@Component
class PaymentComparison {
    /** What has just moved is not looked at: it may be told to us this moment. */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    /** Of a hundred payments each. */
    private static final int MOST_PAGES = 1000;

    static final String UNKNOWN = "unknown_payment";
    static final String NOT_TAKEN_IN = "not_taken_in";
    static final String REFUNDED_THERE = "refunded_there";
    static final String NOT_SETTLED_THERE = "not_settled_there";
    static final String OTHER_OUTCOME = "other_outcome";

    private final InvoiceProvider provider;
    private final Payments payments;
    private final JdbcClient jdbc;

    PaymentComparison(InvoiceProvider provider, Payments payments, JdbcClient jdbc) {
        this.provider = provider;
        this.payments = payments;
        this.jdbc = jdbc;
    }

    Compared compare(Instant since, Instant now) {
        List<Difference> differences = new ArrayList<>();
        Set<String> listed = new HashSet<>();
        String why = provider.canList()
                ? list(since, now, listed, differences)
                : "ADMITONE_NOWPAYMENTS_EMAIL and ADMITONE_NOWPAYMENTS_PASSWORD are not set: the provider shows its payments only"
                        + " to the account's login";
        if (why.isEmpty()) {
            differences.addAll(notListed(since, now, listed));
        }
        return new Compared(listed.size(), why.isEmpty(), why, differences);
    }

    /** Answers why the list is not whole; empty where it is. */
    private String list(Instant since, Instant now, Set<String> listed, List<Difference> differences) {
        Trigger trigger = new Trigger(Cause.SWEEP, "reconciliation", now);
        for (int page = 0; page < MOST_PAGES; page++) {
            Answer<Listed> answer = provider.madeSince(since, page, trigger);
            if (!(answer instanceof Answer.Done<Listed>(Listed rows))) {
                return "the provider did not answer: " + answer;
            }
            Map<String, SellerId> sellers = payments.sellersOf(
                    rows.payments().stream().map(Heard::paymentId).collect(Collectors.toSet()));
            List<Heard> own = rows.payments().stream()
                    .filter(heard -> sellers.containsKey(heard.paymentId()) || bearsAnOrderOfOurs(heard))
                    .filter(heard -> listed.add(heard.paymentId()))
                    .toList();
            differences.addAll(differences(own, sellers, rows.madeAt(), since));
            if (rows.last()) {
                return "";
            }
        }
        return "the provider's list is longer than " + MOST_PAGES + " pages";
    }

    private static boolean bearsAnOrderOfOurs(Heard heard) {
        return heard.orderId() != null && Handle.sellerOfOrder(heard.orderId()).isPresent();
    }

    private List<Difference> differences(
            List<Heard> own, Map<String, SellerId> sellers, Map<String, Instant> madeAt, Instant since) {
        return own.stream()
                .flatMap(heard -> {
                    Optional<Payment> ours = Optional.ofNullable(sellers.get(heard.paymentId()))
                            .flatMap(seller -> payments.find(seller, heard.paymentId()));
                    Instant made = Optional.ofNullable(madeAt.get(heard.paymentId()))
                            .or(() -> ours.map(Payment::createdAt))
                            .orElse(since);
                    return difference(
                            heard,
                            made,
                            ours,
                            ours.map(one -> booked(one, heard)).orElse(null))
                            .stream();
                })
                .toList();
    }

    /** The provider tells what came on top of a payment as more of it. */
    private @Nullable Money booked(Payment payment, Heard heard) {
        Money outcome = payment.outcome();
        return outcome == null || outcome.equals(heard.outcome())
                ? outcome
                : payments.onTopOf(payment).stream()
                        .map(Payment::outcome)
                        .filter(Objects::nonNull)
                        .reduce(outcome, Money::plus);
    }

    /** Pure. */
    static Optional<Difference> difference(Heard heard, Instant made, Optional<Payment> ours, @Nullable Money booked) {
        boolean settled = heard.isSettled();
        if (ours.isEmpty()) {
            return settled
                    ? Optional.of(new Difference(
                            UNKNOWN,
                            heard.paymentId(),
                            made,
                            heard.statusWord(),
                            "not known",
                            "It is asked about, and taken in; where its order is lost, a case order_lost asks you. Or ask now: POST /api/v1/payments/"
                                    + heard.paymentId() + "/look."))
                    : Optional.empty();
        }
        Payment payment = ours.get();
        boolean isPaid = payment.state() instanceof Paid;
        boolean hasMoney = isPaid || payment.state() instanceof Held || payment.state() instanceof PartiallyPaid;
        if (settled && !hasMoney && !(payment.state() instanceof Refunded)) {
            return differs(NOT_TAKEN_IN, heard, made, payment, "It is asked about again, and taken in.");
        }
        if (hasMoney && heard.status() == ProviderStatus.REFUNDED) {
            return differs(
                    REFUNDED_THERE,
                    heard,
                    made,
                    payment,
                    "It was given back, and we were not told. It is asked about again, and taken back here; what a payout has paid already,"
                            + " a case asks about.");
        }
        if (isPaid && !settled) {
            return differs(
                    NOT_SETTLED_THERE,
                    heard,
                    made,
                    payment,
                    "We count it as paid and the provider does not. It is asked about again; if it stays so, look at its timeline, and ask the"
                            + " provider.");
        }
        Money outcome = heard.outcome();
        return isPaid && outcome != null && booked != null && !outcome.equals(booked)
                ? Optional.of(
                        new Difference(
                                OTHER_OUTCOME,
                                heard.paymentId(),
                                made,
                                outcome.toString(),
                                booked.toString(),
                                "The provider paid out another amount than was booked: look at its timeline; a case more_arrived may ask you."))
                : Optional.empty();
    }

    private static Optional<Difference> differs(String kind, Heard heard, Instant made, Payment payment, String todo) {
        return Optional.of(new Difference(
                kind,
                heard.paymentId(),
                made,
                heard.statusWord(),
                payment.state().word(),
                todo + " Or ask now: POST /api/v1/payments/" + heard.paymentId() + "/look."));
    }

    /** Payments that we count and that the whole list does not have. */
    private List<Difference> notListed(Instant since, Instant now, Set<String> listed) {
        return jdbc
                .sql("""
                        select payment_id, created_at from payments.payment
                        where state = 'paid' and created_at > ? and paid_at < ? and order_id is not null order by payment_id
                        """)
                .params(Columns.at(since.plus(SETTLED)), Columns.at(now.minus(SETTLED)))
                .query(
                        (row, n) -> new Difference(
                                "not_listed",
                                row.getString("payment_id"),
                                Columns.instant(row, "created_at"),
                                "not in its list",
                                "paid",
                                "We count a payment that the provider does not list: look at its timeline; was the account changed?"))
                .list()
                .stream()
                .filter(one -> !listed.contains(Payment.idThere(one.about())))
                .toList();
    }
}
