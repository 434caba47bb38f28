package admitone.fulfillment;

import admitone.access.Seat;
import admitone.access.WayIn;
import admitone.ledger.Custody;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payments.Coverage;
import admitone.payments.Payment;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a decision depends on beside the order, the payment and what was heard; read under lock before it.
 *
 * @param now the instant of the decision
 * @param seat the buyer's place in the channel; null where no order is known
 * @param wayIn what the channel has for the buyer, locked for them
 * @param rate a fresh rate of the outcome's coin, or null
 * @param confirmAbove a price in USD above which a notification alone does not grant, or null
 * @param grantId the id a grant would get
 * @param addsOverpaid whether more than was asked adds days; else a person is asked
 * @param custody who has the coins of what counts
 * @param creditedTo the order that unused time of what this payment bought was taken off, or null; looked for only where it is given back
 * @param reductionGone whether what took the order's price down is not there any more; looked for only where it is paid late
 * @param onTop what came on top of the payment before; looked for only where more of it is told than was counted
 * @param parts the order's other payments that brought a part of its price, locked; looked for only where this one may not bring all of it
 */
record Facts(
        Instant now,
        @Nullable Seat seat,
        WayIn wayIn,
        @Nullable Rate rate,
        BigDecimal tolerancePercent,
        @Nullable BigDecimal confirmAbove,
        UUID grantId,
        boolean addsOverpaid,
        Custody custody,
        @Nullable String creditedTo,
        boolean reductionGone,
        List<Payment> onTop,
        List<Part> parts) {

    /** Where nothing was credited, nor taken off the price, and the provider has the coins. */
    Facts(
            Instant now,
            @Nullable Seat seat,
            WayIn wayIn,
            @Nullable Rate rate,
            BigDecimal tolerancePercent,
            @Nullable BigDecimal confirmAbove,
            UUID grantId,
            boolean addsOverpaid,
            List<Part> parts) {
        this(
                now,
                seat,
                wayIn,
                rate,
                tolerancePercent,
                confirmAbove,
                grantId,
                addsOverpaid,
                Custody.PROVIDER,
                null,
                false,
                List.of(),
                parts);
    }

    /** With a fresh rate of its outcome's coin, or null. */
    record Part(Payment payment, @Nullable Rate rate) {}

    /** A payment that has brought a one-time link brings no other. */
    Facts withoutAnotherLink() {
        return new Facts(
                now,
                seat,
                wayIn instanceof WayIn.Standing ? wayIn : new WayIn.Inside(),
                rate,
                tolerancePercent,
                confirmAbove,
                grantId,
                addsOverpaid,
                custody,
                creditedTo,
                reductionGone,
                onTop,
                parts);
    }

    /** What they brought of {@code price}. */
    Coverage brought(Money price) {
        return Coverage.of(price, parts.stream().map(Part::payment).toList());
    }
}
