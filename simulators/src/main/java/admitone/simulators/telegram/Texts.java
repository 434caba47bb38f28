package admitone.simulators.telegram;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Telegram finds in a text by itself: commands and addresses. */
final class Texts {
    private static final Pattern COMMAND = Pattern.compile("(?<![\\w/])/[A-Za-z0-9_]{1,64}(?:@\\w{3,32})?(?![\\w/])");
    private static final Pattern URL = Pattern.compile("(?:https?://|(?<![\\w.])t\\.me/)[^\\s<>\"]*[^\\s<>\".,!?;:)]");

    private Texts() {}

    static List<HtmlMarkup.Entity> found(String text) {
        List<HtmlMarkup.Entity> found = new ArrayList<>();
        for (Matcher url = URL.matcher(text); url.find(); ) {
            found.add(entity("url", url));
        }
        for (Matcher command = COMMAND.matcher(text); command.find(); ) {
            int start = command.start();
            if (found.stream().noneMatch(e -> start >= e.offset() && start < e.offset() + e.length())) {
                found.add(entity("bot_command", command));
            }
        }
        found.sort(Comparator.comparingInt(HtmlMarkup.Entity::offset));
        return found;
    }

    private static HtmlMarkup.Entity entity(String type, Matcher match) {
        return new HtmlMarkup.Entity(type, match.start(), match.end() - match.start(), null, null);
    }

    /** Spaces become one, ends are cut, at most {@code max} characters stay. */
    static String cleanName(String name, int max) {
        String one = name.strip().replaceAll("\\s+", " ");
        return one.codePointCount(0, one.length()) <= max
                ? one
                : one.substring(0, one.offsetByCodePoints(0, max)).strip();
    }

    /** Marked-up text without the spaces around it, together with what was found in it. */
    static HtmlMarkup.Formatted finished(HtmlMarkup.Formatted raw) {
        String text = raw.text();
        int cut = text.length() - text.stripLeading().length();
        String body = text.strip();
        List<HtmlMarkup.Entity> entities = new ArrayList<>();
        for (HtmlMarkup.Entity entity : raw.entities()) {
            int from = Math.max(0, entity.offset() - cut);
            int to = Math.min(body.length(), entity.offset() + entity.length() - cut);
            if (to > from) {
                entities.add(new HtmlMarkup.Entity(entity.type(), from, to - from, entity.extraName(), entity.extra()));
            }
        }
        for (HtmlMarkup.Entity found : found(body)) {
            boolean inside = entities.stream()
                    .filter(entity -> List.of("text_link", "code", "pre").contains(entity.type()))
                    .anyMatch(entity -> found.offset() < entity.offset() + entity.length()
                            && entity.offset() < found.offset() + found.length());
            if (!inside) {
                entities.add(found);
            }
        }
        entities.sort(Comparator.comparingInt(HtmlMarkup.Entity::offset)
                .thenComparing(
                        Comparator.comparingInt(HtmlMarkup.Entity::length).reversed()));
        return new HtmlMarkup.Formatted(body, List.copyOf(entities));
    }
}
