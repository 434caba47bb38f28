package admitone.cli;

import admitone.AdmitOne;
import admitone.runtime.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the service. */
final class Serve {
    private Serve() {}

    /** Answers when it is ready. */
    static ConfigurableApplicationContext start(Settings settings) {
        SpringApplication application = new SpringApplication(AdmitOne.class);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("server.port", settings.port());
        properties.put("management.server.port", settings.managementPort());
        application.setDefaultProperties(properties);
        application.addInitializers(
                (GenericApplicationContext context) -> context.registerBean(Settings.class, () -> settings));
        return application.run();
    }
}
