package admitone.runtime;

import admitone.runtime.Settings.Approval;
import admitone.runtime.Settings.Datasource;
import admitone.runtime.Settings.Login;
import admitone.runtime.Settings.NowPayments;
import admitone.runtime.Settings.Payouts;
import admitone.runtime.Settings.Secret;
import admitone.runtime.Settings.Sellers;
import admitone.runtime.Settings.Telegram;
import admitone.runtime.Settings.Updates;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads settings from the environment: trims each, gathers every fault, and only then gives up. */
public final class SettingsReader {
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final Pattern BOT_TOKEN = Pattern.compile("\\d{1,16}:[A-Za-z0-9_-]{8,128}");
    private static final Pattern WEBHOOK_SECRET = Pattern.compile("[A-Za-z0-9_-]{16,256}");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[\\d.]+|\\[::1]");
    private static final Set<Integer> WEBHOOK_PORTS = Set.of(-1, 443, 80, 88, 8443);
    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");
    private static final Pattern TOTP = Pattern.compile("[A-Z2-7]{16,128}");
    private static final Pattern COIN = Pattern.compile("[a-z0-9_-]{1,32}");
    private static final int SHORTEST_IPN_SECRET = 16;
    private static final int SAFE_IPN_SECRET = 32;

    private final Map<String, String> environment;
    private final List<String> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private SettingsReader(Map<String, String> environment) {
        this.environment = environment;
    }

    /** What was read, and what an operator should know about it. */
    public record Reading(Settings settings, List<String> warnings) {}

    /**
     * @throws Settings.Invalid naming every missing or malformed setting
     */
    public static Reading read(Map<String, String> environment) {
        return new SettingsReader(environment).readAll();
    }

    private Reading readAll() {
        URI publicUrl = publicUrl();
        Settings settings = new Settings(
                number("SERVER_PORT", 8080, 0, 65_535),
                number("MANAGEMENT_SERVER_PORT", 8081, 0, 65_535),
                publicUrl,
                Path.of(text("ADMITONE_DATA_DIR").orElse("data")),
                datasource(),
                secret("ADMITONE_API_TOKEN"),
                secret("ADMITONE_SIGNING_KEY"),
                nowPayments(),
                telegram(publicUrl),
                number("ADMITONE_STATUS_LIMIT_PER_MINUTE", 5, 0, 1_000_000),
                number("ADMITONE_ADDRESS_LIMIT_PER_MINUTE", 600, 0, 1_000_000),
                duration("ADMITONE_ORDER_TTL", Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(7)),
                duration("ADMITONE_TASK_LEASE", Duration.ofSeconds(40), Duration.ofSeconds(2), Duration.ofMinutes(10)),
                origins(),
                duration("ADMITONE_SWEEP_FIRST", Duration.ofSeconds(15), Duration.ofSeconds(2), Duration.ofHours(24)),
                amount("ADMITONE_CONFIRM_ABOVE_USD"),
                percent("ADMITONE_UNDERPAID_TOLERANCE_PERCENT", BigDecimal.ONE),
                parse(
                        "ADMITONE_SELLERS",
                        Sellers.KNOWN,
                        text -> Sellers.valueOf(text.toUpperCase(Locale.ROOT)),
                        "known or anyone",
                        value -> true),
                parse(
                        "ADMITONE_STABLECOINS",
                        true,
                        text -> switch (text.toLowerCase(Locale.ROOT)) {
                            case "one_to_one" -> true;
                            case "by_rate" -> false;
                            default -> throw new IllegalArgumentException(text);
                        },
                        "one_to_one or by_rate",
                        value -> true),
                payouts());
        if (settings.managementPort() == settings.port() && settings.port() != 0) {
            faults.add("MANAGEMENT_SERVER_PORT must not be SERVER_PORT, " + settings.port()
                    + ": metrics are not for everybody (0: any free port)");
        }
        if (!faults.isEmpty()) {
            throw new Settings.Invalid(faults);
        }
        return new Reading(settings, List.copyOf(warnings));
    }

