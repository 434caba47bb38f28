package admitone.messaging;

import java.util.Map;
import java.util.ResourceBundle;

/** The words of the pages, for what Java says there. */
public final class PageWords {
    /** Where they stand, without language and ending. */
    public static final String FILES = "messages/pages";

    private static final Map<Language, ResourceBundle> WORDS = Language.each(language -> language.words(FILES));

    private PageWords() {}

    public static String in(Language language, String key) {
        return language.pick(WORDS).getString(key);
    }
}
