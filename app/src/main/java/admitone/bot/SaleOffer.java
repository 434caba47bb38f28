package admitone.bot;

import admitone.messaging.Lasting;
import admitone.money.Asset;
import admitone.money.Money;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A first plan that a seller picks by a button; any other is added by {@link PlanConversation}, or over REST. */
enum SaleOffer {
    WEEK_5("5", 7),
    MONTH_9("9", 30),
    MONTH_19("19", 30),
    MONTH_49("49", 30),
    YEAR_99("99", 365),
    LIFE_199("199", null);

    private final String usd;
    private final @Nullable Integer days;

    SaleOffer(String usd, @Nullable Integer days) {
        this.usd = usd;
        this.days = days;
    }

    static Optional<SaleOffer> of(String name) {
        return Arrays.stream(values())
                .filter(offer -> offer.name().equals(name))
                .findFirst();
    }

    Money price() {
        return Money.parse(usd, Asset.USD);
    }

    @Nullable
    Integer days() {
        return days;
    }

    Lasting.Days lasting() {
        return new Lasting.Days(days);
    }
}