    private URI publicUrl() {
        if (text("ADMITONE_PUBLIC_URL").isEmpty()) {
            warnings.add(
                    "ADMITONE_PUBLIC_URL is not set: buyers and NOWPayments are told http://localhost:8080, which only"
                            + " this machine can reach");
        }
        return url("ADMITONE_PUBLIC_URL", "http://localhost:8080");
    }

    private Optional<Datasource> datasource() {
        Optional<String> url = text("SPRING_DATASOURCE_URL");
        if (url.isEmpty()) {
            return Optional.empty();
        }
        if (!url.get().startsWith("jdbc:postgresql:")) {
            faults.add("SPRING_DATASOURCE_URL must begin with jdbc:postgresql: (PostgreSQL 15 or newer)");
        }
        return Optional.of(new Datasource(
                url.get(),
                text("SPRING_DATASOURCE_USERNAME").orElse("postgres"),
                new Secret(text("SPRING_DATASOURCE_PASSWORD").orElse(""))));
    }

    /** One that is made at first start where it is not set. */
    private Optional<Secret> secret(String name) {
        Optional<String> value = text(name);
        if (value.isPresent() && value.get().length() < 32) {
            faults.add(name + " must have at least 32 characters (leave it out and one is made at first start)");
        }
        return value.map(Secret::new);
    }

    private NowPayments nowPayments() {
        List<Secret> secrets = Arrays.stream(
                        text("ADMITONE_NOWPAYMENTS_IPN_SECRET").orElse("").split(","))
                .map(String::strip)
                .filter(secret -> !secret.isEmpty())
                .map(Secret::new)
                .toList();
        if (secrets.isEmpty()) {
            faults.add(
                    "ADMITONE_NOWPAYMENTS_IPN_SECRET is missing: copy it from NOWPayments, Settings > Payments > Instant"
                            + " payment notifications (without it no notification can be trusted)");
        }
        for (Secret secret : secrets) {
            if (secret.value().length() < SHORTEST_IPN_SECRET) {
                faults.add("ADMITONE_NOWPAYMENTS_IPN_SECRET must have at least " + SHORTEST_IPN_SECRET + " characters");
            } else if (secret.value().length() < SAFE_IPN_SECRET) {
                warnings.add("ADMITONE_NOWPAYMENTS_IPN_SECRET has under " + SAFE_IPN_SECRET
                        + " characters: a longer one is safer");
            }
        }
        return new NowPayments(
                url("ADMITONE_NOWPAYMENTS_API_URL", "https://api.nowpayments.io/v1"),
                required("ADMITONE_NOWPAYMENTS_API_KEY", "the API key of your NOWPayments account"),
                secrets,
                settlesIn(),
                login(),
                owner());
    }

    /** Where anyone may become a seller, the first who does is not whose account it is. */
    private Optional<SellerId> owner() {
        Optional<SellerId> unset =
                "anyone".equalsIgnoreCase(text("ADMITONE_SELLERS").orElse(""))
                        ? Optional.of(SellerId.PLATFORM)
                        : Optional.empty();
        return parse(
                "ADMITONE_NOWPAYMENTS_OWNER",
                unset,
                text -> Optional.of(text.equals("operator") ? SellerId.PLATFORM : new SellerId(text)),
                "operator, or the id of the seller whose account it is",
                value -> true);
    }

    private Payouts payouts() {
        Optional<Secret> totp = text("ADMITONE_NOWPAYMENTS_TOTP_SECRET")
                .map(text -> text.replace(" ", "").replace("=", "").toUpperCase(Locale.ROOT))
                .map(Secret::new);
        if (totp.isPresent() && !TOTP.matcher(totp.get().value()).matches()) {
            faults.add(
                    "ADMITONE_NOWPAYMENTS_TOTP_SECRET must be the key that NOWPayments shows beside the QR code when an"
                            + " authenticator app is added: 16 letters A-Z and digits 2-7, or more (not a six-digit code)");
        }
        return new Payouts(
                totp,
                parse(
                        "ADMITONE_PAYOUTS_APPROVAL",
                        Approval.MANUAL,
                        text -> Approval.valueOf(text.toUpperCase(Locale.ROOT)),
                        "manual or auto",
                        value -> true),
                duration(
                        "ADMITONE_PAYOUTS_COOLING_OFF", Duration.ofHours(24), Duration.ofHours(1), Duration.ofDays(7)));
    }

