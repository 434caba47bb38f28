package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Seller.PayoutMode;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Tells a seller that the operator pays them otherwise from now on, or keeps another fee. The same words again do no harm. */
@Component
class TellTermsTask implements TaskHandler {
    private static final String KIND = "tell_terms";
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final int MOST_UNKNOWNS = 3;
    private static final Texts<TermsTexts> TEXTS = Texts.of(TermsTexts.class);

    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;

    TellTermsTask(Catalog catalog, Languages languages, Messenger messenger) {
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
    }

    static Owed owed(Map<String, String> said, Instant at) {
        return Owed.now(KIND, "terms:" + at, said);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long user = catalog.seller(task.seller()).orElseThrow().telegramUserId();
        TermsTexts texts = TEXTS.in(languages.at(user, task.owedAt()));
        return switch (messenger.send(new Message(user, told(task, texts), List.of()))) {
            case Answer.Done<Long> _, Answer.Declined<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) ->
                task.unknowns() < MOST_UNKNOWNS ? new Result.Unknown(AGAIN, reason) : Result.done();
        };
    }

    private static Html told(Task task, TermsTexts texts) {
        String fee = task.need("fee_percent");
        return switch (PayoutMode.valueOf(task.need("mode").toUpperCase(Locale.ROOT))) {
            case DIRECT -> texts.direct(fee);
            case INSTANT -> texts.instant(fee);
            case THRESHOLD -> texts.threshold(Money.parse(task.need("threshold"), Asset.USD), fee);
        };
    }
}
