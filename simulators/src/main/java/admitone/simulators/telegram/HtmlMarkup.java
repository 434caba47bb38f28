package admitone.simulators.telegram;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code parse_mode=HTML} as TDLib parses it: the same tags, the same errors, offsets of errors in bytes and of entities in UTF-16 units. */
final class HtmlMarkup {
    private static final Set<String> TAGS = Set.of(
            "a",
            "b",
            "strong",
            "i",
            "em",
            "s",
            "strike",
            "del",
            "u",
            "ins",
            "tg-spoiler",
            "tg-emoji",
            "span",
            "pre",
            "code",
            "blockquote");

    record Entity(
            String type,
            int offset,
            int length,
            @Nullable String extraName,
            @Nullable String extra) {
        ObjectNode json() {
            ObjectNode json =
                    Json.object().put("offset", offset).put("length", length).put("type", type);
            if (extraName != null) {
                json.put(extraName, extra);
            }
            return json;
        }
    }

    record Formatted(String text, List<Entity> entities) {
        ArrayNode entitiesJson() {
            ArrayNode json = Json.array();
            entities.forEach(entity -> json.add(entity.json()));
            return json;
        }
    }

    private record Open(String tag, String argument, int offset, int bytePosition) {}

    private final byte[] html;
    private final StringBuilder text = new StringBuilder();
    private final List<Entity> entities = new ArrayList<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private int at;

    private HtmlMarkup(String html) {
        this.html = html.getBytes(StandardCharsets.UTF_8);
    }

    static Formatted parse(String html) {
        return new HtmlMarkup(html).parse();
    }

    private Formatted parse() {
        while (at < html.length) {
            switch (html[at]) {
                case '<' -> tag();
                case '&' -> reference();
                default -> plain();
            }
        }
        if (!open.isEmpty()) {
            throw error("Can't find end tag corresponding to start tag \""
                    + open.getLast().tag() + "\"");
        }
        entities.sort(Comparator.comparingInt(Entity::offset)
                .thenComparing(Comparator.comparingInt(Entity::length).reversed()));
        return new Formatted(text.toString(), entities);
    }

    private void plain() {
        int start = at;
        while (at < html.length && html[at] != '<' && html[at] != '&') {
            at++;
        }
        text.append(slice(start, at));
    }

    private void tag() {
        int start = at++;
        if (peek() == '/') {
            endTag(start);
        } else {
            startTag(start);
        }
    }

    private void startTag(int start) {
        while (at < html.length && !space(peek()) && peek() != '>') {
            at++;
        }
        if (at >= html.length) {
            throw error("Unclosed start tag at byte offset " + start);
        }
        String name = slice(start + 1, at).toLowerCase(Locale.ROOT);
        if (!TAGS.contains(name)) {
            throw error("Unsupported start tag \"" + name + "\" at byte offset " + start);
        }
        String argument = "";
        while (peek() != '>') {
            skipSpaces();
            if (peek() == '>') {
                break;
            }
            int attributeStart = at;
            while (at < html.length && !space(peek()) && peek() != '=' && peek() != '>') {
                at++;
            }
            String attribute = slice(attributeStart, at).toLowerCase(Locale.ROOT);
            if (attribute.isEmpty() && at < html.length) {
                throw error("Empty attribute name in the tag \"" + name + "\" at byte offset " + start);
            }
            skipSpaces();
            if (at >= html.length) {
                throw error("Unclosed start tag \"" + name + "\" at byte offset " + start);
            }
            if (name.equals("blockquote") && attribute.equals("expandable") && peek() != '=') {
                argument = attribute;
                continue;
            }
            if (peek() != '=') {
                throw error("Expected equal sign in declaration of an attribute of the tag \"" + name
                        + "\" at byte offset " + start);
            }
            at++;
            skipSpaces();
            if (at >= html.length) {
                throw error("Unclosed start tag \"" + name + "\" at byte offset " + start);
            }
            argument = argumentOf(name, attribute, value(start), argument);
        }
        if (at >= html.length) {
            throw error("Unclosed start tag at byte offset " + start);
        }
        if (name.equals("span") && !argument.equals("tg-spoiler")) {
            throw error("Tag \"span\" must have class \"tg-spoiler\" at byte offset " + start);
        }
        at++;
        open.addLast(new Open(name, argument, text.length(), start));
    }

