package admitone;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service. Commands reach it through {@code admitone.cli}. */
@SpringBootApplication
public class AdmitOne {
    /** For the build alone, which finds out here which beans there are. */
    public static void main(String[] args) {
        new SpringApplication(AdmitOne.class).run(args);
    }
}
