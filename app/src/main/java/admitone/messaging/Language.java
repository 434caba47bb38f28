package admitone.messaging;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A language that the bot speaks. */
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

    /** Of two letters. */
    public String code() {
        return code;
    }

    Locale locale() {
        return Locale.of(code);
    }
}
