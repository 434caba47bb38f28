package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.Telling;
import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Tells a seller of a case about a buyer's money, with a button for each decision; once, and not when it is decided by then. Whoever cannot be told has the case
 * all the same, and is told of it when they start the bot.
 */
@Component
class TellCaseTask implements TaskHandler {
    private final Cases cases;
    private final Telling telling;
    private final CaseDecisions decisions;
    private final CaseMessages messages;
    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    TellCaseTask(
            Cases cases,
            Telling telling,
            CaseDecisions decisions,
            CaseMessages messages,
            Catalog catalog,
            Languages languages,
            Messenger messenger,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        this.cases = cases;
        this.telling = telling;
        this.decisions = decisions;
        this.messages = messages;
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Telling.TELL_CASE;
    }

    @Override
    public Result attempt(Task task) {
        SellerId seller = task.seller();
        Case one = cases.find(seller, Telling.caseOf(task)).orElseThrow();
        if (!CaseMessages.isTold(one) || decisions.possible(seller, one).isEmpty() || one.toldAt() != null) {
            return new Result.Done(() -> telling.nothingToTell(seller, one.id()));
        }
        Instant now = clock.instant();
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        Optional<Integer> place = transactions.run(seller, () -> telling.takePlace(seller, hour));
        if (place.isEmpty()) {
            return Result.later(
                    Duration.between(now, hour.plus(1, ChronoUnit.HOURS)),
                    "told of " + Telling.MOST_IN_AN_HOUR + " in this hour");
        }
        long user = catalog.seller(seller).orElseThrow().telegramUserId();
        Message message = messages.first(seller, user, one, languages.at(user, task.owedAt()), place.get());
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _, Answer.Unknown<Long> _ ->
                new Result.Done(() -> telling.told(seller, one.id(), clock.instant()));
            case Answer.Declined<Long>(String code, String reason) ->
                new Result.Done(() -> untold(task, one, hour, code, reason));
            case Answer.NotNow<Long>(Duration after, String reason) ->
                new Result.Later(after, reason, () -> telling.giveBack(seller, hour));
        };
    }

    private void untold(Task task, Case one, Instant hour, String code, String reason) {
        UUID id = one.id();
        telling.giveBack(task.seller(), hour);
        telling.notTold(task.seller(), id, code);
        timeline.append(
                task.seller(),
                new Event(
                        one.subject(),
                        clock.instant(),
                        "seller_not_told",
                        "task",
                        task.source(),
                        Map.of("kind", one.kind(), "why", reason)));
    }
}
