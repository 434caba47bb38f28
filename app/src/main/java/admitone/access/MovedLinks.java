package admitone.access;

import admitone.catalog.Channel;
import admitone.tasks.Tasks;
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

    /**
     * Within the current transaction, before the channel's row is touched. Those of before open nothing: who was given a one-time link and is not inside gets another.
     * Locked are the links, then the task that makes them, as by whoever assigns one; a standing link is made with its task before the channel. Where none is missing, nothing is made.
     */
    public void makeAnew(Channel channel) {
        if (!channel.isByOneTimeLink()) {
            tasks.oweAgain(channel.seller(), Effects.standingLink(channel.id()));
            return;
        }
        pool.retireAll(channel, "the group became a supergroup")
                .forEach(grant -> grants.find(channel.seller(), grant)
                        .ifPresent(owner -> tasks.owe(channel.seller(), Effects.assignLink(owner, "moved"))));
        tasks.oweAgain(channel.seller(), Effects.fillPool(channel.id()));
    }
}
