package admitone.bot;

import admitone.messaging.Html;

/** What a seller is told about the bot's rights in a channel of theirs. */
interface RightsTexts {
    /** Nothing of it is sold from now on. */
    Html lost(String channel);

    /** It is sold again. */
    Html givenBack(String channel);
}
