package admitone;

import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import java.util.HashMap;
import java.util.Map;

/** Settings for tests. */
public final class TestSettings {
    public static final String IPN_SECRET = "canary-ipn-secret-0123456789abcdef";
    public static final String API_KEY = "canary-api-key-0123456789";
    public static final String BOT_TOKEN = "700:AAcanary_token";

    public static final String SIGNING_KEY = "canary-signing-key-0123456789abcdef";

    /** Without these the service does not start. */
    public static final Map<String, String> LEAST = Map.of(
            "ADMITONE_NOWPAYMENTS_IPN_SECRET", IPN_SECRET,
            "ADMITONE_NOWPAYMENTS_API_KEY", API_KEY,
            "ADMITONE_TELEGRAM_BOT_TOKEN", BOT_TOKEN,
            "ADMITONE_SIGNING_KEY", SIGNING_KEY);

    private TestSettings() {}

    public static Settings with(String name, String value) {
        return with(Map.of(name, value));
    }

    public static Settings with(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(LEAST);
        environment.putAll(more);
        return SettingsReader.read(environment).settings();
    }
}
