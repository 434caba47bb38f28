package admitone.fulfillment;

import static java.util.Map.entry;

import admitone.access.HandBans;
import admitone.access.ManyOutsidersCase;
import admitone.access.NotStartedCase;
import admitone.access.OutsiderCase;
import admitone.access.TooManyStrangers;
import admitone.access.UntoldCase;
import admitone.cases.Case;
import admitone.cases.Telling;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Order;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.checkout.StatusWords.Asker;
import admitone.checkout.Words;
import admitone.fulfillment.CaseDecisions.Possible;
import admitone.fulfillment.Ruling.About;
import admitone.fulfillment.Ruling.Extension;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** A case about a buyer's money, or a channel's members, in the words that its seller reads in the chat, with a button for each decision that needs nothing more. */
@Component
class CaseMessages {
    // about members of a channel, not about money
    private static final String MANY_REMOVALS = "many_removals";
    private static final String ADMINISTRATOR_INSIDE = "administrator_inside";
    private static final String ORPHAN_LINK = "orphan_link";
    private static final String CHAT_TAKEN = "chat_taken";
    private static final String PRICE_TOO_LOW = "price_too_low";

    /** The kinds that a seller is told of in the chat, each in words of its own; of others they are not told there. */
    static final Map<String, Function<CaseTexts, Html>> TOLD = Map.ofEntries(
            entry(MANY_REMOVALS, CaseTexts::manyRemovals),
            entry(UntoldCase.KIND, CaseTexts::membersUntold),
            entry(NotStartedCase.KIND, CaseTexts::membersNotStarted),
            entry(OutsiderCase.KIND, CaseTexts::insideWithoutGrant),
            entry(ManyOutsidersCase.KIND, CaseTexts::manyInsideWithoutGrant),
            entry(ADMINISTRATOR_INSIDE, CaseTexts::administratorInside),
            entry(ORPHAN_LINK, CaseTexts::orphanLink),
            entry(TooManyStrangers.KIND, CaseTexts::tooManyStrangers),
            entry(Why.UNDERPAID, CaseTexts::underpaid),
            entry(Why.OVERPAID, CaseTexts::overpaid),
            entry(Why.PAID_LATE, CaseTexts::paidLate),
            entry(Why.WRONG_ASSET, CaseTexts::wrongAsset),
            entry(Why.PRICE_MISMATCH, CaseTexts::priceMismatch),
            entry(Why.CHILD_PAYMENT, CaseTexts::childPayment),
            entry(Why.AMOUNT_MISSING, CaseTexts::amountMissing),
            entry(Why.PAID_TWICE, CaseTexts::paidTwice),
            entry(Why.DISMISSED, CaseTexts::dismissed),
            entry(Why.PART_REFUNDED, CaseTexts::partRefunded),
            entry(Why.MORE_ARRIVED, CaseTexts::moreArrived),
            entry(Why.REDUCTION_GONE, CaseTexts::reductionGone),
            entry(Why.PAID_MUCH_TOO_LATE, CaseTexts::paidMuchTooLate),
            entry(Why.REFUNDED_AFTER_UPGRADE, CaseTexts::refundedAfterUpgrade),
            entry(Why.FINISHED_AFTER_REFUND, CaseTexts::finishedAfterRefund),
            entry(Why.UNKNOWN_ORDER, CaseTexts::orderUnknown),
            entry(Why.ORDER_LOST, CaseTexts::orderUnknown),
            entry(Why.OLD_ORDER_ID, CaseTexts::orderUnknown),
            entry("paid_while_banned", CaseTexts::paidWhileBanned),
            entry(HandBans.KIND, CaseTexts::bannedByHand),
            entry(CHAT_TAKEN, CaseTexts::chatTaken),
            entry(PRICE_TOO_LOW, CaseTexts::priceTooLow));

    private static final Set<String> ABOUT_MEMBERS = Set.of(
            MANY_REMOVALS,
            UntoldCase.KIND,
            NotStartedCase.KIND,
            OutsiderCase.KIND,
            ManyOutsidersCase.KIND,
            ADMINISTRATOR_INSIDE,
            ORPHAN_LINK);

    private static final Texts<CaseTexts> TEXTS = Texts.of(CaseTexts.class);

    private final CaseDecisions decisions;
    private final Catalog catalog;
    private final Purchases purchases;
    private final Clock clock;
    private final BigDecimal tolerancePercent;

    CaseMessages(CaseDecisions decisions, Catalog catalog, Purchases purchases, Clock clock, Settings settings) {
        this.decisions = decisions;
        this.catalog = catalog;
        this.purchases = purchases;
        this.clock = clock;
        this.tolerancePercent = settings.underpaidTolerancePercent();
    }

    static boolean isTold(Case one) {
        return TOLD.containsKey(one.kind());
    }

    /** {@code place}: the how manieth it is that the seller is told of in this hour. */
    Message first(SellerId seller, long user, Case one, Language language, int place) {
        CaseTexts texts = TEXTS.in(language);
        Message open = open(seller, user, one, texts);
        return place < Telling.MOST_IN_AN_HOUR
                ? open
                : new Message(user, Html.paragraphs(open.text(), texts.full(place)), open.buttons());
    }

