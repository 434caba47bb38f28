package admitone.payouts;

import admitone.runtime.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells a destination that we wrote from one that somebody wrote into the database: its key is not there. */
@Component
class Seal {
    private final SigningKey key;

    Seal(SigningKey key) {
        this.key = key;
    }

    /** Over whose it is, which version, where to and from when. */
    String of(Destination row) {
        return of(
                "destination",
                row.seller(),
                row.id(),
                row.version(),
                row.currency(),
                row.network(),
                row.address(),
                row.extraId(),
                row.requestedAt(),
                row.usableFrom(),
                row.withdrawnAt());
    }

    /** Each part with its length, so that none runs into the next. */
    String of(String purpose, @Nullable Object... parts) {
        String text = Arrays.<@Nullable Object>asList(parts).stream()
                .map(part -> part == null ? "-:" : part.toString().length() + ":" + part)
                .collect(Collectors.joining());
        return HexFormat.of().formatHex(key.mac(purpose, text.getBytes(StandardCharsets.UTF_8)));
    }

    Destination sealed(Destination draft) {
        return draft.sealedBy(of(draft));
    }

    boolean holds(Destination row) {
        return holds(of(row), row.mac());
    }

    boolean holds(String ours, String written) {
        return MessageDigest.isEqual(ours.getBytes(StandardCharsets.UTF_8), written.getBytes(StandardCharsets.UTF_8));
    }
}
