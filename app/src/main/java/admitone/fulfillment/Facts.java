package admitone.fulfillment;

import admitone.access.Seat;
import admitone.money.Rate;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a decision depends on beside the order, the payment and what was heard; read under lock before it.
 *
 * @param now the instant of the decision
 * @param seat the buyer's place in the channel; null where no order is known
 * @param linkIsThere whether the channel's link is made already
 * @param rate a fresh rate of the outcome's coin, or null
 * @param confirmAbove a price in USD above which a notification alone does not grant, or null
 * @param grantId the id a grant would get
 */
record Facts(
        Instant now,
        @Nullable Seat seat,
        boolean linkIsThere,
        @Nullable Rate rate,
        BigDecimal tolerancePercent,
        @Nullable BigDecimal confirmAbove,
        UUID grantId) {}
