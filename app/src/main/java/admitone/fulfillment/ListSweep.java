package admitone.fulfillment;

import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import admitone.runtime.Recurring;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks through the provider's list for payments that we do not know: a restore has lost them, and no notification comes any more. At
 * start, which a restore needs, and then four times a day. What was made before that is found by the nightly comparison.
 */
@Component
public class ListSweep extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(ListSweep.class);
    private static final Duration EVERY = Duration.ofHours(6);

    /** As far back as payments are asked about, and a day more. */
    private static final Duration BACK = Duration.ofDays(8);

    /** A restore may have lost as much as the oldest backup that anybody would take. */
    private static final Duration BACK_AT_START = Duration.ofDays(31);

    /** Of a hundred payments each; what is beyond is told. */
    private static final int MOST_PAGES = 100;

    private final InvoiceProvider provider;
    private final Payments payments;
    private final Fulfillment fulfillment;
    private final Clock clock;
    /** Not before the provider has shown it. */
    private boolean lookedAtStart; // of its one loop

    ListSweep(InvoiceProvider provider, Payments payments, Fulfillment fulfillment, Clock clock) {
        super("list sweep", EVERY);
        this.provider = provider;
        this.payments = payments;
        this.fulfillment = fulfillment;
        this.clock = clock;
    }

    @Override
    protected void round() {
        if (provider.canList()) {
            Duration back = lookedAtStart ? BACK : BACK_AT_START;
            Look look = look(new Trigger(Heard.Cause.SWEEP, "list sweep", clock.instant()), back);
            lookedAtStart |= look.isWhole();
            if (look.found() > 0) {
                log.warn(
                        "{} payments in the provider's list were not known here; they are now, see the cases",
                        look.found());
            }
        }
    }

    /** Takes in what is not known yet; answers how many. */
    public int look(Trigger trigger) {
        return look(trigger, BACK).found();
    }

    /** @param isWhole whether the provider showed all that one look asks for */
    private record Look(int found, boolean isWhole) {}

    private Look look(Trigger trigger, Duration back) {
        int found = 0;
        for (int page = 0; page < MOST_PAGES; page++) {
            Answer<Listed> answer = provider.madeSince(clock.instant().minus(back), page, trigger);
            if (!(answer instanceof Answer.Done<Listed>(Listed listed))) {
                log.info("the provider's list was not to be had ({}), looked at again in {}", answer, EVERY);
                return new Look(found, false);
            }
            found += takeIn(listed.payments());
            if (listed.last()) {
                return new Look(found, true);
            }
        }
        log.warn("the provider's list is longer than {} pages; older payments were not looked at", MOST_PAGES);
        return new Look(found, true);
    }

    private int takeIn(List<Heard> listed) {
        Set<String> known = payments.sellersOf(
                        listed.stream().map(Heard::paymentId).collect(Collectors.toSet()))
                .keySet();
        List<Heard> unknown = listed.stream()
                .filter(heard -> !known.contains(heard.paymentId()) && isOurs(heard) && hasCome(heard))
                .toList();
        unknown.forEach(fulfillment::hear);
        return unknown.size();
    }

    /** Others may use the same account. */
    private static boolean isOurs(Heard heard) {
        return heard.orderId() != null && Handle.sellerOfOrder(heard.orderId()).isPresent();
    }

    /** Of what nobody has paid, nobody need be told. */
    private static boolean hasCome(Heard heard) {
        return switch (heard.status()) {
            case CONFIRMING, CONFIRMED, SENDING, PARTIALLY_PAID, FINISHED, WRONG_ASSET_CONFIRMED -> true;
            case WAITING, EXPIRED, FAILED, CANCELLED, REFUNDED, OTHER -> false;
        };
    }
}
