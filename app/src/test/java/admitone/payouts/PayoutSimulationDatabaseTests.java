package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.FakePayoutProvider.Lie;
import admitone.FakePayoutProvider.Row;
import admitone.audit.Broken;
import admitone.money.Money;
import admitone.payouts.MissingPayouts.Named;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many payouts with lost answers at create, verify, status and list, refusals, and a death between any two steps. After every step I11 to
 * I15 of the guarantees are looked up of all sellers, at the provider and in the rows. {@code -Dadmitone.payouts=1000} and {@code -Dadmitone.seed=…} say
 * how many and which. Now and then two workers work at once, in an order that is no seed's, and a seller's destination changes.
 */
class PayoutSimulationDatabaseTests {
    private static final int PAYOUTS = Integer.getInteger("admitone.payouts", 60);
    private static final Set<Status> GOES_OUT = EnumSet.of(
            Status.CREATING, Status.WAITING, Status.PROCESSING, Status.SENDING, Status.FINISHED, Status.FAILED);
    private static final List<SellerId> SELLERS = List.of(
            new SellerId("0123456789ab"),
            new SellerId("1123456789ab"),
            new SellerId("2123456789ab"),
            new SellerId("3123456789ab"));

    /** Sums that no payment brought break other ones. */
    private static final Pattern OF_PAYOUTS =
            Pattern.compile("payout|refund|claim|batch|overdrawn|set_aside|anew|approved");

    private record Paid(SellerId seller, String payment) {}

