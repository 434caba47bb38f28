package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import admitone.TestSettings;
import admitone.runtime.Settings.Updates;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTests {
    @Test
    void startsWithTheLeast() {
        Settings settings = TestSettings.with(Map.of());

        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.managementPort()).isEqualTo(8081);
        assertThat(settings.publicUrl()).hasToString("http://localhost:8080");
        assertThat(settings.datasource()).isEmpty();
        assertThat(settings.apiToken()).isEmpty();
        assertThat(settings.nowPayments().apiUrl()).hasToString("https://api.nowpayments.io/v1");
        assertThat(settings.telegram().apiUrl()).hasToString("https://api.telegram.org");
        assertThat(settings.telegram().messagesPerSecond()).isEqualTo(25);
        assertThat(settings.statusLimitPerMinute()).isEqualTo(5);
        assertThat(settings.addressLimitPerMinute()).isEqualTo(600);
        assertThat(settings.orderTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(settings.taskLease()).isEqualTo(Duration.ofSeconds(40));
        assertThat(settings.sweepFirst()).isEqualTo(Duration.ofSeconds(15));
        assertThat(settings.confirmAboveUsd()).isEmpty();
        assertThat(settings.underpaidTolerancePercent()).isEqualTo(BigDecimal.ONE);
    }

    @Test
    void listsEveryFaultAtOnce() {
        assertThatThrownBy(() -> SettingsReader.read(Map.of(
                        "SERVER_PORT", "eighty",
                        "ADMITONE_PUBLIC_URL", "ftp://shop.example",
                        "ADMITONE_API_TOKEN", "short",
                        "ADMITONE_TELEGRAM_BOT_TOKEN", "not a token",
                        "ADMITONE_ORDER_TTL", "soon",
                        "ADMITONE_ALLOWED_ORIGINS", "https://shop.example, *",
                        "SPRING_DATASOURCE_URL", "jdbc:mysql://x",
                        "ADMITONE_UNDERPAID_TOLERANCE_PERCENT", "51")))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContainingAll(
                        "SERVER_PORT must be a whole number",
                        "ADMITONE_PUBLIC_URL must be an http",
                        "ADMITONE_API_TOKEN must have at least 32",
                        "ADMITONE_TELEGRAM_BOT_TOKEN does not look like",
                        "ADMITONE_ORDER_TTL must be a duration",
                        "ADMITONE_ALLOWED_ORIGINS: * is not",
                        "SPRING_DATASOURCE_URL must begin",
                        "ADMITONE_UNDERPAID_TOLERANCE_PERCENT must be",
                        "ADMITONE_NOWPAYMENTS_IPN_SECRET is missing",
                        "ADMITONE_NOWPAYMENTS_API_KEY is missing");
    }

    @Test
    void trimsEverySetting() {
        Map<String, String> environment = new HashMap<>();
        TestSettings.LEAST.forEach((name, value) -> environment.put(name, "  " + value + " \r\n"));
        environment.put("SERVER_PORT", " 9090\n");
        environment.put("ADMITONE_PUBLIC_URL", " https://shop.example/ ");
        environment.put("ADMITONE_API_TOKEN", "   ");

        Settings settings = SettingsReader.read(environment).settings();

        assertThat(settings.port()).isEqualTo(9090);
        assertThat(settings.publicUrl()).hasToString("https://shop.example");
        assertThat(settings.apiToken()).isEmpty();
        assertThat(settings.nowPayments().apiKey().value()).isEqualTo(TestSettings.API_KEY);
        assertThat(settings.nowPayments().ipnSecrets()).containsExactly(new Settings.Secret(TestSettings.IPN_SECRET));
        assertThat(settings.telegram().botToken().value()).isEqualTo(TestSettings.BOT_TOKEN);
    }

    @ParameterizedTest
    @CsvSource({
        "2s, PT2S",
        "1500ms, ",
        "24h, PT24H",
        "1d, PT24H",
        "PT1H, PT1H",
        "25h, ",
        "1s, ",
        "-2s, ",
        "99999999999999999999s, "
    })
    void readsDurationsWithinTheirBounds(String text, Duration expected) {
        Throwable fault = catchThrowable(() -> TestSettings.with("ADMITONE_SWEEP_FIRST", text));

        if (expected == null) {
            assertThat(fault).hasMessageContaining("ADMITONE_SWEEP_FIRST must be a duration");
        } else {
            assertThat(TestSettings.with("ADMITONE_SWEEP_FIRST", text).sweepFirst())
                    .isEqualTo(expected);
        }
    }

    @Test
    void whoseTheAccountIsGoesByTheSettingElseByHowManySellersThereAre() {
        var seller = new SellerId("se0000000001");
        var unset = TestSettings.with(Map.of()).nowPayments();
        assertThat(unset.isAccountOf(seller, true)).isTrue();
        assertThat(unset.isAccountOf(seller, false)).isFalse();

        var hers =
                TestSettings.with("ADMITONE_NOWPAYMENTS_OWNER", "se0000000001").nowPayments();
        assertThat(hers.isAccountOf(seller, false)).isTrue();
        assertThat(hers.isAccountOf(new SellerId("se0000000002"), true)).isFalse();

        assertThat(TestSettings.with("ADMITONE_NOWPAYMENTS_OWNER", "operator")
                        .nowPayments()
                        .isAccountOf(seller, true))
                .isFalse();
        assertThat(TestSettings.with("ADMITONE_SELLERS", "Anyone").nowPayments().isAccountOf(seller, true))
                .as("the first who comes")
                .isFalse();
        assertThatThrownBy(() -> TestSettings.with("ADMITONE_NOWPAYMENTS_OWNER", "Olga"))
                .hasMessageContaining("ADMITONE_NOWPAYMENTS_OWNER must be operator, or the id of the seller");
    }

    @Test
    void takesTwoIpnSecretsForTheTimeOfAChange() {
        Settings settings =
                TestSettings.with("ADMITONE_NOWPAYMENTS_IPN_SECRET", "first-secret-0123456789, second-secret-012345");

        assertThat(settings.nowPayments().ipnSecrets()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"15, false", "16, true"})
    void refusesAnIpnSecretUnderSixteenCharacters(int length, boolean accepted) {
        Throwable fault =
                catchThrowable(() -> TestSettings.with("ADMITONE_NOWPAYMENTS_IPN_SECRET", "s".repeat(length)));

        assertThat(fault == null).isEqualTo(accepted);
    }

    @Test
    void metricsAreNotServedToEverybody() {
        assertThatThrownBy(() -> TestSettings.with("MANAGEMENT_SERVER_PORT", "8080"))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContaining("MANAGEMENT_SERVER_PORT must not be SERVER_PORT, 8080");
        assertThat(TestSettings.with("MANAGEMENT_SERVER_PORT", "0").managementPort())
                .isZero();
    }

    @Test
    void updatesComeByPollingUnlessSaidOtherwise() {
        assertThat(TestSettings.with(Map.of()).telegram().updates()).isEqualTo(Updates.POLLING);
        assertThat(TestSettings.with(Map.of()).telegram().botId()).isEqualTo(700);

        Settings.Telegram telegram = TestSettings.with(webhook("https://shop.example:8443", "A-Za-z0-9_-secret"))
                .telegram();
        assertThat(telegram.updates()).isEqualTo(Updates.WEBHOOK);
        assertThat(telegram.webhookSecret()).contains(new Settings.Secret("A-Za-z0-9_-secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.example, , ADMITONE_TELEGRAM_WEBHOOK_SECRET is missing",
        "https://shop.example, fifteen-letters, must have 16 to 256 characters",
        "https://shop.example, sixteen+letters!, must have 16 to 256 characters",
        "http://shop.example, 0123456789abcdef, must begin with https://",
        "https://shop.example:8080, 0123456789abcdef, 'ports 443, 80, 88 and 8443'",
        "http://localhost:8080, 0123456789abcdef, an address that Telegram can reach",
        "https://127.0.0.1, 0123456789abcdef, an address that Telegram can reach"
    })
    void saysWhatAWebhookNeeds(String url, @Nullable String secret, String words) {
        assertThatThrownBy(() -> TestSettings.with(webhook(url, secret == null ? "" : secret)))
                .hasMessageContaining(words);
    }

    @Test
    void takesALoopbackAddressForABotApiOnThisMachine() {
        Map<String, String> environment = new HashMap<>(webhook("http://127.0.0.1:9090", "0123456789abcdef"));
        environment.put("ADMITONE_TELEGRAM_API_URL", "http://127.0.0.1:8081");

        assertThat(TestSettings.with(environment).telegram().updates()).isEqualTo(Updates.WEBHOOK);
    }

    @Test
    void longestWebhookSecretIsTelegrams() {
        TestSettings.with(webhook("https://shop.example", "s".repeat(256)));

        assertThatThrownBy(() -> TestSettings.with(webhook("https://shop.example", "s".repeat(257))))
                .hasMessageContaining("16 to 256")
                .hasMessageNotContaining("sss");
        assertThatThrownBy(() -> TestSettings.with("ADMITONE_TELEGRAM_UPDATES", "carrier pigeon"))
                .hasMessageContaining("polling or webhook");
    }

    private static Map<String, String> webhook(String url, String secret) {
        return Map.of(
                "ADMITONE_PUBLIC_URL", url,
                "ADMITONE_TELEGRAM_UPDATES", "webhook",
                "ADMITONE_TELEGRAM_WEBHOOK_SECRET", secret);
    }

    @ParameterizedTest
    @CsvSource({"0", "0.00"})
    void confirmsNothingAboveZero(String off) {
        assertThat(TestSettings.with("ADMITONE_CONFIRM_ABOVE_USD", off).confirmAboveUsd())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ADMITONE_NOWPAYMENTS_EMAIL,ADMITONE_NOWPAYMENTS_PASSWORD",
        "ADMITONE_NOWPAYMENTS_PASSWORD,ADMITONE_NOWPAYMENTS_EMAIL"
    })
    void halfALoginIsNone(String given, String missing) {
        assertThatThrownBy(() -> TestSettings.with(given, "canary"))
                .hasMessageContaining(missing + " is missing")
                .hasMessageNotContaining("canary");
        assertThat(TestSettings.with(Map.of(given, "a", missing, "b"))
                        .nowPayments()
                        .login())
                .isPresent();
    }

    @Test
    void secretsAreNeverInText() {
        Map<String, String> environment = new HashMap<>(TestSettings.LEAST);
        environment.put("ADMITONE_API_TOKEN", "canary-token-0123456789-0123456789");
        environment.put(
                "SPRING_DATASOURCE_URL", "jdbc:postgresql://db/admitone?user=a&password=canary-in-url&ssl=true");
        environment.put("SPRING_DATASOURCE_PASSWORD", "canary-password");
        environment.put("ADMITONE_NOWPAYMENTS_EMAIL", "canary@shop.example");
        environment.put("ADMITONE_NOWPAYMENTS_PASSWORD", "canary of the account");

        assertThat(SettingsReader.read(environment).toString()).doesNotContain("canary");
    }

    @Test
    void faultsDoNotRepeatSecrets() {
        assertThatThrownBy(() -> SettingsReader.read(Map.of(
                        "ADMITONE_NOWPAYMENTS_IPN_SECRET", "canary",
                        "ADMITONE_NOWPAYMENTS_API_KEY", "canary\nkey",
                        "ADMITONE_TELEGRAM_BOT_TOKEN", "canary",
                        "ADMITONE_API_TOKEN", "canary",
                        "SPRING_DATASOURCE_URL", "mysql://canary")))
                .hasMessageNotContaining("canary");
    }

    @Test
    void refusesAKeyThatNoHttpHeaderCanCarry() {
        assertThatThrownBy(() -> TestSettings.with("ADMITONE_NOWPAYMENTS_API_KEY", "canary\nkey"))
                .hasMessageContaining("ADMITONE_NOWPAYMENTS_API_KEY")
                .hasMessageNotContaining("canary");
    }
}
