package admitone.nowpayments;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** The bodies and signatures in {@code nowpayments-ipn-vectors.json}, and what tests need to sign bodies of their own. */
final class IpnVectors {
    static final String SECRET = "sim-ipn-secret-0001";

    record Vector(
            String name,
            String secret,
            String body,
            String signature,
            boolean valid,
            String mode,
            String objectsSignature) {
        byte[] bytes() {
            return body.getBytes(UTF_8);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Vector> ALL = load();

    private IpnVectors() {}

    static List<Vector> all() {
        return ALL;
    }

    static List<Vector> valid() {
        return ALL.stream().filter(Vector::valid).toList();
    }

    static List<Vector> invalid() {
        return ALL.stream().filter(vector -> !vector.valid()).toList();
    }

    static Vector named(String name) {
        return ALL.stream()
                .filter(vector -> vector.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static String sign(String text) {
        return sign(text.getBytes(UTF_8));
    }

    static String sign(byte[] body) {
        return mac("HmacSHA512", SECRET.getBytes(UTF_8), body);
    }

    static String mac(String algorithm, byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return HexFormat.of().formatHex(mac.doFinal(message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static Json.Obj parse(byte[] body) {
        return switch (JsonText.read(body)) {
            case JsonText.Reading.Whole(var object) -> object;
            case JsonText.Reading.Fault fault -> throw new AssertionError(fault);
            case JsonText.Reading.OverLimit overLimit -> throw new AssertionError(overLimit);
        };
    }

    static Json.Obj parse(String body) {
        return parse(body.getBytes(UTF_8));
    }

    private static List<Vector> load() {
        try (InputStream file =
                Objects.requireNonNull(IpnVectors.class.getResourceAsStream("/nowpayments-ipn-vectors.json"))) {
            return JsonMapper.shared()
                    .readTree(file)
                    .valueStream()
                    .map(v -> new Vector(
                            v.required("name").stringValue(),
                            v.required("secret").stringValue(),
                            v.required("body").stringValue(),
                            v.required("signature").stringValue(),
                            v.required("valid").booleanValue(),
                            v.path("mode").asString(""),
                            v.path("signature_if_array_to_object").asString("")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
