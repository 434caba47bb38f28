package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewContact;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes another Telegram user a seller's contact when the time has come, and tells both. The same words again do no harm. */
@Component
class ContactTask implements TaskHandler {
    private static final String KIND = "change_contact";
    private static final String TO = "to";
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final Duration ASK_AGAIN = Duration.ofHours(1);
    private static final Duration HEARD_WITHIN = Duration.ofMinutes(5);
    private static final int MOST_UNKNOWNS = 3;
    /** Who can be asked nothing is not waited for. */
    private static final Set<String> HEARS_NOTHING =
            Set.of(Refusal.BLOCKED, Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND);

    private static final Texts<ContactTexts> TEXTS = Texts.of(ContactTexts.class);

    private final SellerContact contact;
    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;
    private final Clock clock;
    /** Of changes whose time has come in this instance. */
    private final Map<UUID, Instant> answersSince = new ConcurrentHashMap<>();

    ContactTask(SellerContact contact, Catalog catalog, Languages languages, Messenger messenger, Clock clock) {
        this.contact = contact;
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
        this.clock = clock;
    }

    enum Step {
        ASK,
        CHANGE,
        STAYS,
        NOT_ANY_MORE,
        NOW
    }

    static Owed ask(long user, NewContact asked) {
        return owed(Step.ASK, user, asked.countsFrom(), Map.of(TO, Long.toString(asked.telegramUserId())), null);
    }

    static Owed change(NewContact asked) {
        return owed(Step.CHANGE, asked.telegramUserId(), asked.countsFrom(), Map.of(), asked.countsFrom());
    }

    static Owed tell(Step step, long user, Instant at) {
        return owed(step, user, at, Map.of(), null);
    }

    private static Owed owed(Step step, long user, Instant at, Map<String, String> more, @Nullable Instant notBefore) {
        Map<String, String> payload = new HashMap<>(more);
        payload.put("step", step.name());
        payload.put("user", Long.toString(user));
        payload.put("at", at.toString());
        return new Owed(
                KIND, "contact:" + user + ":" + step.name().toLowerCase(Locale.ROOT) + ":" + at, payload, notBefore);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long user = Long.parseLong(task.need("user"));
        Instant at = Instant.parse(task.need("at"));
        Step step = Step.valueOf(task.need("step"));
        return switch (step) {
            case ASK -> ask(task, user, new NewContact(Long.parseLong(task.need(TO)), at));
            case CHANGE -> change(task, user, at);
            case STAYS -> tell(task, user, ContactTexts::stays);
            case NOT_ANY_MORE -> tell(task, user, ContactTexts::notAnyMore);
            case NOW -> {
                String name = catalog.seller(task.seller()).orElseThrow().name();
                yield tell(task, user, texts -> texts.now(name));
            }
        };
    }

    /** Until it is answered, the change does not count: so it is asked until that is certain, each time with the date of then. */
    private Result ask(Task task, long user, NewContact asked) {
        if (!contact.isUnderWay(task.seller(), asked)) {
            return Result.done();
        }
        Instant from = contact.earliest();
        ContactTexts texts = texts(task, user);
        Message message = new Message(
                user,
                texts.asked(Long.toString(asked.telegramUserId()), from),
                List.of(SellerContact.no(texts.no(), task.seller())));
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _ -> new Result.Done(() -> contact.asked(task.seller(), asked, from));
            case Answer.Declined<Long>(String code, String _)
            when HEARS_NOTHING.contains(code) -> new Result.Done(() -> contact.asked(task.seller(), asked, from));
            case Answer.Declined<Long>(String code, String reason) -> Result.later(ASK_AGAIN, code + ": " + reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) ->
                new Result.Unknown(task.unknowns() < MOST_UNKNOWNS ? AGAIN : ASK_AGAIN, reason);
        };
    }

    /** A no that was said in time may lie at the messenger while nobody listens: it has been heard once the messenger has answered for a while. */
    private Result change(Task task, long user, Instant at) {
        if (!(messenger.self() instanceof Answer.Done<Messenger.Bot>)) {
            answersSince.remove(task.id());
            return Result.later(HEARD_WITHIN, "the messenger does not answer: a no may wait there");
        }
        Instant since = answersSince.computeIfAbsent(task.id(), _ -> clock.instant());
        if (clock.instant().isBefore(since.plus(HEARD_WITHIN))) {
            return Result.later(HEARD_WITHIN, "a no that was said in time may not be heard yet");
        }
        return new Result.Done(() -> {
            answersSince.remove(task.id());
            contact.change(task.seller(), user, at);
        });
    }

    private Result tell(Task task, long user, Function<ContactTexts, Html> words) {
        return switch (messenger.send(new Message(user, words.apply(texts(task, user)), List.of()))) {
            case Answer.Done<Long> _, Answer.Declined<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) ->
                task.unknowns() < MOST_UNKNOWNS ? new Result.Unknown(AGAIN, reason) : Result.done();
        };
    }

    private ContactTexts texts(Task task, long user) {
        return TEXTS.in(languages.at(user, task.owedAt()));
    }
}
