package admitone.hold;

import admitone.hold.Finding.Doubted;
import admitone.hold.Finding.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that tells a restored database.
 *
 * @param files which copy of an embedded server's files is served now
 * @param remembered what this instance knows from outside of the database
 * @param wasThere whether it knows it from its own life and not from a file
 * @param beat how far the database says this instance has counted; 0: it does not know it
 * @param knowsEpoch whether the remembered epoch is part of the database's past
 */
record Sight(
        Server server,
        @Nullable String files,
        Optional<Identity> recorded,
        Optional<Witness> remembered,
        boolean wasThere,
        long beat,
        boolean knowsEpoch) {

    /**
     * Who has seen the database for this long without a pause may vouch for a new server. A memory older than this, or one of a
     * process that was not there in between, may have missed what others committed.
     */
    static final Duration FRESH = Duration.ofMinutes(10);

    /** Pure. */
    Finding judge(Instant now) {
        if (recorded.isEmpty()) {
            return remembered
                    .filter(seen -> server.sharesDatabase(seen.system()))
                    .<Finding>map(seen -> new Doubted(
                            Reason.BEHIND, "it knows nothing of this service, which has worked on it before"))
                    .orElseGet(Finding.New::new);
        }
        return judge(recorded.get(), now);
    }

    private Finding judge(Identity known, Instant now) {
        boolean comparable = server.tells() && known.server().tells();
        if (comparable && !server.fits(known.server())) {
            return new Doubted(
                    Reason.OTHER_SYSTEM,
                    "its rows come from another server or database ("
                            + known.server().system() + ", now " + server.system() + ")");
        }
        if (remembered.isPresent() && isBehind(remembered.get(), known)) {
            return new Doubted(
                    Reason.BEHIND,
                    "it does not know what this service saw committed at "
                            + remembered.get().at());
        }
        long before = known.server().timeline();
        if (comparable && server.timeline() < before) {
            return new Doubted(
                    Reason.OLDER_TIMELINE, "it is on timeline " + server.timeline() + " and was on " + before);
        }
        if (files != null && known.files() != null && !files.equals(known.files())) {
            return new Doubted(Reason.COPIED, "its files are a copy of those that were served before");
        }
        if (comparable && server.timeline() > before) {
            return vouchesFor(known, now)
                    ? new Finding.TakenOver()
                    : new Doubted(
                            Reason.NEW_TIMELINE,
                            "it was recovered or taken over (timeline " + server.timeline() + " after " + before
                                    + "), and nobody here saw what came before");
        }
        return new Finding.Same();
    }

    private boolean isBehind(Witness seen, Identity known) {
        return seen.epoch().equals(known.epoch()) ? beat < seen.beat() : !knowsEpoch;
    }

    private boolean vouchesFor(Identity known, Instant now) {
        return remembered
                .filter(seen -> seen.epoch().equals(known.epoch()))
                .filter(seen -> wasThere && seen.at().isAfter(now.minus(FRESH)))
                .isPresent();
    }
}
