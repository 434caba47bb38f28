package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Members;
import admitone.audit.Reconciliation.Report;
import admitone.checkout.Order;
import admitone.database.LongReads;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.Payments;
import admitone.payouts.Receivers;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconciliationDatabaseTests {
    private static final String ID = "5996609246";
    private static final String OTHER = "5996609247";

    private final Core core = Core.start("reconciliation");
    private final Shop shop = core.shop("0123456789ab");
    private final Order order = core.order(shop);
    private final Reconciliation reconciliation = reconciliation(core);

    /** The provider has enough of the coin that is paid in. */
    static Reconciliation reconciliation(Core core) {
        core.payouts.balance.put(new Asset("eth"), Money.parse("1000", new Asset("eth")));
        return new Reconciliation(
                new PaymentComparison(core.provider, core.bean(Payments.class), core.jdbc),
                new PayoutComparison(core.payouts, core.bean(Receivers.class), core.jdbc),
                new BalanceComparison(core.payouts, core.bean(LongReads.class)),
                new MemberComparison(core.jdbc),
                new Invariants(core.bean(LongReads.class), core.clock),
                core.clock);
    }

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
        assertThat(report.payments()).isEqualTo(1);
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

        Ipn more = Ipn.finished(ID, order.id()).paid("0.0004").with("outcome_amount", new BigDecimal("0.0004"));
        lists(more);
        core.hear(more);
        assertThat(kinds()).as("what came on top is booked beside it").isEmpty();

        lists();
        assertThat(kinds()).containsExactly("not_listed " + ID);
        assertThat(reconciliation.compare().differences())
                .allSatisfy(difference -> assertThat(difference.todo()).isNotBlank());
    }

    /** By the provider's clock where its list says so. */
    @Test
    void whenAPaymentWasMadeIsTold() {
        pay();
        Instant ours = Instant.parse(
                core.strings("select to_json(created_at at time zone 'UTC') #>> '{}' || 'Z' from payments.payment")
                        .getFirst());
        lists();
        assertThat(since()).as("not listed").isEqualTo(ours);

        Heard failed = core.heard(Ipn.of(ID, order.id(), "failed"), Cause.SWEEP);
        lists(Map.of(), failed);
        assertThat(since()).as("its list does not say").isEqualTo(ours);

        Instant theirs = ours.minusSeconds(7);
        lists(Map.of(ID, theirs), failed);
        assertThat(since()).isEqualTo(theirs);
    }

    private Instant since() {
        return reconciliation.compare().differences().getFirst().since();
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
        assertThat(reconciliation.compare().why())
                .contains("ADMITONE_NOWPAYMENTS_EMAIL and ADMITONE_NOWPAYMENTS_PASSWORD are not set");
    }

    @Test
    void whoIsInsideWithoutARightIsNamedByChannel() {
        lists();
        core.owner()
                .sql("""
                insert into access.outsider (seller_id, channel_id, telegram_user_id, found_at, beyond, decided)
                values (:seller, :channel, 77, :at, false, null), (:seller, :channel, 78, :at, true, null),
                  (:seller, :channel, 79, :at, false, 'keep')
                """)
                .param("seller", shop.seller().value())
                .param("channel", shop.channel().id())
                .param("at", core.clock.instant().atOffset(ZoneOffset.UTC))
                .update();

        List<Difference> differences = reconciliation.compare().differences();

        assertThat(differences).singleElement().satisfies(one -> {
            assertThat(one.kind()).isEqualTo("inside_without_right");
            assertThat(one.about()).isEqualTo(shop.channel().handle());
            assertThat(one.provider()).isEqualTo("2 inside, such as 77, 78");
        });
    }

    @Test
    void whoLeftWhileTheirTimeRunsIsCountedAndNoDifference() {
        pay();
        lists(Ipn.finished(ID, order.id()));
        core.owner()
                .sql("update access.grants set access = 'admitted', admitted_at = starts_at")
                .update();
        core.owner()
                .sql("update access.seat set inside = true, inside_at = ?")
                .param(core.clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        assertThat(reconciliation.compare().members()).isEqualTo(new Members(1, 0));

        core.owner().sql("update access.seat set inside = false").update();

        assertThat(reconciliation.compare().members()).isEqualTo(new Members(0, 1));
        assertThat(reconciliation.compare().differences()).isEmpty();
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
        lists(Map.of(), heard.toArray(Heard[]::new));
    }

    private void lists(Map<String, Instant> madeAt, Heard... payments) {
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(payments), madeAt, true));
    }

    private List<String> kinds() {
        return reconciliation.compare().differences().stream()
                .map((Difference one) -> one.kind() + " " + one.about())
                .toList();
    }
}
