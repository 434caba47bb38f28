package admitone;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.metrics.TomcatMetricsAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;

/**
 * The service. Commands reach it through {@code admitone.cli}. What is excluded is used by nothing here and would take a quarter of the time to start: proxies
 * of each repository, for transactions by annotation and for exceptions that {@code JdbcClient} translates itself, and sessions in the metrics.
 */
@SpringBootApplication(
        exclude = {
            AopAutoConfiguration.class,
            PersistenceExceptionTranslationAutoConfiguration.class,
            TomcatMetricsAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            ValidationAutoConfiguration.class
        })
public class AdmitOne {
    /** For the build alone, which finds out here which beans there are. */
    public static void main(String[] args) {
        new SpringApplication(AdmitOne.class).run(args);
    }
}
