package admitone.web;

import admitone.messaging.Language;
import admitone.messaging.PageWords;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;

/** In which language a page speaks: the one of ours that its browser likes best, else English. */
@Configuration
class PageLanguages {
    @Bean
    LocaleResolver localeResolver() {
        AcceptHeaderLocaleResolver resolver = new AcceptHeaderLocaleResolver();
        List<Locale> ours =
                Arrays.stream(Language.values()).map(Language::locale).toList();
        resolver.setSupportedLocales(ours);
        resolver.setDefaultLocale(Language.ENGLISH.locale());
        return resolver;
    }

    @Bean
    MessageSource messageSource() {
        ResourceBundleMessageSource words = new ResourceBundleMessageSource();
        words.setBasename(PageWords.FILES);
        words.setDefaultEncoding("UTF-8");
        words.setFallbackToSystemLocale(false);
        return words;
    }
}
