package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The account's settings and the simulator's switches. The control API names them in snake case. A settings object that is in
 * use is never changed: a change makes a copy.
 */
public final class Settings {
    /** How an array enters the signed text; the documents' sample and the vendor's library disagree. */
    public enum Arrays {
        KEPT,
        OBJECT
    }

    /** What happens when another coin than the asked one arrives. */
    public enum WrongAsset {
        /** Nothing, until a person pushes it. */
        MANUAL,
        /** A child payment in the coin that was sent. */
        CHILD,
        /** The payment itself becomes {@code wrong_asset_confirmed}. */
        STATUS
    }

    /** Which of its two known forms {@code GET /merchant/coins} takes. */
    public enum CoinsShape {
        /** {@code selectedCurrencies}, upper case: seen live. */
        LIVE,
        /** {@code currencies}, lower case: in the documents. */
        DOCUMENTED
    }

    /** Which of its two known forms {@code GET /payout/:id} takes. */
    public enum PayoutShape {
        ARRAY,
        OBJECT
    }

    public String apiKey = "sim-api-key";
    public boolean anyKey;
    public String email = "sim@example.com";
    public String password = "sim-password";
    public String totpSecret = "JBSWY3DPEHPK3PXP";
    public boolean rateLimits;
    public boolean sandbox;
    public int caseStepMs = 1000;

    public @Nullable String ipnSecret;
    public @Nullable String ipnCallbackUrl;
    public int ipnRetries = 3;
    public long ipnRetryIntervalMs = 60_000;
    public int ipnTimeoutMs = 3000;

    public boolean ipnUnsorted;
    public Arrays ipnArrays = Arrays.KEPT;
    public boolean ipnOmitUpdatedAt;
    public boolean ipnIdsAsStrings;
    public boolean ipnWrongSignature;
    public int ipnDuplicates = 1;
    public boolean ipnConcurrent;
    public long ipnDelayMs;
    public int ipnReorder;
    public int ipnDrop;
    public List<String> ipnDropStatuses = new ArrayList<>();
    public boolean ipnAfterExpired;

    public String outcomeCurrency = "eth";
    public BigDecimal feePercent = BigDecimal.ONE;
    public BigDecimal coveringPercent = BigDecimal.ZERO;
    public BigDecimal minAmountUsd = new BigDecimal("0.5");
    public Map<String, BigDecimal> minAmounts = new TreeMap<>();
    public List<String> disabledCurrencies = new ArrayList<>();
    public int floatingRateDays = 7;
    public int fixedRateMinutes = 20;
    public int estimateMinutes = 20;

    public boolean lateDepositChangesStatus = true;
    public boolean childKeepsOrderId;
    public boolean childReadable = true;
    public String redepositStatus = "finished";
    public WrongAsset wrongAsset = WrongAsset.MANUAL;

    public CoinsShape merchantCoins = CoinsShape.LIVE;
    public PayoutShape payoutShape = PayoutShape.ARRAY;
    /** {@code GET /payout/:id} knows the ids of withdrawals alone. */
    public boolean payoutByWithdrawal;

    public boolean payoutIpBlocked;
    public boolean payoutRootDescription = true;
    public boolean payoutExternalIdUnique;
    /** When there are any, nothing is sent to other addresses. */
    public List<String> payoutWhitelist = new ArrayList<>();

    /** Rows as some of the documents' have them. */
    public boolean payoutCamelCase;

    public boolean payoutAuto = true;
    public int payoutStepMs = 1000;

    Settings changed(Consumer<Settings> change) {
        Settings copy = JsJson.MAPPER.convertValue(this, Settings.class);
        change.accept(copy);
        copy.check();
        return copy;
    }

    Settings changed(JsonNode changes) {
        return changed(copy -> JsJson.MAPPER.readerForUpdating(copy).readValue(changes));
    }

    /** For the control API: secrets are told to be set, not shown. */
    ObjectNode shown() {
        ObjectNode shown = JsJson.MAPPER.valueToTree(this);
        for (String secret : List.of("api_key", "password", "totp_secret", "ipn_secret")) {
            if (!shown.path(secret).isNull()) {
                shown.put(secret, "(set)");
            }
        }
        return shown;
    }

    private void check() {
        require(!apiKey.isBlank(), "api_key is empty");
        require(ipnRetries >= 0 && ipnRetries <= 100, "ipn_retries is from 0 to 100");
        require(ipnRetryIntervalMs >= 0, "ipn_retry_interval_ms is negative");
        require(ipnTimeoutMs > 0, "ipn_timeout_ms is not positive");
        require(ipnDuplicates >= 1 && ipnDuplicates <= 1000, "ipn_duplicates is from 1 to 1000");
        require(ipnDelayMs >= 0, "ipn_delay_ms is negative");
        require(ipnReorder >= 0, "ipn_reorder is negative");
        require(ipnDrop >= -1, "ipn_drop is -1 (all) or a count");
        require(caseStepMs >= 0 && payoutStepMs >= 0, "case_step_ms or payout_step_ms is negative");
        require(floatingRateDays > 0 && fixedRateMinutes > 0 && estimateMinutes > 0, "a lifetime is not positive");
        require(
                feePercent.signum() >= 0 && feePercent.compareTo(BigDecimal.valueOf(100)) < 0,
                "fee_percent is from 0 to 99");
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
