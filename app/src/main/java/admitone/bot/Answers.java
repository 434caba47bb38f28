package admitone.bot;

import admitone.access.ChannelTroubles;
import admitone.access.ChannelTroubles.Trouble;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.HandBans;
import admitone.access.InGrace;
import admitone.access.InGrace.Grace;
import admitone.access.Lists;
import admitone.access.Seat;
import admitone.access.Trials;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NotSold;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.checkout.BuyerStatus;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.checkout.LeastPrice;
import admitone.checkout.Order;
import admitone.checkout.PrivateLinks;
import admitone.checkout.Purchase;
import admitone.checkout.Purchases;
import admitone.checkout.Referrals;
import admitone.checkout.StatusWords;
import admitone.checkout.StatusWords.Asker;
import admitone.messaging.BotName;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** What the bot answers to its commands. Reads only. */
@Component
class Answers {
    /** So many channels, accesses, purchases or sellers does an answer name, which keeps it within a message. */
    private static final int MOST_NAMED = 8;

    /** Of a seller's channels each has a button; a message has room for no more than a hundred. */
    private static final int MOST_SOLD = 50;

    private static final int MOST_ACCESSES = 30;

    /** Of a message's 4,096 characters, for what sellers say. */
    private static final int ROOM = 3_500;

    private static final int MOST_PURCHASES = 4;
    private static final int PURCHASES_LOOKED_AT = 20;

    private final Catalog catalog;
    private final Grants grants;
    private final Lists lists;
    private final InGrace inGrace;
    private final HandBans handBans;
    private final Purchases purchases;
    private final KnownChannels channels;
    private final ChannelTroubles troubles;
    private final Referrals referrals;
    private final Trials trials;
    private final Coupons coupons;
    private final LeastPrice leastPrice;
    private final Menu menu;
    private final BotName bot;
    private final PrivateLinks links;
    private final Clock clock;
    private final BigDecimal tolerancePercent;
    private final String publicUrl;

    Answers(
            Catalog catalog,
            Grants grants,
            Lists lists,
            InGrace inGrace,
            HandBans handBans,
            Purchases purchases,
            KnownChannels channels,
            ChannelTroubles troubles,
            Referrals referrals,
            Trials trials,
            Coupons coupons,
            LeastPrice leastPrice,
            Menu menu,
            BotName bot,
            PrivateLinks links,
            Clock clock,
            Settings settings) {
        this.catalog = catalog;
        this.grants = grants;
        this.lists = lists;
        this.inGrace = inGrace;
        this.handBans = handBans;
        this.purchases = purchases;
        this.channels = channels;
        this.troubles = troubles;
        this.referrals = referrals;
        this.trials = trials;
        this.coupons = coupons;
        this.leastPrice = leastPrice;
        this.menu = menu;
        this.bot = bot;
        this.links = links;
        this.clock = clock;
        this.tolerancePercent = settings.underpaidTolerancePercent();
        this.publicUrl = settings.publicUrl().toString();
    }

    /** {@code argument}: what was written after the command. */
    Message to(Command command, String argument, long user, Language language) {
        BotTexts texts = Menu.TEXTS.in(language);
        return switch (command) {
            case PLANS -> plans(user, texts);
            case COUPON -> coupon(user, argument, texts);
            case REFER -> refer(user, texts);
            case STATUS -> status(user, language, texts);
            case MYCHANNELS -> channels(user, language, texts);
            case STOP -> new Message(user, texts.stopped(), List.of());
            case HELP, ACCESS -> help(user, language, texts);
            case SUPPORT -> sellers(user, texts, texts::support, seller -> contact(seller, texts));
            case PAYSUPPORT -> sellers(user, texts, texts::paysupport, seller -> contact(seller, texts));
            case TERMS -> sellers(user, texts, texts::terms, seller -> terms(seller, texts));
        };
    }

    Message toAnything(long user, Language language) {
        return new Message(user, Menu.TEXTS.in(language).unknown(), List.of());
    }

    private Message help(long user, Language language, BotTexts texts) {
        List<Html> lines = menu.commands(language).stream()
                .map(command -> texts.helpLine(command.name(), command.does()))
                .toList();
        return new Message(user, texts.help(Html.joined("\n", lines)), List.of());
    }

