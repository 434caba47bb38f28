package admitone.fulfillment.web;

import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What was verified and understood not long ago. The very bytes with the very signature, sent again, are not verified and read again: it would come to the same. */
@Component
class RecentReadings {
    private static final int MOST_BYTES = 8 * 1024 * 1024;
    /** Of what is kept with a body, about. */
    private static final int BYTES_BESIDE = 1024;

    private final Cache<ByteBuffer, Known> known = Caffeine.newBuilder()
            .maximumWeight(MOST_BYTES)
            .weigher((ByteBuffer body, Known _) -> 2 * body.remaining() + BYTES_BESIDE)
            .build();

    private record Known(byte[] signature, Heard heard) {}

    /** What a genuine body said, heard once more. */
    Optional<Heard> find(byte[] body, @Nullable String signature, Trigger trigger) {
        Known before = known.getIfPresent(ByteBuffer.wrap(body));
        return before != null && signature != null && MessageDigest.isEqual(before.signature(), bytes(signature))
                ? Optional.of(before.heard().againBy(trigger))
                : Optional.empty();
    }

    /** Only what was found to be genuine, with the signature that proved it. */
    void remember(byte[] body, String signature, Heard heard) {
        known.put(ByteBuffer.wrap(body), new Known(bytes(signature), heard));
    }

    private static byte[] bytes(String signature) {
        return signature.getBytes(StandardCharsets.UTF_8);
    }
}
