package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.access.Grant;
import admitone.access.Origin;
import admitone.cases.Case;
import admitone.ledger.Account;
import admitone.ledger.Ledger.Posted;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VerdictTests {
    private static final Instant NOW = Instant.parse("2025-11-02T16:30:00Z");
    private static final Money COINS = Money.parse("0.000349", Asset.of("eth"));
    private static final Paid PAID = new Paid(COINS, COINS, NOW);

    @Test
    void tellsTheIncidentAsItMustBe() {
        List<Event> events = new ArrayList<>();
        events.add(trigger("payment_paid"));
        for (int i = 0; i < 8; i++) {
            events.add(trigger(i % 2 == 0 ? "absorbed: same body heard before" : "nothing new"));
        }
        events.add(event("message_sent", ""));

        Verdict verdict = Verdict.of(
                PAID, events, List.of(grant(Grant.Access.ADMITTED)), List.of(line("accrual", 106)), List.of(), NOW);

        assertThat(verdict.sentence())
                .isEqualTo("Fulfilled once: 9 triggers, 8 absorbed, 1 grant, 1 accrual of 1.06 USD, 1 message, buyer"
                        + " inside.");
    }

    @Test
    void countsANotificationKeptForLaterOnce() {
        var events = List.of(trigger("kept for later: decision failed"), event("decided_later", "nothing new"));

        Verdict verdict = Verdict.of(new Waiting(), events, List.of(), List.of(), List.of(), NOW);

        assertThat(verdict.triggers()).isOne();
        assertThat(verdict.absorbed()).isOne();
    }

    @Test
    void tellsWhatIsStillToCome() {
        assertThat(sentence(PAID, List.of(grant(Grant.Access.PREPARING)), List.of(), List.of()))
                .isEqualTo("Fulfilled once: 0 triggers, 0 absorbed, 1 grant, the accrual still owed, no message"
                        + " confirmed yet, buyer not inside yet.");
    }

    @Test
    void tellsEveryState() {
        assertThat(sentence(new Waiting())).startsWith("Not paid yet, no deposit seen: ");
        assertThat(sentence(new Confirming(Stage.SENDING))).startsWith("Not paid yet, the provider says sending: ");
        assertThat(sentence(new Closed(Reason.EXPIRED))).startsWith("Not paid, expired: ");
        assertThat(sentence(new PartiallyPaid(COINS))).startsWith("Held for a person, underpaid with 0.000349 eth: ");
        assertThat(sentence(new Held("paid_twice"))).startsWith("Held for a person, paid twice: ");
        assertThat(sentence(new Refunded())).startsWith("Refunded before it was granted: ");
        assertThat(sentence(PAID)).startsWith("WRONG, paid and neither granted nor held: ");
    }

    @Test
    void tellsWhatWasTakenBack() {
        Verdict verdict = Verdict.of(
                new Refunded(),
                List.of(),
                List.of(grant(Grant.Access.ENDED)),
                List.of(line("accrual", 106), line("reversal_of_accrual", 106)),
                List.of(),
                NOW);

        assertThat(verdict.effects().accrued().text()).isEqualTo("0.00");
        assertThat(verdict.sentence()).contains("accrual was taken back").contains("access ended");
    }

    @Test
    void tellsWhatAPersonIsAskedAbout() {
        var late = new Case(UUID.randomUUID(), "paid_late", "payment:1", "1", null, NOW, Map.of(), null, null, null);

        assertThat(sentence(PAID, List.of(grant(Grant.Access.READY)), List.of(line("accrual", 106)), List.of(late)))
                .endsWith("; a person is asked about paid late.");
    }

    @Test
    void cannotBeTalkedOutOfADoubleEffect() {
        assertThat(sentence(
                        PAID,
                        List.of(grant(Grant.Access.READY), grant(Grant.Access.READY)),
                        List.of(line("accrual", 106)),
                        List.of()))
                .startsWith("WRONG, fulfilled more than once: ");
    }

    private static String sentence(PaymentState state) {
        return sentence(state, List.of(), List.of(), List.of());
    }

    private static String sentence(PaymentState state, List<Grant> grants, List<Posted> journal, List<Case> cases) {
        return Verdict.of(state, List.of(), grants, journal, cases, NOW).sentence();
    }

    private static Event trigger(String outcome) {
        return event(Event.TRIGGER, outcome);
    }

    private static Event event(String kind, String outcome) {
        return new Event("payment:1", NOW, kind, "ipn", "127.0.0.1", Map.of(Event.OUTCOME, outcome));
    }

    private static Grant grant(Grant.Access access) {
        return new Grant(
                new SellerId("abcdefghjkmn"),
                UUID.randomUUID(),
                new Origin.Purchase("ao_", "1"),
                UUID.randomUUID(),
                5,
                NOW,
                null,
                access);
    }

    private static Posted line(String kind, long cents) {
        return new Posted(
                UUID.randomUUID(),
                kind,
                Account.EXCHANGE,
                Account.SELLER_PAYABLE,
                new Money(java.math.BigInteger.valueOf(cents), Asset.USD),
                null,
                NOW);
    }
}
