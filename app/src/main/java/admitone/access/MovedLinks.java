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
     * Within the current transaction, before the channel's row is touched: whoever makes links has their task before it too. Where none is missing, nothing is made.
     */
    public void makeAnew(Channel channel) {
        tasks.oweAgain(
                channel.seller(),
                channel.isByOneTimeLink() ? Effects.fillPool(channel.id()) : Effects.standingLink(channel.id()));
    }

    /** Within the current transaction: those of before open nothing. Who was given a one-time link and is not inside gets another. */
    public void retire(Channel channel) {
        if (channel.isByOneTimeLink()) {
            pool.retireAll(channel, "the group became a supergroup")
                    .forEach(grant -> grants.find(channel.seller(), grant)
                            .ifPresent(owner -> tasks.owe(channel.seller(), Effects.assignLink(owner, "moved"))));
        }
    }
}