    /** The plans that a coupon makes cheaper, of the first channel of theirs that has one of this code. */
    private Message coupon(long user, String written, BotTexts texts) {
        if (written.isEmpty()) {
            return new Message(user, texts.whichCoupon(), List.of());
        }
        return Coupon.code(written)
                .flatMap(code -> channels.of(user)
                        .flatMap(channel -> coupons
                                .find(channel.seller(), channel.id(), code)
                                .map(coupon -> coupon(user, channel, coupon, texts))
                                .filter(message -> !message.buttons().isEmpty())
                                .stream())
                        .findFirst())
                .orElseGet(() -> new Message(user, texts.noCoupon(written), List.of()));
    }

    private Message coupon(long user, Channel channel, Coupon coupon, BotTexts texts) {
        List<Button> plans = catalog.plans(channel.seller(), channel.id()).stream()
                .flatMap(plan -> coupons
                        .quote(coupon, plan)
                        .flatMap(quote -> bot.startLink(coupon.startToken(plan))
                                .<Button>map(link -> new LinkButton(
                                        texts.plan(plan.name(), new Lasting.Days(plan.days()), quote.price()), link)))
                        .stream())
                .limit(MOST_NAMED)
                .toList();
        return new Message(user, texts.coupon(coupon.code(), channel.title()), plans);
    }

    /** The links by which this person brings buyers; {@link Referring} has made their codes. */
    private Message refer(long user, BotTexts texts) {
        List<Html> lines = channels.of(user)
                .flatMap(channel -> referrals
                        .percent(channel.seller(), channel.id())
                        .flatMap(percent -> referrals
                                .find(channel, user)
                                .flatMap(code -> bot.startLink(code.handle()))
                                .map(link -> texts.referLine(
                                        channel.title(),
                                        percent.stripTrailingZeros().toPlainString(),
                                        link)))
                        .stream())
                .toList();
        return new Message(
                user,
                lines.isEmpty() ? texts.noRefer() : texts.refer(Html.joined("\n\n", fitting(lines, texts))),
                List.of());
    }

    private Message plans(long user, BotTexts texts) {
        KnownChannels.Known counted = channels.counted(user);
        List<Channel> known = counted.channels();
        Stream<Button> free = known.stream().flatMap(channel -> trial(channel, user, texts).stream());
        Stream<Button> pages =
                known.stream().map(channel -> new LinkButton(channel.title(), publicUrl + "/c/" + channel.slug()));
        return new Message(
                user,
                known.isEmpty()
                        ? texts.noPlans()
                        : Html.paragraphs(
                                texts.plans(), counted.more() > 0 ? texts.more(counted.more()) : Html.NOTHING),
                Stream.concat(pages, free).toList());
    }

    private Optional<LinkButton> trial(Channel channel, long user, BotTexts texts) {
        return trials.daysFor(channel, user)
                .flatMap(days -> bot.startLink(channel.trialHandle())
                        .map(link -> new LinkButton(texts.trial(channel.title(), new Lasting.Days(days)), link)));
    }

    /** What this person sells. */
    private Message channels(long user, Language language, BotTexts texts) {
        List<Seller> sellers = catalog.sellersOf(user);
        List<Channel> sold = sellers.stream()
                .flatMap(seller -> catalog.channels(Optional.of(seller.id()), Optional.empty(), MOST_SOLD).stream())
                .limit(MOST_SOLD)
                .toList();
        List<Html> lines = new ArrayList<>();
        int length = 0;
        int left = sellers.stream()
                        .mapToInt(seller -> catalog.countChannels(seller.id()))
                        .sum()
                - sold.size();
        for (Channel channel : sold) {
            Html page = texts.channel(channel.title(), publicUrl + "/c/" + channel.slug());
            Html whole = Html.joined(
                    "\n", Stream.concat(Stream.of(page), amiss(channel, texts)).toList());
            Html line = length + whole.value().length() <= ROOM ? whole : page;
            length += line.value().length();
            if (length <= ROOM) {
                lines.add(line);
            } else {
                left++;
            }
        }
        if (left > 0) {
            lines.add(texts.more(left));
        }
        return new Message(
                user,
                lines.isEmpty()
                        ? texts.noChannels()
                        : Html.paragraphs(
                                texts.channels(Html.joined("\n\n", lines)),
                                sellers.stream()
                                                .anyMatch(seller ->
                                                        seller.notice().support() == null)
                                        ? texts.reachedThere()
                                        : Html.NOTHING),
                sold.stream()
                        .map(channel -> (Button) PlanConversation.list(
                                NewPlanTask.TEXTS.in(language).plansOf(channel.title()), channel))
                        .toList());
    }

