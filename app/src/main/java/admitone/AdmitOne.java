package admitone;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service. Commands reach it through {@code admitone.cli}. */
@SpringBootApplication
public class AdmitOne {}
