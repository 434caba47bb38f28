package admitone.database;

import admitone.runtime.Settings;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration
class DatabaseConfiguration {
    /** Whoever starts the service may have begun to open it. */
    @Bean
    Database database(Settings settings, ObjectProvider<OpeningDatabase> opening) {
        OpeningDatabase begun = opening.getIfAvailable();
        return begun == null ? Database.open(settings) : begun.await();
    }

    @Bean
    DataSource dataSource(Database database) {
        return database.lanes();
    }

    @Bean
    JdbcTemplate jdbcTemplate(DataSource dataSource) {
        return new JdbcTemplate(dataSource);
    }

    @Bean
    JdbcClient jdbcClient(JdbcTemplate template) {
        return JdbcClient.create(template);
    }

    @Bean
    Reads reads(JdbcTemplate template) {
        return new Reads(template);
    }

    @Bean
    LongReads longReads(JdbcTemplate template) {
        return new LongReads(template);
    }

    @Bean
    Transactions transactions(DataSource dataSource) {
        return new JdbcTransactions(dataSource);
    }
}
