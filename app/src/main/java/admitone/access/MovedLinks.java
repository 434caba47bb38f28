package admitone.access;

import admitone.catalog.Channel;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The links of a channel whose chat has another id: made anew, since nothing says that the old ones still open it. Who asks by one that does is known by its name. */
@Component
public class MovedLinks {
    private final LinkPool pool;
    private final Grants grants;
    private final Tasks tasks;

    MovedLinks(LinkPool pool, Grants grants, Tasks tasks) {
        this.pool = pool;
        this.grants = grants;
        this.tasks = tasks;
    }

    /** Within the current transaction. Who was given a one-time link and is not inside gets another. */
    public void makeAnew(Channel channel) {
        SellerId seller = channel.seller();
        UUID id = channel.id();
        if (!channel.isByOneTimeLink()) {
            tasks.oweAgain(seller, Effects.standingLink(id));
            return;
        }
        pool.retireAll(channel, "the group became a supergroup")
                .forEach(grant -> grants.find(seller, grant)
                        .ifPresent(owner -> tasks.owe(seller, Effects.assignLink(owner, "moved"))));
        tasks.oweAgain(seller, Effects.fillPool(id));
    }
}
