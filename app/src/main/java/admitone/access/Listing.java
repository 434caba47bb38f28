package admitone.access;

import admitone.access.Giving.By;
import admitone.access.Listed.Word;
import admitone.catalog.Channel;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.springframework.stereotype.Component;

/**
 * Puts people on a channel's whitelist, bans them, and takes either back; each within the current transaction of the seller, once however often it is
 * said. Whatever they have bought stays theirs: a ban shuts the way in as long as it lasts, and its time goes on.
 */
@Component
public class Listing {
    private final Lists lists;
    private final Grants grants;
    private final Endings endings;
    private final TellingAnew tellingAnew;
    private final Outsiders outsiders;
    private final LinkPool pool;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    Listing(
            Lists lists,
            Grants grants,
            Endings endings,
            TellingAnew tellingAnew,
            Outsiders outsiders,
            LinkPool pool,
            Tasks tasks,
            Timeline timeline,
            Clock clock) {
        this.lists = lists;
        this.grants = grants;
        this.endings = endings;
        this.tellingAnew = tellingAnew;
        this.outsiders = outsiders;
        this.pool = pool;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** From now on they are let in when they ask, and are neither removed nor reminded. */
    public void whitelist(Channel channel, long telegramUserId, By by) {
        Seat.Key seat = new Seat.Key(channel.seller(), channel.id(), telegramUserId);
        Optional<Listed> before = lockAndLook(seat);
        if (lists.say(seat, Word.WHITELISTED, by.reason(), by.source()).isEmpty()) {
            return;
        }
        grants.rememberBuyer(channel.seller(), telegramUserId); // /start sends them the way in
        before.ifPresent(banned -> liftBan(seat, banned.turn()));
        settle(seat, before, Word.WHITELISTED);
        outsiders.settle(seat, Outsiders.WHITELISTED);
        grants.waitingRequest(channel.seller(), channel.id(), telegramUserId)
                .ifPresent(update -> tasks.oweAgain(channel.seller(), Effects.approve(seat, update)));
        note(seat, "whitelisted", by);
    }

    /** From now on they are not let in, whatever they have; who is inside is removed, and their one-time links open nothing any more. */
    public void ban(Channel channel, long telegramUserId, By by) {
        Seat.Key seat = new Seat.Key(channel.seller(), channel.id(), telegramUserId);
        Optional<Listed> before = lockAndLook(seat);
        OptionalInt turn = lists.say(seat, Word.BANNED, by.reason(), by.source());
        if (turn.isEmpty()) {
            return;
        }
        settle(seat, before, Word.BANNED);
        outsiders.settle(seat, Outsiders.BANNED);
        grants.active(channel.seller(), channel.id(), telegramUserId)
                .forEach(grant -> pool.retireOf(grant, "its buyer is banned"));
        tasks.owe(channel.seller(), Effects.keepOut(seat, turn.getAsInt()));
        note(seat, "banned", by);
    }

    /** Takes {@code word} back; false where it does not hold. What they have bought and is left of it counts again. */
    public boolean takeBack(Channel channel, long telegramUserId, Word word, By by) {
        Seat.Key seat = new Seat.Key(channel.seller(), channel.id(), telegramUserId);
        Optional<Listed> before = lockAndLook(seat).filter(listed -> listed.word() == word);
        if (before.isEmpty()) {
            return false;
        }
        lists.say(seat, null, by.reason(), by.source());
        if (word == Word.BANNED) {
            liftBan(seat, before.get().turn());
        }
        tellingAnew.settledSince(seat, outcome(word), before.get().at());
        List<Endings.Held> held = endings.held(seat);
        if (!held.isEmpty()) { // nothing was done about their time meanwhile
            endings.lookAgain(seat, held.getLast().grantId(), clock.instant());
        }
        note(seat, word == Word.BANNED ? "ban_taken_back" : "whitelisting_taken_back", by);
        return true;
    }

    /** A ban that a person made in the messenger itself: lifted as one of the seller's that they take back at once. */
    void liftHandBan(Channel channel, long telegramUserId, By by) {
        Seat.Key seat = new Seat.Key(channel.seller(), channel.id(), telegramUserId);
        Optional<Listed> before = lockAndLook(seat);
        OptionalInt turn = lists.say(seat, Word.BANNED, by.reason(), by.source());
        if (turn.isEmpty()) { // the seller's word by now
            takeBack(channel, telegramUserId, Word.BANNED, by);
            return;
        }
        lists.say(seat, before.map(Listed::word).orElse(null), by.reason(), by.source());
        grants.active(channel.seller(), channel.id(), telegramUserId)
                .forEach(grant -> pool.retireOf(grant, "its buyer was banned")); // so that another is made, and sent
        liftBan(seat, turn.getAsInt());
        note(seat, "ban_taken_back", by);
    }

    /** What the word before this one settled is this one's now, and goes on with it. */
    private void settle(Seat.Key seat, Optional<Listed> before, Word word) {
        before.ifPresent(listed -> endings.reopen(seat, outcome(listed.word()), listed.at()));
        endings.settleAll(seat, outcome(word));
    }

    private static Ending.Outcome outcome(Word word) {
        return switch (word) {
            case WHITELISTED -> Ending.Outcome.KEPT;
            case BANNED -> Ending.Outcome.OUTSIDE;
        };
    }

    private Optional<Listed> lockAndLook(Seat.Key seat) {
        grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        return lists.of(seat);
    }

    private void liftBan(Seat.Key seat, int turn) {
        tasks.owe(seat.seller(), Effects.letBackIn(seat, turn));
    }

    private void note(Seat.Key seat, String kind, By by) {
        timeline.append(
                seat.seller(),
                new Event(
                        "channel:" + seat.channelId(),
                        clock.instant(),
                        kind,
                        by.cause(),
                        by.source(),
                        Map.of("user", Long.toString(seat.telegramUserId()), "reason", by.reason())));
    }
}
