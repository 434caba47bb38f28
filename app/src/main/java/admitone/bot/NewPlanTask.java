package admitone.bot;

import admitone.access.TellTask;
import admitone.bot.PlanDrafts.Draft;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.LeastPrice;
import admitone.messaging.Html;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says one step of a {@link PlanConversation}. Lost, it is said when the button is pressed again. */
@Component
class NewPlanTask implements TaskHandler {
    static final Texts<PlanTexts> TEXTS = Texts.of(PlanTexts.class);
    private static final String KIND = "new_plan";
    private static final List<Integer> SPANS = List.of(7, 30, 90, 180, 365, 0);
    private static final List<String> PRICES = List.of("5", "9", "19", "49", "99", "199");
    private static final int MOST_LISTED = 20;

    /** What is no price is said to be none once in so many seconds. */
    private static final int NO_PRICE_ONCE_IN = 5;

    private final Catalog catalog;
    private final LeastPrice leastPrice;
    private final Messenger messenger;
    private final String publicUrl;

    NewPlanTask(Catalog catalog, LeastPrice leastPrice, Messenger messenger, Settings settings) {
        this.catalog = catalog;
        this.leastPrice = leastPrice;
        this.messenger = messenger;
        this.publicUrl = settings.publicUrl().toString();
    }

    enum Step {
        /** What is on sale. */
        LIST,
        /** For how long. */
        SPAN,
        PRICE,
        /** What was written is no price. */
        NO_PRICE,
        CONFIRM,
        /** What one gets is told in more words than fit. */
        TOO_LONG,
        ADDED,
        /** There are as many plans as may be. */
        FULL,
        /** Whether to sell nothing. */
        LAST
    }

    /** The plan's name on the page: its days are told beside it. */
    static String planName(Language language) {
        return SaleSetupTask.TEXTS.in(language).planName();
    }

    static Owed say(Step step, String subject, long user, Language language, Channel channel) {
        return Owed.now(KIND, subject, payload(step, user, language, channel.id()));
    }

    static Owed say(Step step, String subject, long user, Language language, Draft draft) {
        Map<String, String> payload = payload(step, user, language, draft.channelId());
        payload.put("plan", draft.handle());
        if (draft.days() != null) {
            payload.put("days", draft.days().toString());
        }
        if (draft.price() != null) {
            payload.put("price", draft.price().text());
        }
        if (draft.description() != null) {
            payload.put("description", draft.description());
        }
        return Owed.now(KIND, subject, payload);
    }

    static Owed last(String subject, long user, Language language, Plan plan) {
        Map<String, String> payload = payload(Step.LAST, user, language, plan.channelId());
        payload.put("plan", plan.handle());
        if (plan.days() != null) {
            payload.put("days", plan.days().toString());
        }
        payload.put("price", plan.price().text());
        return Owed.now(KIND, subject, payload);
    }

    static Owed noPrice(Said said, Draft draft) {
        Owed owed = say(
                Step.NO_PRICE,
                "plan:" + said.userId() + ":no-price:" + said.at().getEpochSecond() / NO_PRICE_ONCE_IN,
                said.userId(),
                said.language(),
                draft);
        Map<String, String> payload = new LinkedHashMap<>(owed.payload());
        payload.put("said", said.text().length() > 100 ? said.text().substring(0, 100) : said.text());
        return Owed.now(owed.kind(), owed.subject(), payload);
    }

    private static Map<String, String> payload(Step step, long user, Language language, UUID channel) {
        Map<String, String> payload = new LinkedHashMap<>();
        payload.put("step", step.name());
        payload.put("user", Long.toString(user));
        payload.put("language", language.code());
        payload.put("channel", channel.toString());
        return payload;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        PlanTexts texts = TEXTS.in(Language.of(task.need("language")));
        Step step = Step.valueOf(task.need("step"));
        return TellTask.tell(
                messenger,
                new Message(
                        Long.parseLong(task.need("user")),
                        text(step, task, channel, texts),
                        buttons(step, task, channel, texts)));
    }

