package admitone.cli;

import admitone.AdmitOne;
import admitone.runtime.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the service in this process. */
final class Serve {
    /** The exit code of a command whose service goes on after it returns. */
    static final int STAYS_UP = -1;

    private Serve() {}

    /** Answers when it is ready. {@code more} are Spring properties as {@code --name=value}. */
    static ConfigurableApplicationContext start(Settings settings, String... more) {
        SpringApplication application = new SpringApplication(AdmitOne.class);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("server.port", settings.port());
        properties.put("management.server.port", settings.managementPort());
        application.setDefaultProperties(properties);
        application.addInitializers(
                (GenericApplicationContext context) -> context.registerBean(Settings.class, () -> settings));
        return application.run(more);
    }

    static int port(ConfigurableApplicationContext context) {
        return context instanceof WebServerApplicationContext web && web.getWebServer() != null
                ? web.getWebServer().getPort()
                : 0;
    }
}
