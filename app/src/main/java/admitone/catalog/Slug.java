package admitone.catalog;

import admitone.runtime.Ids;
import java.text.Normalizer;
import java.util.Locale;

/** How a channel's page is named in its URL. */
public final class Slug {
    private static final int MOST_OF_THE_TITLE = 40;

    private Slug() {}

    /** Words of the title that fit a URL, and what makes it unique. */
    public static String of(String title, Ids ids) {
        String words = Normalizer.normalize(title, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        String cut = words.length() > MOST_OF_THE_TITLE ? words.substring(0, MOST_OF_THE_TITLE) : words;
        return (cut.isEmpty() ? "channel" : cut.replaceAll("-$", "")) + "-" + ids.random(6);
    }
}
