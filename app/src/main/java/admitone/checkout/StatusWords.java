package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.catalog.Channel.Admission;
import admitone.checkout.Words.Also;
import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.money.Money;
import admitone.payments.Coverage;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.PublicStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a buyer is told of a purchase. Values in, values out. */
public final class StatusWords {
    private static final BigDecimal WHOLE = BigDecimal.valueOf(100);
    private static final int MOST_SECOND = 5;
    /**
     * Orders payments by how much each says about its order: one that ended without money says nothing while another lives, and a
     * part of the price less than a payment that is under way.
     */
    private static final Comparator<Payment> BY_WEIGHT = Comparator.comparingInt(StatusWords::weight)
            .thenComparingInt(payment -> payment.state().rank())
            .thenComparing(Payment::createdAt)
            .thenComparing(Payment::id);

    private StatusWords() {}

    private static int weight(Payment payment) {
        return switch (payment.state()) {
            case Closed _ -> -1;
            case PartiallyPaid _ -> 0;
            case Waiting _, Confirming _, Held _, Paid _, Refunded _ ->
                payment.state().rank();
        };
    }

    /** Who asks: whoever holds the order's id is told all; an old id can be guessed, so it tells no amounts and no times. */
    public enum Asker {
        HOLDER,
        ANYBODY
    }

    public static BuyerStatus of(
            Purchase purchase, Instant now, BigDecimal tolerancePercent, Asker asker, Language language) {
        Order order = purchase.order();
        Purchase.@Nullable Granted granted = purchase.granted();
        @Nullable Payment payment = deciding(order, purchase.payments()).orElse(null);
        Access access = purchase.accessAt(now);
        @Nullable Instant endsAt = endsAt(purchase);
        PublicStatus status = status(order, payment, now);
        boolean told = asker == Asker.HOLDER;
        @Nullable Money shortBy = told ? shortBy(purchase, payment) : null;
        Words words = toThem(words(purchase, payment, access, now, told, shortBy != null), purchase, now, told);
        List<Also> also = also(order, payment, access, tolerancePercent, told && words != Words.HELD_BACK, endsAt);
        if (told && purchase.isBanned() && isBesideTheBan(words)) {
            also.add(Also.BANNED_TOO);
        }
        Filling filling = new Filling(payment, shortBy, endsAt, Form.in(language));
        return new BuyerStatus(
                status,
                access,
                granted != null && granted.deliveredAt() != null,
                words,
                filling.into(words.heading(language)),
                Stream.of(
                                Stream.of(filling.into(words.text(language))),
                                also.stream().map(one -> filling.into(one.text(language))),
                                told ? second(purchase, language) : Stream.<String>empty())
                        .flatMap(sentences -> sentences)
                        .collect(Collectors.joining(" ")),
                payment != null && shortBy != null ? payment.payAmount() : null,
                payment != null && shortBy != null ? payment.received() : null,
                shortBy,
                told ? endsAt : null,
                isFinal(status, access));
    }

    private static @Nullable Instant endsAt(Purchase purchase) {
        Purchase.@Nullable Granted granted = purchase.granted();
        return granted == null ? null : granted.endsAt();
    }

    /** Where an order with these payments stands. */
    public static PublicStatus status(Order order, List<Payment> payments, Instant now) {
        return status(order, deciding(order, payments).orElse(null), now);
    }

    /** The payment that speaks for its order: the one that paid it, else the furthest. */
    static Optional<Payment> deciding(Order order, List<Payment> payments) {
        return payments.stream()
                .filter(payment -> payment.id().equals(order.paidBy()))
                .findFirst()
                .or(() -> payments.stream().max(BY_WEIGHT));
    }

    private static PublicStatus status(Order order, @Nullable Payment payment, Instant now) {
        if (isPaidByAnother(order, payment)) {
            return PublicStatus.CONFIRMED;
        }
        PublicStatus status = payment == null
                ? PublicStatus.AWAITING_PAYMENT
                : payment.state().shown();
        return status == PublicStatus.AWAITING_PAYMENT && now.isAfter(order.expiresAt())
                ? PublicStatus.EXPIRED
                : status;
    }

