package admitone.ledger;

import admitone.money.Rate;
import admitone.runtime.SellerId;
import admitone.runtime.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One link of a seller's chain.
 *
 * @param untilEntry the greatest entry id sealed so far
 * @param openFrom no line that is not sealed has a lesser entry id
 */
record Seal(long seq, int lines, UUID untilEntry, UUID openFrom, String keyId, byte[] hash) {
    private static final String LINE = "ledger line";
    private static final String CHAIN = "ledger seal";

    /** What a chain begins with. */
    private static final byte[] NOTHING = new byte[32];

    static Seal over(
            @Nullable Seal before,
            List<byte[]> digests,
            UUID untilEntry,
            UUID openFrom,
            SigningKey key,
            SellerId seller) {
        long seq = before == null ? 1 : before.seq + 1;
        return new Seal(
                seq,
                digests.size(),
                untilEntry,
                openFrom,
                key.id(),
                hash(seller, before, seq, digests, untilEntry, openFrom, key));
    }

    /** Whether it follows from the one before and the digests of its lines. */
    boolean holds(SellerId seller, @Nullable Seal before, List<byte[]> digests, SigningKey key) {
        return java.security.MessageDigest.isEqual(hash, hash(seller, before, seq, digests, untilEntry, openFrom, key));
    }

    private static byte[] hash(
            SellerId seller,
            @Nullable Seal before,
            long seq,
            List<byte[]> digests,
            UUID untilEntry,
            UUID openFrom,
            SigningKey key) {
        return key.mac(CHAIN, written(out -> {
            out.write(before == null ? NOTHING : before.hash);
            text(out, seller.value());
            out.writeLong(seq);
            text(out, untilEntry.toString());
            text(out, openFrom.toString());
            for (byte[] digest : digests) {
                out.write(digest);
            }
        }));
    }

    /** Of everything that a line says. */
    static byte[] digest(SellerId seller, Ledger.Stated stated, SigningKey key) {
        Ledger.Posted line = stated.line();
        @Nullable Rate rate = line.rate();
        return key.mac(LINE, written(out -> {
            text(out, seller.value());
            text(out, line.entryId().toString());
            text(out, line.kind());
            text(out, stated.reference());
            text(out, line.debit().word());
            text(out, line.credit().word());
            text(out, line.amount().units().toString());
            text(out, line.amount().asset().code());
            text(out, line.at().toString());
            text(out, line.holder());
            out.writeBoolean(rate != null);
            if (rate != null) {
                text(out, rate.from().code());
                text(out, rate.usd().toPlainString());
                text(out, rate.at().toString());
                text(out, rate.source());
            }
        }));
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] written(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** With its length, so that no two rows write the same. */
    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text == null ? -1 : bytes.length);
        out.write(bytes);
    }
}
