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
    private static final String PURPOSE = "destination";

    private final SigningKey key;

    Seal(SigningKey key) {
        this.key = key;
    }

    /** Over whose it is, which version, where to and from when; each part with its length, so that none runs into the next. */
    String of(Destination row) {
        String text = Arrays.<@Nullable Object>asList(
                        row.seller(),
                        row.id(),
                        row.version(),
                        row.currency(),
                        row.network(),
                        row.address(),
                        row.extraId(),
                        row.requestedAt(),
                        row.usableFrom(),
                        row.withdrawnAt())
                .stream()
                .map(part -> part == null ? "-:" : part.toString().length() + ":" + part)
                .collect(Collectors.joining());
        return HexFormat.of().formatHex(key.mac(PURPOSE, text.getBytes(StandardCharsets.UTF_8)));
    }

    Destination sealed(Destination draft) {
        return draft.sealedBy(of(draft));
    }

    boolean holds(Destination row) {
        return MessageDigest.isEqual(
                of(row).getBytes(StandardCharsets.UTF_8), row.mac().getBytes(StandardCharsets.UTF_8));
    }
}
