package admitone.api;

import admitone.database.Columns;
import admitone.runtime.Handle;
import admitone.runtime.Ids;
import admitone.runtime.KeptSecret;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Who may call. Of a seller's token only the digest is kept; the operator's is set, or made at first start and kept in a file. */
@Component
class Tokens {
    static final String HANDLE = "at";

    private static final Pattern SELLER_TOKEN = Pattern.compile("at_([0-9a-hjkmnp-tv-z]{12})_[0-9a-hjkmnp-tv-z]{40}");
    /** Each valid one is compared with every time, so their number is limited. */
    private static final int MOST_PER_SELLER = 20;

    private final JdbcClient jdbc;
    private final Ids ids;
    private final Clock clock;
    private final byte[] operator;

    Tokens(JdbcClient jdbc, Ids ids, Clock clock, Settings settings) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
        this.operator = digest(settings.apiToken()
                .map(Settings.Secret::value)
                .orElseGet(() -> KeptSecret.read(
                        settings.dataDir(), "api-token", "the operator's API token", () -> ids.random(48))));
    }

    /** A token just made; its text is told once. */
    record Made(UUID id, String text) {}

    Optional<Caller> callerOf(String token) {
        byte[] given = digest(token);
        if (MessageDigest.isEqual(given, operator)) {
            return Optional.of(Caller.OPERATOR);
        }
        var form = SELLER_TOKEN.matcher(token);
        if (!form.matches()) {
            return Optional.empty();
        }
        SellerId seller = new SellerId(form.group(1));
        boolean known = false;
        for (byte[] one : valid(seller)) {
            known |= MessageDigest.isEqual(given, one);
        }
        return known ? Optional.of(Caller.of(seller)) : Optional.empty();
    }

    private List<byte[]> valid(SellerId seller) {
        return jdbc.sql("select digest from api.token where seller_id = ? and revoked_at is null")
                .param(seller.value())
                .query((row, n) -> row.getBytes("digest"))
                .list();
    }

    /** Within the current transaction. */
    Made make(SellerId seller) {
        if (valid(seller).size() >= MOST_PER_SELLER) {
            throw Problem.conflict(
                    "too_many_tokens", "A seller has at most " + MOST_PER_SELLER + " tokens. Revoke one first.");
        }
        Made made = new Made(ids.next(), "at_" + seller + "_" + ids.random(40));
        jdbc.sql("insert into api.token (seller_id, token_id, digest, created_at) values (?, ?, ?, ?)")
                .params(seller.value(), made.id(), digest(made.text()), Columns.at(clock.instant()))
                .update();
        return made;
    }

    /** Within the current transaction; false when there is no such token. Revoking again changes nothing. */
    boolean revoke(SellerId seller, UUID id) {
        return jdbc.sql("""
                        update api.token set revoked_at = coalesce(revoked_at, ?) where seller_id = ? and token_id = ?
                        """)
                        .params(Columns.at(clock.instant()), seller.value(), id)
                        .update()
                == 1;
    }

    static String handle(SellerId seller, UUID id) {
        return new Handle(HANDLE, seller, id).toString();
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
