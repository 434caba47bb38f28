package admitone.cli;

import admitone.cli.Replay.Done;
import admitone.cli.Replay.Effects;
import java.math.BigDecimal;

/** Says in a table what a replay did. */
final class Report {
    private Report() {}

    static String triggers(Incident incident, Effects effects) {
        Table table = new Table("#", "offset", "status", "cause", "source", "what it did");
        int n = 0;
        for (Done done : effects.triggers()) {
            String offset = n < incident.triggers().size()
                    ? "+" + incident.triggers().get(n).offsetS() + " s"
                    : "";
            table.row("" + ++n, offset, done.status(), done.cause(), done.source(), done.outcome());
        }
        return table.toString();
    }

    static String thenAndNow(Incident incident, Effects effects) {
        BigDecimal then = new BigDecimal(incident.then().accumulatedUsd());
        boolean crossedThen = then.compareTo(new BigDecimal(incident.payout().thresholdUsd())) >= 0;
        Table table = new Table("", "then", "now");
        table.row("usable invites", "" + incident.then().invites(), "" + effects.links());
        table.row("grants", "-", "" + effects.grants());
        table.row("accruals", "" + incident.then().accumulations(), "" + effects.accruals());
        table.row("accrued", "$" + then, "$" + effects.accruedUsd());
        table.row(
                "threshold of $" + incident.payout().thresholdUsd() + " crossed",
                yes(crossedThen),
                yes(effects.thresholdCrossed()));
        table.row("messages with the way in", "" + incident.then().invites(), "" + effects.messages());
        table.row("the payer is inside", "-", yes(effects.payerInside()));
        table.row("a stranger with the link got in", "-", yes(effects.strangerInside()));
        return table.toString();
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }
}
