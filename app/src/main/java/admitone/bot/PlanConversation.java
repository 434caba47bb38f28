package admitone.bot;

import admitone.bot.AnswerPressTask.Word;
import admitone.bot.NewPlanTask.Step;
import admitone.bot.PlanDrafts.Draft;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewPlan;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.database.Transactions;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.messaging.Messenger.PressButton;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Handle;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * A seller adds plans to a channel in the chat: how long → which price, by a button or written → what one gets, if they write it → yes; and takes them off sale. What is picked stands in the
 * database; each button names what it is about, and whoever presses must be its seller.
 */
@Component
class PlanConversation {
    /** What is written later is no price any more. */
    private static final Duration WAITS = Duration.ofDays(1);

    private static final int MOST_DAYS = 36_500;
    private static final Pattern BUTTON = Pattern.compile("plan:([a-z]{2,5}):(\\w{1,48})(?::(\\d{1,9}))?");
    /** Written for what one gets, it takes away what was said before. */
    private static final String NOTHING_SAID = "-";

    /** A number by itself, with a currency perhaps: meant as a price, whatever is wrong with it. */
    private static final Pattern NUMBER = Pattern.compile("[^\\p{L}\\d]*\\d[\\d.,' ]*\\p{L}{0,4}[^\\p{L}\\d]*");

    private static final Pattern PRICE =
            Pattern.compile("\\$?\\s*(\\d{1,7})(?:[.,](\\d{1,2}))?\\s*(?:\\$|usdt?)?", Pattern.CASE_INSENSITIVE);

    private final PlanDrafts drafts;
    private final PlanPosts posts;
    private final Catalog catalog;
    private final Tasks tasks;
    private final Transactions transactions;
    private final Ids ids;
    private final Clock clock;