    /** The same message as it is now: what was decided, and by whom, or what still can be. */
    Message now(SellerId seller, long user, Case one, Language language) {
        CaseTexts texts = TEXTS.in(language);
        Case.Decided decided = one.decided();
        return decided == null
                ? open(seller, user, one, texts)
                : new Message(
                        user,
                        Html.paragraphs(
                                told(seller, one, decisions.about(seller, one), texts),
                                became(one, decided, user, texts)),
                        List.of());
    }

    private Message open(SellerId seller, long user, Case one, CaseTexts texts) {
        About about = decisions.about(seller, one);
        List<Possible> possible = decisions.possible(seller, one);
        List<Button> buttons = possible.stream()
                .filter(it -> it.needs().isEmpty())
                .map(it -> (Button) CaseButtons.button(
                        label(it.decision(), about, texts), it.decision(), new Handle(Handle.CASE, seller, one.id())))
                .toList();
        return new Message(
                user,
                Html.paragraphs(
                        told(seller, one, about, texts),
                        mayComplete(about, texts),
                        buttons.size() > 1 && isAboutMoney(one) ? texts.choose() : Html.NOTHING,
                        buttons.size() < possible.size() ? texts.elsewhere() : Html.NOTHING),
                buttons);
    }

    /** What happened, to whom, what was asked and what came. */
    private Html told(SellerId seller, Case one, About about, CaseTexts texts) {
        Payment payment = isAboutMoney(one) ? about.payment() : null;
        Order order = isAboutMembers(one) ? null : about.order();
        List<Html> facts = new ArrayList<>();
        if (isAboutMembers(one)) {
            facts.add(members(seller, one, texts));
            Optional.ofNullable(one.detail().get("added_by"))
                    .map(by -> one.kind().equals(ManyOutsidersCase.KIND)
                            ? texts.manyAddedBy(by)
                            : texts.addedBy(Long.parseLong(by)))
                    .ifPresent(facts::add);
        }
        if (order == null
                && one.kind().equals(TooManyStrangers.KIND)
                && one.detail().containsKey("user")) {
            facts.add(texts.member(title(seller, one), Long.parseLong(one.need("user"))));
        }
        if (order == null && one.kind().equals(HandBans.KIND)) {
            facts.add(texts.member(title(seller, one), Long.parseLong(one.need("telegram_user_id"))));
        }
        if (one.kind().equals(CHAT_TAKEN)) {
            facts.add(texts.channel(title(seller, one)));
        }
        if (one.kind().equals(PRICE_TOO_LOW)) {
            facts.add(texts.channel(title(seller, one)));
            facts.add(texts.plan(
                    catalog.plan(seller, UUID.fromString(one.need("plan")))
                            .map(Plan::name)
                            .orElse(""),
                    Money.parse(one.need("price_usd"), Asset.USD),
                    Money.parse(one.need("least_price_usd"), Asset.USD)));
        }
        if (order != null) {
            facts.add(purchase(seller, order, texts));
            facts.add(texts.price(payment == null ? order.price() : payment.price(order.price())));
        }
        if (payment != null) {
            Optional.ofNullable(payment.payAmount()).map(texts::asked).ifPresent(facts::add);
            Money arrived = payment.arrived();
            facts.add(arrived == null ? texts.arrivedUnknown() : texts.arrived(arrived));
            Optional.ofNullable(one.detail().get("not_counted"))
                    .map(texts::notCounted)
                    .ifPresent(facts::add);
            facts.add(texts.payment(payment.id()));
        }
        return Html.paragraphs(
                Objects.requireNonNull(TOLD.get(one.kind()), one.kind()).apply(texts),
                payment != null && Ruling.isSetAside(payment) ? texts.setAside() : Html.NOTHING,
                Html.joined("\n", facts));
    }

    /** Of a person who is kept out it may be decided otherwise later. */
    private static boolean isAboutMoney(Case one) {
        return !isAboutMembers(one)
                && !one.kind().equals(HandBans.KIND)
                && !one.kind().equals(TooManyStrangers.KIND);
    }

    private static boolean isAboutMembers(Case one) {
        return ABOUT_MEMBERS.contains(one.kind());
    }

    private Html members(SellerId seller, Case one, CaseTexts texts) {
        String title = title(seller, one);
        return switch (one.kind()) {
            case MANY_REMOVALS ->
                texts.toBeRemoved(title, fact(one, "removals_due_within_an_hour"), fact(one, "entitled"));
            case UntoldCase.KIND -> texts.untold(title, fact(one, "members"), fact(one, "users"), why(one, texts));
            case NotStartedCase.KIND -> texts.notStarted(title, fact(one, "members"));
            case ManyOutsidersCase.KIND -> texts.outsiders(title, fact(one, "count"));
            default -> texts.member(title, Long.parseLong(one.need("user")));
        };
    }

