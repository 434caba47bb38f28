package admitone.audit;

import admitone.audit.Reconciliation.Compared;
import admitone.audit.Reconciliation.Difference;
import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Payout;
import admitone.payouts.PayoutProvider;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.Receivers;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The provider's list of withdrawals and our batches. */
@Component
class PayoutComparison {
    /** All kinds of differences in payouts begin so. */
    static final String KINDS = "payout_";

    /** What was made just now, or was not yet told of, is on its way to be the same on both sides. */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    /** We ask about a batch once an hour at least. */
    private static final Duration HEARD_WITHIN = Duration.ofHours(2);

    private static final Duration AROUND = Duration.ofDays(1);
    private static final Pattern EXTERNAL = Pattern.compile(Payout.HANDLE + "_[a-z0-9_]{1,60}_[0-9]{1,4}");

    private final PayoutProvider provider;
    private final Receivers receivers;
    private final JdbcClient jdbc;

    PayoutComparison(PayoutProvider provider, Receivers receivers, JdbcClient jdbc) {
        this.provider = provider;
        this.receivers = receivers;
        this.jdbc = jdbc;
    }

    /** How a batch stands here. */
    enum Stand {
        OPEN,
        FAILED,
        /** The payout is paid by it. */
        PAID,
        /** Nothing is expected of it. */
        OVER
    }

    /** @param address null: not on record */
    record Ours(
            String payout,
            String externalId,
            @Nullable String batchId,
            Instant calledAt,
            Stand stand,
            String state,
            Money coins,
            @Nullable String address) {}

    Compared compare(Instant since, Instant now) {
        List<Ours> ours = ours(since.minus(AROUND));
        if (ours.isEmpty() && !provider.canPay()) {
            return new Compared(0, false, "", List.of()); // nothing is paid out by us
        }
        Answer<List<Seen>> answer = provider.list(since, now.plus(SETTLED));
        return answer instanceof Answer.Done<List<Seen>>(List<Seen> theirs)
                ? new Compared(theirs.size(), true, "", differences(ours, theirs, since, now))
                : new Compared(
                        0, false, "the provider's list of payouts could not be had: " + words(answer), List.of());
    }

    private static String words(Answer<?> answer) {
        return switch (answer) {
            case Answer.Done<?> _ -> "";
            case Answer.Declined<?>(String _, String reason) -> reason;
            case Answer.NotNow<?>(Duration _, String reason) -> reason;
            case Answer.Unknown<?>(String reason) -> reason;
        };
    }

    private List<Difference> differences(List<Ours> ours, List<Seen> theirs, Instant since, Instant now) {
        Map<String, Ours> byName = new HashMap<>();
        ours.forEach(one -> {
            byName.put("name " + one.externalId(), one);
            if (one.batchId() != null) {
                byName.put("batch " + one.batchId(), one);
            }
        });
        List<Difference> differences = new ArrayList<>();
        Set<Ours> listed = new HashSet<>();
        for (Seen seen : theirs) {
            Optional<Ours> mine = Optional.ofNullable(byName.get("batch " + seen.batchId()))
                    .or(() -> Optional.ofNullable(byName.get("name " + seen.externalId())));
            mine.ifPresent(listed::add);
            mine.map(one -> difference(seen, one, now))
                    .orElseGet(() -> stranger(seen, since))
                    .ifPresent(differences::add);
        }
        ours.stream()
                .filter(one -> one.batchId() != null && !listed.contains(one))
                .filter(one -> one.calledAt().isAfter(since.plus(SETTLED))
                        && one.calledAt().isBefore(now.minus(SETTLED)))
                .map(one -> new Difference(
                        "payout_not_listed",
                        one.payout(),
                        one.calledAt(),
                        "batch " + one.batchId() + " is not in its list",
                        one.state(),
                        "We know a batch that the provider does not list: was the account changed? Hold payouts until it is"
                                + " clear."))
                .forEach(differences::add);
        return differences;
    }

