package admitone.bot;

import admitone.access.Rounds;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.checkout.LeastPrice;
import admitone.database.Transactions;
import admitone.money.Money;
import admitone.runtime.Recurring;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Tells the seller of a plan that costs less than any coin takes: nobody can buy it, and nobody who would could tell them, since it is not offered. The case is closed when the plan can be
 * bought again, or is off sale.
 */
@Component
class PriceKeeper extends Recurring {
    /** A kind of case. */
    private static final String PRICE_TOO_LOW = "price_too_low";

    private static final String DISMISSED = "dismiss"; // "noted" in the chat: not asked again about the same
    private static final String ROUND = "prices";
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(10);
    private final Catalog catalog;
    private final LeastPrice leastPrice;
    private final Cases cases;
    private final Rounds rounds;
    private final Transactions transactions;
    private final Clock clock;

    PriceKeeper(
            Catalog catalog,
            LeastPrice leastPrice,
            Cases cases,
            Rounds rounds,
            Transactions transactions,
            Clock clock) {
        super(ROUND, PAUSE);
        this.catalog = catalog;
        this.leastPrice = leastPrice;
        this.cases = cases;
        this.rounds = rounds;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    protected void round() {
        leastPrice.known().filter(_ -> rounds.take(ROUND, BETWEEN_LOOKS)).ifPresent(this::look);
    }

    void look(Money least) {
        cases.eachUnderWay(
                PRICE_TOO_LOW,
                DISMISSED,
                page -> rounds.each(page, one -> transactions.run(one.seller(), () -> settle(one, least))));
        catalog.eachPlanBelow(
                least, page -> rounds.each(page, plan -> transactions.run(plan.seller(), () -> ask(plan, least))));
    }

    private void settle(Cases.UnderWay one, Money least) {
        UUID id = UUID.fromString(one.need("plan"));
        boolean isTooLow = catalog.plans(one.seller(), UUID.fromString(one.need("channel"))).stream()
                .anyMatch(plan -> plan.id().equals(id) && plan.price().compareTo(least) < 0);
        if (!isTooLow) {
            cases.settleAbout(
                    one.seller(),
                    PRICE_TOO_LOW,
                    "plan",
                    id.toString(),
                    DISMISSED,
                    "sold_again",
                    "it can be paid in some coin again, or is off sale");
        }
    }

    /** Once until it can be bought again, and once a day at most where the least price goes up and down. */
    private void ask(Plan plan, Money least) {
        if (!cases.isUnderWay(plan.seller(), PRICE_TOO_LOW, "plan", plan.id().toString(), DISMISSED)) {
            cases.openAndTell(
                    plan.seller(),
                    new Case.Draft(
                            PRICE_TOO_LOW,
                            "plan:" + plan.id() + ":"
                                    + clock.instant().atZone(ZoneOffset.UTC).toLocalDate(),
                            null,
                            null,
                            Map.of(
                                    "channel", plan.channelId().toString(),
                                    "plan", plan.id().toString(),
                                    "price_usd", plan.price().text(),
                                    "least_price_usd", least.text())));
        }
    }
}
