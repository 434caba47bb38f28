package admitone.bot;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.HandBans;
import admitone.access.Lists;
import admitone.access.Seat;
import admitone.access.TellTask;
import admitone.bot.Reachability.Finding;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NotSold;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Coupon.Refusal;
import admitone.checkout.LeastPrice;
import admitone.checkout.Order;
import admitone.checkout.Ordering.Placed;
import admitone.checkout.Orders;
import admitone.checkout.PrivateLinks;
import admitone.checkout.Reduction;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.money.Money;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Sends somebody who picked a plan to the page where it is paid, once it is known that a payment could let them in. Lost, it is sent by picking the plan
 * again.
 */
@Component
class OfferPlanTask implements TaskHandler {
    private static final String KIND = "offer_plan";

    /** So long does a buyer wait for the messenger to answer our questions, then the offer goes out without: a payment is kept safe whatever the answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Texts<OfferTexts> TEXTS = Texts.of(OfferTexts.class);

    private final Catalog catalog;
    private final Orders orders;
    private final Grants grants;
    private final Lists lists;
    private final Reachability reachability;
    private final HandBans handBans;
    private final LostRights lostRights;
    private final Tasks tasks;
    private final Messenger messenger;
    private final Clock clock;
    private final PrivateLinks links;
    private final LeastPrice leastPrice;

    OfferPlanTask(
            Catalog catalog,
            Orders orders,
            Grants grants,
            Lists lists,
            Reachability reachability,
            HandBans handBans,
            LostRights lostRights,
            Tasks tasks,
            Messenger messenger,
            Clock clock,
            PrivateLinks links,
            LeastPrice leastPrice) {
        this.catalog = catalog;
        this.orders = orders;
        this.grants = grants;
        this.lists = lists;
        this.reachability = reachability;
        this.handBans = handBans;
        this.lostRights = lostRights;
        this.tasks = tasks;
        this.messenger = messenger;
        this.clock = clock;
        this.links = links;
        this.leastPrice = leastPrice;
    }

    static String subject(long updateId) {
        return "update-" + updateId;
    }

    /** {@code refusal}: why the coupon that the buyer brought was not used. */
    static Owed offer(long updateId, Order order, Optional<Placed.NoCoupon> refusal, Language language) {
        Map<String, String> payload = new LinkedHashMap<>();
        payload.put("chat", Long.toString(order.telegramUserId()));
        payload.put("order", order.id());
        payload.put("language", language.code());
        refusal.ifPresent(refused -> {
            payload.put("no_coupon", refused.why().word());
            if (refused.heldBy() != null) {
                payload.put("held_by", refused.heldBy());
            }
        });
        return Owed.now(KIND, subject(updateId), payload);
    }