    /** What keeps a channel from being sold, or its members from being let in or removed, with what to do. */
    private Stream<Html> amiss(Channel channel, BotTexts texts) {
        List<Plan> plans = catalog.plans(channel.seller(), channel.id());
        Optional<NotSold> why = catalog.whyNotSold(channel.seller(), channel.id());
        Stream<Html> notSold = why.isPresent()
                ? Stream.of(notSold(why.get(), texts))
                : plans.isEmpty()
                        ? Stream.of(texts.channelHasNoPlan())
                        : plans.stream()
                                .flatMap(plan -> leastPrice.above(plan.price()).stream())
                                .limit(1)
                                .map(texts::channelTooCheap);
        Stream<Html> leaks = catalog.mayMembersAdd(channel.seller(), channel.id())
                ? Stream.of(texts.channelMembersMayAdd())
                : Stream.empty();
        return Stream.of(notSold, leaks, troubles.of(channel).stream().map(one -> amiss(one, texts)))
                .flatMap(lines -> lines);
    }

    private static Html notSold(NotSold why, BotTexts texts) {
        return switch (why) {
            case NO_RIGHTS -> texts.channelCannotAdmit();
            case PUBLIC -> texts.channelIsPublic();
            case BASIC_GROUP -> texts.channelIsBasicGroup();
        };
    }

    private static Html amiss(Trouble trouble, BotTexts texts) {
        return switch (trouble) {
            case ON_HOLD -> texts.channelOnHold();
            case OBSERVED -> texts.channelObserved();
            case REMOVALS_STOPPED -> texts.channelRemovalsStopped();
            case LINK_MISSING -> texts.channelLinkMissing();
        };
    }

    /** To somebody who asks to be let in and has no access: what runs all the same, and the plans of the channels that they know. */
    Message toStart(long user, Language language) {
        BotTexts texts = Menu.TEXTS.in(language);
        List<Line> lines = lines(user, language, texts);
        List<Line> fitting = fitting(lines, Line::text);
        Set<Button> buttons = new LinkedHashSet<>(buttons(fitting));
        Set<String> urls = buttons.stream().map(Answers::url).collect(Collectors.toSet());
        channels.of(user)
                .limit(MOST_NAMED)
                .<Button>map(channel -> new LinkButton(channel.title(), publicUrl + "/c/" + channel.slug()))
                .filter(plans -> urls.add(url(plans))) // renewing leads there as well
                .forEach(buttons::add);
        Html nothing = buttons.isEmpty() ? texts.nothingYet() : texts.nothingNow();
        return new Message(user, lines.isEmpty() ? nothing : told(fitting, lines.size(), texts), List.copyOf(buttons));
    }

    private static String url(Button button) {
        return switch (button) {
            case LinkButton link -> link.url();
            case PressButton press -> press.data();
        };
    }

    private Message status(long user, Language language, BotTexts texts) {
        List<Line> lines = lines(user, language, texts);
        List<Line> fitting = fitting(lines, Line::text);
        return new Message(
                user, lines.isEmpty() ? texts.hasNothing() : told(fitting, lines.size(), texts), buttons(fitting));
    }

    private static Html told(List<Line> fitting, int all, BotTexts texts) {
        return Html.joined("\n\n", andMore(fitting.stream().map(Line::text).toList(), all, texts));
    }

    private static List<Button> buttons(List<Line> lines) {
        return lines.stream().flatMap(line -> line.button().stream()).toList();
    }

    /** What this person has and until when, and what is being paid. */
    private List<Line> lines(long user, Language language, BotTexts texts) {
        List<Line> lines = new ArrayList<>();
        List<SellerId> sellers = channels.sellersOf(user).toList();
        sellers.stream()
                .flatMap(seller -> lastOfEachChannel(grants.active(seller, user)).stream())
                .limit(MOST_ACCESSES)
                .forEach(grant -> lines.add(new Line(
                        has(grant, texts),
                        grant.endsAt() != null && !isBarred(grant.seat())
                                ? renewal(grant.seller(), grant.channelId(), texts)
                                : Optional.empty())));
        // what somebody who is banned renews would let them in nowhere
        sellers.forEach(seller -> inGrace.of(seller, user).stream()
                .filter(grace -> !isBarred(new Seat.Key(seller, grace.channelId(), user)))
                .limit(MOST_NAMED)
                .forEach(grace ->
                        lines.add(new Line(ended(seller, grace, texts), renewal(seller, grace.channelId(), texts)))));
        sellers.forEach(seller -> lists.whitelistedIn(seller, user).stream()
                .limit(MOST_NAMED)
                .forEach(channel -> lines.add(new Line(texts.listed(title(seller, channel)), Optional.empty()))));
        sellers.stream()
                .flatMap(seller -> underWay(seller, purchases.ofBuyer(seller, user, PURCHASES_LOOKED_AT)).stream())
                .limit(MOST_PURCHASES)
                .forEach(purchase -> lines.add(line(purchase, language, texts)));
        return lines;
    }