    private Optional<Login> login() {
        Optional<Secret> email = text("ADMITONE_NOWPAYMENTS_EMAIL").map(Secret::new);
        Optional<Secret> password = text("ADMITONE_NOWPAYMENTS_PASSWORD").map(Secret::new);
        if (email.isPresent() != password.isPresent()) {
            faults.add(
                    (email.isPresent() ? "ADMITONE_NOWPAYMENTS_PASSWORD" : "ADMITONE_NOWPAYMENTS_EMAIL")
                            + " is missing: e-mail and password of your NOWPayments account go together (set both, or neither)");
        }
        return email.flatMap(known -> password.map(secret -> new Login(known, secret)));
    }

    private Optional<String> settlesIn() {
        Optional<String> coin = text("ADMITONE_NOWPAYMENTS_SETTLES_IN").map(text -> text.toLowerCase(Locale.ROOT));
        if (coin.isPresent() && !COIN.matcher(coin.get()).matches()) {
            faults.add(
                    "ADMITONE_NOWPAYMENTS_SETTLES_IN must be the code of the coin that your account is paid out in, such as"
                            + " usdttrc20, or same");
        }
        return coin;
    }

    private Telegram telegram(URI publicUrl) {
        Secret token = required("ADMITONE_TELEGRAM_BOT_TOKEN", "the token that @BotFather gave your bot");
        if (!token.value().isEmpty() && !BOT_TOKEN.matcher(token.value()).matches()) {
            faults.add("ADMITONE_TELEGRAM_BOT_TOKEN does not look like a bot token (digits, a colon, then letters)");
        }
        Updates updates = parse(
                "ADMITONE_TELEGRAM_UPDATES",
                Updates.POLLING,
                text -> Updates.valueOf(text.toUpperCase(Locale.ROOT)),
                "polling or webhook",
                value -> true);
        Optional<Secret> secret = webhookSecret(updates);
        URI apiUrl = url("ADMITONE_TELEGRAM_API_URL", "https://api.telegram.org");
        if (updates == Updates.WEBHOOK) {
            requireReachable(publicUrl, apiUrl);
        }
        return new Telegram(
                apiUrl, token, updates, secret, number("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", 25, 0, 1000));
    }

    private Optional<Secret> webhookSecret(Updates updates) {
        Optional<String> secret = text("ADMITONE_TELEGRAM_WEBHOOK_SECRET");
        if (secret.isEmpty() && updates == Updates.WEBHOOK) {
            faults.add(
                    "ADMITONE_TELEGRAM_WEBHOOK_SECRET is missing: with ADMITONE_TELEGRAM_UPDATES=webhook it is what tells"
                            + " Telegram's updates from forged ones; make one up, for example with: openssl rand -hex 32");
        }
        if (secret.isPresent() && !WEBHOOK_SECRET.matcher(secret.get()).matches()) {
            faults.add(
                    "ADMITONE_TELEGRAM_WEBHOOK_SECRET must have 16 to 256 characters, each one of A-Z, a-z, 0-9, _ and -,"
                            + " as Telegram demands (fewer could be guessed)");
        }
        return secret.map(Secret::new);
    }

