package admitone.bot;

import admitone.access.TellTask;
import admitone.bot.SaleSetups.SaleSetup;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewPlan;
import admitone.catalog.Channel;
import admitone.catalog.Channel.Admission;
import admitone.catalog.ClosedChatId;
import admitone.checkout.LeastPrice;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.ChatKind;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Standing;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Says one step of a {@link SaleConversation}. Its payload says which; the steps that ask for a channel or tell of one read the catalogue too. The last one asks Telegram whether the person and the bot may do what
 * they are about to, makes the shop, and tells its page; it may be repeated, what is there stays.
 */
@Component
class SaleSetupTask implements TaskHandler {
    private static final String KIND = "sale_setup";
    private static final int MOST_POSTS = 3;
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    static final Texts<SetupTexts> TEXTS = Texts.of(SetupTexts.class);

    private final SaleSetups setups;
    private final Catalog catalog;
    private final OpenShop shops;
    private final LeastPrice leastPrice;
    private final Messenger messenger;
    private final long botId;
    private final String publicUrl;

    SaleSetupTask(
            SaleSetups setups,
            Catalog catalog,
            OpenShop shops,
            LeastPrice leastPrice,
            Messenger messenger,
            Settings settings) {
        this.setups = setups;
        this.catalog = catalog;
        this.shops = shops;
        this.leastPrice = leastPrice;
        this.messenger = messenger;
        this.botId = settings.telegram().botId();
        this.publicUrl = settings.publicUrl().toString();
    }

    enum Step {
        /** Who is no seller here, and must not become one by themselves. */
        REFUSE,
        /** Whether to sell, and at which price. */
        ASK,
        /** How buyers come in. */
        HOW,
        CONFIRM,
        OPEN,
        /** Not to sell this chat, but to post in it what is sold already. */
        POST
    }

    static Owed say(Step step, long updateId, SaleSetup setup, Language language) {
        return say(step, "update-" + updateId, setup, language);
    }

    /** {@code cause}: what makes it be owed once. */
    static Owed say(Step step, String cause, SaleSetup setup, Language language) {
        Map<String, String> payload = new LinkedHashMap<>();
        payload.put("step", step.name());
        payload.put("chat", Long.toString(setup.chatId()));
        payload.put("user", Long.toString(setup.userId()));
        payload.put("title", setup.title());
        payload.put("language", language.code());
        if (setup.offer() != null) {
            payload.put("offer", setup.offer().name());
        }
        if (setup.admission() != null) {
            payload.put("admission", setup.admission().word());
        }
        return Owed.now(KIND, "sale:" + setup.chatId() + ":" + cause, payload);
    }

    static Owed post(long updateId, SaleSetup setup, String channel, Language language) {
        Owed owed = say(Step.POST, updateId, setup, language);
        Map<String, String> payload = new LinkedHashMap<>(owed.payload());
        payload.put("channel", channel);
        return Owed.now(owed.kind(), owed.subject(), payload);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        Asked asked = Asked.of(task);
        return switch (Step.valueOf(task.need("step"))) {
            case REFUSE -> refuse(asked);
            case ASK -> ask(asked);
            case HOW -> tell(asked, asked.texts().how(asked.title()), how(asked));
            case CONFIRM -> tell(asked, confirm(asked), answers(asked));
            case OPEN -> open(asked);
            case POST -> post(asked);
        };
    }

    private record Asked(Task task, long chatId, long userId, String title, SetupTexts texts) {
        static Asked of(Task task) {
            return new Asked(
                    task,
                    Long.parseLong(task.need("chat")),
                    Long.parseLong(task.need("user")),
                    task.need("title"),
                    TEXTS.in(Language.of(task.need("language"))));
        }

        SaleOffer offer() {
            return SaleOffer.valueOf(task.need("offer"));
        }

        Admission admission() {
            return Admission.valueOf(task.need("admission").toUpperCase(Locale.ROOT));
        }
    }

    private Result refuse(Asked asked) {
        if (isOnSale(asked)) {
            return told(asked);
        }
        Html why = asked.texts().notASeller(asked.title(), Long.toString(asked.userId()));
        return sent(
                new Message(asked.userId(), why, List.of()),
                new Result.Done(() -> setups.refused(asked.chatId(), asked.userId())));
    }

    private boolean isOnSale(Asked asked) {
        return catalog.channelOf(new ClosedChatId(asked.chatId())).isPresent();
    }

    private Result told(Asked asked) {
        return new Result.Done(() -> setups.told(asked.chatId(), asked.userId()));
    }

    private Result ask(Asked asked) {
        if (isOnSale(asked)) { // since the bot was placed there
            return told(asked);
        }
        List<Button> buttons = new ArrayList<>();
        Arrays.stream(SaleOffer.values())
                .forEach(offer -> buttons.add(SaleConversation.plan(
                        asked.texts().plan(offer.price(), offer.lasting()), asked.chatId(), offer)));
        shops.withoutOpenChat(asked.userId(), MOST_POSTS)
                .forEach(channel -> buttons.add(
                        SaleConversation.post(asked.texts().postHere(channel.title()), asked.chatId(), channel)));
        buttons.add(SaleConversation.no(asked.texts().no(), asked.chatId()));
        var message = new Message(asked.userId(), asked.texts().ask(asked.title()), List.copyOf(buttons));
        return sent(message, told(asked));
    }

    /** Whom the bot cannot write to yet hears of it when they start it. */
    private Result sent(Message message, Result done) {
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _, Answer.Unknown<Long> _ -> done;
            case Answer.Declined<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }

