package admitone.fulfillment;

import admitone.access.Grant;
import admitone.access.PoolLink;
import admitone.access.WayIn;
import admitone.cases.Case;
import admitone.ledger.Line;
import admitone.money.Money;
import admitone.payments.NotificationInbox.Fate;
import admitone.payments.Payment;
import admitone.payments.PaymentState;
import admitone.tasks.Owed;
import admitone.timeline.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that hearing something changes, as one value: written in one transaction or not at all.
 *
 * @param what came of it, in a word, for the trigger's record
 * @param fate of the notification
 * @param next the payment's new state, or null when it stays
 * @param link the one-time link that becomes the grant's way in, or null
 * @param suspended what is newly booked to suspense, or null
 * @param endsGrant what the payment granted ends, and its journal lines are taken back
 * @param counted the order's other payments that count from now on, since together they bring the whole price
 * @param happened kinds of event and their detail
 */
record Decision(
        String what,
        Fate fate,
        @Nullable PaymentState next,
        @Nullable Grant grant,
        @Nullable PoolLink link,
        List<Line> journal,
        @Nullable Money suspended,
        boolean endsGrant,
        List<Owed> owed,
        List<Case.Draft> cases,
        List<Counted> counted,
        List<Happened> happened) {

    record Happened(String kind, Map<String, String> detail) {}

    /** A payment that counts now, with the lines about it. */
    record Counted(Payment payment, List<Line> journal) {}

    static Decision absorbed(String why) {
        return new Decision(
                why,
                Fate.APPLIED,
                null,
                null,
                null,
                List.of(),
                null,
                false,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    static Decision kept(String why, Fate fate) {
        return new Decision(
                why, fate, null, null, null, List.of(), null, false, List.of(), List.of(), List.of(), List.of());
    }

    static Decision move(PaymentState next) {
        return new Decision(
                "payment_" + next.word(),
                Fate.APPLIED,
                next,
                null,
                null,
                List.of(),
                null,
                false,
                List.of(),
                List.of(),
                List.of(),
                List.of(new Happened("payment_" + next.word(), Map.of())));
    }

    Decision grant(Grant granted, WayIn wayIn) {
        List<Happened> told = plus(happened, new Happened("granted", Map.of("grant", granted.handle())));
        return new Decision(
                what,
                fate,
                next,
                granted,
                wayIn instanceof WayIn.OneTime(PoolLink assigned) ? assigned : null,
                journal,
                suspended,
                endsGrant,
                owed,
                cases,
                counted,
                wayIn instanceof WayIn.OneTime(PoolLink assigned)
                        ? plus(told, new Happened("link_assigned", Map.of("link", assigned.name())))
                        : told);
    }

    Decision book(List<Line> lines) {
        List<Line> all = new ArrayList<>(journal);
        all.addAll(lines);
        List<Happened> events = new ArrayList<>(happened);
        lines.forEach(line -> events.add(new Happened("booked", line.told())));
        return new Decision(what, fate, next, grant, link, all, suspended, endsGrant, owed, cases, counted, events);
    }

    /** Sets the coins of a payment aside, once. */
    Decision suspend(Optional<Money> outcome, @Nullable Money before) {
        if (outcome.isEmpty() || !outcome.get().isPositive() || before != null) {
            return this;
        }
        Decision booked = book(Line.suspense(outcome.get()));
        return new Decision(
                what,
                fate,
                next,
                grant,
                link,
                booked.journal,
                outcome.get(),
                endsGrant,
                owed,
                cases,
                counted,
                booked.happened);
    }

    Decision endGrant() {
        return new Decision(what, fate, next, grant, link, journal, suspended, true, owed, cases, counted, happened);
    }

    Decision owe(Owed one) {
        return new Decision(
                what,
                fate,
                next,
                grant,
                link,
                journal,
                suspended,
                endsGrant,
                plus(owed, one),
                cases,
                counted,
                happened);
    }

    Decision ask(Case.Draft draft) {
        return new Decision(
                what,
                fate,
                next,
                grant,
                link,
                journal,
                suspended,
                endsGrant,
                owed,
                plus(cases, draft),
                counted,
                plus(happened, new Happened("case_opened", Map.of("kind", draft.kind()))));
    }

    /** Another payment of the order counts too. */
    Decision count(Counted part) {
        return new Decision(
                what,
                fate,
                next,
                grant,
                link,
                journal,
                suspended,
                endsGrant,
                owed,
                cases,
                plus(counted, part),
                plus(
                        happened,
                        new Happened(
                                "part_counted",
                                Map.of("payment_id", part.payment().id()))));
    }

    Decision tell(String kind, Map<String, String> detail) {
        return new Decision(
                what,
                fate,
                next,
                grant,
                link,
                journal,
                suspended,
                endsGrant,
                owed,
                cases,
                counted,
                plus(happened, new Happened(kind, detail)));
    }

    List<Event> events(String subject, admitone.payments.Heard.Trigger trigger) {
        return happened.stream()
                .map(one -> new Event(
                        subject, trigger.at(), one.kind(), trigger.cause().word(), trigger.source(), one.detail()))
                .toList();
    }

    private static <T> List<T> plus(List<T> list, T one) {
        List<T> all = new ArrayList<>(list);
        all.add(one);
        return List.copyOf(all);
    }
}
