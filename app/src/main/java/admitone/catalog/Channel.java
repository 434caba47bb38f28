package admitone.catalog;

import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A private chat that is sold. {@code standingLink} asks for approval and lets nobody in by itself; null until it is made, and
 * always where buyers come in by one-time links.
 *
 * @param overpayment what becomes of more than was asked
 */
public record Channel(
        SellerId seller,
        UUID id,
        ClosedChatId closedChat,
        @Nullable OpenChatId openChat,
        String title,
        String slug,
        Admission admission,
        @Nullable String standingLink,
        Overpayment overpayment) {

    /** One whose overpayments are left to a person. */
    public Channel(
            SellerId seller,
            UUID id,
            ClosedChatId closedChat,
            @Nullable OpenChatId openChat,
            String title,
            String slug,
            Admission admission,
            @Nullable String standingLink) {
        this(seller, id, closedChat, openChat, title, slug, admission, standingLink, Overpayment.HOLD);
    }

    /** What becomes of more than was asked, beyond the tolerance. */
    public enum Overpayment {
        /** A person decides. */
        HOLD,
        /** It adds days, in proportion and whole ones; where it comes to none, or access is for life, a person decides. */
        EXTEND;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How buyers come in. */
    public enum Admission {
        /** They ask by the standing link, and who has a grant is approved. */
        JOIN_REQUEST,
        /** Each grant has a link of its own that lets in one person. */
        ONE_TIME_LINK;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean isByOneTimeLink() {
        return admission == Admission.ONE_TIME_LINK;
    }

    public boolean addsOverpaid() {
        return overpayment == Overpayment.EXTEND;
    }

    /** What a link to the bot tells it when somebody takes the free trial. */
    public String trialHandle() {
        return new Handle(Handle.TRIAL, seller, id).toString();
    }

    public String handle() {
        return new Handle(Handle.CHANNEL, seller, id).toString();
    }

    /** As a log line names it: neither its chats nor its link. */
    @Override
    public String toString() {
        return handle();
    }
}
