package admitone;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider;
import admitone.runtime.Answer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The provider's side of payouts, with its rules and, where a test wants them, its lies: a batch lives an hour, a code is good once. */
public final class FakePayoutProvider implements PayoutProvider {
    /** What {@link #validate} answers. */
    public final AtomicReference<Answer<Checked>> validation =
            new AtomicReference<>(new Answer.Done<>(new Checked("eth", true)));

    /** What becomes of a call. */
    public enum Lie {
        NONE,
        /** Nothing happens, and no answer comes. */
        LOST_BEFORE,
        /** It happens, and no answer comes. */
        LOST_AFTER,
        /** Refused for now: nothing happens. */
        NOT_NOW,
        /** Refused for good. */
        DECLINED
    }

    /** A withdrawal there, in a batch of its own. */
    public static final class Row {
        public final String batchId;
        public final NewBatch asked;
        public final Instant createdAt;
        public Status status = Status.CREATING;
        public @Nullable Instant verifiedAt;
        /** Null: it does not say. */
        public @Nullable Instant changedAt;

        public @Nullable String hash;
        public @Nullable String error;
        /** What it made of what it was asked. */
        public NewBatch holds;
        /** What it says that it took beside; null: it does not say. */
        public @Nullable Money fee;

        Row(String batchId, NewBatch asked, Instant createdAt) {
            this.batchId = batchId;
            this.asked = asked;
            this.holds = asked;
            this.createdAt = createdAt;
        }
    }

    public final List<Row> rows = new ArrayList<>();
    /** What it makes of what it is asked. */
    public UnaryOperator<NewBatch> makes = asked -> asked;

    public final List<String> calls = new ArrayList<>();
    /** By the operation: create, verify, batch, list, balance, minimum, fee. */
    public Function<String, Lie> lies = operation -> Lie.NONE;
    /** What a verified one comes to. */
    public Function<Row, Status> end = row -> Status.FINISHED;

    /** Batches that it does not know any more. */
    public final Set<String> forgotten = new HashSet<>();

    public boolean echoesExternalIds = true;
    public boolean tellsMemos = true;
    /** How it calls what waits for its code. */
    public Status unverified = Status.CREATING;
    /** Whether it shows by its id what waits for its code. */
    public boolean showsUnverified = true;

    public boolean canPay = true;
    public String declinedAs = "refused";
    public final Map<Asset, Money> balance = new HashMap<>();
    public Function<Asset, Money> fee = coin -> Money.parse("0.001", coin);
    public Function<Asset, Money> minimum = coin -> Money.parse("0.01", coin);
    private final Set<Instant> usedSteps = new HashSet<>();
    private final Clock clock;

    public FakePayoutProvider(Clock clock) {
        this.clock = clock;
    }

    @Override
    public boolean canPay() {
        return canPay;
    }

    @Override
    public synchronized Answer<Batch> create(NewBatch asked) {
        return answer("create", () -> {
            Row row = new Row(Integer.toString(5_000_000 + rows.size()), asked, clock.instant());
            row.holds = makes.apply(asked);
            rows.add(row);
            return new Answer.Done<>(new Batch(row.batchId, List.of(seen(row))));
        });
    }

    @Override
    public synchronized Answer<Boolean> verify(String batchId, Instant step) {
        return answer("verify", () -> {
            Row row = find(batchId);
            if (row == null || row.status != Status.CREATING) {
                return new Answer.Declined<>("not_open", "Payout is already verified or rejected");
            }
            if (!usedSteps.add(step)) {
                return new Answer.Declined<>("code_refused", "Invalid verification code");
            }
            row.verifiedAt = clock.instant();
            row.status = Status.WAITING;
            return new Answer.Done<>(true);
        });
    }

    @Override
    public synchronized Answer<Optional<Seen>> batch(String batchId) {
        return answer(
                "batch",
                () -> new Answer.Done<>(Optional.ofNullable(find(batchId))
                        .filter(row -> showsUnverified || row.status != Status.CREATING)
                        .map(this::seen)));
    }

    @Override
    public synchronized Answer<List<Seen>> list(Instant from, Instant to) {
        return answer("list", () -> {
            goOn();
            return new Answer.Done<>(rows.stream()
                    .filter(row -> !row.createdAt.isBefore(from) && row.createdAt.isBefore(to))
                    .map(this::seen)
                    .toList());
        });
    }

    @Override
    public synchronized Answer<Money> minimum(Asset coin) {
        return answer("minimum", () -> new Answer.Done<>(minimum.apply(coin)));
    }

    @Override
    public synchronized Answer<Money> fee(Asset coin, Money amount) {
        return answer("fee", () -> new Answer.Done<>(fee.apply(coin)));
    }

    @Override
    public synchronized Answer<Checked> validate(Place place) {
        return validation.get();
    }

    @Override
    public synchronized Answer<Map<Asset, Money>> balance() {
        return answer("balance", () -> new Answer.Done<>(Map.copyOf(balance)));
    }

    private <T> Answer<T> answer(String operation, java.util.function.Supplier<Answer<T>> deed) {
        calls.add(operation);
        return switch (lies.apply(operation)) {
            case NONE -> deed.get();
            case LOST_BEFORE -> new Answer.Unknown<>("timeout");
            case LOST_AFTER -> {
                var _ = deed.get();
                yield new Answer.Unknown<>("timeout");
            }
            case NOT_NOW -> new Answer.NotNow<>(Duration.ofSeconds(5), "429");
            case DECLINED -> new Answer.Declined<>(declinedAs, "declined as " + declinedAs);
        };
    }

    private @Nullable Row find(String batchId) {
        goOn();
        return rows.stream()
                .filter(row -> row.batchId.equals(batchId) && !forgotten.contains(batchId))
                .findFirst()
                .orElse(null);
    }

    /** What time does: an unverified batch is rejected after its hour, a verified one is sent within minutes. */
    private void goOn() {
        Instant now = clock.instant();
        for (Row row : rows) {
            if (row.status == Status.CREATING && !now.isBefore(row.createdAt.plus(Duration.ofHours(1)))) {
                row.status = Status.REJECTED;
                row.changedAt = row.createdAt.plus(Duration.ofHours(1));
                row.error = "Payout was not verified in time";
            }
            Instant verified = row.verifiedAt;
            if (verified != null && row.status == Status.WAITING && now.isAfter(verified.plusSeconds(60))) {
                row.status = Status.SENDING;
            }
            if (verified != null && row.status == Status.SENDING && now.isAfter(verified.plusSeconds(120))) {
                row.status = end.apply(row);
                row.hash = row.status == Status.FINISHED ? "0x" + row.batchId : null;
                row.error = row.status == Status.FINISHED ? null : "no reason";
            }
        }
    }

    public Seen seen(Row row) {
        Status status = row.status == Status.CREATING ? unverified : row.status;
        return new Seen(
                "w" + row.batchId,
                row.batchId,
                echoesExternalIds ? row.asked.externalId() : null,
                row.holds.to().address(),
                tellsMemos ? row.holds.to().extraId() : null,
                row.holds.coins().asset(),
                row.holds.coins(),
                row.fee,
                status,
                status.name(),
                row.hash,
                row.error,
                row.createdAt,
                row.changedAt);
    }
}
