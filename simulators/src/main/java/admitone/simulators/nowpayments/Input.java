package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A request's body, read as the provider reads it: a number may come as text, and a name it does not know is passed over. */
record Input(ObjectNode json) {
    private static final int MAX_AMOUNT_LENGTH = 64;

    static Input of(byte[] body) {
        if (body.length == 0) {
            return new Input(JsJson.object());
        }
        try {
            if (JsJson.MAPPER.readTree(body) instanceof ObjectNode object) {
                return new Input(object);
            }
        } catch (JacksonException e) {
            // the same refusal as for any other body that is no object
        }
        throw ApiError.invalid("request body must be a JSON object");
    }

    @Nullable
    String text(String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (value.isContainer()) {
            throw ApiError.invalid(name + " must be a string");
        }
        return value.asString();
    }

    String requiredText(String name) {
        String text = text(name);
        if (text == null || text.isBlank()) {
            throw ApiError.invalid(name + " is required");
        }
        return text;
    }

    @Nullable
    BigDecimal amount(String name) {
        String text = text(name);
        return text == null ? null : parse(name, text);
    }

    BigDecimal requiredAmount(String name) {
        return parse(name, requiredText(name));
    }

    boolean flag(String name) {
        return Optional.ofNullable(text(name)).map("true"::equals).orElse(false);
    }

    static BigDecimal parse(String name, String text) {
        BigDecimal amount;
        try {
            amount = text.length() > MAX_AMOUNT_LENGTH ? null : new BigDecimal(text.trim());
        } catch (NumberFormatException e) {
            amount = null;
        }
        if (amount == null || Math.abs((long) amount.scale()) > MAX_AMOUNT_LENGTH) {
            throw ApiError.invalid(name + " must be a number");
        }
        if (amount.signum() <= 0) {
            throw ApiError.invalid(name + " must be greater than 0");
        }
        return amount;
    }
}
