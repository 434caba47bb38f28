package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Asks a person about members who can be told of their end neither by a message nor by a post in the channel: untold, nobody is removed. */
@Component
public class UntoldCase implements CaseDecider {
    public static final String KIND = "members_untold";

    /** How the reason begins where Telegram did not answer. */
    public static final String NOT_KNOWN = "whether it was posted is not known";

    private static final String WAIT = "wait";
    private static final String TOLD = "told";
    private static final int MOST_NAMED = 20;

    private final UnreachablePosts posts;
    private final ChannelTerms terms;
    private final Cases cases;
    private final Ids ids;
    private final Clock clock;

    UntoldCase(UnreachablePosts posts, ChannelTerms terms, Cases cases, Ids ids, Clock clock) {
        this.posts = posts;
        this.terms = terms;
        this.cases = cases;
        this.ids = ids;
        this.clock = clock;
    }

    /** Within the current transaction: one question for all who wait in a channel; the next one when they are told or gone, or others wait since a person answered. Answers whether it is new. */
    boolean ask(SellerId seller, UUID channelId, UnreachablePosts.Waiting waiting, String why) {
        Optional<Case> asked =
                terms.lock(seller, channelId).untold().flatMap(subject -> cases.find(seller, subject, KIND));
        if (asked.filter(one -> one.decided() == null || !isNewSince(one, waiting))
                .isPresent()) {
            return false;
        }
        String subject = "untold:" + channelId + ":" + ids.next();
        terms.untold(seller, channelId, subject);
        return cases.openAndTell(
                seller,
                new Case.Draft(
                        KIND,
                        subject,
                        null,
                        null,
                        Map.of(
                                "channel", channelId.toString(),
                                "members", Integer.toString(waiting.users().size()),
                                "users", named(waiting.users()),
                                "until", waiting.last().toString(),
                                "why", why)));
    }

    private static boolean isNewSince(Case asked, UnreachablePosts.Waiting waiting) {
        return waiting.last().isAfter(Instant.parse(asked.need("until")));
    }

    /** Within the current transaction: nobody waits any more. The case comes before the channel, as where a person decides it. */
    void settle(SellerId seller, UUID channelId, String why) {
        terms.untold(seller, channelId).ifPresent(subject -> {
            cases.settle(seller, subject, KIND, WAIT, "settled: " + why);
            terms.asked(seller, channelId, subject);
        });
    }

    static String named(List<Long> users) {
        String some = users.stream().limit(MOST_NAMED).map(String::valueOf).collect(Collectors.joining(", "));
        return users.size() > MOST_NAMED ? some + ", …" : some;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                TOLD,
                "you have told them yourself: their time to stay begins now, and they are removed after it unless they renew",
                WAIT,
                "they stay until the bot may post in the channel; you are asked again when others wait too");
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (decision.equals(TOLD)) {
            UUID channelId = UUID.fromString(one.need("channel"));
            Instant last = Instant.parse(one.need("until"));
            posts.told(
                    seller,
                    channelId,
                    last.plusNanos(1000),
                    clock.instant(),
                    terms.of(seller, channelId).unreachable());
            terms.asked(seller, channelId, one.subject());
        }
    }
}