    /** Telegram's own rules for a webhook. This machine itself is left alone, for a Bot API that runs here. */
    private void requireReachable(URI publicUrl, URI apiUrl) {
        if (LOOPBACK.matcher(publicUrl.getHost()).matches()) {
            if (!LOOPBACK.matcher(apiUrl.getHost()).matches()) {
                faults.add(
                        "ADMITONE_PUBLIC_URL must be an address that Telegram can reach when ADMITONE_TELEGRAM_UPDATES is"
                                + " webhook; " + publicUrl.getHost() + " is this machine only (or set it to polling)");
            }
        } else if (!"https".equals(publicUrl.getScheme())) {
            faults.add(
                    "ADMITONE_PUBLIC_URL must begin with https:// when ADMITONE_TELEGRAM_UPDATES is webhook: Telegram sends"
                            + " updates over TLS only (or set it to polling)");
        } else if (!WEBHOOK_PORTS.contains(publicUrl.getPort())) {
            faults.add("ADMITONE_PUBLIC_URL has port " + publicUrl.getPort()
                    + ": Telegram sends updates to ports 443, 80, 88 and 8443 only");
        }
    }

    private List<String> origins() {
        List<String> origins = Arrays.stream(
                        text("ADMITONE_ALLOWED_ORIGINS").orElse("").split(","))
                .map(String::strip)
                .filter(origin -> !origin.isEmpty())
                .toList();
        for (String origin : origins) {
            if (!origin.matches("https?://[^/\\s*]+")) {
                faults.add("ADMITONE_ALLOWED_ORIGINS: " + origin
                        + " is not an origin; write scheme and host only, like https://shop.example");
            }
        }
        return origins;
    }

    private Secret required(String name, String what) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            faults.add(name + " is missing: " + what);
        } else if (!VISIBLE.matcher(value.get()).matches()) {
            faults.add(name + " holds characters that no key has: copy it again, on one line"); // an HTTP header
            // refuses it, and shows
            // it
        }
        return new Secret(value.orElse(""));
    }

    private URI url(String name, String otherwise) {
        String text = text(name).orElse(otherwise);
        try {
            URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // told below, like every other fault
        }
        faults.add(name + " must be an http or https URL");
        return URI.create(otherwise);
    }

    private int number(String name, int otherwise, int least, int most) {
        return parse(
                name,
                otherwise,
                Integer::valueOf,
                "a whole number from " + least + " to " + most,
                value -> value >= least && value <= most);
    }

    private Duration duration(String name, Duration otherwise, Duration least, Duration most) {
        return parse(
                name,
                otherwise,
                SettingsReader::duration,
                "a duration such as 15s, 10m or 24h, from " + words(least) + " to " + words(most),
                value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
    }

    private BigDecimal percent(String name, BigDecimal otherwise) {
        return parse(
                name,
                otherwise,
                BigDecimal::new,
                "a percentage from 0 to 50",
                value -> value.signum() >= 0 && value.compareTo(BigDecimal.valueOf(50)) <= 0);
    }

    /** Zero, or nothing said: none. */
    private Optional<BigDecimal> amount(String name) {
        BigDecimal value =
                parse(name, BigDecimal.ZERO, BigDecimal::new, "an amount of USD", amount -> amount.signum() >= 0);
        return value.signum() == 0 ? Optional.empty() : Optional.of(value);
    }

    private <T> T parse(String name, T otherwise, Function<String, T> reader, String form, Function<T, Boolean> fits) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            T value = reader.apply(text.get());
            if (fits.apply(value)) {
                return value;
            }
        } catch (RuntimeException e) {
            // told below, like every other fault
        }
        faults.add(name + " must be " + form + ", not \"" + text.get() + "\"");
        return otherwise;
    }

    private static Duration duration(String text) {
        var match = SHORT_DURATION.matcher(text);
        if (!match.matches()) {
            return Duration.parse(text);
        }
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static String words(Duration duration) {
        return duration.toSeconds() < 120
                ? duration.toSeconds() + "s"
                : duration.toMinutes() < 120 ? duration.toMinutes() + "m" : duration.toHours() + "h";
    }

    private Optional<String> text(String name) {
        @Nullable String value = environment.get(name);
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }
}