    PlanConversation(
            PlanDrafts drafts,
            PlanPosts posts,
            Catalog catalog,
            Tasks tasks,
            Transactions transactions,
            Ids ids,
            Clock clock) {
        this.drafts = drafts;
        this.posts = posts;
        this.catalog = catalog;
        this.tasks = tasks;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /** Shows what a channel sells. */
    static PressButton list(String text, Channel channel) {
        return button(text, "list", channel.handle());
    }

    static PressButton add(String text, Channel channel) {
        return button(text, "add", channel.handle());
    }

    /** {@code days}: 0 for life. */
    static PressButton days(String text, Channel channel, int days) {
        return button(text, "days", channel.handle() + ":" + days);
    }

    static PressButton price(String text, String draft, Money price) {
        return button(text, "price", draft + ":" + price.units());
    }

    /** At the price that the message tells. */
    static PressButton yes(String text, String draft, Money price) {
        return button(text, "yes", draft + ":" + price.units());
    }

    static PressButton no(String text, String draft) {
        return button(text, "no", draft);
    }

    /** Takes a plan off sale. */
    static PressButton close(String text, Plan plan) {
        return button(text, "close", plan.handle());
    }

    /** Takes it off sale although it is the only one. */
    static PressButton end(String text, String plan) {
        return button(text, "end", plan);
    }

    private static PressButton button(String text, String verb, String what) {
        return new PressButton(text, "plan:" + verb + ":" + what);
    }

    static boolean isOne(Pressed pressed) {
        return BUTTON.matcher(pressed.data()).matches();
    }

    /** Opens a transaction of the seller. Answers the word for whoever pressed. */
    Word pressed(long updateId, Pressed pressed) {
        Matcher button = BUTTON.matcher(pressed.data());
        if (!button.matches()) {
            return Word.OLD;
        }
        int number = Optional.ofNullable(button.group(3)).map(Integer::parseInt).orElse(0);
        return Handle.parse(button.group(2))
                .filter(handle -> catalog.isSeller(handle.seller(), pressed.userId()))
                .map(handle -> transactions.run(
                        handle.seller(), () -> pressed(new Turn(updateId, pressed), button.group(1), handle, number)))
                .orElse(Word.OLD);
    }

    /** Who does something by which update. */
    private record Turn(String subject, long userId, Language language) {
        Turn(long updateId, Pressed pressed) {
            this("plan:update-" + updateId, pressed.userId(), pressed.language());
        }

        Turn(long updateId, Said said) {
            this("plan:update-" + updateId, said.userId(), said.language());
        }
    }

    private Word pressed(Turn turn, String verb, Handle handle, int number) {
        SellerId seller = handle.seller();
        UUID id = handle.id();
        if (isAnswered(turn, seller)) {
            return Word.NONE;
        }
        return switch (verb) {
            case "list" -> channel(handle, channel -> say(turn, Step.LIST, channel));
            case "add" -> channel(handle, channel -> say(turn, isFull(channel) ? Step.FULL : Step.SPAN, channel));
            case "days" -> number > MOST_DAYS ? Word.OLD : channel(handle, channel -> begin(turn, channel, number));
            case "price" ->
                usd(BigInteger.valueOf(number))
                        .flatMap(price -> drafts.price(seller, id, price))
                        .map(draft -> say(turn, Step.CONFIRM, draft))
                        .orElse(Word.OLD);
            case "yes" ->
                usd(BigInteger.valueOf(number))
                        .flatMap(price -> drafts.take(seller, id, price))
                        .map(draft -> add(turn, draft))
                        .orElse(Word.OLD);
            case "no" -> drafts.drop(seller, id) ? Word.PLAN_DROPPED : Word.OLD;
            case "close" ->
                catalog.planOnSale(seller, id).map(plan -> close(turn, plan)).orElse(Word.OLD);
            case "end" -> catalog.planOnSale(seller, id).map(this::end).orElse(Word.OLD);
            default -> Word.OLD;
        };
    }

    /** Told again. */
    private boolean isAnswered(Turn turn, SellerId seller) {
        return !tasks.ofSubject(seller, turn.subject()).isEmpty();
    }

    private Word channel(Handle handle, Function<Channel, Word> then) {
        return handle.kind().equals(Handle.CHANNEL)
                ? catalog.channel(handle.seller(), handle.id()).map(then).orElse(Word.OLD)
                : Word.OLD;
    }

    private boolean isFull(Channel channel) {
        return catalog.plans(channel.seller(), channel.id()).size() >= Plan.MOST_OF_A_CHANNEL;
    }

    private Word begin(Turn turn, Channel channel, int days) {
        return say(turn, Step.PRICE, drafts.begin(channel, ids.next(), days == 0 ? null : days, clock.instant()));
    }

    private Word add(Turn turn, Draft draft) {
        Channel channel = catalog.channel(draft.seller(), draft.channelId()).orElseThrow();
        if (isFull(channel)) {
            return say(turn, Step.FULL, channel);
        }
        String name = NewPlanTask.planName(turn.language());
        catalog.addPlan(
                channel,
                draft.id(),
                new NewPlan(name, Objects.requireNonNull(draft.price()), draft.days(), draft.description()));
        posts.refresh(channel);
        return say(turn, Step.ADDED, draft);
    }

    /** A channel without plans sells nothing: whoever takes off the last one is asked first. */
    private Word close(Turn turn, Plan plan) {
        return catalog.plans(plan.seller(), plan.channelId()).size() == 1
                ? say(plan.seller(), NewPlanTask.last(turn.subject(), turn.userId(), turn.language(), plan))
                : end(plan);
    }

    private Word end(Plan plan) {
        if (catalog.close(plan, clock.instant())) {
            posts.refresh(catalog.channel(plan.seller(), plan.channelId()).orElseThrow());
        }
        return Word.PLAN_CLOSED;
    }

    /** Opens a transaction of the seller who is asked for a price: whether this was an answer to that. */
    boolean said(long updateId, Said said) {
        return catalog.sellersOf(said.userId()).stream()
                .flatMap(seller -> drafts.open(seller.id(), clock.instant().minus(WAITS)).stream())
                .max(Comparator.comparing(Draft::begunAt))
                .map(draft -> transactions.run(draft.seller(), () -> said(updateId, said, draft)))
                .orElse(false);
    }

    /** Its price, or another one; or, once it has one, what one gets by it. */
    private boolean said(long updateId, Said said, Draft draft) {
        Optional<Money> price = price(said.text());
        String words = said.text().strip().replaceAll("\\s+", " ");
        boolean isDescription = price.isEmpty()
                && draft.price() != null
                && !NUMBER.matcher(words).matches();
        if (price.isEmpty() && !isDescription) {
            tasks.owe(draft.seller(), NewPlanTask.noPrice(said, draft));
            return true;
        }
        Turn turn = new Turn(updateId, said);
        if (isAnswered(turn, draft.seller())) {
            return true;
        }
        if (isDescription && words.codePointCount(0, words.length()) > Plan.MOST_CHARACTERS) {
            say(turn, Step.TOO_LONG, draft);
            return true;
        }
        Optional<Draft> now = isDescription
                ? drafts.describe(draft.seller(), draft.id(), words.equals(NOTHING_SAID) ? null : words)
                : drafts.price(draft.seller(), draft.id(), price.get());
        return now.map(named -> say(turn, Step.CONFIRM, named)).isPresent();
    }

    /** An amount of USD as somebody writes it: {@code 12}, {@code 12.50}, {@code $12,50}. */
    static Optional<Money> price(String text) {
        Matcher written = PRICE.matcher(text.strip());
        if (!written.matches()) {
            return Optional.empty();
        }
        String cents = Optional.ofNullable(written.group(2)).orElse("");
        return usd(new BigInteger(written.group(1) + cents + "0".repeat(2 - cents.length())));
    }

    private static Optional<Money> usd(BigInteger cents) {
        return Optional.of(new Money(cents, Asset.USD))
                .filter(price -> price.isPositive() && price.compareTo(Plan.MOST_PRICE) <= 0);
    }

    private Word say(Turn turn, Step step, Channel channel) {
        return say(channel.seller(), NewPlanTask.say(step, turn.subject(), turn.userId(), turn.language(), channel));
    }

    private Word say(Turn turn, Step step, Draft draft) {
        return say(draft.seller(), NewPlanTask.say(step, turn.subject(), turn.userId(), turn.language(), draft));
    }

    private Word say(SellerId seller, Owed owed) {
        tasks.owe(seller, owed);
        return Word.NONE;
    }
}
