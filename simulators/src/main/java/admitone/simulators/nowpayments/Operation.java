package admitone.simulators.nowpayments;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The provider's operations, as faults and the log name them. */
public enum Operation {
    STATUS("GET", "status"),
    CURRENCIES("GET", "currencies"),
    FULL_CURRENCIES("GET", "full-currencies"),
    MERCHANT_COINS("GET", "merchant/coins"),
    MIN_AMOUNT("GET", "min-amount"),
    ESTIMATE("GET", "estimate"),
    AUTH("POST", "auth"),
    CREATE_PAYMENT("POST", "payment"),
    LIST_PAYMENTS("GET", "payment"),
    GET_PAYMENT("GET", "payment/*"),
    UPDATE_ESTIMATE("POST", "payment/*/update-merchant-estimate"),
    CREATE_INVOICE("POST", "invoice"),
    CREATE_INVOICE_PAYMENT("POST", "invoice-payment"),
    BALANCE("GET", "balance"),
    VALIDATE_ADDRESS("POST", "payout/validate-address"),
    CREATE_PAYOUT("POST", "payout"),
    LIST_PAYOUTS("GET", "payout"),
    PAYOUT_FEE("GET", "payout/fee"),
    PAYOUT_MIN_AMOUNT("GET", "payout-withdrawal/min-amount/*"),
    VERIFY_PAYOUT("POST", "payout/*/verify"),
    CANCEL_PAYOUT("POST", "payout/*/cancel"),
    GET_PAYOUT("GET", "payout/*"),
    UNKNOWN("", "?");

    private final String method;
    private final String path;

    Operation(String method, String path) {
        this.method = method;
        this.path = path;
    }

    /** By the path's parts after {@code /v1}; the exact paths above come before the ones with an id. */
    static Operation of(String method, List<String> path) {
        return Arrays.stream(values())
                .filter(operation -> operation.method.equals(method) && operation.matches(path))
                .findFirst()
                .orElse(UNKNOWN);
    }

    static Optional<Operation> named(String word) {
        return Arrays.stream(values())
                .filter(operation -> operation.word().equals(word))
                .findFirst();
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private boolean matches(List<String> called) {
        List<String> parts = List.of(path.split("/", -1));
        if (called.size() != parts.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.get(i).equals("*") && !parts.get(i).equals(called.get(i))) {
                return false;
            }
        }
        return true;
    }
}
