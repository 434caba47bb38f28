package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.FakePayoutProvider.Lie;
import admitone.FakePayoutProvider.Row;
import admitone.audit.Broken;
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
 * I15 of the guarantees are looked up, at the provider and in the rows. {@code -Dadmitone.payouts=1000} and {@code -Dadmitone.seed=…} say
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
    private final Map<String, Integer> checked = new HashMap<>();
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
            SELLERS.forEach(this::check);
        }

        assertThat(unsettled()).as("seed %d", seed).isEmpty();
        Map<String, Long> states = paying.core.strings("select state from payouts.payout").stream()
                .collect(Collectors.groupingBy(state -> state, TreeMap::new, Collectors.counting()));
        assertThat(states.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(made);
        System.out.println(states + ", batches " + paying.provider.rows.size() + ", checks "
                + checked.values().stream().mapToInt(Integer::intValue).sum());
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
        return paying.core.strings(
                "select payout_id from payouts.payout where ended_at is null and state <> 'failed' and held_by is null");
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
        check(seller);
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

    private void check(SellerId seller) {
        String because = "seed " + seed + ", seller " + seller + ", at " + paying.core.clock.instant();
        checked.merge(seller.value(), 1, Integer::sum);
        var balance = paying.ledger.balance(seller);
        assertThat(balance.available().units().signum()).as("I12 " + because).isNotNegative();
        assertThat(balance.reserved().units().signum()).as("I12 " + because).isNotNegative();
        assertThat(paying.core.strings("""
                        select p.payout_id from payouts.payout p where p.seller_id = ?
                          and p.state not in ('rejected', 'cancelled', 'released') and not (p.destination_id is null and p.state = 'finished')
                          and p.amount_units + p.fee_units <> (select coalesce(sum(case j.credit when 'seller_payable' then j.amount else -j.amount end), 0)
                            from ledger.claim c join ledger.journal j on j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                            where c.seller_id = p.seller_id and c.claimed_by = p.payout_id and c.released_at is null)
                        """, seller.value()))
                .as("I11 " + because)
                .isEmpty();
        assertThat(paying.core.strings("""
                        select a.payout_id from payouts.attempt a
                        join payouts.attempt later on later.seller_id = a.seller_id and later.payout_id = a.payout_id and later.number = a.number + 1
                        where a.seller_id = ? and (a.ended_at is null or a.ended_at > later.called_at
                          or (a.batch_id is null and a.gone_at is null and a.refused_at is null))
                        """, seller.value()))
                .as("I14 " + because)
                .isEmpty();
        Map<String, List<Row>> rows = paying.provider.rows.stream()
                .filter(row -> named(row).seller().equals(seller))
                .collect(Collectors.groupingBy(row -> row.asked
                        .externalId()
                        .substring(0, row.asked.externalId().lastIndexOf('_'))));
        rows.forEach((payout, batches) -> {
            assertThat(batches.stream().filter(row -> row.verifiedAt != null).count())
                    .as("I13 verified, " + because)
                    .isLessThanOrEqualTo(1);
            assertThat(batches.stream()
                            .filter(row -> GOES_OUT.contains(row.status))
                            .filter(this::isAlive)
                            .count())
                    .as("I13 living, " + because)
                    .isLessThanOrEqualTo(1);
            assertThat(batches)
                    .as("I15 " + because)
                    .allMatch(row -> row.asked.to().address().equals(approved(named(row))));
        });
        BigDecimal sent = rows.values().stream()
                .flatMap(List::stream)
                .filter(row -> row.status == Status.FINISHED
                        && row.asked.to().address().startsWith("T"))
                .map(row -> row.asked.coins().amount())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(sent).as("I12 at the provider, " + because).isLessThanOrEqualTo(accrued(seller));
        assertThat(paying.core.strings("""
                        select payment_id from payouts.refund where seller_id = ? and given_back_at is null
                        group by payment_id having count(*) > 1
                        """, seller.value()))
                .as("one refund lives, " + because)
                .isEmpty();
        assertThat(paying.core.strings("""
                        select r.payment_id from payouts.refund r
                        join payouts.payout p on p.seller_id = r.seller_id and p.payout_id = r.payout_id
                        join payments.payment y on y.seller_id = r.seller_id and y.payment_id = r.payment_id
                        where r.seller_id = ? and (p.state = 'finished') <> (y.state = 'refunded') and r.given_back_at is null
                        """, seller.value()))
                .as("given back when it arrived, " + because)
                .isEmpty();
    }

    /** In USD, of which one buys one of the coins. */
    private BigDecimal accrued(SellerId seller) {
        String cents = paying.core.strings("""
                        select coalesce(sum(case credit when 'seller_payable' then amount else -amount end), 0) from ledger.journal
                        where seller_id = ? and kind in ('accrual', 'reversal_of_accrual')
                        """, seller.value()).getFirst();
        return new BigDecimal(cents).movePointLeft(2);
    }

    private static Named named(Row row) {
        return MissingPayouts.named(row.asked.externalId()).orElseThrow();
    }

    private String approved(Named ours) {
        Payout payout = paying.payouts.find(ours.seller(), ours.payout()).orElseThrow();
        return payout.to() instanceof Payout.To.Buyer(var payment)
                ? "B" + payment
                : paying.core.bean(Receivers.class).of(payout).place().address();
    }

    /** An unverified one whose hour is over is dead, whether the provider has said so or not. */
    private boolean isAlive(Row row) {
        return row.status != Status.CREATING
                || paying.core.clock.instant().isBefore(row.createdAt.plus(Duration.ofHours(1)));
    }
}
