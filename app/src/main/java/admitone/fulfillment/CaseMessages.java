package admitone.fulfillment;

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
import java.util.Optional;
import org.springframework.stereotype.Component;

/** A case about a buyer's money in the words that its seller reads in the chat, with a button for each decision that needs nothing more. */
@Component
class CaseMessages {
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

    /** Whether there are words for it; a case that is only beside a payment, such as one about strangers, has none and is not told. */
    boolean speaksOf(Case one) {
        return !what(one.kind(), TEXTS.in(Language.ENGLISH)).equals(Html.NOTHING);
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
                                told(seller, one, decisions.about(seller, one), texts), became(decided, user, texts)),
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
                        buttons.size() > 1 ? texts.choose() : Html.NOTHING,
                        buttons.size() < possible.size() ? texts.elsewhere() : Html.NOTHING),
                buttons);
    }

    /** What happened, to whom, what was asked and what came. */
    private Html told(SellerId seller, Case one, About about, CaseTexts texts) {
        Payment payment = about.payment();
        Order order = about.order();
        List<Html> facts = new ArrayList<>();
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
                what(one.kind(), texts),
                payment != null && Ruling.isSetAside(payment) ? texts.setAside() : Html.NOTHING,
                Html.joined("\n", facts));
    }

    private Html purchase(SellerId seller, Order order, CaseTexts texts) {
        return texts.purchase(
                catalog.channel(seller, order.channelId()).map(Channel::title).orElse(""),
                catalog.plan(seller, order.planId()).map(Plan::name).orElse(""),
                new Lasting.Days(order.days()),
                order.telegramUserId());
    }

    private static Html what(String kind, CaseTexts texts) {
        return switch (kind) {
            case Why.UNDERPAID -> texts.underpaid();
            case Why.OVERPAID -> texts.overpaid();
            case Why.PAID_LATE -> texts.paidLate();
            case Why.WRONG_ASSET -> texts.wrongAsset();
            case Why.PRICE_MISMATCH -> texts.priceMismatch();
            case Why.CHILD_PAYMENT -> texts.childPayment();
            case Why.AMOUNT_MISSING -> texts.amountMissing();
            case Why.PAID_TWICE -> texts.paidTwice();
            case Why.DISMISSED -> texts.dismissed();
            case Why.PART_REFUNDED -> texts.partRefunded();
            case Why.MORE_ARRIVED -> texts.moreArrived();
            case Why.REDUCTION_GONE -> texts.reductionGone();
            case Why.PAID_MUCH_TOO_LATE -> texts.paidMuchTooLate();
            case Why.REFUNDED_AFTER_UPGRADE -> texts.refundedAfterUpgrade();
            case Why.FINISHED_AFTER_REFUND -> texts.finishedAfterRefund();
            case Why.UNKNOWN_ORDER, Why.ORDER_LOST, Why.OLD_ORDER_ID -> texts.orderUnknown();
            case "paid_while_banned" -> texts.paidWhileBanned();
            default -> Html.NOTHING;
        };
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
            case Ruling.DISMISS -> dismiss(about, texts);
            case "lift" -> texts.lift();
            case "keep" -> texts.keep();
            default -> decision;
        };
    }

    private static String dismiss(About about, CaseTexts texts) {
        Payment payment = about.payment();
        if (payment != null && Ruling.isSetAside(payment)) {
            return texts.leaveSetAside();
        }
        return about.rest().isEmpty() ? texts.noted() : texts.leave();
    }

    private static Html became(Case.Decided decided, long user, CaseTexts texts) {
        Html was = was(decided.decision(), texts);
        if (decided.by().equals("admitone")) {
            return texts.settled(was);
        }
        return decided.by().equals(CaseButtons.by(user)) ? texts.byYou(was) : texts.bySomebody(decided.by(), was);
    }

    private static Html was(String decision, CaseTexts texts) {
        return switch (decision) {
            case Ruling.GRANT -> texts.wasGranted();
            case Ruling.EXTEND -> texts.wasExtended();
            case Ruling.REFUNDED -> texts.wasRefunded();
            case Ruling.DISMISS -> texts.wasLeft();
            case "lift" -> texts.wasLifted();
            case "keep" -> texts.wasKept();
            case "completed" -> texts.wasCompleted();
            default -> texts.wasOther(decision);
        };
    }
}
