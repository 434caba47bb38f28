package admitone.access;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Asks a person about members who can be told of their end neither by a message nor by a post in the channel: untold, nobody is removed. */
@Component
class UntoldCase implements CaseDecider {
    static final String KIND = "members_untold";
    static final String WAIT = "wait";

    private static final String TOLD = "told";
    private static final int MOST_NAMED = 20;

    private final UnreachablePosts posts;
    private final ChannelTerms terms;
    private final Clock clock;

    UntoldCase(UnreachablePosts posts, ChannelTerms terms, Clock clock) {
        this.posts = posts;
        this.terms = terms;
        this.clock = clock;
    }

    /** One for all who wait in a channel, until it is decided or the first of them is told. */
    static String subject(UUID channelId, UnreachablePosts.Waiting waiting) {
        return "untold:" + channelId + ":" + waiting.first();
    }

    static Case.Draft about(UUID channelId, UnreachablePosts.Waiting waiting, String why) {
        return new Case.Draft(
                KIND,
                subject(channelId, waiting),
                null,
                null,
                Map.of(
                        "channel", channelId.toString(),
                        "members", Integer.toString(waiting.users().size()),
                        "users", named(waiting.users()),
                        "until", waiting.last().toString(),
                        "why", why));
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
                "they stay until the bot may post in the channel");
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
        }
    }
}