    /** In the seller's words; what Telegram said stands in the case. */
    private static Html why(Case one, CaseTexts texts) {
        return fact(one, "why").startsWith(UntoldCase.NOT_KNOWN) ? texts.postNotKnown() : texts.postRefused();
    }

    /** Empty where one that was opened by an earlier version does not say it. */
    private String title(SellerId seller, Case one) {
        return Optional.ofNullable(one.detail().get("channel"))
                .map(UUID::fromString)
                .flatMap(channel -> catalog.channel(seller, channel))
                .map(Channel::title)
                .orElse("");
    }

    /** One that was opened by an earlier version may not say it. */
    private static String fact(Case one, String name) {
        return one.detail().getOrDefault(name, "?");
    }

    private Html purchase(SellerId seller, Order order, CaseTexts texts) {
        return texts.purchase(
                catalog.channel(seller, order.channelId()).map(Channel::title).orElse(""),
                catalog.plan(seller, order.planId()).map(Plan::name).orElse(""),
                new Lasting.Days(order.days()),
                order.telegramUserId());
    }

    /** While their page asks the buyer for the rest, it may still come. */
    private Html mayComplete(About about, CaseTexts texts) {
        Order order = about.order();
        return about.kind().equals(Why.UNDERPAID) && order != null && asksForRest(order)
                ? texts.mayComplete(order.expiresAt())
                : Html.NOTHING;
    }

    private boolean asksForRest(Order order) {
        return purchases
                .find(order.id())
                .map(purchase ->
                        StatusWords.of(purchase, clock.instant(), tolerancePercent, Asker.HOLDER, Language.ENGLISH))
                .filter(status -> status.words() == Words.SHORT_PAY_REST)
                .isPresent();
    }

    private static String label(String decision, About about, CaseTexts texts) {
        return switch (decision) {
            case Ruling.GRANT ->
                texts.grant(new Lasting.Days(
                        Optional.ofNullable(about.order()).orElseThrow().days()));
            case Ruling.EXTEND ->
                texts.extend(new Lasting.Days(
                        Ruling.extension(about).map(Extension::days).orElse(null)));
            case Ruling.REFUNDED -> texts.refunded();
            case Ruling.DISMISS -> isAboutOutsiders(about.kind()) ? texts.leave() : dismiss(about, texts);
            case "lift" -> texts.lift();
            case "unban" -> texts.unban();
            case "keep" -> keep(about.kind(), texts);
            case "go_on", "remove" -> texts.goOn();
            case "another_link" -> texts.anotherLink();
            case "told" -> texts.toldThem();
            case "post" -> texts.postStart();
            case "wait" -> texts.waitLonger();
            default -> decision;
        };
    }

    private static boolean isAboutOutsiders(String kind) {
        return kind.equals(OutsiderCase.KIND) || kind.equals(ManyOutsidersCase.KIND);
    }

    private static String keep(String kind, CaseTexts texts) {
        if (isAboutOutsiders(kind)) {
            return texts.letStay();
        }
        if (kind.equals(TooManyStrangers.KIND)) {
            return texts.noLink();
        }
        return kind.equals(MANY_REMOVALS) ? texts.keepInside() : texts.keep();
    }

    private static Html wasKept(String kind, CaseTexts texts) {
        if (isAboutOutsiders(kind)) {
            return texts.wasLetStay();
        }
        return kind.equals(MANY_REMOVALS) ? texts.wasKeptInside() : texts.wasKept();
    }

    private static String dismiss(About about, CaseTexts texts) {
        Payment payment = about.payment();
        if (payment != null && Ruling.isSetAside(payment)) {
            return texts.leaveSetAside();
        }
        return about.rest().isEmpty() ? texts.noted() : texts.leave();
    }

    private static Html became(Case one, Case.Decided decided, long user, CaseTexts texts) {
        Html was = was(one, decided.decision(), texts);
        if (decided.by().equals("admitone")) {
            return texts.settled(was);
        }
        return decided.by().equals(CaseButtons.by(user)) ? texts.byYou(was) : texts.bySomebody(decided.by(), was);
    }

    private static Html was(Case one, String decision, CaseTexts texts) {
        return switch (decision) {
            case Ruling.GRANT -> texts.wasGranted();
            case Ruling.EXTEND -> texts.wasExtended();
            case Ruling.REFUNDED -> texts.wasRefunded();
            case Ruling.DISMISS -> texts.wasLeft();
            case "lift" -> texts.wasLifted();
            case "unban" -> texts.wasUnbanned();
            case "keep" -> wasKept(one.kind(), texts);
            case "go_on", "remove" -> texts.wasGoneOn();
            case "another_link" -> texts.wasAnotherLink();
            case "told" -> texts.wasTold();
            case "post" -> texts.wasPosted();
            case "wait" -> texts.wasWaited();
            case "completed" -> texts.wasCompleted();
            case "sold_again" -> texts.wasSoldAgain();
            default -> texts.wasOther(decision);
        };
    }
}
