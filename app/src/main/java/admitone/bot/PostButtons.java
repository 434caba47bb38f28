package admitone.bot;

import admitone.bot.AnswerPressTask.Word;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Messenger.PressButton;
import admitone.runtime.Handle;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** The buttons by which a seller switches a channel's post on and off. Each names the channel; whoever presses must be its seller. */
@Component
class PostButtons {
    private static final Pattern BUTTON = Pattern.compile("post:(on|off):(\\w{1,60})");

    private final PlanPosts posts;
    private final Catalog catalog;
    private final Transactions transactions;

    PostButtons(PlanPosts posts, Catalog catalog, Transactions transactions) {
        this.posts = posts;
        this.catalog = catalog;
        this.transactions = transactions;
    }

    static PressButton on(String text, String channel) {
        return new PressButton(text, "post:on:" + channel);
    }

    static PressButton off(String text, String channel) {
        return new PressButton(text, "post:off:" + channel);
    }

    static boolean isOne(Pressed pressed) {
        return BUTTON.matcher(pressed.data()).matches();
    }

    /** Opens a transaction of the seller. Answers the word for whoever pressed. */
    Word pressed(Pressed pressed) {
        Matcher button = BUTTON.matcher(pressed.data());
        if (!button.matches()) {
            return Word.OLD;
        }
        boolean on = button.group(1).equals("on");
        Optional<Channel> channel = Handle.parse(Handle.CHANNEL, button.group(2))
                .filter(handle -> catalog.seller(handle.seller())
                        .filter(seller -> seller.telegramUserId() == pressed.userId())
                        .isPresent())
                .flatMap(handle -> catalog.channel(handle.seller(), handle.id()))
                .filter(one -> one.openChat() != null);
        channel.ifPresent(one -> transactions.run(one.seller(), () -> posts.set(one, on)));
        return channel.isEmpty() ? Word.OLD : on ? Word.POST_ON : Word.POST_OFF;
    }
}
