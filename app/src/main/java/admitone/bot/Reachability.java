package admitone.bot;

import admitone.access.HandBans;
import admitone.cases.Case;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import java.time.Duration;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Whether a payment could let somebody in: asked of the messenger before anybody is told where to pay. */
@Component
class Reachability {
    private final Messenger messenger;
    private final HandBans handBans;
    private final long botId;

    Reachability(Messenger messenger, HandBans handBans, Settings settings) {
        this.messenger = messenger;
        this.handBans = handBans;
        this.botId = settings.telegram().botId();
    }

    /** What stands in the way of letting somebody in. */
    sealed interface Finding {
        record Free() implements Finding {}

        /** The bot is no administrator of the channel, or lacks a right: it lets in nobody. */
        record NoRights(String why) implements Finding {}

        /** A person has banned this buyer. */
        record Banned() implements Finding {}

        /** No answer, for now. */
        record NotKnown(Duration askAgainAfter, String why) implements Finding {}
    }

    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    /** Two questions to the messenger, outside of any transaction. */
    Finding of(Channel channel, long buyer) {
        Finding ofBot = ofBot(channel);
        return ofBot instanceof Finding.Free ? ofBuyer(channel, buyer) : ofBot;
    }

    /** As {@link #of}, of the bot's place alone: never {@link Finding.Banned}. */
    Finding ofBot(Channel channel) {
        return switch (messenger.standing(channel.closedChat().value(), botId)) {
            case Answer.Done<Standing>(Standing bot) ->
                bot.role().runsTheChat() && bot.mayInvite() && bot.mayRemove()
                        ? new Finding.Free()
                        : new Finding.NoRights(lacking(bot));
            case Answer.Declined<Standing>(String code, String reason) ->
                switch (code) {
                    case Refusal.CHAT_NOT_FOUND, Refusal.NO_RIGHTS -> new Finding.NoRights(reason);
                    default -> new Finding.NotKnown(ASK_AGAIN, reason);
                };
            case Answer.NotNow<Standing>(Duration after, String reason) -> new Finding.NotKnown(after, reason);
            case Answer.Unknown<Standing>(String reason) -> new Finding.NotKnown(ASK_AGAIN, reason);
        };
    }

    private Finding ofBuyer(Channel channel, long buyer) {
        return switch (handBans.look(channel, buyer)) {
            case HandBans.Finding.Free() -> new Finding.Free();
            case HandBans.Finding.Banned() -> new Finding.Banned();
            case HandBans.Finding.NotKnown(Duration after, String why) -> new Finding.NotKnown(after, why);
        };
    }

    private static String lacking(Standing bot) {
        if (!bot.role().runsTheChat()) {
            return "the bot is no administrator";
        }
        return bot.mayInvite() ? "the bot may not ban users" : "the bot may not invite users";
    }

    /** What the seller is asked to mend; one for each channel and {@code what}. */
    static Case.Draft question(String kind, Channel channel, String what, Map<String, String> detail) {
        return new Case.Draft(kind, "channel:" + channel.id() + ":" + what, null, null, detail);
    }
}
