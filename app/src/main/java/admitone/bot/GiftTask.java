package admitone.bot;

import admitone.access.Gifts.Gift;
import admitone.access.HandBans;
import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Html;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Answers somebody who brought a gift code. The code is in no task and no button. */
@Component
class GiftTask implements TaskHandler {
    static final Texts<GiftTexts> TEXTS = Texts.of(GiftTexts.class);

    private static final String KIND = "answer_gift";

    private final Catalog catalog;
    private final HandBans handBans;
    private final Messenger messenger;

    GiftTask(Catalog catalog, HandBans handBans, Messenger messenger) {
        this.catalog = catalog;
        this.handBans = handBans;
        this.messenger = messenger;
    }

    enum Say {
        ASK,
        HOW_TO,
        UNKNOWN,
        TAKEN,
        REVOKED,
        BANNED,
        YOURS,
        TOO_MANY
    }

    static Owed answer(long updateId, Said said, Say say) {
        return Owed.now(KIND, "gift:update-" + updateId, payload(said, say));
    }

    /** Once in ten minutes. */
    static Owed tooMany(Said said) {
        return Owed.now(
                KIND,
                "gift:" + said.userId() + ":too-many:" + said.at().getEpochSecond() / 600,
                payload(said, Say.TOO_MANY));
    }

    /** {@code isForLife}: they have access for life already. */
    static Owed answer(long updateId, Said said, Say say, Gift gift, Channel channel, boolean isForLife) {
        Map<String, String> payload = payload(said, say);
        payload.put("channel", channel.title());
        payload.put("seller", channel.seller().value());
        payload.put("channel_id", channel.id().toString());
        if (isForLife) {
            payload.put("for_life", "true");
        }
        if (gift.days() != null) {
            payload.put("days", gift.days().toString());
        }
        payload.put("button", GiftOpened.button(gift));
        return Owed.now(KIND, "gift:update-" + updateId, payload);
    }

    private static Map<String, String> payload(Said said, Say say) {
        Map<String, String> payload = new LinkedHashMap<>();
        payload.put("chat", Long.toString(said.userId()));
        payload.put("language", said.language().code());
        payload.put("say", say.name());
        return payload;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        GiftTexts texts = TEXTS.in(Language.of(task.need("language")));
        Say say = isBannedByHand(task) ? Say.BANNED : Say.valueOf(task.need("say"));
        String days = task.payload().get("days");
        List<Button> buttons =
                say == Say.ASK ? List.of(new Messenger.PressButton(texts.use(), task.need("button"))) : List.of();
        var text = switch (say) {
            case ASK ->
                Html.paragraphs(
                        texts.ask(task.need("channel"), new Lasting.Days(days == null ? null : Integer.valueOf(days))),
                        task.payload().containsKey("for_life") ? texts.addsNothing() : Html.NOTHING);
            case HOW_TO -> texts.howTo();
            case UNKNOWN -> texts.unknown();
            case TAKEN -> texts.taken();
            case REVOKED -> texts.revoked();
            case BANNED -> texts.banned();
            case YOURS -> texts.yours(task.need("channel"));
            case TOO_MANY -> texts.tooMany();
        };
        return TellTask.tell(messenger, new Message(Long.parseLong(task.need("chat")), text, buttons));
    }

    /** In the messenger itself: the gift would let them in nowhere. Where nobody answers they are asked all the same, and may still not press. */
    private boolean isBannedByHand(Task task) {
        String channelId = task.payload().get("channel_id");
        return channelId != null
                && Say.valueOf(task.need("say")) == Say.ASK
                && catalog.channel(new SellerId(task.need("seller")), UUID.fromString(channelId))
                        .filter(channel -> handBans.look(channel, Long.parseLong(task.need("chat")))
                                instanceof HandBans.Finding.Banned)
                        .isPresent();
    }
}
