package admitone.payouts;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationInbox;
import admitone.payments.PayoutNotifications;
import admitone.payouts.PayoutFlow.By;
import admitone.payouts.PayoutProvider.Seen;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the provider tells of withdrawals: stored as it came, acted on by a task. What comes before our own record of its batch waits for
 * that.
 */
@Component
class PayoutInbox implements PayoutNotifications, TaskHandler {
    private static final String KIND = "hear_payout";
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);
    /** A batch that nobody has recorded by then is none of ours. */
    private static final Duration PARKED = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final WithdrawalReader reader;
    private final BatchRoutes routes;
    private final PayoutFlow flow;
    private final Cases cases;
    private final Tasks tasks;
    private final Transactions transactions;
    private final Clock clock;

    PayoutInbox(
            JdbcClient jdbc,
            WithdrawalReader reader,
            BatchRoutes routes,
            PayoutFlow flow,
            Cases cases,
            Tasks tasks,
            Transactions transactions,
            Clock clock) {
        this.jdbc = jdbc;
        this.reader = reader;
        this.routes = routes;
        this.flow = flow;
        this.cases = cases;
        this.tasks = tasks;
        this.transactions = transactions;
        this.clock = clock;
    }

    private record Kept(byte[] body, String source, Instant receivedAt) {}

    @Override
    public boolean keep(byte[] body, Trigger trigger) {
        String digest = HexFormat.of().formatHex(NotificationInbox.digest(body));
        SellerId seller =
                reader.read(body).flatMap(seen -> routes.of(seen.batchId())).orElse(SellerId.PLATFORM);
        return transactions.run(seller, () -> {
            boolean isNew = jdbc.sql("""
                            insert into payouts.notification (seller_id, digest, body, source, received_at) values (?, ?, ?, ?, ?)
                            on conflict do nothing
                            """)
                            .params(seller.value(), digest, body, trigger.source(), Columns.at(trigger.at()))
                            .update()
                    == 1;
            if (isNew) {
                tasks.owe(seller, Owed.now(KIND, "withdrawal_notification:" + digest, Map.of("digest", digest)));
            }
            return isNew;
        });
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int mostAttempts() {
        return 200; // of those that fail; a batch that is waited for is none
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true; // it calls nobody
    }

    @Override
    public Result attempt(Task task) {
        Kept kept = find(task.seller(), task.need("digest"));
        Optional<Seen> seen = reader.read(kept.body());
        if (seen.isEmpty()) {
            return new Result.Done(
                    () -> ask(task.seller(), task.subject(), "unrecognised", "about a payout, and says too little"));
        }
        Optional<SellerId> seller = routes.of(seen.get().batchId());
        By by = new By("ipn", kept.source(), null);
        if (seller.isPresent() && transactions.run(seller.get(), () -> flow.heard(seller.get(), seen.get(), by))) {
            return Result.done();
        }
        return clock.instant().isBefore(kept.receivedAt().plus(PARKED))
                ? Result.later(LOOK_AGAIN, "its batch is not on record")
                : new Result.Done(() -> ask(
                        SellerId.PLATFORM,
                        "withdrawal:" + seen.get().withdrawalId(),
                        "payout_not_ours",
                        "the provider tells of a withdrawal that no payout of ours has made"));
    }

    private Kept find(SellerId seller, String digest) {
        return jdbc.sql("select body, source, received_at from payouts.notification where seller_id = ? and digest = ?")
                .params(seller.value(), digest)
                .query((row, n) ->
                        new Kept(row.getBytes("body"), row.getString("source"), Columns.instant(row, "received_at")))
                .single();
    }

    private void ask(SellerId seller, String subject, String kind, String why) {
        cases.open(seller, new Case.Draft(kind, subject, null, null, Map.of("why", why)));
    }
}
