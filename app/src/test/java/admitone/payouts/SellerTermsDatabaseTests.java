package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.money.Asset;
import admitone.money.Money;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operator pays a seller otherwise from now on. */
class SellerTermsDatabaseTests {
    private final Core core = Core.start("seller-terms");
    private final Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void sellerIsPaidOtherwiseIsToldAndItIsOnRecord() {
        core.startTasks();
        change(PayoutMode.THRESHOLD, "200.00", "7.5");
        core.awaitTasks();

        Seller seller = core.bean(Catalog.class).seller(shop.seller()).orElseThrow();
        assertThat(seller.payout()).isEqualTo(terms(PayoutMode.THRESHOLD, "200.00"));
        assertThat(seller.feePercent()).isEqualByComparingTo("7.5");
        assertThat(core.strings("select detail::text from timeline.event where kind = 'terms_set'"))
                .singleElement()
                .asString()
                .contains("threshold", "200.00", "7.5");
        assertThat(core.messenger.sent)
                .anySatisfy(message ->
                        assertThat(message.text().toString()).contains("200.00").contains("7.5 %"));
    }

    @Test
    void whatIsAsItWasIsToldToNobody() {
        change(PayoutMode.INSTANT, null, "5.00");

        assertThat(core.count("timeline.event where kind = 'terms_set'")).isZero();
        assertThat(core.count("tasks.task where kind = 'tell_terms'")).isZero();
    }

    private void change(PayoutMode mode, @Nullable String threshold, String fee) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(SellerTerms.class)
                        .change(shop.seller(), terms(mode, threshold), new BigDecimal(fee), "operator"));
    }

    private static PayoutTerms terms(PayoutMode mode, @Nullable String threshold) {
        return new PayoutTerms(mode, threshold == null ? null : Money.parse(threshold, Asset.USD));
    }
}
