package admitone.bot;

import admitone.bot.AnswerPressTask.Word;
import admitone.bot.SaleSetupTask.Step;
import admitone.bot.SaleSetups.SaleSetup;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Channel.Admission;
import admitone.catalog.ClosedChatId;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.PressButton;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Sellers;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Puts a chat on sale in the chat with the bot: the bot is made an administrator there → whoever did it is asked → a plan → how buyers come in → the page.
 * Each step is a button that names the chat; the state is in the database, so any button of it may be pressed, in any order and again.
 */
@Component
class SaleConversation implements IncomingListener {
    /** Questions left over that somebody is asked when they start the bot. */
    private static final int MOST_UNTOLD = 5;

    private static final Duration REFUSED_ONCE = Duration.ofMinutes(1);

    private static final Pattern BUTTON = Pattern.compile("sale:(-?\\d{1,18}):([a-z]+):(\\w*)");

    private final SaleSetups setups;
    private final Catalog catalog;
    private final Tasks tasks;
    private final Transactions transactions;
    private final boolean anyone;

    SaleConversation(SaleSetups setups, Catalog catalog, Tasks tasks, Transactions transactions, Settings settings) {
        this.setups = setups;
        this.catalog = catalog;
        this.tasks = tasks;
        this.transactions = transactions;
        this.anyone = settings.sellers() == Sellers.ANYONE;
    }

    static PressButton plan(String text, long chatId, SaleOffer offer) {
        return button(text, chatId, "plan", offer.name());
    }

    static PressButton by(String text, long chatId, Admission admission) {
        return button(text, chatId, "by", admission.word());
    }

    static PressButton yes(String text, long chatId) {
        return button(text, chatId, "yes", "");
    }

    static PressButton no(String text, long chatId) {
        return button(text, chatId, "no", "");
    }

    /** Posts the plans of what is sold already in this chat. */
    static PressButton post(String text, long chatId, Channel channel) {
        return button(text, chatId, "post", channel.id().toString().replace("-", ""));
    }

    private static PressButton button(String text, long chatId, String verb, String what) {
        return new PressButton(text, "sale:" + chatId + ":" + verb + ":" + what);
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        switch (incoming) {
            case BotPlaced placed when placed.runsTheChat() && !placed.ranTheChat() -> placed(updateId, placed);
            case Said said when said.isStart() || isAboutTheirChannels(said) -> untold(updateId, said);
            case BotPlaced _,
                    Said _,
                    Pressed _,
                    Incoming.JoinRequested _,
                    Incoming.MembershipChanged _,
                    Incoming.Reachability _,
                    Incoming.Migrated _,
                    Incoming.Other _ -> {
                // are for others
            }
        }
    }

    private static boolean isAboutTheirChannels(Said said) {
        return said.command().flatMap(Command::of).equals(Optional.of(Command.MYCHANNELS));
    }

    private void placed(long updateId, BotPlaced placed) {
        if (catalog.channelOf(new ClosedChatId(placed.chatId())).isPresent()) {
            return; // on sale already
        }
        Step step = maySell(placed.byUserId()) ? Step.ASK : Step.REFUSE;
        transactions.run(SellerId.PLATFORM, () -> {
            SaleSetup setup = setups.begin(placed.chatId(), placed.byUserId(), placed.title());
            owe(step, updateId, setup, placed.language());
        });
    }

    private boolean maySell(long user) {
        return anyone || catalog.isSeller(user);
    }

    /** Whom the bot could not ask before: they had not started it, or were no seller yet. */
    private void untold(long updateId, Said said) {
        List<SaleSetup> untold = setups.untold(said.userId(), MOST_UNTOLD);
        if (untold.isEmpty()) {
            return;
        }
        transactions.run(SellerId.PLATFORM, () -> {
            if (maySell(said.userId())) {
                untold.forEach(setup -> owe(Step.ASK, updateId, setup, said.language()));
            } else if (isAboutTheirChannels(said)) { // who asks is told again
                tasks.owe(SellerId.PLATFORM, refuse(untold.getFirst(), said));
            } else {
                setups.unrefused(said.userId()).ifPresent(setup -> tasks.owe(SellerId.PLATFORM, refuse(setup, said)));
            }
        });
    }

    /** Once in a while, however often they ask. */
    private static Owed refuse(SaleSetup setup, Said said) {
        long span = said.at().getEpochSecond() / REFUSED_ONCE.toSeconds();
        return SaleSetupTask.say(Step.REFUSE, setup.userId() + "-at-" + span, setup, said.language());
    }

    /** Opens a transaction of the platform: asks what could not be asked before of somebody who is a seller by now. {@code seller}: asked once by becoming that one. */
    void askSeller(SellerId seller, long user, Language language) {
        List<SaleSetup> untold = setups.untold(user, MOST_UNTOLD);
        transactions.run(
                SellerId.PLATFORM,
                () -> untold.forEach(setup -> tasks.owe(
                        SellerId.PLATFORM, SaleSetupTask.say(Step.ASK, "seller-" + seller.value(), setup, language))));
    }

    /** Within a transaction of the platform. Answers the word for whoever pressed. */
    Word pressed(long updateId, Pressed pressed) {
        Matcher button = BUTTON.matcher(pressed.data());
        if (!button.matches()) {
            return Word.OLD;
        }
        // by the person who pressed: somebody else's setup is not found
        return setups.find(Long.parseLong(button.group(1)), pressed.userId())
                .filter(_ -> maySell(pressed.userId())) // who was refused has one too
                .map(setup -> pressed(updateId, pressed, setup, button.group(2), button.group(3)))
                .orElse(Word.OLD);
    }

    private Word pressed(long updateId, Pressed pressed, SaleSetup setup, String verb, String what) {
        return switch (verb) {
            case "plan" ->
                SaleOffer.of(what)
                        .map(offer -> {
                            SaleSetup picked = setups.pick(setup, offer);
                            return owe(Step.HOW, updateId, picked, pressed.language());
                        })
                        .orElse(Word.OLD);
            case "by" ->
                admission(what)
                        .filter(_ -> setup.offer() != null)
                        .map(admission -> {
                            SaleSetup picked = setups.pick(setup, admission);
                            return owe(Step.CONFIRM, updateId, picked, pressed.language());
                        })
                        .orElse(Word.OLD);
            case "yes" ->
                setup.offer() == null || setup.admission() == null
                        ? Word.OLD
                        : owe(Step.OPEN, updateId, setup, pressed.language());
            case "post" -> owe(SaleSetupTask.post(updateId, setup, what, pressed.language()));
            case "no" -> Word.NOT_SOLD;
            default -> Word.OLD;
        };
    }

    private Word owe(Step step, long updateId, SaleSetup setup, Language language) {
        return owe(SaleSetupTask.say(step, updateId, setup, language));
    }

    private Word owe(Owed owed) {
        tasks.owe(SellerId.PLATFORM, owed);
        return Word.NONE;
    }

    private static Optional<Admission> admission(String word) {
        return Arrays.stream(Admission.values())
                .filter(admission -> admission.word().equals(word))
                .findFirst();
    }
}
