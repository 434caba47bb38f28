package admitone.nowpayments;

import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Login;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The token that the account's login is exchanged for: good for five minutes, one per instance, asked for when it is needed. */
@Component
class AccountToken {
    private static final Logger log = LoggerFactory.getLogger(AccountToken.class);
    /** Well within the five minutes; one that is refused before is exchanged all the same. */
    private static final Duration GOOD_FOR = Duration.ofMinutes(4);

    /** A wrong password is not tried so often that the account is locked. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(5);

    private final OutsideHttp http;
    private final JsonMapper json;
    private final Clock clock;
    private final Optional<Login> login;
    private final URI url;
    private final Duration within;
    private final ReentrantLock one = new ReentrantLock();
    private @Nullable String token;
    private Instant goodUntil = Instant.EPOCH;
    private Instant refusedUntil = Instant.EPOCH;
    private volatile boolean refused;

    AccountToken(OutsideHttp http, JsonMapper json, Clock clock, Settings settings) {
        this.http = http;
        this.json = json;
        this.clock = clock;
        this.login = settings.nowPayments().login();
        this.url = URI.create(settings.nowPayments().apiUrl() + "/auth");
        this.within = settings.callWithin();
    }

    boolean canBeHad() {
        return login.isPresent();
    }

    /** A call with the token beside {@code key}; one that is refused is exchanged for another, once. Without a token nothing was called. */
    <T> Answer<T> with(
            Map<String, String> key, Function<Map<String, String>, Reply> call, Function<Reply, Answer<T>> read) {
        return with(key, call, read, true);
    }

    private <T> Answer<T> with(
            Map<String, String> key,
            Function<Map<String, String>, Reply> call,
            Function<Reply, Answer<T>> read,
            boolean again) {
        return switch (get()) {
            case Answer.Done<String>(String bearer) -> {
                Map<String, String> headers = new HashMap<>(key);
                headers.put("Authorization", "Bearer " + bearer);
                Reply reply = call.apply(headers);
                if (again && reply instanceof Reply.Received received && received.status() == 401) {
                    forget(bearer);
                    yield with(key, call, read, false);
                }
                yield read.apply(reply);
            }
            case Answer.Declined<String>(String code, String reason) -> new Answer.Declined<>(code, reason);
            case Answer.NotNow<String>(Duration after, String reason) -> new Answer.NotNow<>(after, reason);
            case Answer.Unknown<String>(String reason) ->
                new Answer.NotNow<>(NowPaymentsClient.WHEN_DOWN, "no token: " + reason);
        };
    }

    /** Whether it was when it was last tried. */
    boolean isRefused() {
        return refused;
    }

    /** Of several callers at once, one asks and all get its answer. */
    Answer<String> get() {
        one.lock();
        try {
            Instant now = clock.instant();
            if (token != null && now.isBefore(goodUntil)) {
                return new Answer.Done<>(token);
            }
            return now.isBefore(refusedUntil)
                    ? new Answer.NotNow<>(Duration.between(now, refusedUntil), "the account's login was refused")
                    : ask();
        } finally {
            one.unlock();
        }
    }

    /** The provider did not take it: the next one to come gets another. */
    private void forget(String refused) {
        one.lock();
        try {
            if (refused.equals(token)) {
                token = null;
            }
        } finally {
            one.unlock();
        }
    }

    private Answer<String> ask() {
        if (login.isEmpty()) {
            return new Answer.Declined<>("no_login", "ADMITONE_NOWPAYMENTS_EMAIL and _PASSWORD are not set");
        }
        byte[] body = json.writeValueAsBytes(Map.of(
                "email", login.get().email().value(),
                "password", login.get().password().value()));
        Answer<String> answer = NowPaymentsClient.answer(
                http.call(url, Map.of(), body, within),
                (object, bytes) -> PaymentReader.text(object, "token")
                        .filter(text -> text.matches("[!-~]{1,4096}"))
                        .<Answer<String>>map(Answer.Done::new)
                        .orElseGet(() -> new Answer.Unknown<>("an answer without a token")));
        return switch (answer) {
            case Answer.Done<String>(String fresh) -> {
                token = fresh;
                refused = false;
                goodUntil = clock.instant().plus(GOOD_FOR);
                yield answer;
            }
            case Answer.Declined<String>(String code, String reason) -> {
                refused = true;
                refusedUntil = clock.instant().plus(AFTER_REFUSAL);
                log.error(
                        "NOWPayments refuses the login of ADMITONE_NOWPAYMENTS_EMAIL and _PASSWORD ({}); buyers of"
                                + " hosted sellers are offered the own page, payments by invoices that were made are known"
                                + " by notifications only, tried again in {} minutes",
                        reason,
                        AFTER_REFUSAL.toMinutes());
                yield new Answer.NotNow<>(AFTER_REFUSAL, "the account's login was refused");
            }
            case Answer.NotNow<String> _, Answer.Unknown<String> _ -> answer;
        };
    }
}
