package admitone.access;

import admitone.catalog.Channel;
import admitone.hold.Hold;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Why less is done in a channel than is usual. Reads only. */
@Component
public class ChannelTroubles {
    private final Memberships memberships;
    private final ChannelTerms terms;
    private final Hold hold;

    ChannelTroubles(Memberships memberships, ChannelTerms terms, Hold hold) {
        this.memberships = memberships;
        this.terms = terms;
        this.hold = hold;
    }

    public enum Trouble {
        /** Effects wait since a restore of the database. */
        ON_HOLD,
        /** Another bot works it. */
        OBSERVED,
        /** So many would be removed at once that a person is asked. */
        REMOVALS_STOPPED,
        /** Nobody can ask to join before it is made. */
        LINK_MISSING
    }

    public List<Trouble> of(Channel channel) {
        List<Trouble> troubles = new ArrayList<>();
        if (hold.isOn()) {
            troubles.add(Trouble.ON_HOLD);
        }
        if (memberships.isObserving(channel.seller(), channel.id())) {
            troubles.add(Trouble.OBSERVED);
        }
        if (terms.areRemovalsStopped(channel.seller(), channel.id())) {
            troubles.add(Trouble.REMOVALS_STOPPED);
        }
        if (!channel.isByOneTimeLink() && channel.standingLink() == null) {
            troubles.add(Trouble.LINK_MISSING);
        }
        return troubles;
    }
}
