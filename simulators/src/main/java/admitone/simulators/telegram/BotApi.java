package admitone.simulators.telegram;

import admitone.simulators.http.Exchange;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP face of the Bot API: {@code /bot<token>/<method>}. Faults strike here, before or after a call's effect. */
final class BotApi {
    private record Outcome(
            int status, ObjectNode body, @Nullable Integer retryAfter) {
        @Nullable
        String description() {
            return body.has("description") ? body.path("description").asString() : null;
        }
    }

    private final World world;
    private final Methods methods;
    private final Faults faults;
    private final CallLog log;

    BotApi(World world, Methods methods, Faults faults, CallLog log) {
        this.world = world;
        this.methods = methods;
        this.faults = faults;
        this.log = log;
    }

    void handle(Exchange exchange) throws IOException, InterruptedException {
        List<String> segments = exchange.segments();
        String token = segments.getFirst().substring("bot".length());
        Bot bot;
        try {
            bot = authorized(token);
            if (segments.size() != 2) {
                throw ApiError.of(404, segments.size() < 2 ? "Not Found" : "Not Found: method not found");
            }
        } catch (ApiError e) {
            send(exchange, refusal(e));
            return;
        }
        answer(exchange, bot, segments.get(1));
    }

    private Bot authorized(String token) {
        int colon = token.indexOf(':');
        if (token.startsWith("0") || token.length() > 80 || colon < 0) {
            throw ApiError.of(401, "Unauthorized: invalid token specified");
        }
        if (!token.substring(0, colon).matches("\\d{1,18}")) {
            throw ApiError.of(421, "Misdirected Request: unallowed token specified");
        }
        world.lock.lock();
        try {
            Bot bot = world.byToken(token);
            if (bot == null) {
                throw ApiError.of(401, "Unauthorized");
            }
            return bot;
        } finally {
            world.lock.unlock();
        }
    }

    private void answer(Exchange exchange, Bot bot, String path) throws IOException, InterruptedException {
        String method = Methods.names().stream()
                .filter(name -> name.equalsIgnoreCase(path))
                .findFirst()
                .orElse(path);
        Params params;
        try {
            params = Params.of(exchange);
        } catch (ApiError e) {
            send(exchange, refusal(e));
            return;
        }
        Control.Fault fault = faults.take(bot, method, params);
        FaultKind kind = fault == null ? null : fault.kind();
        long delay = fault == null || fault.delayMs() == null ? 0 : fault.delayMs();
        if (kind != FaultKind.SLOW && delay > 0) {
            Thread.sleep(delay);
        }
        Outcome outcome = fault != null && strikesFirst(fault.kind()) ? struck(fault) : perform(bot, method, params);
        if (kind == FaultKind.STATUS_500_AFTER) {
            outcome = refusal(ApiError.of(500, "Internal Server Error"));
        }
        boolean dropped = kind == FaultKind.DROP_BEFORE_EFFECT || kind == FaultKind.DROP_AFTER_EFFECT;
        // logged before it is answered, so that whoever has the answer finds the call in the log
        log.add(world.clock, bot, method, params, dropped ? null : outcome.status(), outcome.description(), kind);
        if (kind == FaultKind.SLOW && delay > 0) {
            Thread.sleep(delay);
        }
        if (dropped) {
            exchange.drop();
        } else if (kind == FaultKind.BAD_GATEWAY) {
            exchange.html(502, "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>");
        } else {
            send(exchange, outcome);
        }
    }

    private static boolean strikesFirst(FaultKind kind) {
        return switch (kind) {
            case DROP_BEFORE_EFFECT, STATUS_500_BEFORE, BAD_GATEWAY, FLOOD, ERROR -> true;
            case DROP_AFTER_EFFECT, STATUS_500_AFTER, SLOW, SLOW_BEFORE_EFFECT -> false;
        };
    }

    private static Outcome struck(Control.Fault fault) {
        return refusal(
                switch (fault.kind()) {
                    case FLOOD -> ApiError.flood(fault.retryAfter() == null ? 1 : fault.retryAfter());
                    case BAD_GATEWAY -> ApiError.of(502, "Bad Gateway");
                    case ERROR ->
                        ApiError.of(
                                fault.errorCode() == null ? 400 : fault.errorCode(),
                                fault.description() == null ? "Bad Request" : fault.description());
                    default -> ApiError.of(500, "Internal Server Error");
                });
    }

    private Outcome perform(Bot bot, String method, Params params) throws InterruptedException {
        world.lock.lock();
        try {
            Methods.Result result = methods.call(bot, method, params);
            ObjectNode body = Json.object().put("ok", true);
            body.set("result", result.value());
            if (result.description() != null) {
                body.put("description", result.description());
            }
            return new Outcome(200, body, null);
        } catch (ApiError e) {
            return refusal(e);
        } finally {
            world.lock.unlock();
        }
    }

    private static Outcome refusal(ApiError error) {
        ObjectNode body =
                Json.object().put("ok", false).put("error_code", error.code).put("description", error.description);
        if (error.retryAfter != null) {
            body.putObject("parameters").put("retry_after", error.retryAfter);
        }
        if (error.migrateToChatId != null) {
            body.putObject("parameters").put("migrate_to_chat_id", error.migrateToChatId);
        }
        return new Outcome(error.code, body, error.retryAfter);
    }

    private static void send(Exchange exchange, Outcome outcome) throws IOException {
        if (outcome.retryAfter() != null) {
            exchange.withHeader("Retry-After", Integer.toString(outcome.retryAfter()));
        }
        exchange.json(outcome.status(), outcome.body().toString());
    }
}
