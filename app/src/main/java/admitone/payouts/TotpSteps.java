package admitone.payouts;

import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The provider takes one code in each step of thirty seconds from an account: of all instances one has it. */
@Repository
class TotpSteps {
    static final Duration STEP = Duration.ofSeconds(30);
    private static final String ACCOUNT = "nowpayments";

    /** A code that is about to be over might arrive too late. */
    private static final Duration TOO_LATE = Duration.ofSeconds(3);

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;

    TotpSteps(JdbcClient jdbc, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** In a transaction of its own: the step that now lies in, for whoever is first to ask. It is used up, whatever becomes of it. */
    Optional<Instant> take() {
        Instant now = clock.instant();
        long step = number(now);
        if (untilNext().compareTo(TOO_LATE) < 0) {
            return Optional.empty();
        }
        boolean mine = transactions.run(
                SellerId.PLATFORM,
                () -> jdbc.sql("""
                        insert into payouts.totp_step as s (seller_id, account, step) values (?, ?, ?)
                        on conflict (seller_id, account) do update set step = excluded.step where s.step < excluded.step
                        """)
                                .params(SellerId.PLATFORM.value(), ACCOUNT, step)
                                .update()
                        == 1);
        return mine ? Optional.of(Instant.ofEpochSecond(step * STEP.toSeconds())) : Optional.empty();
    }

    /** Whether nobody gets one now, so that whoever wants it need not ask the provider before. */
    boolean isTaken() {
        return jdbc.sql(
                        "select exists (select from payouts.totp_step where seller_id = ? and account = ? and step >= ?)")
                .params(SellerId.PLATFORM.value(), ACCOUNT, number(clock.instant()))
                .query(Boolean.class)
                .single();
    }

    Duration untilNext() {
        Instant now = clock.instant();
        return Duration.between(now, Instant.ofEpochSecond((number(now) + 1) * STEP.toSeconds()));
    }

    private static long number(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP.toSeconds());
    }
}