    private String value(int tagStart) {
        int quote = peek();
        if (quote != '"' && quote != '\'') {
            int start = at;
            while (Character.isLetterOrDigit(peek()) || peek() == '.' || peek() == '-') {
                at++;
            }
            if (!space(peek()) && peek() != '>') {
                throw error("Unexpected end of name token at byte offset " + start);
            }
            return slice(start, at);
        }
        int start = ++at;
        while (at < html.length && peek() != quote) {
            at++;
        }
        if (at >= html.length) {
            throw error("Unclosed start tag at byte offset " + tagStart);
        }
        String value = slice(start, at++);
        return value.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    private static String argumentOf(String tag, String attribute, String value, String before) {
        boolean wanted = switch (tag) {
            case "a" -> attribute.equals("href");
            case "code" -> attribute.equals("class") && value.startsWith("language-");
            case "span" -> attribute.equals("class") && value.startsWith("tg-");
            case "tg-emoji" -> attribute.equals("emoji-id");
            case "blockquote" -> attribute.equals("expandable");
            default -> false;
        };
        if (!wanted) {
            return before;
        }
        if (tag.equals("blockquote")) {
            return attribute;
        }
        return tag.equals("code") ? value.substring("language-".length()) : value;
    }

    private void endTag(int start) {
        if (open.isEmpty()) {
            throw error("Unexpected end tag at byte offset " + start);
        }
        int nameStart = ++at;
        while (at < html.length && !space(peek()) && peek() != '>') {
            at++;
        }
        String name = slice(nameStart, at).toLowerCase(Locale.ROOT);
        skipSpaces();
        if (peek() != '>') {
            throw error("Unclosed end tag at byte offset " + start);
        }
        at++;
        Open opened = open.removeLast();
        if (!name.isEmpty() && !name.equals(opened.tag())) {
            throw error("Unmatched end tag at byte offset " + start + ", expected \"</" + opened.tag()
                    + ">\", found \"</" + name + ">\"");
        }
        int length = text.length() - opened.offset();
        if (length > 0) {
            entity(opened, length);
        }
    }

    private void entity(Open opened, int length) {
        String argument = opened.argument();
        switch (opened.tag()) {
            case "b", "strong" -> add("bold", opened, length);
            case "i", "em" -> add("italic", opened, length);
            case "s", "strike", "del" -> add("strikethrough", opened, length);
            case "u", "ins" -> add("underline", opened, length);
            case "tg-spoiler", "span" -> add("spoiler", opened, length);
            case "blockquote" -> add(argument.isEmpty() ? "blockquote" : "expandable_blockquote", opened, length);
            case "pre" -> add("pre", opened, length);
            case "code" -> add("code", opened, length);
            case "tg-emoji" ->
                entities.add(new Entity("custom_emoji", opened.offset(), length, "custom_emoji_id", argument));
            case "a" -> {
                String url = argument.isEmpty() ? text.substring(opened.offset()) : argument;
                // a link that is no web address is silently left as plain text
                if (url.matches("(?i)(https?|tg)://\\S+") || url.matches("[\\w-]+(\\.[\\w-]+)+(/\\S*)?")) {
                    entities.add(new Entity("text_link", opened.offset(), length, "url", url));
                }
            }
            default -> throw new IllegalStateException("tag without a meaning: " + opened.tag());
        }
    }

    private void add(String type, Open opened, int length) {
        entities.add(new Entity(type, opened.offset(), length, null, null));
    }

    private void reference() {
        int end = at + 1;
        while (end < html.length && (Character.isLetterOrDigit(html[end]) || html[end] == '#') && end - at < 12) {
            end++;
        }
        String name = slice(at + 1, end);
        int character = character(name);
        if (character == 0) {
            text.append('&');
            at++;
            return;
        }
        if (character >= 0xD800 && character <= 0xDFFF) {
            throw error("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched"
                    + " surrogate code units");
        }
        text.appendCodePoint(character);
        at = end < html.length && html[end] == ';' ? end + 1 : end;
    }

    private static int character(String name) {
        return switch (name) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "amp" -> '&';
            case "quot" -> '"';
            default -> numbered(name);
        };
    }

    private static int numbered(String name) {
        try {
            if (name.startsWith("#x")) {
                return valid(Integer.parseInt(name.substring(2), 16));
            }
            return name.startsWith("#") ? valid(Integer.parseInt(name.substring(1))) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static int valid(int character) {
        return Character.isValidCodePoint(character) ? character : 0;
    }

    private int peek() {
        return at < html.length ? html[at] : 0;
    }

    private void skipSpaces() {
        while (at < html.length && space(peek())) {
            at++;
        }
    }

    private static boolean space(int character) {
        return character == ' ' || character == '\t' || character == '\r' || character == '\n';
    }

    private String slice(int from, int to) {
        return new String(html, from, to - from, StandardCharsets.UTF_8);
    }

    private static ApiError error(String text) {
        return ApiError.badRequest("can't parse entities: " + text);
    }
}