    /** Pure: a batch that both sides know. */
    static Optional<Difference> difference(Seen seen, Ours ours, Instant now) {
        if (!seen.amount().equals(ours.coins())
                || (ours.address() != null && !ours.address().equalsIgnoreCase(seen.address()))) {
            return told(
                    "payout_altered",
                    seen.amount() + " to " + seen.address(),
                    ours,
                    "The provider sends something else than it was asked to: hold payouts, and ask it.");
        }
        boolean isLate = ours.calledAt().isBefore(now.minus(HEARD_WITHIN));
        return switch (seen.status()) {
            case FINISHED ->
                switch (ours.stand()) {
                    case OPEN, FAILED -> isLate ? notHeard(seen, ours) : Optional.empty();
                    case PAID -> Optional.empty();
                    case OVER -> contradicted(seen, ours);
                };
            case PROCESSING, SENDING ->
                switch (ours.stand()) {
                    case OPEN, FAILED -> Optional.empty();
                    case PAID -> notEnded(seen, ours);
                    case OVER -> contradicted(seen, ours);
                };
            case FAILED, REJECTED, CANCELLED ->
                switch (ours.stand()) {
                    case OPEN -> isLate ? notHeard(seen, ours) : Optional.empty();
                    case FAILED ->
                        isLate && seen.status() != PayoutProvider.Status.FAILED
                                ? notHeard(seen, ours)
                                : Optional.empty();
                    case PAID -> notEnded(seen, ours);
                    case OVER -> Optional.empty();
                };
            case CREATING, WAITING, UNKNOWN_WORD ->
                ours.stand() == Stand.PAID ? notEnded(seen, ours) : Optional.empty();
        };
    }

    private static Optional<Difference> notHeard(Seen seen, Ours ours) {
        return told(
                "payout_ended_there",
                seen.statusWord(),
                ours,
                "It is over there and not here: look at ./admitone queues follow_payout, which asks once an hour.");
    }

    private static Optional<Difference> notEnded(Seen seen, Ours ours) {
        return told(
                "payout_not_ended_there",
                seen.statusWord(),
                ours,
                "We count it as paid and the provider does not: ask it before this seller is paid again.");
    }

    private static Optional<Difference> contradicted(Seen seen, Ours ours) {
        return told(
                "payout_sent_after_all",
                seen.statusWord(),
                ours,
                "Coins may have gone for what is the seller's balance again: stop this seller's payouts"
                        + " (PUT /api/v1/sellers/{id}/payouts/switch), then ask the provider.");
    }

    private static Optional<Difference> told(String kind, String theirs, Ours ours, String todo) {
        return Optional.of(
                new Difference(kind, ours.payout(), ours.calledAt(), theirs, ours.coins() + " " + ours.state(), todo));
    }

    /** One that no batch of ours is: told when it bears a name of ours, or went to where a seller, or a buyer for one, is paid. */
    private Optional<Difference> stranger(Seen seen, Instant since) {
        boolean isNamed =
                seen.externalId() != null && EXTERNAL.matcher(seen.externalId()).matches();
        boolean goesOut = switch (seen.status()) {
            case WAITING, PROCESSING, SENDING, FINISHED, FAILED -> true;
            case CREATING, REJECTED, CANCELLED, UNKNOWN_WORD -> false;
        };
        return goesOut
                        && (isNamed
                                || !receivers
                                        .waitingAt(seen.address(), seen.extraId())
                                        .isEmpty())
                ? Optional.of(new Difference(
                        "payout_unknown",
                        "batch " + seen.batchId(),
                        Optional.ofNullable(seen.createdAt()).orElse(since),
                        seen.amount() + " to " + seen.address() + ", " + seen.statusWord(),
                        "not known",
                        "The provider sent what we know nothing of, by hand or before a restore: see its case"
                                + " payout_not_on_record, or pay that seller by hand until it is clear."))
                : Optional.empty();
    }

    private List<Ours> ours(Instant since) {
        return jdbc.sql("""
                select a.*, p.attempt as newest, p.state, p.coin, p.coin_units, coalesce(d.address, r.address) as address from payouts.attempt a
                join payouts.payout p on p.seller_id = a.seller_id and p.payout_id = a.payout_id
                left join payouts.destination d on d.seller_id = p.seller_id and d.destination_id = p.destination_id
                left join payouts.refund r on r.seller_id = p.seller_id and r.payout_id = p.payout_id
                where a.called_at > ? and a.refused_at is null order by a.called_at
                """)
                .param(Columns.at(since))
                .query(PayoutComparison::read)
                .list();
    }

    private static Ours read(ResultSet row, int n) throws SQLException {
        String state = row.getString("state");
        boolean isNewest = row.getInt("number") == row.getInt("newest");
        Stand stand = Columns.instantOrNull(row, "ended_at") == null
                ? state.equals("failed") ? Stand.FAILED : Stand.OPEN
                : isNewest && state.equals("finished") ? Stand.PAID : Stand.OVER;
        return new Ours(
                new Handle(
                                Payout.HANDLE,
                                new SellerId(row.getString("seller_id")),
                                row.getObject("payout_id", UUID.class))
                        .toString(),
                row.getString("external_id"),
                row.getString("batch_id"),
                Columns.instant(row, "called_at"),
                stand,
                state,
                new Money(row.getBigDecimal("coin_units").toBigIntegerExact(), new Asset(row.getString("coin"))),
                row.getString("address"));
    }
}
