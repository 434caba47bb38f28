package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Report;
import admitone.checkout.Order;
import admitone.money.Asset;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconciliationDatabaseTests {
    private static final String ID = "5996609246";
    private static final String OTHER = "5996609247";

    private final Core core = Core.start("reconciliation");
    private final Shop shop = core.shop("0123456789ab");
    private final Order order = core.order(shop);
    private final Reconciliation reconciliation = new Reconciliation(
            core.provider, core.bean(Payments.class), new Invariants(core.jdbc, core.clock), core.jdbc, core.clock);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void sidesThatAgreeDifferInNothing() {
        pay();
        lists(Ipn.finished(ID, order.id()), Ipn.finished("9", "SHOP-1"));

        Report report = reconciliation.compare();

        assertThat(report.differences()).isEmpty();
        assertThat(report.complete()).isTrue();
        assertThat(report.compared()).isEqualTo(1);
    }

    @Test
    void eachDifferenceIsToldWithWhatToDo() {
        pay();

        lists(Ipn.finished(ID, order.id()), Ipn.finished(OTHER, order.id()));
        assertThat(kinds()).containsExactly("unknown_payment " + OTHER);

        core.hear(Ipn.of(OTHER, order.id(), "waiting"));
        assertThat(kinds()).containsExactly("not_taken_in " + OTHER);

        lists(Ipn.of(ID, order.id(), "failed"));
        assertThat(kinds()).containsExactly("not_settled_there " + ID);

        lists(Ipn.finished(ID, order.id()).with("outcome_amount", new BigDecimal("0.0001")));
        assertThat(kinds()).containsExactly("other_outcome " + ID);

        lists();
        assertThat(kinds()).containsExactly("not_listed " + ID);
        assertThat(reconciliation.compare().differences())
                .allSatisfy(difference -> assertThat(difference.todo()).isNotBlank());
    }

    @Test
    void brokenInvariantIsADifference() {
        pay();
        lists(Ipn.finished(ID, order.id()));
        core.owner().sql("delete from access.grants").update();

        assertThat(kinds()).contains("invariant paid_is_granted");
    }

    @Test
    void listThatIsNotWholeSaysWhy() {
        pay();
        core.provider.onAll = (page, trigger) -> new Answer.Unknown<>("a timeout");

        Report report = reconciliation.compare();

        assertThat(report.complete()).isFalse();
        assertThat(report.why()).contains("a timeout");
        assertThat(report.differences())
                .as("what was not looked at is not missing")
                .isEmpty();
        core.provider.canList = false;
        assertThat(reconciliation.compare().why()).contains("login is not set");
    }

    private void pay() {
        core.bean(Rates.class).want(new Asset("eth"));
        core.clock.advance(Duration.ofHours(1));
        core.hear(Ipn.finished(ID, order.id()));
        core.clock.advance(Duration.ofMinutes(20));
    }

    private void lists(Ipn... payments) {
        List<Heard> heard = List.of(payments).stream()
                .map(ipn -> core.heard(ipn, Cause.SWEEP))
                .toList();
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(heard, true));
    }

    private List<String> kinds() {
        return reconciliation.compare().differences().stream()
                .map((Difference one) -> one.kind() + " " + one.about())
                .toList();
    }
}