    private static List<Button> how(Asked asked) {
        return List.of(
                SaleConversation.by(asked.texts().byRequest(), asked.chatId(), Admission.JOIN_REQUEST),
                SaleConversation.by(asked.texts().byLink(), asked.chatId(), Admission.ONE_TIME_LINK),
                SaleConversation.no(asked.texts().no(), asked.chatId()));
    }

    private static Html confirm(Asked asked) {
        SetupTexts texts = asked.texts();
        String how = switch (asked.admission()) {
            case JOIN_REQUEST -> texts.byRequest();
            case ONE_TIME_LINK -> texts.byLink();
        };
        return texts.confirm(asked.title(), asked.offer().price(), asked.offer().lasting(), how);
    }

    private static List<Button> answers(Asked asked) {
        return List.of(
                SaleConversation.yes(asked.texts().yes(), asked.chatId()),
                SaleConversation.no(asked.texts().no(), asked.chatId()));
    }

    private Result open(Asked asked) {
        Answer<Standing> person = messenger.standing(asked.chatId(), asked.userId());
        Answer<Standing> bot = messenger.standing(asked.chatId(), botId);
        Answer<ChatKind> kind = messenger.kind(asked.chatId());
        Optional<Result> notYet = notYet(person).or(() -> notYet(bot)).or(() -> notYet(kind));
        if (notYet.isPresent()) {
            return notYet.get();
        }
        // a bot without its rights is not told who the person is
        if (!(bot instanceof Answer.Done<Standing>(Standing own))
                || !own.role().runsTheChat()
                || !own.mayInvite()
                || !own.mayRemove()) {
            return tell(asked, asked.texts().botLacksRights(asked.title()), List.of());
        }
        if (!(person instanceof Answer.Done<Standing>(Standing who))
                || !who.role().runsTheChat()) {
            return tell(asked, asked.texts().notAdministrator(asked.title()), List.of());
        }
        if (kind instanceof Answer.Done<ChatKind>(ChatKind chat) && !chat.canBeSold()) {
            Html why = chat.isBasicGroup()
                    ? asked.texts().basicGroup(asked.title())
                    : asked.texts().publicChat(asked.title());
            return tell(asked, why, List.of());
        }
        SaleOffer offer = asked.offer();
        NewPlan plan = new NewPlan(asked.texts().planName(), offer.price(), offer.days());
        return shops.open(asked.userId(), chatNow(asked, kind), asked.title(), plan, asked.admission())
                .map(channel -> tell(
                        asked,
                        Html.paragraphs(
                                asked.texts().onSale(channel.title(), page(channel)),
                                membersMayAdd(kind) ? asked.texts().membersMayAdd() : Html.NOTHING,
                                asked.texts().insideAlready(),
                                hasAddress(channel)
                                        ? Html.NOTHING
                                        : asked.texts().reachedThere(),
                                leastPrice
                                        .above(offer.price())
                                        .map(NewPlanTask.TEXTS.in(language(asked))::tooCheap)
                                        .orElse(Html.NOTHING)),
                        List.of(PlanConversation.add(asked.texts().addPlan(), channel))))
                .orElseGet(() -> tell(asked, asked.texts().soldByAnother(asked.title()), List.of()));
    }

    private static boolean membersMayAdd(Answer<ChatKind> kind) {
        return kind instanceof Answer.Done<ChatKind>(ChatKind chat) && chat.membersMayAdd();
    }

    private boolean hasAddress(Channel channel) {
        return catalog.seller(channel.seller()).orElseThrow().notice().support() != null;
    }

    private static Language language(Asked asked) {
        return Language.of(asked.task().need("language"));
    }

    /** A group that was made a supergroup since it was asked about has another id. */
    private static long chatNow(Asked asked, Answer<ChatKind> kind) {
        return kind instanceof Answer.Done<ChatKind>(ChatKind chat) ? chat.id() : asked.chatId();
    }

    /** Whether the bot may post there is found out by posting: its seller is told if not. */
    private Result post(Asked asked) {
        Answer<Standing> person = messenger.standing(asked.chatId(), asked.userId());
        Optional<Result> notYet = notYet(person);
        if (notYet.isPresent()) {
            return notYet.get();
        }
        if (!(person instanceof Answer.Done<Standing>(Standing who))
                || !who.role().runsTheChat()) {
            return tell(asked, asked.texts().notAdministrator(asked.title()), List.of());
        }
        return shops.postIn(asked.userId(), channel(asked.task().need("channel")), asked.chatId())
                .map(channel -> tell(
                        asked,
                        asked.texts().posted(channel.title(), asked.title()),
                        List.of(PostButtons.off(asked.texts().stopPosting(), channel.handle()))))
                .orElseGet(() -> tell(asked, asked.texts().cannotPost(asked.title()), List.of()));
    }

    /** As the button has it: its id without hyphens, or what no channel is. */
    private static UUID channel(String hex) {
        return hex.matches("[0-9a-f]{32}")
                ? new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16))
                : new UUID(0, 0);
    }

    /** They only ask: they may be repeated. */
    private static <T> Optional<Result> notYet(Answer<T> answer) {
        return switch (answer) {
            case Answer.NotNow<T>(Duration after, String reason) -> Optional.of(Result.later(after, reason));
            case Answer.Unknown<T>(String reason) -> Optional.of(Result.later(ASK_AGAIN, reason));
            case Answer.Done<T> _, Answer.Declined<T> _ -> Optional.empty();
        };
    }

    private String page(Channel channel) {
        return publicUrl + "/c/" + channel.slug();
    }

    private Result tell(Asked asked, Html text, List<Button> buttons) {
        return TellTask.tell(messenger, new Message(asked.userId(), text, buttons));
    }
}