    /** More time that a person added: what paid for it was paid too much for an order before, and is among that one's payments. */
    private static boolean isPaidByAnother(Order order, @Nullable Payment payment) {
        return payment == null && order.paidBy() != null;
    }

    private static boolean isFinal(PublicStatus status, Access access) {
        return switch (access) {
            case DELIVERED, ADMITTED, ENDED -> true;
            case PREPARING, READY -> false;
            case NONE -> status == PublicStatus.FAILED || status == PublicStatus.REFUNDED;
        };
    }

    private static Words words(
            Purchase purchase, @Nullable Payment payment, Access access, Instant now, boolean told, boolean isShort) {
        @Nullable Instant endsAt = endsAt(purchase);
        if (payment != null && payment.state() instanceof Refunded) {
            return Words.REFUNDED;
        }
        return switch (access) {
            case PREPARING -> Words.PREPARING;
            case READY -> Words.READY;
            case DELIVERED -> Words.DELIVERED;
            case ADMITTED -> Words.ADMITTED;
            case ENDED -> told && endsAt != null && !endsAt.isAfter(now) ? Words.ENDED_ON : Words.ENDED;
            case NONE -> withoutAccess(purchase, payment, now, isShort);
        };
    }

    /** As fits how they come in, or that they do not. That somebody is banned is told to them alone. */
    private static Words toThem(Words words, Purchase purchase, Instant now, boolean told) {
        if (purchase.isBanned()) {
            return told ? toBanned(words) : words;
        }
        if (told && purchase.second().stream().anyMatch(one -> one.isIn(now))) {
            return plain(words);
        }
        if (purchase.granted() == null || purchase.granted().admission() == Admission.JOIN_REQUEST) {
            return words;
        }
        return switch (words) {
            case READY -> Words.READY_ONCE;
            case DELIVERED -> Words.DELIVERED_ONCE;
            case ADMITTED -> Words.ADMITTED_ONCE;
            default -> words;
        };
    }

    /** Nobody whom the seller keeps out is asked for money, or promised a way in. */
    private static Words toBanned(Words words) {
        return switch (words) {
            case PREPARING -> Words.HELD_BACK;
            case SHORT_PAY_REST -> Words.SHORT;
            case NO_COIN_YET,
                    AWAITING,
                    CONFIRMING,
                    SETTLING,
                    EXPIRED,
                    EXPIRED_PAY_AGAIN,
                    FAILED,
                    FAILED_PAY_AGAIN,
                    CANCELLED -> Words.BANNED;
            default -> plain(words);
        };
    }

    /** To whom another purchase is no help. */
    private static Words plain(Words words) {
        return switch (words) {
            case REFUNDED -> Words.REFUNDED_PLAIN;
            case ENDED -> Words.ENDED_PLAIN;
            case ENDED_ON -> Words.ENDED_ON_PLAIN;
            default -> words;
        };
    }

    private static boolean isBesideTheBan(Words words) {
        return switch (words) {
            case SHORT, SHORT_UNTOLD, OTHER_COIN, HELD, REFUNDED_PLAIN, ENDED_PLAIN, ENDED_ON_PLAIN -> true;
            default -> false;
        };
    }

    private static Stream<String> second(Purchase purchase, Language language) {
        return purchase.second().stream().limit(MOST_SECOND).map(one -> one.text(language));
    }