    private final Paying paying = Paying.start("payout-simulation");
    private final long seed = Long.getLong("admitone.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private int made;
    private final List<Paid> buyers = new ArrayList<>();
    private final Map<SellerId, Integer> changes = new HashMap<>();
    private int checks;

    /** What a batch must say. */
    private record Asked(Destination.Place to, Money coins) {}

    /** By the payout, as it was when its first batch was seen: it does not change. */
    private final Map<UUID, Asked> approved = new HashMap<>();

    private final Map<Row, Named> named = new HashMap<>();
    private boolean faulty = true;

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void nothingIsPaidTwiceAndEverythingEnds() {
        System.out.println("seed " + seed + ", " + PAYOUTS + " payouts");
        SELLERS.forEach(seller -> paying.seller(seller, "instant", "1"));
        paying.provider.lies = this::lie;
        paying.provider.end = row ->
                chance(faulty ? 5 : 0) ? Status.REJECTED : chance(faulty ? 5 : 0) ? Status.FAILED : Status.FINISHED;
        paying.core.faults.set(this::mayDie);

        while (made < PAYOUTS) {
            step();
        }
        faulty = false;
        for (int hours = 0; hours < 200 && !unsettled().isEmpty(); hours++) {
            SELLERS.forEach(this::approveAll);
            paying.pass(Duration.ofHours(1));
            check();
        }

        assertThat(unsettled()).as("seed %d", seed).isEmpty();
        Map<String, Long> states = paying
                .core
                .strings(
                        "select case when ended_at is null and held_by is not null then 'held' else state end from payouts.payout")
                .stream()
                .collect(Collectors.groupingBy(state -> state, TreeMap::new, Collectors.counting()));
        assertThat(states.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(made);
        System.out.println(states + ", batches " + paying.provider.rows.size() + ", checks " + checks);
        assertThat(paying.provider.rows.stream()
                        .filter(row -> row.status == Status.FINISHED)
                        .count())
                .isEqualTo(states.getOrDefault("finished", 0L));
        assertThat(states.getOrDefault("finished", 0L)).isGreaterThan(PAYOUTS / 2);
        assertThat(paying.core.count("payouts.refund where given_back_at is null"))
                .isPositive();
        assertThat(Broken.in(paying.core))
                .as("seed %d", seed)
                .noneMatch(one -> OF_PAYOUTS.matcher(one).find());
    }

    /** Those neither in a terminal state nor in one that waits visibly for a person. */
    private List<String> unsettled() {
        return paying.core.strings("""
                select payout_id from payouts.payout p where ended_at is null and state <> 'failed'
                  and (held_by is null or not exists (select from cases.cases c where c.seller_id = p.seller_id and c.state = 'open'
                    and c.subject like 'payout:' || p.payout_id || '%'))
                """);
    }

    /** What is heard of a payment is another simulation's: it goes well here. */
    private void buy(SellerId seller) {
        paying.core.faults.set(FaultPoints.none());
        String coins = (5 + random.nextInt(60)) + ".5";
        buyers.add(new Paid(seller, chance(30) ? paying.partlyPaid(seller, coins) : paying.paid(seller, coins)));
        paying.core.faults.set(this::mayDie);
    }

    /** Of any payment, however often it was asked for. */
    private void askForARefund() {
        if (buyers.isEmpty()) {
            return;
        }
        Paid one = buyers.get(random.nextInt(buyers.size()));
        try {
            made += paying.refund(one.seller(), one.payment()) instanceof Made.Done ? 1 : 0;
        } catch (Paying.Death e) {
            // rolled back
        }
    }

    private void changeDestination(SellerId seller) {
        if (chance(20)) {
            changes.merge(seller, 1, Integer::sum);
            paying.destination(seller, address(seller));
        }
    }

    private String address(SellerId seller) {
        return "T" + seller + changes.getOrDefault(seller, 0);
    }

    private void approveAll(SellerId seller) {
        paying.core
                .strings(
                        "select payout_id from payouts.payout where seller_id = ? and state = 'awaiting_approval'",
                        seller.value())
                .forEach(id -> paying.approve(
                        paying.payouts.find(seller, UUID.fromString(id)).orElseThrow()));
    }

    private void step() {
        SellerId seller = SELLERS.get(random.nextInt(SELLERS.size()));
        switch (random.nextInt(12)) {
            case 10 -> paying.workAtOnce(2);
            case 11 -> changeDestination(seller);
            case 8 -> buy(seller);
            case 9 -> askForARefund();
            case 0 -> paying.earn(seller, (5 + random.nextInt(60)) + "." + (10 + random.nextInt(90)));
            case 1 -> {
                try {
                    var outcome =
                            random.nextInt(4) == 0 ? paying.making.byHand(seller, "operator") : paying.make(seller);
                    if (outcome instanceof Made.Done(Payout payout)) {
                        made++;
                        assertThat(paying.core
                                        .bean(Receivers.class)
                                        .of(payout)
                                        .place()
                                        .address())
                                .as("the newest that counts, seed %d", seed)
                                .isEqualTo(address(seller));
                    }
                } catch (Paying.Death e) {
                    // rolled back
                }
            }
            case 2 -> approveAll(seller);
            case 3 -> paying.core.clock.advance(Duration.ofSeconds(random.nextInt(240)));
            default -> paying.workOne();
        }
        check();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private Lie lie(String operation) {
        if (!faulty || !chance(20)) {
            return Lie.NONE;
        }
        return switch (random.nextInt(4)) {
            case 0 -> Lie.LOST_BEFORE;
            case 1 -> Lie.LOST_AFTER;
            case 2 -> Lie.NOT_NOW;
            default -> operation.equals("create") || operation.equals("verify") ? Lie.DECLINED : Lie.LOST_BEFORE;
        };
    }

    private void mayDie(Point point) {
        if (faulty && chance(4)) {
            throw new Paying.Death();
        }
    }

    /** Of all sellers: a task is of whichever is due. */
    private void check() {
        String because = "seed " + seed + ", at " + paying.core.clock.instant();
        checks++;
        none("I12, and what is reserved is what open payouts take", because, """
                with line as (
                  select seller_id,
                    sum(case 'seller_payable' when credit then amount when debit then -amount else 0 end) as available,
                    sum(case 'payout_reserved' when credit then amount when debit then -amount else 0 end) as reserved
                  from ledger.journal where asset = 'usd' group by seller_id),
                  open as (select seller_id, sum(amount_units + fee_units) as units from payouts.payout where ended_at is null group by seller_id)
                select seller_id || ' ' || l.available || ' ' || l.reserved || ' ' || coalesce(o.units, 0)
                from line l left join open o using (seller_id) where l.available < 0 or l.reserved <> coalesce(o.units, 0)
                """);
        none("what is reserved of what was set aside is what its open refunds take", because, """
                with line as (
                  select seller_id, asset, sum(case 'payout_reserved' when credit then amount when debit then -amount else 0 end) as reserved
                  from ledger.journal where asset <> 'usd' group by seller_id, asset),
                  open as (select p.seller_id, p.coin as asset, sum(p.coin_units + r.kept_units) as units from payouts.payout p
                    join payouts.refund r on r.seller_id = p.seller_id and r.payout_id = p.payout_id
                    where p.ended_at is null and p.amount_units = 0 group by p.seller_id, p.coin)
                select seller_id || ' ' || asset || ' ' || l.reserved || ' ' || coalesce(o.units, 0)
                from line l full join open o using (seller_id, asset) where coalesce(l.reserved, 0) <> coalesce(o.units, 0)
                """);
        none("I11", because, """
                select p.payout_id from payouts.payout p
                left join (select c.seller_id, c.claimed_by, sum(case j.credit when 'seller_payable' then j.amount else -j.amount end) as units
                  from ledger.claim c join ledger.journal j on j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                  where c.released_at is null group by c.seller_id, c.claimed_by) claimed
                  on claimed.seller_id = p.seller_id and claimed.claimed_by = p.payout_id
                where p.state not in ('rejected', 'cancelled', 'released') and not (p.destination_id is null and p.state = 'finished')
                  and p.amount_units + p.fee_units <> coalesce(claimed.units, 0)
                """);
        none("I14", because, """
                select a.payout_id from payouts.attempt a
                join payouts.attempt later on later.seller_id = a.seller_id and later.payout_id = a.payout_id and later.number = a.number + 1
                where a.ended_at is null or a.ended_at > later.called_at or (a.batch_id is null and a.gone_at is null and a.refused_at is null)
                """);
        none("one refund lives", because, """
                select payment_id from payouts.refund where given_back_at is null group by seller_id, payment_id having count(*) > 1
                """);
        none("given back when it arrived", because, """
                select r.payment_id from payouts.refund r
                join payouts.payout p on p.seller_id = r.seller_id and p.payout_id = r.payout_id
                join payments.payment y on y.seller_id = r.seller_id and y.payment_id = r.payment_id
                where (p.state = 'finished') <> (y.state = 'refunded') and r.given_back_at is null
                """);
        checkProvider(because);
    }

    private void none(String what, String because, String sql) {
        assertThat(paying.core.strings(sql)).as("%s, %s", what, because).isEmpty();
    }

    private void checkProvider(String because) {
        Map<UUID, Integer> verified = new HashMap<>();
        Map<UUID, Integer> living = new HashMap<>();
        Map<SellerId, BigDecimal> sent = new HashMap<>();
        for (Row row : paying.provider.rows) {
            Named ours = named.computeIfAbsent(row, PayoutSimulationDatabaseTests::named);
            Asked asked = approved.computeIfAbsent(ours.payout(), _ -> approved(ours));
            assertThat(new Asked(row.asked.to(), row.asked.coins()))
                    .as("I15, and its coins, %s", because)
                    .isEqualTo(asked);
            if (row.verifiedAt != null) {
                verified.merge(ours.payout(), 1, Integer::sum);
                if (asked.to().address().startsWith("T") && GOES_OUT.contains(row.status)) {
                    sent.merge(ours.seller(), row.asked.coins().amount(), BigDecimal::add);
                }
            }
            if (GOES_OUT.contains(row.status) && isAlive(row)) {
                living.merge(ours.payout(), 1, Integer::sum);
            }
        }
        assertThat(verified.values()).as("I13 verified, %s", because).allMatch(count -> count == 1);
        assertThat(living.values()).as("I13 living, %s", because).allMatch(count -> count == 1);
        Map<SellerId, BigDecimal> accrued = accrued();
        sent.forEach((seller, coins) -> assertThat(coins)
                .as("I12 sent or on its way, seller %s, %s", seller, because)
                .isLessThanOrEqualTo(accrued.getOrDefault(seller, BigDecimal.ZERO)));
    }

    /** In USD, of which one buys one of the coins. */
    private Map<SellerId, BigDecimal> accrued() {
        return paying.core.strings("""
                        select seller_id || ' ' || sum(case credit when 'seller_payable' then amount else -amount end) from ledger.journal
                        where kind in ('accrual', 'reversal_of_accrual') group by seller_id
                        """).stream()
                .map(text -> text.split(" ", -1))
                .collect(Collectors.toMap(
                        words -> new SellerId(words[0]), words -> new BigDecimal(words[1]).movePointLeft(2)));
    }

    private static Named named(Row row) {
        return MissingPayouts.named(row.asked.externalId()).orElseThrow();
    }

    private Asked approved(Named ours) {
        Payout payout = paying.payouts.find(ours.seller(), ours.payout()).orElseThrow();
        return new Asked(paying.core.bean(Receivers.class).of(payout).place(), payout.coins());
    }

    /** An unverified one whose hour is over is dead, whether the provider has said so or not. */
    private boolean isAlive(Row row) {
        return row.status != Status.CREATING
                || paying.core.clock.instant().isBefore(row.createdAt.plus(Duration.ofHours(1)));
    }
}
