package admitone.fulfillment;

import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.PaymentProvider;
import admitone.payments.Payments;
import admitone.payments.Payments.ToAsk;
import admitone.runtime.Answer;
import admitone.runtime.Recurring;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The second door: asks the provider about every open payment, so that a payment completes without any notification. First at
 * the age the settings say, then after twice the pause each time, at most an hour, until day seven.
 */
@Component
class Sweep extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration UNTIL = Duration.ofDays(7);
    private static final Duration AFTER_SILENCE = Duration.ofSeconds(30);
    private static final int MOST_AT_ONCE = 8;
    private static final int BATCH = 50;

    private final Payments payments;
    private final PaymentProvider provider;
    private final Fulfillment fulfillment;
    private final Clock clock;
    private final Duration first;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private volatile Instant quietUntil = Instant.EPOCH;

    Sweep(Payments payments, PaymentProvider provider, Fulfillment fulfillment, Clock clock, Settings settings) {
        super("sweep", ROUND);
        this.payments = payments;
        this.provider = provider;
        this.fulfillment = fulfillment;
        this.clock = clock;
        this.first = settings.sweepFirst();
    }

    @Override
    protected void round() {
        Instant now = clock.instant();
        if (now.isBefore(quietUntil)) {
            return;
        }
        List<ToAsk> due = payments.dueForAsking(now, BATCH);
        for (ToAsk one : due) {
            if (clock.instant().isBefore(quietUntil)) {
                return;
            }
            if (payments.claimAsking(one, nextAsk(one.asked(), one.createdAt(), now, first))) {
                places.acquireUninterruptibly();
                Thread.ofVirtual().name("sweep").start(() -> ask(one));
            }
        }
    }

    /** When to ask again after the question now due; null: never. */
    static @Nullable Instant nextAsk(int asked, Instant createdAt, Instant now, Duration first) {
        Duration pause = first.multipliedBy(1L << Math.min(asked + 1, 16));
        Instant next = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
        return next.isAfter(createdAt.plus(UNTIL)) ? null : next;
    }

    private void ask(ToAsk one) {
        try {
            var trigger = new Trigger(Cause.SWEEP, "sweep #" + (one.asked() + 1), clock.instant());
            switch (provider.find(one.paymentId(), trigger)) {
                case Answer.Done<Optional<Heard>>(Optional<Heard> heard) -> heard.ifPresent(fulfillment::hear);
                case Answer.NotNow<Optional<Heard>>(Duration after, String reason) -> {
                    quietUntil = clock.instant().plus(after);
                    payments.notAnswered(one, quietUntil);
                }
                case Answer.Declined<Optional<Heard>>(String code, String reason) ->
                    log.warn(
                            "payment {}: the provider declined to answer ({} {}), asked again later",
                            one.paymentId(),
                            code,
                            reason);
                case Answer.Unknown<Optional<Heard>>(String reason) -> {
                    log.info("payment {}: no answer from the provider ({}), asked again", one.paymentId(), reason);
                    payments.notAnswered(one, clock.instant().plus(AFTER_SILENCE));
                }
            }
        } catch (RuntimeException e) {
            log.warn(
                    "payment {}: what the provider said could not be taken in ({}), asked again later",
                    one.paymentId(),
                    e.toString());
        } finally {
            places.release();
        }
    }
}
