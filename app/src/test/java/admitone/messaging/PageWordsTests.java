package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The words of the pages, and that no page has others. */
class PageWordsTests {
    private static final Path TEMPLATES = Path.of("src/main/resources/templates");
    private static final Path SCRIPTS = Path.of("src/main/resources/static/assets");
    private static final Pattern PLACE = Pattern.compile("\\{\\w+}");
    private static final Pattern KEY = Pattern.compile("#\\{([a-zA-Z.]+)}");
    private static final Pattern FAMILY = Pattern.compile("#\\{\\$\\{'([a-z]+\\.)'");

    private static final Pattern ATTRIBUTE = Pattern.compile("th:[\\w-]+=\"([^\"]*)\"");
    private static final Pattern LITERAL = Pattern.compile("'([^']*)'");

    /** What only Java looks up: by a name of an enum, a code of an error, a fault. */
    private static final Set<String> BY_JAVA = Set.of("status.", "also.", "second.", "coin.on", "error.");

    @Test
    void everyLanguageHasTheSameKeysAndPlacesAndItsOwnWords() {
        ResourceBundle english = words(Language.ENGLISH);
        ResourceBundle spanish = words(Language.SPANISH);

        assertThat(new TreeSet<>(spanish.keySet())).isEqualTo(new TreeSet<>(english.keySet()));
        for (String key : english.keySet()) {
            assertThat(spanish.getString(key)).as(key).isNotEqualTo(english.getString(key));
            assertThat(places(spanish.getString(key))).as(key).isEqualTo(places(english.getString(key)));
        }
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void marksAreClosed(Language language) {
        ResourceBundle words = words(language);
        for (String key : words.keySet()) {
            String text = words.getString(key).replaceAll("<(em|strong)>[^<]*</\\1>", "");
            assertThat(text).as(key).doesNotContain("<", ">", "&");
        }
    }

    @Test
    void everyWordOfATemplateIsThereAndEachIsUsed() throws IOException {
        Set<String> keys = words(Language.ENGLISH).keySet();
        Set<String> families = new TreeSet<>(BY_JAVA);
        Set<String> used = new TreeSet<>();
        for (Path template : templates()) {
            String text = Files.readString(template);
            KEY.matcher(text).results().map(found -> found.group(1)).forEach(used::add);
            FAMILY.matcher(text).results().map(found -> found.group(1)).forEach(families::add);
        }

        assertThat(used).hasSizeGreaterThan(30).isSubsetOf(keys);
        assertThat(keys).allMatch(key -> used.contains(key) || families.stream().anyMatch(key::startsWith));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void noTextStandsInATemplate(Path template) throws IOException {
        String text = Files.readString(template);

        assertThat(text.replaceAll("<[^>]*>", " ")).as("between marks").doesNotContainPattern("\\p{L}");
        assertThat(text).as("in attributes").doesNotContainPattern("\\s(aria-label|placeholder|alt|title)=");
        List<String> literals = ATTRIBUTE
                .matcher(text)
                .results()
                .flatMap(value -> LITERAL.matcher(value.group(1)).results())
                .map(literal -> literal.group(1))
                .toList();
        assertThat(literals).as("in expressions").noneMatch(literal -> literal.matches("\\p{Lu}.*|.*\\s.*"));
    }

    /** Sentences and labels: what is shown begins with a capital letter or has a space between words. */
    @Test
    void noTextStandsInAScript() throws IOException {
        for (String script : List.of("pay.js", "live.js")) {
            String code = Files.readString(SCRIPTS.resolve(script)).replaceAll("(?m)//.*$", "");
            List<String> shown = Pattern.compile("\"([^\"\\n]*)\"")
                    .matcher(code)
                    .results()
                    .map(found -> found.group(1))
                    .filter(text -> text.matches("\\p{Lu}\\p{Ll}+|.*\\p{L} \\p{L}.*"))
                    .toList();
            assertThat(shown).as(script).isSubsetOf("use strict", "Accept", "Retry-After");
        }
    }

    private static List<String> places(String text) {
        return PLACE.matcher(text)
                .results()
                .map(MatchResult::group)
                .sorted()
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static ResourceBundle words(Language language) {
        return language.words(PageWords.FILES);
    }

    private static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.walk(TEMPLATES)) {
            return files.filter(file -> file.toString().endsWith(".html")).toList();
        }
    }
}