    static Owed nothingThere(long updateId, long userId, Language language) {
        return Owed.now(KIND, subject(updateId), Map.of("chat", Long.toString(userId), "language", language.code()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long chat = Long.parseLong(task.need("chat"));
        OfferTexts texts = TEXTS.in(Language.of(task.payload().get("language")));
        String orderId = task.payload().get("order");
        if (orderId == null) {
            return tell(chat, texts.gone());
        }
        Order order = orders.find(task.seller(), orderId).orElseThrow();
        Channel channel = catalog.channel(order.seller(), order.channelId()).orElseThrow();
        Seat.Key seat = new Seat.Key(order.seller(), channel.id(), chat);
        if (lists.isBanned(seat)) {
            return tell(chat, texts.banned(channel.title())); // the seller knows
        }
        Optional<Money> least = leastPrice.above(order);
        if (least.isPresent()) {
            return tell(
                    chat,
                    texts.tooLittle(channel.title(), order.price(), least.get())); // its seller is told by PriceKeeper
        }
        if (catalog.whyNotSold(channel.seller(), channel.id())
                .filter(why -> why != NotSold.NO_RIGHTS) // which are asked for below
                .isPresent()) {
            return tell(chat, texts.cannotAdmit(channel.title()));
        }
        Instant began = clock.instant();
        return switch (reachability.of(channel, chat)) {
            case Finding.Free() ->
                then(TellTask.tell(messenger, message(task, order, channel, texts)), () -> handBans.over(seat, began));
            case Finding.NoRights(String why) ->
                refuse(chat, texts.cannotAdmit(channel.title()), () -> {
                    if (lostRights.found(channel, why)) { // else somebody is looking already
                        tasks.owe(channel.seller(), LookRightsTask.look(channel, "task-" + task.id()));
                    }
                });
            case Finding.Banned() -> refuse(chat, texts.banned(channel.title()), () -> handBans.ask(seat, order.id()));
            case Finding.NotKnown(Duration after, String why) ->
                task.owedAt().plus(PATIENCE).isAfter(clock.instant())
                        ? Result.later(after.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : after, why)
                        : TellTask.tell(messenger, message(task, order, channel, texts));
        };
    }

    /** Says why nothing is offered; the seller is asked to mend it. */
    private Result refuse(long chat, Html text, Runnable question) {
        return then(tell(chat, text), question);
    }

    private static Result then(Result told, Runnable record) {
        return told instanceof Result.Done ? new Result.Done(record) : told;
    }

    private Result tell(long chat, Html text) {
        return TellTask.tell(messenger, new Message(chat, text, List.of()));
    }

    private Message message(Task task, Order order, Channel channel, OfferTexts texts) {
        SellerId seller = order.seller();
        String plan = catalog.plan(seller, order.planId()).map(Plan::name).orElse("");
        List<Reduction> reductions = orders.reductions(order);
        return new Message(
                order.telegramUserId(),
                Html.paragraphs(
                        Optional.ofNullable(task.payload().get("no_coupon"))
                                .map(why -> CouponWords.of(
                                        Refusal.of(why),
                                        Language.of(task.payload().get("language"))))
                                .orElse(Html.NOTHING),
                        texts.offer(channel.title(), plan, new Lasting.Days(order.days()), order.price()),
                        reduced(order, reductions, texts),
                        adding(order, channel, reductions, texts),
                        texts.how(order.expiresAt())),
                Stream.concat(
                                Stream.of(order),
                                Optional.ofNullable(task.payload().get("held_by"))
                                        .flatMap(id -> orders.find(seller, id))
                                        .stream())
                        .map(one -> (Button) new LinkButton(texts.pay(one.price()), links.payPage(one.id())))
                        .toList());
    }

    private static Html reduced(Order order, List<Reduction> reductions, OfferTexts texts) {
        if (reductions.isEmpty()) {
            return Html.NOTHING;
        }
        List<Html> lines = reductions.stream()
                .map(one -> switch (one.kind()) {
                    case COUPON -> texts.lessByCoupon(one.reference(), one.amount());
                    case UPGRADE -> texts.lessByUnusedTime(one.amount());
                })
                .toList();
        return texts.reduced(order.listPrice(), Html.joined("\n", lines));
    }

    /** What becomes of the access that the buyer has: where its rest is taken off the price, that says it. */
    private Html adding(Order order, Channel channel, List<Reduction> reductions, OfferTexts texts) {
        List<Grant> active = grants.active(order.seller(), channel.id(), order.telegramUserId());
        if (active.isEmpty()) {
            return grants.lateRenewal(new Seat.Key(order.seller(), channel.id(), order.telegramUserId()), order.days())
                    .map(span -> texts.addsFrom(span.startsAt(), Objects.requireNonNull(span.endsAt())))
                    .orElse(Html.NOTHING);
        }
        if (reductions.stream().anyMatch(one -> one.kind() == Reduction.Kind.UPGRADE)) {
            return Html.NOTHING;
        }
        Grant last = active.getLast();
        return last.endsAt() == null ? texts.addsNothing() : texts.addsTo(new Lasting.Until(last.endsAt()));
    }
}
