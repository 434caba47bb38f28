package admitone.messaging;

import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import org.springframework.stereotype.Component;

/** Remembers in which language people use the messenger. */
@Component
class LanguageHeard implements IncomingListener {
    private final Languages languages;

    LanguageHeard(Languages languages) {
        this.languages = languages;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        switch (incoming) {
            case Said said -> languages.heard(said.userId(), said.language());
            case Pressed pressed -> languages.heard(pressed.userId(), pressed.language());
            case BotPlaced placed -> languages.heard(placed.byUserId(), placed.language());
            case JoinRequested asked -> languages.heard(asked.userId(), asked.language());
            case Incoming.MembershipChanged _, Incoming.Reachability _, Incoming.Migrated _, Incoming.Other _ -> {
                // tell of no language that we answer in
            }
        }
    }
}
