package admitone.nowpayments;

import admitone.nowpayments.IpnSignature.Form;
import admitone.payments.NotificationVerifier;
import admitone.runtime.Settings;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Verifies IPNs with the secrets of the settings. */
@Component
class IpnVerifier implements NotificationVerifier {
    private final IpnSignature signature;

    IpnVerifier(Settings settings) {
        this.signature = new IpnSignature(settings.nowPayments().ipnSecrets().stream()
                .map(Settings.Secret::value)
                .toArray(String[]::new));
    }

    @Override
    public Verdict verify(byte[] body, @Nullable String header) {
        return switch (signature.verify(body, header)) {
            case IpnSignature.Verdict.Genuine(Json.Obj signed, Form form) ->
                new Verdict.Genuine(
                        form == Form.RAW ? body : SignedText.of(signed).getBytes(StandardCharsets.UTF_8));
            case IpnSignature.Verdict.Malformed(String reason) -> new Verdict.Malformed(reason);
            case IpnSignature.Verdict.Refused(String reason) -> new Verdict.Refused(reason);
        };
    }
}