    private Html text(Step step, Task task, Channel channel, PlanTexts texts) {
        String title = channel.title();
        return switch (step) {
            case LIST -> list(channel, texts);
            case SPAN -> texts.howLong(title);
            case PRICE -> texts.price(title, days(task), Plan.MOST_PRICE);
            case NO_PRICE -> texts.noPrice(task.need("said"), Plan.MOST_PRICE);
            case CONFIRM -> confirm(task, title, texts);
            case TOO_LONG -> texts.tooLong(Plan.MOST_CHARACTERS);
            case ADDED -> texts.added(days(task), price(task), list(channel, texts));
            case FULL -> texts.full(title, Plan.MOST_OF_A_CHANNEL);
            case LAST -> texts.last(title, days(task), price(task));
        };
    }

    private List<Button> buttons(Step step, Task task, Channel channel, PlanTexts texts) {
        return switch (step) {
            case LIST, ADDED -> ofList(channel, texts);
            case SPAN ->
                SPANS.stream()
                        .map(days -> (Button) PlanConversation.days(
                                texts.span(new Lasting.Days(days == 0 ? null : days)), channel, days))
                        .toList();
            case PRICE, NO_PRICE ->
                Stream.concat(
                                PRICES.stream()
                                        .map(usd -> Money.parse(usd, Asset.USD))
                                        .map(price -> (Button)
                                                PlanConversation.price(texts.at(price), task.need("plan"), price)),
                                Stream.of(PlanConversation.no(texts.no(), task.need("plan"))))
                        .toList();
            case CONFIRM, TOO_LONG ->
                List.of(
                        PlanConversation.yes(texts.yes(), task.need("plan"), price(task)),
                        PlanConversation.no(texts.no(), task.need("plan")));
            case FULL -> List.of(PlanConversation.list(texts.plansOf(channel.title()), channel));
            case LAST -> List.of(PlanConversation.end(texts.stop(days(task), price(task)), task.need("plan")));
        };
    }

    private Html confirm(Task task, String title, PlanTexts texts) {
        String description = task.payload().get("description");
        return Html.paragraphs(
                texts.confirm(title, days(task), price(task)),
                leastPrice.above(price(task)).map(texts::tooCheap).orElse(Html.NOTHING),
                description == null ? Html.NOTHING : texts.says(description),
                texts.putOnSale(),
                description == null ? texts.mayDescribe(Plan.MOST_CHARACTERS) : texts.mayChange());
    }

    private Html list(Channel channel, PlanTexts texts) {
        List<Html> lines = onSale(channel).stream()
                .map(plan -> texts.line(plan.name(), new Lasting.Days(plan.days()), plan.price()))
                .collect(Collectors.toCollection(ArrayList::new));
        int more = catalog.plans(channel.seller(), channel.id()).size() - lines.size();
        if (more > 0) {
            lines.add(texts.more(more));
        }
        String page = publicUrl + "/c/" + channel.slug();
        return lines.isEmpty()
                ? texts.none(channel.title(), page)
                : texts.list(channel.title(), Html.joined("\n", lines), page);
    }

    private List<Button> ofList(Channel channel, PlanTexts texts) {
        List<Button> buttons = new ArrayList<>(List.of(PlanConversation.add(texts.add(), channel)));
        onSale(channel)
                .forEach(plan -> buttons.add(
                        PlanConversation.close(texts.stop(new Lasting.Days(plan.days()), plan.price()), plan)));
        return List.copyOf(buttons);
    }

    private List<Plan> onSale(Channel channel) {
        return catalog.plans(channel.seller(), channel.id()).stream()
                .limit(MOST_LISTED)
                .toList();
    }

    private static Lasting.Days days(Task task) {
        @Nullable String days = task.payload().get("days");
        return new Lasting.Days(days == null ? null : Integer.valueOf(days));
    }

    private static Money price(Task task) {
        return Money.parse(task.need("price"), Asset.USD);
    }
}
