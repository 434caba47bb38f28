package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells a seller each step of a change of where their money goes, in the chat where they have always been told. */
@Component
class TellDestinationTask implements TaskHandler {
    private static final String KIND = "tell_destination";
    private static final Duration AGAIN = Duration.ofSeconds(10);
    /** The same words again do no harm; not to be asked leaves a change waiting. */
    private static final int MOST_UNKNOWNS = 3;

    static final Texts<DestinationTexts> TEXTS = Texts.of(DestinationTexts.class);

    private final Destinations destinations;
    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;

    TellDestinationTask(Destinations destinations, Catalog catalog, Languages languages, Messenger messenger) {
        this.destinations = destinations;
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
    }

    enum Step {
        /** The first, which counts at once. */
        SET,
        /** Whether they want it. */
        ASK,
        /** It counts after its time, until which they may say no. */
        CONFIRMED,
        WITHDRAWN,
        /** It counts after a restore; a newer one may have been lost by it. */
        RESTORED
    }

    static Owed owed(Step step, Destination row) {
        return Owed.now(
                KIND,
                row.handle() + ":" + step.name().toLowerCase(java.util.Locale.ROOT),
                Map.of("destination", row.id().toString(), "step", step.name()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        Destination row = destinations
                .byId(task.seller(), UUID.fromString(task.need("destination")))
                .orElseThrow();
        long user = catalog.seller(task.seller()).orElseThrow().telegramUserId();
        DestinationTexts texts = TEXTS.in(languages.at(user, task.owedAt()));
        return switch (messenger.send(message(Step.valueOf(task.need("step")), row, user, texts))) {
            case Answer.Done<Long> _, Answer.Declined<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) ->
                task.unknowns() < MOST_UNKNOWNS ? new Result.Unknown(AGAIN, reason) : Result.done();
        };
    }

    private static Message message(Step step, Destination row, long user, DestinationTexts texts) {
        String coin = row.currency().code();
        String place = row.extraId() == null ? row.address() : row.address() + " (memo " + row.extraId() + ")";
        Button no = DestinationButtons.no(texts.no(), row);
        return switch (step) {
            case SET -> new Message(user, texts.set(coin, place), List.of());
            case ASK ->
                new Message(user, texts.ask(coin, place), List.of(DestinationButtons.yes(texts.yes(), row), no));
            case CONFIRMED -> new Message(user, confirmed(row, coin, place, texts), List.of(no));
            case WITHDRAWN -> new Message(user, texts.withdrawn(coin, place), List.of());
            case RESTORED -> new Message(user, texts.restored(coin, place), List.of());
        };
    }

    private static Html confirmed(Destination row, String coin, String place, DestinationTexts texts) {
        Instant from = Objects.requireNonNull(row.usableFrom());
        return texts.confirmed(coin, place, from);
    }
}
