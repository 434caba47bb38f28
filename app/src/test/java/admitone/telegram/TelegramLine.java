package admitone.telegram;

import admitone.Core;
import admitone.TestSettings;
import admitone.messaging.Incoming;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger;
import admitone.messaging.Pace;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.simulators.telegram.TelegramSimulator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Joins a {@link Core} to a simulator of Telegram over HTTP: its messenger calls it, and its listeners hear its updates. */
public final class TelegramLine {
    private final Core core;
    private final TelegramClient client;
    private final UpdateWire wire = new UpdateWire(JsonMapper.builder().build());
    private long offset;

    public TelegramLine(Core core, TelegramSimulator telegram, long chat) {
        this.core = core;
        this.client = new TelegramClient(
                new OutsideHttp(),
                JsonMapper.builder().build(),
                core.bean(Pace.class),
                core::publish,
                TestSettings.with(Map.of("ADMITONE_TELEGRAM_API_URL", telegram.url())));
        connect(chat);
    }

    public Messenger client() {
        return client;
    }

    public void connect(long chat) {
        core.messenger.onSend = client::send;
        core.messenger.onLink = name ->
                client.createOneTimeLink(chat, name, core.clock.instant().plus(Duration.ofDays(365)));
        core.messenger.onApprove = user -> client.approveJoin(chat, user);
        core.messenger.onBan =
                user -> client.ban(chat, user, core.clock.instant().plus(Duration.ofMinutes(2)));
        core.messenger.onLift = user -> client.liftBan(chat, user);
        core.messenger.onMember = user -> client.isMember(chat, user);
        core.messenger.onRevoke = url -> client.revokeLink(chat, url);
    }

    /** Telegram is away: nothing is sent. */
    public void cut() {
        Answer.NotNow<Boolean> away = new Answer.NotNow<>(Duration.ofMinutes(10), "no connection");
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofMinutes(10), "no connection");
        core.messenger.onLink = name -> new Answer.NotNow<>(Duration.ofMinutes(10), "no connection");
        core.messenger.onApprove = user -> away;
        core.messenger.onBan = user -> away;
        core.messenger.onLift = user -> away;
        core.messenger.onMember = user -> away;
        core.messenger.onRevoke = url -> away;
    }

    /** Everybody who listens hears what has happened. */
    public void hear() {
        while (true) {
            if (!(client.updates(offset == 0 ? null : offset, Duration.ZERO)
                    instanceof Answer.Done<List<JsonNode>>(List<JsonNode> updates))) {
                throw new IllegalStateException("the simulator gives no updates");
            }
            if (updates.isEmpty()) {
                offset = 0; // all is confirmed, and after a quiet week ids begin anew, perhaps lower
                return;
            }
            for (JsonNode update : updates) {
                long id = update.path("update_id").longValue();
                Incoming incoming = wire.read(update.toString());
                core.beans(IncomingListener.class).forEach(listener -> listener.on(id, incoming));
                offset = id + 1;
            }
        }
    }
}
