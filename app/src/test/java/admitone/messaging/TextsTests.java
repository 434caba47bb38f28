package admitone.messaging;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.money.Asset;
import admitone.money.Money;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TextsTests {
    /** As long as a text may be once its marks are read. */
    private static final int MOST_OF_A_MESSAGE = 4096;

    /** Longer than anything that somebody may give in one place. */
    private static final String LONGEST_GIVEN = "W".repeat(255);

    private static final Instant MOMENT = Instant.parse("2026-09-30T21:05:00Z");
    private static final Money MONEY = new Money(new BigInteger("9".repeat(30)), Asset.USD);

    /** By the type of a parameter, the longest value for it. */
    private static final Map<Class<?>, Object> LONGEST = Map.of(
            String.class,
            LONGEST_GIVEN,
            Html.class,
            Html.escaped(LONGEST_GIVEN),
            int.class,
            Integer.MAX_VALUE,
            long.class,
            Long.MAX_VALUE,
            Money.class,
            MONEY,
            Instant.class,
            MOMENT,
            Lasting.Until.class,
            new Lasting.Until(MOMENT),
            Lasting.class,
            new Lasting.Days(3650),
            Lasting.Days.class,
            new Lasting.Days(3650),
            Lasting.Hours.class,
            new Lasting.Hours(719));

    private static final Money MONEY_OF_A_DAY = Money.parse("1.35", Asset.USD);

    interface SampleTexts {
        Html hello(String name, Lasting.Until when, Money price);

        String button(String name);

        String span(Lasting.Days days);

        String hours(Lasting.Hours hours);
    }

    private static final class Sample extends ListResourceBundle {
        @Override
        protected Object[][] getContents() {
            return new Object[][] {
                {"form.moment", "d.M.yyyy"},
                {"form.until", "until {moment}"},
                {"form.forLife", "for life"},
                {"form.oneDay", "1 day"},
                {"form.days", "{days} days"},
                {"form.oneHour", "1 hour"},
                {"form.hours", "{hours} hours"},
                {"sample.hello", "<b>{name}</b> {when} for {price}"},
                {"sample.button", "{name}!"},
                {"sample.span", "{days}"},
                {"sample.hours", "{hours}"}
            };
        }

        @Override
        public Locale getLocale() {
            return Locale.ENGLISH;
        }
    }

    @Test
    void everyLanguageHasTheSameKeys() {
        Set<String> english = keys(Language.ENGLISH);

        for (Language language : Language.values()) {
            assertThat(keys(language)).as(language.code()).isEqualTo(english);
        }
        assertThat(english).hasSizeGreaterThan(20);
    }

    @Test
    void everyKeyIsAMessageAndEveryMessageHasItsPlaces() {
        Set<String> keys = new HashSet<>();
        for (Class<?> type : interfaces()) {
            Texts.of(type); // fails where a place is missing, or one too many
            Arrays.stream(type.getDeclaredMethods()).map(Texts::key).forEach(keys::add);
        }

        assertThat(keys(Language.ENGLISH).stream()
                        .filter(key -> !key.startsWith("form."))
                        .collect(toSet()))
                .isEqualTo(keys);
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void noMessageIsLongerThanTelegramTakes(Language language) throws ReflectiveOperationException {
        for (Class<?> type : interfaces()) {
            Object texts = Texts.of(type).in(language);
            for (Method method : type.getDeclaredMethods()) {
                method.setAccessible(true);
                Object said = method.invoke(
                        texts,
                        Arrays.stream(method.getParameterTypes())
                                .map(LONGEST::get)
                                .toArray());
                String read = said instanceof Html html ? html.value().replaceAll("<[^>]*>", "") : said.toString();
                assertThat(read.length()).as("%s", method).isLessThanOrEqualTo(MOST_OF_A_MESSAGE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void marksAreThoseThatTelegramReadsAndAreClosed(Language language) {
        var words = Texts.words(language);
        for (String key : words.keySet()) {
            String open = Pattern.compile("<(b|i|code)>([^<]*)</\\1>")
                    .matcher(words.getString(key))
                    .replaceAll("")
                    .replaceAll("<a href=\"tg://user\\?id=\\{user}\">[^<]*</a>", "");
            assertThat(open).as(key).doesNotContain("<", ">", "&");
        }
    }

    @Test
    void whatSomebodyGaveIsEscapedAndShownAsGiven() {
        SampleTexts texts = Texts.spoken(SampleTexts.class, new Sample());

        assertThat(texts.hello("<b>&'\"{when}{", new Lasting.Until(MOMENT), MONEY_OF_A_DAY)
                        .value())
                .isEqualTo("<b>&lt;b&gt;&amp;'\"{when}{</b> until 30.9.2026 for 1.35 USD");
        assertThat(texts.button("<b>")).isEqualTo("<b>!");
    }

    @Test
    void spansAreSaidInWords() {
        SampleTexts texts = Texts.spoken(SampleTexts.class, new Sample());

        assertThat(texts.span(new Lasting.Days(1))).isEqualTo("1 day");
        assertThat(texts.span(new Lasting.Days(30))).isEqualTo("30 days");
        assertThat(texts.span(new Lasting.Days(null))).isEqualTo("for life");
        assertThat(texts.hours(new Lasting.Hours(1))).isEqualTo("1 hour");
        assertThat(texts.hours(new Lasting.Hours(24))).isEqualTo("24 hours");
        assertThat(texts.hours(new Lasting.Hours(72))).isEqualTo("3 days");
        assertThat(texts.hours(new Lasting.Hours(73))).isEqualTo("73 hours");
        assertThat(texts.hello("", new Lasting.Until(null), MONEY_OF_A_DAY).value())
                .isEqualTo("<b></b> for life for 1.35 USD");
    }

    @ParameterizedTest
    @CsvSource({"es,SPANISH", "es-MX,SPANISH", "ES,SPANISH", "en-GB,ENGLISH", "de,ENGLISH", "'',ENGLISH", "-,ENGLISH"})
    void languageIsFoundByItsTag(String tag, Language language) {
        assertThat(Language.of(tag)).isEqualTo(language);
    }

    interface WrongTexts {
        Html hello(String name);
    }

    @Test
    void textsThatLackTheirWordsAreRefusedAtOnce() {
        assertThatThrownBy(() -> Texts.of(WrongTexts.class)).hasMessageContaining("wrong.hello");
    }

    private static Set<String> keys(Language language) {
        return new TreeSet<>(Texts.words(language).keySet());
    }

    /** All that modules say. */
    private static List<Class<?>> interfaces() {
        Stream<JavaClass> found = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("admitone").stream()
                        .filter(type ->
                                type.isInterface() && type.getSimpleName().endsWith("Texts"));
        List<Class<?>> types = found.<Class<?>>map(JavaClass::reflect).toList();
        assertThat(types).hasSizeGreaterThan(2);
        return types;
    }
}
