package admitone.access;

import admitone.access.Schedule.Stage;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Owes once more the notice of an end that nobody acted upon for a while: its time to stay begins with it, whole. */
@Component
class TellingAnew {
    private final Endings endings;
    private final ChannelTerms terms;
    private final Tasks tasks;

    TellingAnew(Endings endings, ChannelTerms terms, Tasks tasks) {
        this.endings = endings;
        this.terms = terms;
        this.tasks = tasks;
    }

    /** Within the current transaction: nobody was removed from the channel for a while. */
    void all(SellerId seller, UUID channelId) {
        owe(seller, channelId, endings.untold(seller, channelId));
    }

    /** Within the current transaction, which holds the seat: what came to this since then counts no longer. */
    void settledSince(Seat.Key seat, Ending.Outcome outcome, Instant since) {
        owe(seat.seller(), seat.channelId(), endings.reopen(seat, outcome, since));
    }

    private void owe(SellerId seller, UUID channelId, List<Ending> ends) {
        Duration grace = terms.of(seller, channelId).grace();
        ends.stream()
                .filter(end -> end.stage() instanceof Stage.Noticed)
                .forEach(end -> tasks.oweAgain(seller, Effects.tellEnd(end.key(), end.grantId(), grace)));
    }
}
