package admitone.fulfillment;

import admitone.access.Grant;
import admitone.access.PoolLink;
import admitone.access.WayIn;
import admitone.cases.Case;
import admitone.ledger.Line;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.NotificationInbox.Fate;
import admitone.payments.Payment;
import admitone.payments.PaymentState;
import admitone.tasks.Owed;
import admitone.timeline.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
 * @param onTop a deposit beside this one, which is heard in the same commit; or null
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
        @Nullable Heard onTop,
        List<Happened> happened) {

    record Happened(String kind, Map<String, String> detail) {}

    /** A payment that counts now, with the lines about it. */
    record Counted(Payment payment, List<Line> journal) {}

    static Decision absorbed(String why) {
        return kept(why, Fate.APPLIED);
    }

    static Decision kept(String why, Fate fate) {
        return new Decision(
                why, fate, null, null, null, List.of(), null, false, List.of(), List.of(), List.of(), null, List.of());
    }

    static Decision move(PaymentState next) {
        Change change = absorbed("payment_" + next.word()).change();
        change.next = next;
        return change.happened("payment_" + next.word(), Map.of());
    }

    Decision grant(Grant granted, WayIn wayIn) {
        Change change = change();
        change.grant = granted;
        change.link = wayIn instanceof WayIn.OneTime(PoolLink assigned) ? assigned : null;
        Decision in = change.happened("granted", Map.of("grant", granted.handle()));
        return in.link == null ? in : in.tell("link_assigned", Map.of("link", in.link.name()));
    }

    Decision book(List<Line> lines) {
        Change change = change();
        change.journal = Stream.concat(journal.stream(), lines.stream()).toList();
        change.happened = Stream.concat(
                        happened.stream(), lines.stream().map(line -> new Happened("booked", line.told())))
                .toList();
        return change.made();
    }

    /** Sets the coins of a payment aside, once. */
    Decision suspend(Optional<Money> outcome, @Nullable Money before) {
        if (outcome.isEmpty() || !outcome.get().isPositive() || before != null) {
            return this;
        }
        Change change = book(Line.suspense(outcome.get())).change();
        change.suspended = outcome.get();
        return change.made();
    }

    Decision endGrant() {
        Change change = change();
        change.endsGrant = true;
        return change.made();
    }

    Decision owe(Owed one) {
        Change change = change();
        change.owed = plus(owed, one);
        return change.made();
    }

    Decision ask(Case.Draft draft) {
        Change change = change();
        change.cases = plus(cases, draft);
        return change.happened("case_opened", Map.of("kind", draft.kind()));
    }

    /** Another payment of the order counts too. */
    Decision count(Counted part) {
        Change change = change();
        change.counted = plus(counted, part);
        return change.happened(
                "part_counted", Map.of("payment_id", part.payment().id()));
    }

    /** More came than was counted: it is a payment beside this one. */
    Decision hear(Heard onTop) {
        Change change = change();
        change.onTop = onTop;
        return change.happened("more_arrived", Map.of("payment_id", onTop.paymentId()));
    }

    Decision tell(String kind, Map<String, String> detail) {
        return change().happened(kind, detail);
    }

    private Change change() {
        return new Change(this);
    }

    /** A decision in the making: all as before, until it is set. */
    private static final class Change {
        private final Decision from;
        private @Nullable PaymentState next;
        private @Nullable Grant grant;
        private @Nullable PoolLink link;
        private List<Line> journal;
        private @Nullable Money suspended;
        private boolean endsGrant;
        private List<Owed> owed;
        private List<Case.Draft> cases;
        private List<Counted> counted;
        private @Nullable Heard onTop;
        private List<Happened> happened;

        Change(Decision from) {
            this.from = from;
            this.next = from.next;
            this.grant = from.grant;
            this.link = from.link;
            this.journal = from.journal;
            this.suspended = from.suspended;
            this.endsGrant = from.endsGrant;
            this.owed = from.owed;
            this.cases = from.cases;
            this.counted = from.counted;
            this.onTop = from.onTop;
            this.happened = from.happened;
        }

        Decision happened(String kind, Map<String, String> detail) {
            happened = plus(happened, new Happened(kind, detail));
            return made();
        }

        Decision made() {
            return new Decision(
                    from.what, from.fate, next, grant, link, journal, suspended, endsGrant, owed, cases, counted, onTop,
                    happened);
        }
    }

    List<Event> events(String subject, Heard.Trigger trigger) {
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
