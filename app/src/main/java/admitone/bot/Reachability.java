package admitone.bot;

import admitone.access.BansToLift;
import admitone.access.Seat;
import admitone.cases.Case;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
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
    private final BansToLift bansToLift;
    private final long botId;

    Reachability(Messenger messenger, BansToLift bansToLift, Settings settings) {
        this.messenger = messenger;
        this.bansToLift = bansToLift;
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
        return switch (messenger.standing(channel.closedChat().value(), buyer)) {
            case Answer.Done<Standing>(Standing standing) ->
                standing.role() == Role.BANNED ? banned(channel, buyer) : new Finding.Free();
            case Answer.Declined<Standing> _ -> new Finding.Free(); // not known there, so not banned either
            case Answer.NotNow<Standing>(Duration after, String reason) -> new Finding.NotKnown(after, reason);
            case Answer.Unknown<Standing>(String reason) -> new Finding.NotKnown(ASK_AGAIN, reason);
        };
    }

    /** By ourselves, where we have just put them out: then it is lifted in a moment. */
    private Finding banned(Channel channel, long buyer) {
        return bansToLift.any(new Seat.Key(channel.seller(), channel.id(), buyer))
                ? new Finding.NotKnown(ASK_AGAIN, "they are being removed, and our ban is to be lifted")
                : new Finding.Banned();
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
