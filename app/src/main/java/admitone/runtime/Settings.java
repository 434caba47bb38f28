package admitone.runtime;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything an operator can set, already checked. {@code toString} of a part that holds a secret never shows it. */
public record Settings(
        int port,
        int managementPort,
        URI publicUrl,
        Path dataDir,
        Optional<Datasource> datasource,
        Optional<Secret> apiToken,
        Optional<Secret> signingKey,
        NowPayments nowPayments,
        Telegram telegram,
        int statusLimitPerMinute,
        int addressLimitPerMinute,
        Duration orderTtl,
        Duration taskLease,
        List<String> allowedOrigins,
        Duration sweepFirst,
        Optional<BigDecimal> confirmAboveUsd,
        BigDecimal underpaidTolerancePercent,
        Sellers sellers,
        boolean stablecoinsOneToOne,
        Payouts payouts) {

    /** However long a task's lease is. */
    public static final Duration LONGEST_CALL = Duration.ofSeconds(10);

    /** When an answer must have begun: the call is then over in a third of the lease of the task that makes it. */
    public Duration callWithin() {
        Duration quarter = taskLease.dividedBy(4);
        return quarter.compareTo(LONGEST_CALL) < 0 ? quarter : LONGEST_CALL;
    }

    /** A value that must not be shown. */
    public record Secret(String value) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** A PostgreSQL that somebody else runs. */
    public record Datasource(String url, String username, Secret password) {
        /** Without the URL's parameters, which may hold a password too. */
        @Override
        public String toString() {
            return url.replaceFirst("\\?.*", "?…") + " as " + username;
        }
    }

    /**
     * {@code apiUrl} ends before the first path of an operation: {@code https://api.nowpayments.io/v1}. {@code settlesIn}: the coin that
     * the account is paid out in, {@code same} for each in itself; empty: as the account is set. {@code login}: by which payments are
     * listed; empty: they cannot be. {@code owner}: whose the account is, the platform: the operator's; empty: that of the only seller.
     */
    public record NowPayments(
            URI apiUrl,
            Secret apiKey,
            List<Secret> ipnSecrets,
            Optional<String> settlesIn,
            Optional<Login> login,
            Optional<SellerId> owner) {
        /** Whether what is settled as the account is set is this seller's at once; {@code isOnly}: there is no other seller. */
        public boolean isAccountOf(SellerId seller, boolean isOnly) {
            return owner.map(seller::equals).orElse(isOnly);
        }
    }

    /** Of the account with the provider; neither part is shown. */
    public record Login(Secret email, Secret password) {}

    /** {@code messagesPerSecond} 0: no limit of ours. The secret is there whenever {@code updates} come by webhook. */
    public record Telegram(
            URI apiUrl, Secret botToken, Updates updates, Optional<Secret> webhookSecret, int messagesPerSecond) {
        /** The bot's own id, which its token begins with. */
        public long botId() {
            return Long.parseLong(botToken.value().substring(0, botToken.value().indexOf(':')));
        }
    }

    /** {@code totp}: the account's second factor, without which nothing is sent. {@code coolingOff}: how long a changed destination waits. */
    public record Payouts(Optional<Secret> totp, Approval approval, Duration coolingOff) {}

    /** Whether a person looks at each payout before it is sent. */
    public enum Approval {
        MANUAL,
        AUTO
    }

    /** How the bot hears of what happens: it asks Telegram, or Telegram calls it. */
    public enum Updates {
        POLLING,
        WEBHOOK
    }

    /** Who may put a chat on sale by making the bot its administrator. */
    public enum Sellers {
        /** Who is a seller already. */
        KNOWN,
        ANYONE
    }

    /** Settings that cannot be used; the message lists every fault at once. */
    public static final class Invalid extends RuntimeException {
        private final List<String> faults;

        public Invalid(List<String> faults) {
            super("these settings need your attention:\n  - " + String.join("\n  - ", faults));
            this.faults = List.copyOf(faults);
        }

        public List<String> faults() {
            return faults;
        }
    }
}