    private static Words withoutAccess(Purchase purchase, @Nullable Payment payment, Instant now, boolean isShort) {
        Order order = purchase.order();
        if (isPaidByAnother(order, payment)) {
            return Words.PREPARING;
        }
        boolean over = now.isAfter(order.expiresAt());
        if (payment == null) {
            return over ? Words.EXPIRED : Words.NO_COIN_YET;
        }
        return switch (payment.state()) {
            case Waiting() -> over ? Words.EXPIRED : Words.AWAITING;
            case Confirming(Stage stage) -> stage == Stage.CONFIRMING ? Words.CONFIRMING : Words.SETTLING;
            case Closed(Reason reason) ->
                switch (reason) {
                    case EXPIRED -> over ? Words.EXPIRED : Words.EXPIRED_PAY_AGAIN;
                    case FAILED -> over ? Words.FAILED : Words.FAILED_PAY_AGAIN;
                    case CANCELLED -> over ? Words.CANCELLED : Words.FAILED_PAY_AGAIN;
                };
            case PartiallyPaid _ -> {
                if (!isShort) {
                    yield Words.SHORT_UNTOLD;
                }
                boolean isRestRefused = over || order.paidBy() != null || purchase.isRestTooLittle();
                yield isRestRefused ? Words.SHORT : Words.SHORT_PAY_REST;
            }
            case Held(String why) -> why.equals(Why.WRONG_ASSET) ? Words.OTHER_COIN : Words.HELD;
            case Paid _ -> Words.PREPARING;
            case Refunded() -> Words.REFUNDED;
        };
    }

    private static List<Also> also(
            Order order,
            @Nullable Payment payment,
            Access access,
            BigDecimal tolerancePercent,
            boolean told,
            @Nullable Instant endsAt) {
        List<Also> also = new ArrayList<>();
        boolean active = access != Access.NONE && access != Access.ENDED;
        if (told && active) {
            also.add(endsAt == null ? Also.FOR_LIFE : Also.UNTIL);
        }
        if (payment != null && payment.state() instanceof Paid paid && access != Access.ENDED) {
            if (paid.at().isAfter(order.expiresAt())) {
                also.add(Also.LATE);
            }
            if (isOverpaid(payment, paid, tolerancePercent)) {
                also.add(told ? Also.OVERPAID : Also.OVERPAID_UNTOLD);
            }
        }
        return also;
    }

    private static boolean isOverpaid(Payment payment, Paid paid, BigDecimal tolerancePercent) {
        Money asked = payment.payAmount();
        return asked != null
                && asked.asset().equals(paid.received().asset())
                && paid.received().isMoreThanPercentOf(WHOLE.add(tolerancePercent), asked);
    }

    /** In the coin of the payment that speaks, whatever coins the other parts came in. */
    private static @Nullable Money shortBy(Purchase purchase, @Nullable Payment payment) {
        if (payment == null || payment.hold() != null || !(payment.state() instanceof PartiallyPaid(Money received))) {
            return null;
        }
        Money asked = payment.payAmount();
        if (asked == null || !asked.asset().equals(received.asset()) || !asked.isPositive()) {
            return null;
        }
        Money price = purchase.order().price();
        Money shortBy = Coverage.of(price, purchase.payments()).restIn(payment.price(price), asked);
        return shortBy.isPositive() ? shortBy : null;
    }

    /** The figures that the words may name. */
    private record Filling(
            @Nullable Payment payment,
            @Nullable Money shortBy,
            @Nullable Instant endsAt,
            Form form) {
        String into(String text) {
            String filled = text;
            if (shortBy != null && payment != null) {
                filled = filled.replace("{short}", coins(shortBy))
                        .replace("{received}", coins(payment.received()))
                        .replace("{asked}", coins(payment.payAmount()));
            }
            if (endsAt != null) {
                filled = filled.replace("{until}", form.moment(endsAt));
            }
            return payment != null && payment.state() instanceof Paid paid
                    ? filled.replace("{over}", over(payment, paid.received()))
                    : filled;
        }

        private String over(Payment payment, Money received) {
            Money asked = payment.payAmount();
            return asked == null || !asked.asset().equals(received.asset()) ? "" : coins(received.minus(asked));
        }

        private String coins(@Nullable Money money) {
            return money == null ? "" : form.money(money);
        }
    }
}
