package admitone.messaging;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** A text in the messenger's HTML. Whatever people gave is escaped in it: {@link Texts} does that, and {@link #escaped}. */
public record Html(String value) {
    public static final Html NOTHING = new Html("");

    /** A text as somebody gave it. */
    public static Html escaped(String given) {
        return new Html(given.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    /** With an empty line between them; what says nothing is left out. */
    public static Html paragraphs(Html... texts) {
        return joined("\n\n", Arrays.asList(texts));
    }

    /** What says nothing is left out. */
    public static Html joined(String between, Collection<Html> texts) {
        return new Html(
                texts.stream().map(Html::value).filter(text -> !text.isEmpty()).collect(Collectors.joining(between)));
    }
}
