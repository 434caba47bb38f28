package admitone.cli;

import admitone.AdmitOne;
import admitone.database.OpeningDatabase;
import admitone.runtime.Settings;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the service in this process. */
final class Serve {
    /** The exit code of a command whose service goes on after it returns. */
    static final int STAYS_UP = -1;

    /** A start that fails is told once, by {@link Failure}, not in two hundred lines by each of these before it. */
    private static final List<String> SAID_BY_FAILURE = List.of(
            "org.springframework.boot.SpringApplication",
            "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
            "org.springframework.boot.tomcat.servlet.DeferredServletContainerInitializers",
            "org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext");

    private Serve() {}

    /** Answers when it is ready. {@code more} are Spring properties as {@code --name=value}. */
    static ConfigurableApplicationContext start(Settings settings, String... more) {
        goByTheBuildsBeans();
        SpringApplication application = new SpringApplication(AdmitOne.class);
        // the one whose beans the build has found out
        application.setMainApplicationClass(AdmitOne.class);
        // as arguments, which win over the environment: a demo may use another port than SERVER_PORT says
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--server.port=" + settings.port());
        arguments.add("--management.server.port=" + settings.managementPort());
        SAID_BY_FAILURE.forEach(logger -> arguments.add("--logging.level." + logger + "=off"));
        Begun begun = new Begun(settings);
        application.addInitializers(begun);
        try {
            return application.run(arguments.toArray(String[]::new));
        } catch (RuntimeException e) {
            begun.giveUp();
            throw e;
        }
    }

    /**
     * Where the build has found out which beans there are, and the operator does not say otherwise. Asked of a jar only: in a
     * directory of classes what an earlier build found out may lie beside newer ones.
     */
    private static void goByTheBuildsBeans() {
        URL found = AdmitOne.class.getResource("AdmitOne__ApplicationContextInitializer.class");
        if (found != null && found.getProtocol().equals("jar") && System.getProperty(AotDetector.AOT_ENABLED) == null) {
            System.setProperty(AotDetector.AOT_ENABLED, "true");
        }
    }

    static int port(ConfigurableApplicationContext context) {
        return context instanceof WebServerApplicationContext web && web.getWebServer() != null
                ? web.getWebServer().getPort()
                : 0;
    }

    /** Opens the database while the context is put together; not before, since only now what it logs is heard. */
    private static final class Begun implements ApplicationContextInitializer<GenericApplicationContext> {
        private final Settings settings;
        private @Nullable OpeningDatabase opening;

        Begun(Settings settings) {
            this.settings = settings;
        }

        @Override
        public void initialize(GenericApplicationContext context) {
            OpeningDatabase begun = OpeningDatabase.of(settings);
            opening = begun;
            context.registerBean(Settings.class, () -> settings);
            // a singleton given ready-made is not closed by the context: the database itself is
            context.getBeanFactory().registerSingleton("openingDatabase", begun);
        }

        void giveUp() {
            if (opening != null) {
                opening.close();
            }
        }
    }
}
