package admitone.messaging;

import admitone.money.Money;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the bot says, in all its languages. A module writes an interface, {@code AccessTexts}, whose methods are its messages; their words stand in
 * {@code messages/bot_<language>.properties} under {@code access.<method>}, with a parameter's name in braces where its value belongs.
 *
 * <p>A method that returns {@link Html} makes a message: what is a {@code String} was given by somebody and is escaped, what is {@link Html} is not. One that
 * returns {@code String} makes a plain text, for a button. Instants, money and spans of time are put into words here and nowhere else.
 */
public final class Texts<T> {
    private static final String FILES = "messages/bot";
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

    private final Map<Language, T> spoken;

    private Texts(Class<T> type) {
        this.spoken = Language.each(language -> spoken(type, words(language)));
    }

    /** Fails where a language lacks a message, or a message names what its method does not give. */
    public static <T> Texts<T> of(Class<T> type) {
        return new Texts<>(type);
    }

    public T in(Language language) {
        return language.pick(spoken);
    }

    /** Under which key the words of a method stand. */
    static String key(Method method) {
        String name = method.getDeclaringClass().getSimpleName();
        return name.substring(0, name.length() - "Texts".length()).toLowerCase(Locale.ROOT) + "." + method.getName();
    }

    static ResourceBundle words(Language language) {
        return language.words(FILES);
    }

    static <T> T spoken(Class<T> type, ResourceBundle words) {
        Map<Method, Template> templates = new HashMap<>();
        for (Method method : type.getDeclaredMethods()) {
            templates.put(method, Template.of(method, words.getString(key(method))));
        }
        Form form = new Form(words);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, given) -> {
            Template template = templates.get(method);
            if (template == null) {
                throw new UnsupportedOperationException(method + " is no message");
            }
            String text = template.filled(given == null ? List.of() : Arrays.asList(given), form);
            return template.isHtml() ? new Html(text) : text;
        }));
    }

    /** A message cut at the places of its parameters: a word, a parameter, a word, … a word. */
    private record Template(boolean isHtml, List<String> words, List<Integer> parameters) {
        static Template of(Method method, String text) {
            boolean isHtml = method.getReturnType() == Html.class;
            if (!isHtml && method.getReturnType() != String.class) {
                throw new IllegalStateException(method + " must return Html or String");
            }
            List<String> names = Arrays.stream(method.getParameters())
                    .map(Parameter::getName)
                    .toList();
            List<String> words = new ArrayList<>();
            List<String> places = new ArrayList<>();
            Matcher place = PLACE.matcher(text);
            int from = 0;
            while (place.find()) {
                words.add(text.substring(from, place.start()));
                places.add(place.group(1));
                from = place.end();
            }
            words.add(text.substring(from));
            if (!new TreeSet<>(places).equals(new TreeSet<>(names))) {
                throw new IllegalStateException(key(method) + " names " + places + ", its method gives " + names);
            }
            return new Template(
                    isHtml, words, places.stream().map(names::indexOf).toList());
        }

        String filled(List<Object> given, Form form) {
            StringBuilder text = new StringBuilder(words.getFirst());
            for (int i = 0; i < parameters.size(); i++) {
                text.append(shown(given.get(parameters.get(i)), form)).append(words.get(i + 1));
            }
            return text.toString();
        }

        private String shown(Object value, Form form) {
            return switch (value) {
                case Html html when isHtml -> html.value();
                case String given when isHtml -> Html.escaped(given).value();
                case String given -> given;
                case Integer number -> number.toString();
                case Long number -> number.toString();
                case Money money -> form.money(money);
                case Instant moment -> form.moment(moment);
                case Lasting lasting -> form.lasting(lasting);
                default -> throw new IllegalArgumentException("no words for a " + value.getClass());
            };
        }
    }
}
