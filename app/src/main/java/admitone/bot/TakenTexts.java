package admitone.bot;

import admitone.messaging.Html;

/** What the bot says to somebody who came by a link that offers something beside a plan. */
interface TakenTexts {
    /** The way in follows in a message of its own. */
    Html trialBegun(String channel);

    Html trialHad(String channel);

    Html trialForNew(String channel);

    Html noTrial(String channel);

    /** The trial is not begun, and may be later. */
    Html cannotAdmit(String channel);

    Html banned(String channel);

    Html welcome(String channel);

    String seePlans();
}
