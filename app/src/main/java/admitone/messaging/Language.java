package admitone.messaging;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A language that the bot and the pages speak. */
public enum Language {
    ENGLISH("en"),
    SPANISH("es");

    private final String code;

    Language(String code) {
        this.code = code;
    }

    /** By an IETF language tag, as {@code es} or {@code es-MX}. English where we speak no such language, or were not told which. */
    public static Language of(@Nullable String tag) {
        String wanted = tag == null ? "" : Locale.forLanguageTag(tag).getLanguage();
        return Arrays.stream(values())
                .filter(language -> language.code.equals(wanted))
                .findFirst()
                .orElse(ENGLISH);
    }

    /** Something for each language. */
    static <T> Map<Language, T> each(Function<Language, T> make) {
        Map<Language, T> all = new EnumMap<>(Language.class);
        for (Language language : values()) {
            all.put(language, make.apply(language));
        }
        return all;
    }

    /** What {@link #each} has made for this one. */
    <T> T pick(Map<Language, T> all) {
        T one = all.get(this);
        if (one == null) {
            throw new IllegalStateException("nothing in " + this);
        }
        return one;
    }

    /** Of two letters. */
    public String code() {
        return code;
    }

    public Locale locale() {
        return Locale.of(code);
    }

    /** The words in this language of the files with such a name. */
    ResourceBundle words(String files) {
        return ResourceBundle.getBundle(
                files, locale(), ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }
}
