package admitone.api;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes an effect once per {@code Idempotency-Key}, for ever. The key is bound to its request in a route of its own; the answer
 * is written in the transaction of the effect, so that there is never one without the other. A request that was refused made no
 * effect and leaves no answer: repeated, it is judged anew.
 */
@Component
class Idempotency {
    static final String HEADER = "Idempotency-Key";

    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,198}[\\x21-\\x7e])?");

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final JsonMapper json;
    private final Clock clock;

    Idempotency(JdbcClient jdbc, Transactions transactions, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.json = json;
        this.clock = clock;
    }

    /** What an effect is answered with, and what is kept of that where it must not all be kept. */
    record Answer(HttpStatus status, Object body, HttpStatus keptStatus, Object keptBody) {
        Answer(HttpStatus status, Object body) {
            this(status, body, status, body);
        }

        static Answer created(Object body) {
            return new Answer(HttpStatus.CREATED, body);
        }

        static Answer ok(Object body) {
            return new Answer(HttpStatus.OK, body);
        }

        static Answer accepted(Object body) {
            return new Answer(HttpStatus.ACCEPTED, body);
        }
    }

    private record Stored(int status, String body) {
        ResponseEntity<byte[]> entity() {
            MediaType type = status < 400 ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON;
            return ResponseEntity.status(status).contentType(type).body(body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Key(String scope, String text, byte[] request) {}

    private record Route(byte[] request, SellerId seller) {}

    /** An effect for one seller. */
    ResponseEntity<byte[]> once(
            Caller caller, HttpServletRequest request, SellerId seller, Function<SellerId, Answer> effect) {
        return once(caller, request, seller, _ -> {}, effect);
    }

    /**
     * @param seller for whom; the effect gets the one that the first request with this key named
     * @param before what must be claimed in a transaction of its own; may run again
     * @param effect within one transaction of the seller
     */
    ResponseEntity<byte[]> once(
            Caller caller,
            HttpServletRequest request,
            SellerId seller,
            Consumer<SellerId> before,
            Function<SellerId, Answer> effect) {
        Optional<Key> given = key(caller, request);
        if (given.isEmpty()) {
            before.accept(seller);
            return answered(transactions.run(seller, () -> effect.apply(seller)));
        }
        Key key = given.get();
        SellerId owner = claim(key, seller);
        Optional<Stored> earlier = stored(owner, key);
        if (earlier.isPresent()) {
            return earlier.get().entity();
        }
        try {
            before.accept(owner);
            return transactions.run(owner, () -> firstOrStored(owner, key, effect));
        } catch (Problem | Transactions.UnknownCommit e) {
            // refused because the same request, sent at the same time, had its effect: then its answer is ours
            return stored(owner, key).orElseThrow(() -> e).entity();
        }
    }

    /** For an effect that is made once by its own nature, and in no one transaction: its first answer is kept. */
    ResponseEntity<byte[]> keep(
            Caller caller, HttpServletRequest request, SellerId seller, Supplier<Answer> repeatable) {
        Optional<Key> given = key(caller, request);
        if (given.isEmpty()) {
            return answered(repeatable.get());
        }
        Key key = given.get();
        SellerId owner = claim(key, seller);
        return stored(owner, key).map(Stored::entity).orElseGet(() -> {
            Answer answer = repeatable.get();
            return transactions.run(owner, () -> firstOrStored(owner, key, _ -> answer));
        });
    }

    /** Of two requests at once, the second waits in its insert for the first, then finds the answer. */
    private ResponseEntity<byte[]> firstOrStored(SellerId seller, Key key, Function<SellerId, Answer> effect) {
        boolean first = jdbc.sql("""
                        insert into api.idempotency (seller_id, scope, key, at) values (?, ?, ?, ?)
                        on conflict (seller_id, scope, key) do nothing
                        """)
                        .params(seller.value(), key.scope(), key.text(), Columns.at(clock.instant()))
                        .update()
                == 1;
        if (!first) {
            return stored(seller, key).orElseThrow().entity();
        }
        Answer answer = effect.apply(seller);
        jdbc.sql("update api.idempotency set status = ?, body = ? where seller_id = ? and scope = ? and key = ?")
                .params(
                        answer.keptStatus().value(),
                        json.writeValueAsString(answer.keptBody()),
                        seller.value(),
                        key.scope(),
                        key.text())
                .update();
        return answered(answer);
    }

    private ResponseEntity<byte[]> answered(Answer answer) {
        return new Stored(answer.status().value(), json.writeValueAsString(answer.body())).entity();
    }

    private Optional<Stored> stored(SellerId seller, Key key) {
        return jdbc.sql(
                        "select status, body from api.idempotency where seller_id = ? and scope = ? and key = ? and status is not null")
                .params(seller.value(), key.scope(), key.text())
                .query((row, n) -> new Stored(row.getInt("status"), row.getString("body")))
                .optional();
    }

    /** Binds the key to this request and its seller; answers the seller of the first. */
    private SellerId claim(Key key, SellerId seller) {
        Route route = route(key).orElseGet(() -> {
            transactions.run(seller, () -> {
                jdbc.sql("""
                        insert into api.idempotency_route (scope, key, request, seller_id) values (?, ?, ?, ?)
                        on conflict (scope, key) do nothing
                        """)
                        .params(key.scope(), key.text(), key.request(), seller.value())
                        .update();
            });
            return route(key).orElseThrow();
        });
        if (!MessageDigest.isEqual(route.request(), key.request())) {
            throw Problem.unprocessable(
                    "idempotency_key_reused",
                    "This Idempotency-Key was used for another request. Take a new key for each request, and the same"
                            + " one only to repeat it.");
        }
        return route.seller();
    }

    private Optional<Route> route(Key key) {
        return jdbc.sql("select request, seller_id from api.idempotency_route where scope = ? and key = ?")
                .params(key.scope(), key.text())
                .query((row, n) -> new Route(row.getBytes("request"), new SellerId(row.getString("seller_id"))))
                .optional();
    }

    private static Optional<Key> key(Caller caller, HttpServletRequest request) {
        List<String> given = Collections.list(request.getHeaders(HEADER));
        if (given.isEmpty()) {
            return Optional.empty();
        }
        String text = given.getFirst().strip();
        if (given.size() > 1 || !FORM.matcher(text).matches()) {
            throw new Problem(
                    HttpStatus.BAD_REQUEST,
                    "idempotency_key_malformed",
                    "Send one Idempotency-Key of 1 to 200 printable ASCII characters, such as a UUID.");
        }
        String scope = caller.seller().orElse(SellerId.PLATFORM).value();
        return Optional.of(new Key(scope, text, digest(request)));
    }

    private static byte[] digest(HttpServletRequest request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(
                    (request.getMethod() + "\n" + request.getRequestURI() + "\n").getBytes(StandardCharsets.UTF_8));
            if (request.getAttribute(ApiFilter.BODY) instanceof byte[] body) {
                digest.update(body);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
