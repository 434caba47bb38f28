package admitone.audit;

import admitone.access.Grant;
import admitone.access.Grant.Access;
import admitone.cases.Case;
import admitone.ledger.Ledger.Posted;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Waiting;
import admitone.timeline.Event;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What came of everything that could have caused something, in one sentence.
 *
 * @param triggers calls that could have changed something
 * @param absorbed those of them that changed nothing
 */
public record Verdict(String sentence, int triggers, int absorbed, Effects effects) {

    /** What there is because of the payment. {@code accrued} is net of what was taken back. */
    public record Effects(int grants, int accruals, Money accrued, int messages, boolean admitted) {}

    /** Pure: everything it depends on is given. */
    public static Verdict of(
            PaymentState state,
            List<Event> events,
            List<Grant> grants,
            List<Posted> journal,
            List<Case> cases,
            Instant now) {
        int triggers = (int) events.stream()
                .filter(event -> event.kind().equals(Event.TRIGGER))
                .count();
        int absorbed = (int) events.stream().filter(Verdict::isAbsorbed).count();
        Effects effects = new Effects(
                grants.size(),
                (int) journal.stream()
                        .filter(line -> line.kind().equals(Line.Kind.ACCRUAL))
                        .count(),
                sum(journal, Line.Kind.ACCRUAL).minus(sum(journal, Line.Kind.REVERSAL + Line.Kind.ACCRUAL)),
                (int) events.stream()
                        .filter(event -> event.kind().equals("message_sent"))
                        .count(),
                wasAdmitted(events, grants));
        String counts = count(triggers, "trigger") + ", " + absorbed + " absorbed";
        String sentence = head(state, grants, effects, cases) + ": " + counts + tail(state, effects, grants, now)
                + questions(state, cases) + ".";
        return new Verdict(sentence, triggers, absorbed, effects);
    }

    private static String head(PaymentState state, List<Grant> grants, Effects effects, List<Case> cases) {
        return switch (state) {
            case Waiting() -> "Not paid yet, no deposit seen";
            case Confirming(var stage) -> "Not paid yet, the provider says " + word(stage);
            case Closed(var reason) -> "Not paid, " + word(reason);
            case PartiallyPaid(Money received) -> "Held for a person, underpaid with " + received;
            case Held(String why) -> "Held for a person, " + why.replace('_', ' ');
            case Refunded() ->
                grants.isEmpty()
                        ? "Refunded before it was granted"
                        : cases.stream().anyMatch(one -> one.kind().equals("refund_after_payout"))
                                ? "Refunded after a payout had claimed it, the grant ended"
                                : "Refunded, the grant ended and the accrual was taken back";
            case Paid _ -> {
                if (grants.isEmpty()) {
                    yield cases.isEmpty() ? "WRONG, paid and neither granted nor held" : "Held for a person";
                }
                yield effects.grants() > 1 || effects.accruals() > 1
                        ? "WRONG, fulfilled more than once"
                        : "Fulfilled once";
            }
        };
    }

    private static String tail(PaymentState state, Effects effects, List<Grant> grants, Instant now) {
        if (!(state instanceof Paid || state instanceof Refunded) || grants.isEmpty()) {
            return "";
        }
        return ", " + count(effects.grants(), "grant")
                + ", "
                + (effects.accruals() == 0
                        ? "the accrual still owed"
                        : count(effects.accruals(), "accrual") + " of "
                                + effects.accrued().text() + " USD")
                + ", "
                + (effects.messages() == 0 ? "no message confirmed yet" : count(effects.messages(), "message"))
                + ", "
                + where(grants.getLast(), effects.admitted(), now);
    }

    private static String where(Grant grant, boolean admitted, Instant now) {
        if (grant.shownAt(now) == Access.ENDED) {
            return "access ended";
        }
        return admitted ? "buyer inside" : "buyer not inside yet";
    }

    private static String questions(PaymentState state, List<Case> cases) {
        String open = cases.stream()
                .filter(one -> one.decided() == null)
                .map(Case::kind)
                .filter(kind -> !(state instanceof Held(String why) && why.equals(kind)))
                .distinct()
                .collect(Collectors.joining(", "));
        return open.isEmpty() ? "" : "; a person is asked about " + open.replace('_', ' ');
    }

    /** One that was kept for later is judged by what was decided then. */
    private static boolean isAbsorbed(Event event) {
        return (event.kind().equals(Event.TRIGGER) || event.kind().equals("decided_later"))
                && (outcome(event).startsWith(Event.ABSORBED) || outcome(event).equals("nothing new"));
    }

    private static String outcome(Event event) {
        return event.detail().getOrDefault(Event.OUTCOME, "");
    }

    private static boolean wasAdmitted(List<Event> events, List<Grant> grants) {
        return grants.stream().anyMatch(grant -> grant.access() == Access.ADMITTED)
                || events.stream()
                        .anyMatch(event ->
                                event.kind().equals("admitted") || event.kind().equals("joined"));
    }

    private static Money sum(List<Posted> journal, String kind) {
        Money sum = Money.zero(Asset.USD);
        for (Posted line : journal) {
            if (line.kind().equals(kind)) {
                sum = sum.plus(line.amount());
            }
        }
        return sum;
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    private static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
