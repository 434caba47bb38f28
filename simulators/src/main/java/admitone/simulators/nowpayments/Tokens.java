package admitone.simulators.nowpayments;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The bearer tokens of {@code POST /auth}: HS256, good for five minutes. */
final class Tokens {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String ACCOUNT = "5710000001";
    private static final String PREFIX = "Bearer ";

    private final Clock clock;
    private final byte[] key = new byte[32];

    Tokens(Clock clock) {
        this.clock = clock;
        new SecureRandom().nextBytes(key);
    }

    String issue() {
        long now = clock.instant().getEpochSecond();
        ObjectNode payload = JsJson.object().put("id", ACCOUNT).put("iat", now).put("exp", now + LIFE.toSeconds());
        String signed = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64(JsJson.stringify(payload));
        return signed + "." + signature(signed);
    }

    void require(@Nullable String authorization) {
        if (authorization == null || authorization.isBlank()) {
            throw refused("Authorization header is empty (Bearer JWTtoken is required)");
        }
        String token = authorization.startsWith(PREFIX)
                ? authorization.substring(PREFIX.length()).trim()
                : "";
        int dot = token.lastIndexOf('.');
        if (dot < 0 || !same(signature(token.substring(0, dot)), token.substring(dot + 1))) {
            throw refused("Invalid token");
        }
        if (expiry(token.substring(0, dot)) <= clock.instant().getEpochSecond()) {
            throw refused("Token is expired");
        }
    }

    private static long expiry(String headerAndPayload) {
        try {
            String payload = headerAndPayload.substring(headerAndPayload.indexOf('.') + 1);
            JsonNode json = JsJson.MAPPER.readTree(Base64.getUrlDecoder().decode(payload));
            return json.path("exp").asLong(0);
        } catch (IllegalArgumentException | JacksonException e) {
            throw refused("Invalid token");
        }
    }

    private static ApiError refused(String message) {
        return new ApiError(401, "AUTH_REQUIRED", message);
    }

    private String signature(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Signature.mac("HmacSHA256", key, text));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
