package admitone.hold;

import admitone.database.Database;
import admitone.database.Lane;
import admitone.database.Transactions;
import admitone.hold.Finding.Doubted;
import admitone.hold.Finding.Reason;
import admitone.hold.Finding.TakenOver;
import admitone.runtime.Ids;
import admitone.runtime.Recurring;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Looks every second whether the database is still the one on record and still knows what this instance saw committed. Each
 * instance counts beats in the database and remembers, outside of it, the last one acknowledged: a database restored to an earlier
 * time has not come so far.
 */
@Component
class RestoreWatch extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(RestoreWatch.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration BEAT_EVERY = Duration.ofSeconds(3);
    private static final Duration REMIND_EVERY = Duration.ofHours(1);

    private final JdbcHold rows;
    private final Hold hold;
    private final Transactions transactions;
    private final Timeline timeline;
    private final Clock clock;
    private final Ids ids;
    private final @Nullable String files;
    private final WitnessFile file;
    private final UUID instance;
    private Optional<Witness> remembered;
    private boolean beaten;
    private Instant nextBeat = Instant.MIN;
    private Instant nextReminder = Instant.MIN;

    @Autowired
    RestoreWatch(
            JdbcHold rows,
            Hold hold,
            Transactions transactions,
            Timeline timeline,
            Clock clock,
            Ids ids,
            Database database,
            Settings settings) {
        this(rows, hold, transactions, timeline, clock, ids, database.files().orElse(null), settings.dataDir());
    }

    RestoreWatch(
            JdbcHold rows,
            Hold hold,
            Transactions transactions,
            Timeline timeline,
            Clock clock,
            Ids ids,
            @Nullable String files,
            Path dataDir) {
        super("restore-watch", LOOK_EVERY);
        this.rows = rows;
        this.hold = hold;
        this.transactions = transactions;
        this.timeline = timeline;
        this.clock = clock;
        this.ids = ids;
        this.files = files;
        this.file = new WitnessFile(dataDir);
        this.remembered = file.read();
        this.instance = remembered.map(Witness::instance).orElseGet(ids::next);
    }

    /** A look that fails leaves everything on hold: what is not known to be the same database is not acted on. */
    @Override
    protected synchronized void round() {
        try {
            Lane.WATCH.run(() -> {
                look();
                return true;
            });
            hold.blind(false);
        } catch (RuntimeException e) {
            hold.blind(true);
            throw e;
        }
    }

    private void look() {
        Instant now = clock.instant();
        Optional<Identity> recorded = rows.identity();
        Server server = rows.server();
        Sight sight = new Sight(
                server,
                files,
                recorded,
                remembered,
                beaten,
                rows.beat(instance),
                remembered.map(seen -> rows.knows(seen.epoch())).orElse(false));
        switch (sight.judge(now)) {
            case Finding.New _ -> transactions.run(SellerId.PLATFORM, () -> record(server, now));
            case TakenOver _ -> {
                hold.mayHaveGoneBack();
                follow(recorded.orElseThrow(), server, now);
            }
            case Doubted doubt -> {
                hold.mayHaveGoneBack();
                doubt(recorded, server, doubt, now);
            }
            case Finding.Same _ -> recorded.ifPresent(known -> complete(known, server, now));
        }
        Optional<Hold.Open> open = hold.current();
        if (open.isPresent()) {
            remind(open.get(), now);
        } else if (!now.isBefore(nextBeat)) {
            beat();
        }
    }

    private void record(Server server, Instant now) {
        rows.insertIdentity(new Identity(ids.next(), server, files), now);
    }

    /** Recorded while the server told less of itself, or by a version that asked less. */
    private void complete(Identity judged, Server server, Instant now) {
        if (!server.tells() || judged.server().equals(server)) {
            return;
        }
        transactions.run(SellerId.PLATFORM, () -> {
            if (rows.lockIdentity().equals(judged)) {
                rows.updateIdentity(new Identity(judged.epoch(), server, judged.files()), now);
            }
        });
    }

    /** The epoch stays: every other instance still compares what it remembers itself. */
    private void follow(Identity judged, Server server, Instant now) {
        transactions.run(SellerId.PLATFORM, () -> {
            if (!rows.lockIdentity().equals(judged)) {
                return; // somebody was first
            }
            Optional<Hold.Open> open = rows.open();
            if (open.isPresent() && !open.get().reason().equals(Reason.NEW_TIMELINE.word())) {
                return; // another instance misses something
            }
            rows.updateIdentity(new Identity(judged.epoch(), server, files), now);
            open.ifPresent(held -> rows.lift(held.id(), "instance " + instance, now));
            tell("database_taken_over", Map.of("timeline", "" + server.timeline()), now);
            log.warn(
                    "the database was taken over (timeline {}); all that this instance saw committed is there",
                    server.timeline());
        });
    }

    private void doubt(Optional<Identity> judged, Server server, Doubted doubt, Instant now) {
        transactions.run(SellerId.PLATFORM, () -> {
            if (judged.isEmpty()) {
                record(server, now);
            }
            Identity locked = rows.lockIdentity();
            if (judged.isPresent() && !locked.equals(judged.get())) {
                return; // resumed or followed meanwhile: the next look judges anew
            }
            if (rows.begin(ids.next(), locked.epoch(), doubt, remembered, instance, now)) {
                tell("hold_began", Map.of("reason", doubt.reason().word(), "why", doubt.why()), now);
                nextReminder = now;
            }
        });
    }

    private void tell(String kind, Map<String, String> detail, Instant now) {
        timeline.append(
                SellerId.PLATFORM,
                new Event(ResumeEffects.SUBJECT, now, kind, "restore_watch", "instance " + instance, detail));
    }

    private void remind(Hold.Open open, Instant now) {
        if (!now.isBefore(nextReminder)) {
            nextReminder = now.plus(REMIND_EVERY);
            log.warn(
                    "outside effects are on hold since {}: the database may be older than the world, since {}."
                            + " Nothing is sent, approved, declined or removed{} until you run:"
                            + " ./admitone resume --after-restore",
                    open.began(),
                    open.why(),
                    open.mayBeACopy() ? ", and no update is read, since the original may still run," : "");
        }
    }

    /** Remembered once it is acknowledged. A database that has not come so far is told by the next look. */
    private void beat() {
        Instant now = clock.instant();
        Optional<Identity> current = rows.identity();
        if (current.isEmpty()) {
            return;
        }
        UUID epoch = current.get().epoch();
        long least = remembered
                .filter(seen -> seen.epoch().equals(epoch))
                .map(Witness::beat)
                .orElse(0L);
        Optional<Long> beat = transactions.run(SellerId.PLATFORM, () -> rows.count(instance, least, now));
        beat.ifPresent(counted -> {
            Witness seen = new Witness(instance, current.get().server().system(), epoch, counted, now);
            remembered = Optional.of(seen);
            beaten = true;
            file.write(seen);
            nextBeat = now.plus(BEAT_EVERY);
        });
    }

    /** Before anything is claimed. */
    @Override
    public void start() {
        try {
            round();
        } catch (RuntimeException e) {
            log.warn("the database could not be looked at ({}), tried again in {}", e.toString(), LOOK_EVERY);
        }
        super.start();
    }

    @Override
    public void stop() {
        super.stop();
        lastBeat();
    }

    /** What was committed up to an orderly end is vouched for too. */
    private synchronized void lastBeat() {
        nextBeat = Instant.MIN;
        try {
            round();
        } catch (RuntimeException e) {
            log.info("no last beat ({})", e.toString());
        }
    }

    /** Starts before whatever claims tasks or listens to the outside, stops after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 4096;
    }
}
