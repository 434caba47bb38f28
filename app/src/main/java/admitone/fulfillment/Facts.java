package admitone.fulfillment;

import admitone.access.Seat;
import admitone.access.WayIn;
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
 * @param wayIn what the channel has for the buyer, locked for them
 * @param rate a fresh rate of the outcome's coin, or null
 * @param confirmAbove a price in USD above which a notification alone does not grant, or null
 * @param grantId the id a grant would get
 */
record Facts(
        Instant now,
        @Nullable Seat seat,
        WayIn wayIn,
        @Nullable Rate rate,
        BigDecimal tolerancePercent,
        @Nullable BigDecimal confirmAbove,
        UUID grantId) {}
