package admitone.bot;

import admitone.access.Gifts;
import admitone.access.Gifts.Gift;
import admitone.access.Gifts.Redeemed;
import admitone.access.Grants;
import admitone.access.Lists;
import admitone.access.Seat;
import admitone.bot.AnswerPressTask.Word;
import admitone.bot.GiftTask.Say;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Somebody brings a gift code, is asked by a button whether to use it, and has it. */
@Component
class GiftOpened implements IncomingListener {
    private static final String BUTTON = "gift:";

    private final Gifts gifts;
    private final Grants grants;
    private final Lists lists;
    private final Catalog catalog;
    private final Tasks tasks;
    private final Transactions transactions;

    GiftOpened(Gifts gifts, Grants grants, Lists lists, Catalog catalog, Tasks tasks, Transactions transactions) {
        this.gifts = gifts;
        this.grants = grants;
        this.lists = lists;
        this.catalog = catalog;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    static String button(Gift gift) {
        return BUTTON + gift.handle();
    }

    static boolean isButton(Pressed pressed) {
        return pressed.data().startsWith(BUTTON);
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof Said said) {
            Gifts.brought(said).ifPresent(code -> brought(updateId, said, code));
        }
    }

    private void brought(long updateId, Said said, String code) {
        Owed answer = code.isEmpty()
                ? GiftTask.answer(updateId, said, Say.HOW_TO)
                : gifts.guesses(said.userId()) ? GiftTask.tooMany(said) : looked(updateId, said, code);
        transactions.run(SellerId.PLATFORM, () -> tasks.owe(SellerId.PLATFORM, answer));
    }

    private Owed looked(long updateId, Said said, String code) {
        return gifts.find(code, said.userId(), updateId)
                .map(gift -> found(updateId, said, gift))
                .orElseGet(() -> GiftTask.answer(updateId, said, Say.UNKNOWN));
    }

    private Owed found(long updateId, Said said, Gift gift) {
        transactions.run(gift.seller(), () -> gifts.brought(gift, said.userId()));
        Say say = gift.revokedAt() != null
                ? Say.REVOKED
                : gift.redeemedBy() == null
                        ? lists.isBanned(new Seat.Key(gift.seller(), gift.channelId(), said.userId()))
                                ? Say.BANNED
                                : Say.ASK
                        : Objects.equals(gift.redeemedBy(), said.userId()) ? Say.YOURS : Say.TAKEN;
        Channel channel = catalog.channel(gift.seller(), gift.channelId()).orElseThrow();
        boolean isForLife = grants.active(gift.seller(), channel.id(), said.userId()).stream()
                .anyMatch(grant -> grant.endsAt() == null);
        return GiftTask.answer(updateId, said, say, gift, channel, isForLife);
    }

    /** Opens transactions of the seller. Answers the word for whoever pressed; the way in follows by itself. */
    Word pressed(long updateId, Pressed pressed) {
        Optional<Handle> gift = Handle.parse(Handle.GIFT, pressed.data().substring(BUTTON.length()))
                .filter(handle -> gifts.isBrought(handle, pressed.userId()));
        if (gift.isEmpty()) {
            return Word.OLD;
        }
        SellerId seller = gift.get().seller();
        grants.knowBuyer(seller, pressed.userId());
        Redeemed redeemed =
                transactions.run(seller, () -> gifts.redeem(gift.get(), pressed.userId(), "update " + updateId));
        return switch (redeemed) {
            case Redeemed.Given _ -> Word.GIFT_GIVEN;
            case Redeemed.Taken _ -> Word.GIFT_TAKEN;
            case Redeemed.Revoked _ -> Word.GIFT_REVOKED;
            case Redeemed.Banned _ -> Word.GIFT_BANNED;
            case Redeemed.Unknown _ -> Word.OLD;
        };
    }
}
