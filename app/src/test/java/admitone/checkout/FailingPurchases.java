package admitone.checkout;

import admitone.catalog.Catalog;
import admitone.payments.Coins;
import admitone.payments.MoneyUnderWay;
import admitone.payments.Payments;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads of many purchases fail where a test says so, and not as a database fails. */
public final class FailingPurchases extends Purchases {
    public final AtomicInteger failures = new AtomicInteger();
    public volatile Predicate<Collection<String>> fails = _ -> false;

    public FailingPurchases(JdbcClient jdbc, Payments payments, MoneyUnderWay underWay, Catalog catalog, Coins coins) {
        super(jdbc, payments, underWay, catalog, coins);
    }

    @Override
    public Map<String, Purchase> findAll(Collection<String> orderIds) {
        if (fails.test(orderIds)) {
            failures.incrementAndGet();
            throw new IllegalStateException("a purchase that cannot be read");
        }
        return super.findAll(orderIds);
    }
}
