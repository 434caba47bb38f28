package admitone.bench;

import admitone.bench.Measure.Group;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A database, empty or full of old payments, with the service on it, and everything that is measured there: {@link #start}, {@link #warmUp},
 * then the rest in any order, as often as wanted. {@link Turns} says in which.
 */
final class Stage implements AutoCloseable {
    private static final List<String> SLOW_QUEUES = List.of("deliver_access", "tell_seller");
    private static final int PER_SECOND = 20;
    private static final int WARM_UP = 4_000;
    private static final int LEAST_PAYMENTS = 500;
    private static final int MOST_PAYMENTS = 30_000;
    private static final int SECONDS_OF_A_ROUND = 5;
    private static final int DISTINCT_REPEATS = 2_000;
    private static final int CONNECTIONS_OF_LATENCY = 16;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Duration SEALED_WITHIN = Duration.ofHours(2);
    private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(3);

    private final Plan plan;
    private final String name;
    private final Service service;
    private final Simulators simulators;
    private final Progress progress;
    private final List<Result> results = new ArrayList<>();
    private final List<Double> starts = new ArrayList<>();
    private final List<Double> p50 = new ArrayList<>();
    private final List<Double> p99 = new ArrayList<>();
    private final List<Result> ofStatement = new ArrayList<>();
    private final List<Double> baselines = new ArrayList<>();
    private final List<Double> pgbench = new ArrayList<>();
    private final Map<Group, List<Double>> raw = new EnumMap<>(Group.class);
    private final Map<Group, List<Double>> ratios = new EnumMap<>(Group.class);
    private final Map<Group, String> loads = new EnumMap<>(Group.class);
    private String postgresMemory = "not known on this system";
    private double mostMib;

    private @Nullable Warm warm;

    /** @param name tells its words from those of the other */
    Stage(Plan plan, String name, Service service, Simulators simulators, Progress progress) {
        this.plan = plan;
        this.name = name;
        this.service = service;
        this.simulators = simulators;
        this.progress = progress;
    }

    /** All that was found. */
    record Findings(
            List<Result> results,
            List<Double> baselines,
            List<Double> pgbench,
            String postgresMemory,
            Map<String, String> machine) {}

    /**
     * A database in use owes nothing of long ago, its queues run, and its journals are sealed; one just filled, or left by a run that was cut off,
     * is not so yet.
     */
    void finishWhatIsLeft() throws SQLException {
        service.start();
        try (Connection database = Server.of(service.dataDir()).connect()) {
            Purchases.forgetOwed(database);
            pauseSlowQueues("resume");
            new Checks(database).awaitQuiet();
            awaitSealed(database);
        } finally {
            service.stop();
        }
    }

    // start and rest

    /** It does not run, and runs afterwards. */
    void start() {
        service.start();
    }

    /** As above, and again; what it took counts. */
    void startOnce() {
        starts.add(service.start().toNanos() / 1e9);
        service.stop();
    }

    /** It has rested since it was ready. */
    void lookAtRest() {
        results.add(new Result(
                Measure.READY, starts, List.of(), "from the launcher to /health 200, " + starts.size() + " times"));
        Memory.residentMib(service.pid())
                .ifPresent(mib -> results.add(new Result(
                        Measure.REST,
                        List.of(mib),
                        List.of(),
                        "JVM, " + plan.rest().toSeconds() + " s after it was ready")));
    }

    private void memoryUnderLoad(Server server) {
        forgetPeak();
        if (mostMib > 0) {
            results.add(new Result(
                    Measure.LOADED,
                    List.of(mostMib),
                    List.of(),
                    "JVM, the peak of warming up and of all that was measured"));
        }
        Memory.proportionalMib(server.pid())
                .ifPresent(mib -> postgresMemory = "%.0f MiB in all its processes".formatted(mib));
    }

    /** It is remembered here. */
    private void forgetPeak() {
        Memory.peakMib(service.pid()).ifPresent(mib -> mostMib = Math.max(mostMib, mib));
        Memory.forgetPeak(service.pid());
    }

    private void awaitSealed(Connection database) throws SQLException {
        long end = System.nanoTime() + SEALED_WITHIN.toNanos();
        try (var query = database.prepareStatement("""
                select count(*) from catalog.seller s
                cross join lateral (select entry_id from ledger.journal j where j.seller_id = s.seller_id order by entry_id desc limit 1) newest
                left join lateral (select until_entry from ledger.seal l where l.seller_id = s.seller_id order by seq desc limit 1) last on true
                where last.until_entry is null or newest.entry_id > last.until_entry
                """)) {
            for (long said = 0; ; ) {
                var row = query.executeQuery();
                row.next();
                long left = row.getLong(1);
                if (left == 0) {
                    return;
                }
                if (System.nanoTime() > end) {
                    throw new Failure("the journals of " + left + " sellers were not sealed within " + SEALED_WITHIN);
                }
                if (said == 0 || left <= said - 100) {
                    progress.say("waiting until the journals of " + left + " sellers are sealed");
                    said = left;
                }
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    // warm-up

    /** What is there once it is warm. */
    private record Warm(
            Server server,
            Connection database,
            Baseline baseline,
            Optional<PgBench> debians,
            Purchases purchases,
            Checks checks,
            int payments,
            Repeats repeats,
            List<byte[]> reads) {}

    /** Lets the JVM compile what is measured. */
    void warmUp() throws SQLException {
        progress.say("warming up " + name);
        Server server = Server.of(service.dataDir());
        Baseline baseline = new Baseline(server, plan.baseline());
        baseline.prepare();
        Connection database = server.connect();
        var purchases = new Purchases(database, Shops.open(service, simulators, database), plan.seed());
        Checks checks = new Checks(database);
        int payments = settleUntilWarm(purchases, checks);
        tidy(database);
        warm = new Warm(
                server,
                database,
                baseline,
                !plan.inRounds().isEmpty() ? PgBench.find(server, plan.baseline()) : Optional.empty(),
                purchases,
                checks,
                payments,
                plan.has(Group.REPEATS) ? repeats(purchases, checks) : Repeats.NONE,
                plan.has(Group.STATUS) ? reads(server, purchases, checks) : List.of());
    }

    private Warm warm() {
        Warm now = warm;
        if (now == null) {
            throw new IllegalStateException(name + " is not warm");
        }
        return now;
    }

    /** Answers how many payments fill a round. */
    private int settleUntilWarm(Purchases purchases, Checks checks) throws SQLException {
        int first = Math.min(WARM_UP, plan.payments() == 0 ? WARM_UP : plan.payments());
        double perSecond = 0;
        // some 60,000 payments are settled before the compilers have no more to do
        for (long end = System.nanoTime() + plan.warmUp().toNanos(); perSecond == 0 || System.nanoTime() < end; ) {
            perSecond = messages(purchases, checks, first);
        }
        // the first payments in ether found no rate at hand, and the accrual was owed; from here on it is known
        int fitting = (int) (perSecond * SECONDS_OF_A_ROUND) / 100 * 100;
        return plan.payments() > 0 ? plan.payments() : Math.clamp(fitting, LEAST_PAYMENTS, MOST_PAYMENTS);
    }

    void tidy() throws SQLException {
        tidy(warm().database());
    }

    /** As autovacuum and checkpoints leave a database in use: nothing is measured beside what an earlier load left to be done. */
    private static void tidy(Connection database) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute("vacuum (analyze)");
            statement.execute("checkpoint");
        }
    }

    // rounds

    /** Each measure once, between two of the baseline. */
    void round(int round) throws SQLException {
        Warm warm = warm();
        double before = baseline(warm.baseline());
        for (Group group : plan.inRounds()) {
            double perSecond = switch (group) {
                case SETTLE -> settle(warm.purchases(), warm.checks(), warm.payments());
                case MESSAGES -> messages(warm.purchases(), warm.checks(), warm.payments());
                case REPEATS -> absorb(warm.repeats(), warm.checks());
                case STATUS -> read(warm.reads());
                case LATENCY, STATEMENT, START -> throw new IllegalStateException("not measured in rounds: " + group);
            };
            double after = baseline(warm.baseline());
            double ratio = Statistics.ratio(perSecond, before, after);
            raw.computeIfAbsent(group, g -> new ArrayList<>()).add(perSecond);
            ratios.computeIfAbsent(group, g -> new ArrayList<>()).add(ratio);
            progress.say("%s, round %d of %d: %s %.0f/s, %.2f of %.0f inserts/s"
                    .formatted(
                            name,
                            round,
                            plan.rounds(),
                            group.name().toLowerCase(Locale.ROOT),
                            perSecond,
                            ratio,
                            (before + after) / 2));
            before = after;
        }
        warm.debians().ifPresent(program -> pgbench.add(program.measure()));
    }

    private double baseline(Baseline baseline) throws SQLException {
        Baseline.Best best = baseline.measure();
        baselines.add(best.insertsPerSecond());
        return best.insertsPerSecond();
    }

    // the throughput of settling

    private double settle(Purchases purchases, Checks checks, int count) throws SQLException {
        pauseSlowQueues("pause");
        List<Purchase> prepared = purchases.prepare(count);
        Load.Answers answers = tell(prepared);
        // what was answered may have been kept for later: it counts when it is settled
        double seconds = (answers.took().toNanos() + checks.awaitGrants(prepared)) / 1e9;
        checks.settledOnce(prepared);
        purchases.forgetOwed();
        pauseSlowQueues("resume");
        loads.put(
                Group.SETTLE,
                count + " payments a round over " + plan.connections() + " connections, " + Shops.COUNT + " sellers");
        return count / seconds;
    }

    private double messages(Purchases purchases, Checks checks, int count) throws SQLException {
        List<Purchase> prepared = purchases.prepare(count);
        long crowd = prepared.getFirst().buyer();
        simulators.addCrowd(crowd, count);
        Load.Answers answers = tell(prepared);
        Simulators.Received received = awaitMessages(crowd, count);
        checks.awaitQuiet();
        requireOneEach(simulators.received(crowd), count);
        checks.settledOnce(prepared);
        checks.delivered(prepared);
        loads.put(
                Group.MESSAGES,
                count + " payments a round over " + plan.connections() + " connections, " + Shops.COUNT + " sellers");
        return count / ((received.lastReachedAt() - answers.startedAt()) / NANOS_PER_SECOND);
    }

    private Load.Answers tell(List<Purchase> purchases) {
        Ipn ipn = new Ipn(Simulators.IPN_SECRET, service.port());
        long now = System.currentTimeMillis();
        List<byte[]> requests =
                purchases.stream().map(purchase -> ipn.finished(purchase, now)).toList();
        var next = requests.iterator();
        try (Load load = new Load(service.port(), plan.connections())) {
            Load.Answers answers = load.closed(() -> next.hasNext() ? next.next() : null);
            requireAll(answers, requests.size());
            return answers;
        }
    }

    private Simulators.Received awaitMessages(long crowd, int count) {
        long end = System.nanoTime() + ANSWERED_WITHIN.toNanos();
        Simulators.Received received = simulators.received(crowd);
        while (received.reached() < count) {
            if (System.nanoTime() > end) {
                throw new Failure("only " + received.reached() + " of " + count + " buyers got their message");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            received = simulators.received(crowd);
        }
        return received;
    }

    private static void requireOneEach(Simulators.Received received, int count) {
        if (received.messages() != count) {
            throw new Failure(received.messages() + " messages to " + count + " buyers");
        }
    }

    private static void requireAll(Load.Answers answers, int count) {
        if (answers.ok() != count || answers.wrong() > 0) {
            throw new Failure("of " + count + " requests these were answered, by status: " + answers.byStatus());
        }
    }

    private void pauseSlowQueues(String pauseOrResume) {
        SLOW_QUEUES.forEach(queue -> service.api().post("/queues/" + queue + "/" + pauseOrResume, Map.of()));
    }

    // repeats

    private record Repeats(List<Purchase> purchases, List<byte[]> requests) {
        static final Repeats NONE = new Repeats(List.of(), List.of());
    }

    /** Notifications that were acted on. */
    private Repeats repeats(Purchases purchases, Checks checks) throws SQLException {
        int count = plan.payments() == 0 ? DISTINCT_REPEATS : Math.min(DISTINCT_REPEATS, plan.payments());
        List<Purchase> settled = purchases.prepare(count);
        Ipn ipn = new Ipn(Simulators.IPN_SECRET, service.port());
        long now = System.currentTimeMillis();
        List<byte[]> requests =
                settled.stream().map(purchase -> ipn.finished(purchase, now)).toList();
        simulators.addCrowd(settled.getFirst().buyer(), count);
        var next = requests.iterator();
        try (Load load = new Load(service.port(), plan.connections())) {
            requireAll(load.closed(() -> next.hasNext() ? next.next() : null), count);
        }
        checks.awaitQuiet();
        var known = new Repeats(settled, requests);
        for (int i = 0; i < plan.warmUpBlocks(); i++) {
            absorb(known, checks);
        }
        return known;
    }

    /** A repeat counts when it is on record, not when it is answered. */
    private double absorb(Repeats repeats, Checks checks) throws SQLException {
        long before = checks.absorbed(repeats.purchases());
        Instant began = Instant.now();
        Load.Answers answers = cycle(repeats.requests());
        int sent = answers.ok();
        requireAll(answers, sent);
        Instant sentFrom = Instant.now().minusNanos(System.nanoTime() - answers.startedAt());
        Instant recorded = checks.awaitEvents(repeats.purchases(), began, sent);
        long absorbed = checks.absorbed(repeats.purchases()) - before;
        if (absorbed != sent) {
            throw new Failure(absorbed + " repeats are on record instead of " + sent);
        }
        checks.settledOnce(repeats.purchases());
        loads.put(
                Group.REPEATS,
                "%d bodies again and again for %s over %d connections, until all are on record"
                        .formatted(repeats.requests().size(), seconds(plan.block()), plan.connections()));
        Duration took = Duration.between(sentFrom, recorded);
        return sent / ((took.compareTo(answers.took()) > 0 ? took : answers.took()).toNanos() / 1e9);
    }

    /** The same requests over and over, for the time of a block. */
    private Load.Answers cycle(List<byte[]> requests) {
        long end = System.nanoTime() + plan.block().toNanos();
        int[] next = {0};
        try (Load load = new Load(service.port(), plan.connections())) {
            return load.closed(() -> System.nanoTime() < end ? requests.get(next[0]++ % requests.size()) : null);
        }
    }

    // status reads

    private List<byte[]> reads(Server server, Purchases purchases, Checks checks) throws SQLException {
        int count = plan.payments() == 0 ? WARM_UP : Math.min(WARM_UP, plan.payments());
        List<Purchase> open = purchases.prepare(count);
        simulators.addCrowd(open.getFirst().buyer(), count);
        tell(open.subList(0, count / 2));
        checks.awaitQuiet();
        try (Connection database = server.connect()) {
            Purchases.spread(database, open.subList(count / 2, count));
        }
        List<byte[]> reads = open.stream()
                .map(purchase -> Load.get(service.port(), "/api/payment-status?order_id=" + purchase.orderId()))
                .toList();
        for (int i = 0; i < plan.warmUpBlocks(); i++) {
            read(reads);
        }
        return reads;
    }

    private double read(List<byte[]> reads) {
        Load.Answers answers = cycle(reads);
        requireAll(answers, answers.ok());
        loads.put(
                Group.STATUS,
                "%d orders in all states for %s over %d connections"
                        .formatted(reads.size(), seconds(plan.block()), plan.connections()));
        return answers.ok() / (answers.took().toNanos() / 1e9);
    }

    // latency

    void latency(int round) throws SQLException {
        List<Double> millis = latencies(warm().purchases(), warm().checks(), round);
        p50.add(Statistics.percentile(millis, 50));
        p99.add(Statistics.percentile(millis, 99));
        progress.say("%s, round %d of %d: p50 %.1f ms, p99 %.1f ms, longest %.1f ms"
                .formatted(name, round, plan.rounds(), p50.getLast(), p99.getLast(), Statistics.most(millis)));
    }

    /** From when each notification was meant to be sent to when the messenger had the buyer's message. */
    private List<Double> latencies(Purchases purchases, Checks checks, int round) throws SQLException {
        int count = (int) (PER_SECOND * plan.latency().toSeconds());
        List<Purchase> prepared = purchases.prepare(count);
        long crowd = prepared.getFirst().buyer();
        simulators.addCrowd(crowd, count);
        Ipn ipn = new Ipn(Simulators.IPN_SECRET, service.port());
        SplittableRandom random = new SplittableRandom(plan.seed() + round);
        long slot = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        List<Load.Timed> schedule = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] request = ipn.finished(prepared.get(i), System.currentTimeMillis());
            schedule.add(new Load.Timed(request, i * slot + random.nextLong(slot)));
        }
        Load.Answers answers;
        try (Load load = new Load(service.port(), CONNECTIONS_OF_LATENCY)) {
            answers = load.paced(schedule);
        }
        requireAll(answers, count);
        awaitMessages(crowd, count);
        checks.awaitQuiet();
        requireOneEach(simulators.received(crowd), count);
        checks.settledOnce(prepared);
        List<Long> receipts = simulators.firstReceipts(crowd);
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long meantAt = answers.startedAt() + schedule.get(i).atNanos();
            millis.add((receipts.get(i) - meantAt) / 1e6);
        }
        if (Statistics.least(millis) < 0) {
            throw new Failure("a message arrived before its notification was meant to be sent: the clocks disagree");
        }
        return millis;
    }

    // a seller's statement

    void statement() throws SQLException {
        Connection database = warm().database();
        progress.say(name + ": booking and sealing " + plan.entries() + " entries of one seller");
        Statement statement = Statement.of(plan.entries(), service, database);
        tidy(database);
        statement.firstPageMillis(); // both compiled and in the cache, as for a seller who looks again
        statement.csvPerSecond();
        List<Double> pages = new ArrayList<>();
        List<Double> lines = new ArrayList<>();
        List<Double> memory = new ArrayList<>();
        for (int round = 1; round <= plan.rounds(); round++) {
            pages.add(statement.firstPageMillis());
            forgetPeak();
            Optional<Double> before = Memory.residentMib(service.pid());
            lines.add(statement.csvPerSecond());
            before.flatMap(mib -> Memory.peakMib(service.pid()).map(peak -> Math.max(0, peak - mib)))
                    .ifPresent(memory::add);
        }
        String load = "%d lines of %d entries in 365 days".formatted(statement.lines(), plan.entries());
        ofStatement.add(
                new Result(Measure.STATEMENT_PAGE, pages, List.of(), load + ", the newest 50 with their balance"));
        ofStatement.add(new Result(Measure.STATEMENT_CSV, lines, List.of(), load + ", each with its balance"));
        if (!memory.isEmpty()) {
            ofStatement.add(new Result(
                    Measure.STATEMENT_MEMORY, memory, List.of(), "resident, the peak meanwhile over what was before"));
        }
    }

    // what was found

    Findings findings() throws SQLException {
        Warm warm = warm();
        for (Group group : plan.inRounds()) {
            results.add(new Result(
                    Measure.valueOf(group.name()),
                    ratios.getOrDefault(group, List.of()),
                    raw.getOrDefault(group, List.of()),
                    loads.getOrDefault(group, "")));
        }
        if (plan.has(Group.LATENCY)) {
            String load = "%d payments/s for %d s a round, each at a moment of its own, from then on"
                    .formatted(PER_SECOND, plan.latency().toSeconds());
            results.add(new Result(Measure.LATENCY_P50, p50, List.of(), load));
            results.add(new Result(Measure.LATENCY_P99, p99, List.of(), load));
        }
        results.addAll(ofStatement);
        memoryUnderLoad(warm.server());
        return new Findings(
                results, baselines, pgbench, postgresMemory, Machine.facts(service.dataDir(), warm.database()));
    }

    @Override
    public void close() throws SQLException {
        Warm before = warm;
        warm = null;
        try {
            if (before != null) {
                before.database().close();
            }
        } finally {
            service.stop();
        }
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toNanos() / 1e9);
    }
}
