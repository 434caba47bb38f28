package admitone.bot;

import admitone.messaging.Html;

/** What a seller is told about the bot's rights in a channel of theirs. */
interface RightsTexts {
    /** Nothing of it is sold from now on. */
    Html lost(String channel);

    /** The same, of a chat that everybody can open. */
    Html isPublic(String channel);

    /** The same, of a group that keeps nobody out. */
    Html isBasicGroup(String channel);

    /** It is sold again. */
    Html givenBack(String channel);
}