    /** What somebody has, with the way to do something about it. */
    private record Line(Html text, Optional<Button> button) {}

    private Html has(Grant grant, BotTexts texts) {
        String channel = title(grant.seller(), grant.channelId());
        Lasting.Until until = new Lasting.Until(grant.endsAt());
        return isBarred(grant.seat()) ? texts.barred(channel, until) : texts.has(channel, until);
    }

    private boolean isBarred(Seat.Key seat) {
        return lists.isBanned(seat) || handBans.isAsked(seat);
    }

    private Html ended(SellerId seller, Grace grace, BotTexts texts) {
        return texts.ended(title(seller, grace.channelId()), grace.endedAt(), grace.until());
    }

    private Optional<Button> renewal(SellerId seller, UUID channelId, BotTexts texts) {
        return catalog.channel(seller, channelId)
                .map(channel -> new LinkButton(texts.renew(channel.title()), publicUrl + "/c/" + channel.slug()));
    }

    private static List<Html> fitting(List<Html> lines, BotTexts texts) {
        return andMore(fitting(lines, line -> line), lines.size(), texts);
    }

    /** As many as a message has room for: titles may be long, and what sellers say. */
    private static <T> List<T> fitting(List<T> lines, Function<T, Html> text) {
        List<T> fitting = new ArrayList<>();
        int length = 0;
        for (T line : lines) {
            length += text.apply(line).value().length() + 2;
            if (length <= ROOM) {
                fitting.add(line);
            }
        }
        return fitting;
    }

    private static List<Html> andMore(List<Html> fitting, int all, BotTexts texts) {
        return fitting.size() == all
                ? fitting
                : Stream.concat(fitting.stream(), Stream.of(texts.more(all - fitting.size())))
                        .toList();
    }

    private Line line(Purchase purchase, Language language, BotTexts texts) {
        Order order = purchase.order();
        BuyerStatus status = StatusWords.of(purchase, clock.instant(), tolerancePercent, Asker.HOLDER, language);
        String title = title(order.seller(), order.channelId());
        return new Line(
                texts.buying(title, status.heading(), status.message()),
                Optional.of(new LinkButton(texts.openPurchase(title), links.payPage(order.id()))));
    }

    private static Collection<Grant> lastOfEachChannel(List<Grant> oldestFirst) {
        Map<UUID, Grant> last = new LinkedHashMap<>();
        oldestFirst.forEach(grant -> last.put(grant.channelId(), grant));
        return last.values();
    }

    /**
     * What has granted nothing yet: first each purchase for which money has come or is coming, however many were begun after it, then the newest of each channel for which
     * something was paid or still may be.
     */
    private List<Purchase> underWay(SellerId seller, List<Purchase> newestFirst) {
        Instant now = clock.instant();
        Set<UUID> seen = new HashSet<>();
        List<Purchase> newest = newestFirst.stream()
                .filter(purchase -> seen.add(purchase.order().channelId()))
                .filter(purchase -> purchase.granted() == null)
                .filter(purchase -> !purchase.payments().isEmpty()
                        || purchase.order().expiresAt().isAfter(now))
                .toList();
        return Stream.concat(purchases.withMoneyUnderWay(seller, newestFirst).stream(), newest.stream())
                .distinct()
                .toList();
    }

    private Message sellers(long user, BotTexts texts, Function<Html, Html> all, Function<Seller, Html> one) {
        List<Html> lines = fitting(
                channels.sellersOf(user)
                        .flatMap(id -> catalog.seller(id).stream())
                        .map(one)
                        .toList(),
                texts);
        return new Message(user, all.apply(lines.isEmpty() ? texts.noSellers() : Html.joined("\n", lines)), List.of());
    }

    private static Html contact(Seller seller, BotTexts texts) {
        return Optional.ofNullable(seller.notice().support())
                .map(contact -> texts.reachable(seller.name(), contact))
                .orElseGet(() -> texts.reachableThere(seller.name(), seller.telegramUserId()));
    }

    private static Html terms(Seller seller, BotTexts texts) {
        return Optional.ofNullable(seller.notice().terms())
                .map(terms -> texts.sellsOn(seller.name(), terms))
                .orElseGet(() -> texts.sellsOnNone(seller.name()));
    }

    private String title(SellerId seller, UUID channelId) {
        return catalog.channel(seller, channelId).map(Channel::title).orElse("");
    }
}
