package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Texts;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the seller of a payout. Sent once; a seller the bot cannot reach sees it in the figures all the same. */
@Component
class TellPayoutTask implements TaskHandler {
    private static final Texts<PayoutTexts> TEXTS = Texts.of(PayoutTexts.class);

    private final Payouts payouts;
    private final Receivers receivers;
    private final BuyerRefunds refunds;
    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;

    TellPayoutTask(
            Payouts payouts,
            Receivers receivers,
            BuyerRefunds refunds,
            Catalog catalog,
            Languages languages,
            Messenger messenger) {
        this.payouts = payouts;
        this.receivers = receivers;
        this.refunds = refunds;
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
    }

    /** What there is to tell of a payout. */
    enum What {
        MADE,
        AWAITS_APPROVAL,
        WAITS,
        SENT,
        FAILED,
        CAME_BACK,
        CALLED_OFF,
        QUOTED_ANEW;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String kind() {
        return PayoutWork.TELL;
    }

    @Override
    public Result attempt(Task task) {
        if (task.interrupted()) {
            return Result.done(); // the attempt that was cut off may have sent it
        }
        if (task.seller().equals(SellerId.PLATFORM)) {
            return Result.done(); // a refund of money whose seller nobody knows
        }
        var seller = catalog.seller(task.seller()).orElseThrow();
        PayoutTexts texts = TEXTS.in(languages.at(seller.telegramUserId(), task.owedAt()));
        Html text = task.payload().containsKey("payout") ? ofPayout(task, texts) : ofWaiting(task, texts);
        return switch (messenger.send(new Messenger.Message(seller.telegramUserId(), text, List.of()))) {
            case Answer.Done<Long> _, Answer.Declined<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }

    private Html ofPayout(Task task, PayoutTexts texts) {
        Payout payout = payouts.find(task.seller(), PayoutWork.payout(task)).orElseThrow();
        String address = receivers.of(payout).place().address();
        return payout.to() instanceof Payout.To.Buyer(String paymentId)
                ? ofRefund(task, payout, paymentId, address, texts)
                : ofPayout(task, payout, address, texts);
    }

    private static Html ofPayout(Task task, Payout payout, String address, PayoutTexts texts) {
        return switch (What.valueOf(task.need("what").toUpperCase(Locale.ROOT))) {
            case MADE -> texts.made(payout.amount(), payout.fee(), payout.coins(), address);
            case AWAITS_APPROVAL -> texts.awaitsApproval(payout.amount(), payout.fee(), payout.coins(), address);
            case WAITS -> texts.waits(payout.amount());
            case SENT -> texts.sent(payout.coins(), address, told(payout.hash(), texts));
            case FAILED -> texts.failed(payout.amount(), why(payout, texts));
            case CAME_BACK -> texts.cameBack(payout.reserved(), why(payout, texts));
            case CALLED_OFF -> texts.calledOff(payout.amount(), task.need("payment"));
            case QUOTED_ANEW -> texts.quotedAnew(payout.amount(), payout.coins());
        };
    }

    private Html ofRefund(Task task, Payout payout, String paymentId, String address, PayoutTexts texts) {
        return switch (What.valueOf(task.need("what").toUpperCase(Locale.ROOT))) {
            case WAITS -> texts.refundWaits(payout.coins(), paymentId);
            case MADE, AWAITS_APPROVAL ->
                payout.isOfSetAside()
                        ? texts.asideAwaitsApproval(payout.coins(), paymentId, address)
                        : texts.refundAwaitsApproval(payout.coins(), paymentId, address, payout.reserved());
            case SENT ->
                payout.isOfSetAside()
                        ? texts.asideSent(payout.coins(), paymentId, address, told(payout.hash(), texts))
                        : texts.refundSent(payout.coins(), paymentId, address, told(payout.hash(), texts));
            case FAILED -> texts.refundFailed(payout.coins(), paymentId, why(payout, texts));
            case CAME_BACK, CALLED_OFF, QUOTED_ANEW ->
                refunds.isOvertaken(payout)
                        ? texts.refundOvertaken(paymentId)
                        : payout.isOfSetAside()
                                ? texts.asideCameBack(paymentId, why(payout, texts))
                                : texts.refundCameBack(paymentId, payout.reserved(), why(payout, texts));
        };
    }

    private static Html ofWaiting(Task task, PayoutTexts texts) {
        Money least = Optional.ofNullable(task.payload().get("least"))
                .map(text -> Money.parse(text, Asset.USD))
                .orElse(Money.zero(Asset.USD));
        return switch (Due.Why.valueOf(task.need("what").toUpperCase(Locale.ROOT))) {
            case FEE_TOO_HIGH -> texts.feeTooHigh(least);
            case BELOW_MINIMUM -> texts.belowMinimum(least);
            case NO_DESTINATION,
                    DESTINATION_CHECKED,
                    NOTHING_PAYABLE,
                    BELOW_THRESHOLD,
                    LAST_CAME_BACK,
                    ONE_AWAITS_APPROVAL -> texts.noDestination();
        };
    }

    /** What is on record as its reason was written for the operator, and may be about others. */
    private static String why(Payout payout, PayoutTexts texts) {
        return switch (payout.state()) {
            case PayoutState.Failed _ -> texts.whyFailed();
            case PayoutState.Rejected() -> texts.whyRejected();
            case PayoutState.Cancelled() -> texts.whyCancelled();
            case PayoutState.Released() -> texts.whyReleased();
            case PayoutState.AwaitingApproval _,
                    PayoutState.Approved _,
                    PayoutState.Creating _,
                    PayoutState.Created _,
                    PayoutState.Verifying _,
                    PayoutState.Sent _,
                    PayoutState.Finished _ -> texts.untold();
        };
    }

    private static String told(@Nullable String text, PayoutTexts texts) {
        return text == null || text.isBlank() ? texts.untold() : text;
    }
}
