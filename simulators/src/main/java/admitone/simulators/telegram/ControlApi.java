package admitone.simulators.telegram;

import admitone.simulators.http.Exchange;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** {@link TelegramSimulator}'s control methods over HTTP, as {@code docs-telegram.md} lists them. */
final class ControlApi {
    record Start(String bot, @Nullable String payload) {}

    record Say(String bot, String text) {}

    record Tap(String bot, long messageId, String data) {}

    record OpenLink(String link) {}

    record InChat(long chatId) {}

    record WithBot(String bot) {}

    record ByHuman(
            long chatId,
            @Nullable Long adminId,
            @Nullable Long userId,
            @Nullable Boolean ban) {}

    record Rights(
            @Nullable String status,
            @Nullable Boolean canInviteUsers,
            @Nullable Boolean canRestrictMembers,
            @Nullable Boolean canPostMessages) {}

    record Migrate(long newChatId) {}

    record Permissions(boolean canInviteUsers) {}

    record Advance(long advanceS) {}

    record Pacing(boolean paced) {}

    private record Done(boolean ok) {}

    private record Sent(long messageId) {}

    private record Tapped(String callbackQueryId) {}

    private record Opened(OpenResult result) {}

    private record Now(String now) {}

    private record Timer(long timerUs) {}

    private record Failure(String error) {}

    private static final Done DONE = new Done(true);

    private final TelegramSimulator telegram;

    ControlApi(TelegramSimulator telegram) {
        this.telegram = telegram;
    }

    void handle(Exchange exchange) throws IOException {
        try {
            Object answer = route(exchange);
            if (answer == null) {
                respond(exchange, 404, new Failure("no such route: " + exchange.method() + " " + exchange.path()));
            } else {
                respond(exchange, 200, answer);
            }
        } catch (JacksonException | IllegalArgumentException e) {
            respond(exchange, 400, new Failure(String.valueOf(e.getMessage())));
        } catch (ApiError e) {
            respond(exchange, 409, new Failure(e.description));
        }
    }

    private @Nullable Object route(Exchange exchange) {
        List<String> path = exchange.segments();
        String place = exchange.method() + " " + (path.size() > 1 ? path.get(1) : "");
        return switch (path.size()) {
            case 2 -> route(place, exchange);
            case 3 ->
                switch (place) {
                    case "GET chats" -> telegram.chat(id(path.get(2)));
                    case "GET crowds" -> telegram.receipts(id(path.get(2)));
                    default -> null;
                };
            case 4 ->
                switch (place) {
                    case "POST users" -> act(id(path.get(2)), path.get(3), exchange);
                    case "GET users" -> look(id(path.get(2)), path.get(3), exchange);
                    case "GET chats" -> path.get(3).equals("moves") ? telegram.moves(id(path.get(2))) : null;
                    case "POST chats" -> changeChat(id(path.get(2)), path.get(3), exchange);
                    default -> null;
                };
            case 5 -> place.equals("PUT chats") && path.get(3).equals("bots") ? placeBot(path, exchange) : null;
            default -> null;
        };
    }

    private @Nullable Object route(String place, Exchange exchange) {
        return switch (place) {
            case "POST bots" -> telegram.addBot(body(exchange, Control.NewBot.class));
            case "POST users" -> done(() -> telegram.addUser(body(exchange, Control.NewUser.class)));
            case "POST crowds" -> done(() -> telegram.addCrowd(body(exchange, Control.NewCrowd.class)));
            case "GET crowds" -> telegram.crowds();
            case "POST chats" -> done(() -> telegram.addChat(body(exchange, Control.NewChat.class)));
            case "POST faults" -> done(() -> telegram.addFault(body(exchange, Control.Fault.class)));
            case "GET faults" -> telegram.faults();
            case "DELETE faults" -> done(() -> telegram.clearFaults());
            case "GET log" -> telegram.log();
            case "PUT updates" -> done(() -> telegram.setUpdates(body(exchange, Control.UpdateSwitches.class)));
            case "PUT pacing" ->
                done(() -> telegram.setPaced(body(exchange, Pacing.class).paced()));
            case "PUT clock" -> {
                telegram.advance(
                        Duration.ofSeconds(body(exchange, Advance.class).advanceS()));
                yield new Now(telegram.clock().instant().toString());
            }
            case "GET timer" -> new Timer(telegram.timerUs());
            case "GET clock" -> new Now(telegram.clock().instant().toString());
            case "POST reset" -> done(() -> telegram.reset());
            default -> null;
        };
    }

    private @Nullable Object act(long userId, String deed, Exchange exchange) {
        return switch (deed) {
            case "start" -> {
                Start start = body(exchange, Start.class);
                yield new Sent(telegram.start(userId, start.bot(), start.payload()));
            }
            case "say" -> {
                Say say = body(exchange, Say.class);
                yield new Sent(telegram.say(userId, say.bot(), say.text()));
            }
            case "tap" -> {
                Tap tap = body(exchange, Tap.class);
                yield new Tapped(telegram.tap(userId, tap.bot(), tap.messageId(), tap.data()));
            }
            case "open-link" ->
                new Opened(
                        telegram.openLink(userId, body(exchange, OpenLink.class).link()));
            case "revoke-link-by-human" ->
                done(() -> telegram.revokeByHuman(
                        userId, body(exchange, OpenLink.class).link()));
            case "leave" ->
                done(() -> telegram.leave(userId, body(exchange, InChat.class).chatId()));
            case "block" ->
                done(() -> telegram.block(userId, body(exchange, WithBot.class).bot()));
            case "unblock" ->
                done(() ->
                        telegram.unblock(userId, body(exchange, WithBot.class).bot()));
            case "approve-by-human", "decline-by-human", "remove-by-human", "add-by-human" ->
                done(() -> byHuman(userId, deed, body(exchange, ByHuman.class)));
            default -> null;
        };
    }

    /** The path names the administrator, or with {@code admin_id} in the body the person it is about. */
    private void byHuman(long pathId, String deed, ByHuman facts) {
        long admin = Objects.requireNonNullElse(facts.adminId(), pathId);
        long user = Objects.requireNonNullElse(facts.userId(), pathId);
        switch (deed) {
            case "approve-by-human" -> telegram.approveByHuman(admin, facts.chatId(), user);
            case "decline-by-human" -> telegram.declineByHuman(admin, facts.chatId(), user);
            case "remove-by-human" ->
                telegram.removeByHuman(admin, facts.chatId(), user, Boolean.TRUE.equals(facts.ban()));
            default -> telegram.addByHuman(admin, facts.chatId(), user);
        }
    }

    private @Nullable Object look(long userId, String what, Exchange exchange) {
        String bot = exchange.query().getOrDefault("bot", "");
        return switch (what) {
            case "messages" -> telegram.messages(userId, bot);
            case "taps" -> telegram.taps(userId, bot);
            default -> null;
        };
    }

    private @Nullable Object changeChat(long chatId, String deed, Exchange exchange) {
        return switch (deed) {
            case "delete" -> done(() -> telegram.deleteChat(chatId));
            case "permissions" ->
                done(() -> telegram.setMembersMayAdd(
                        chatId, body(exchange, Permissions.class).canInviteUsers()));
            case "migrate" ->
                done(() -> telegram.migrateChat(
                        chatId, body(exchange, Migrate.class).newChatId()));
            default -> null;
        };
    }

    private Object placeBot(List<String> path, Exchange exchange) {
        Rights rights = body(exchange, Rights.class);
        telegram.setBotInChat(
                id(path.get(2)),
                new Control.BotInChat(
                        path.get(4),
                        rights.status(),
                        rights.canInviteUsers(),
                        rights.canRestrictMembers(),
                        rights.canPostMessages()));
        return DONE;
    }

    private static Done done(Runnable deed) {
        deed.run();
        return DONE;
    }

    private static long id(String text) {
        return Long.parseLong(text);
    }

    private static <T> T body(Exchange exchange, Class<T> type) {
        T body = Json.MAPPER.readValue(exchange.text().isBlank() ? "{}" : exchange.text(), type);
        Objects.requireNonNull(body, "the body is null");
        for (RecordComponent field : type.getRecordComponents()) {
            if (!field.getAnnotatedType().isAnnotationPresent(Nullable.class) && value(field, body) == null) {
                throw new IllegalArgumentException("the body lacks the field for " + field.getName());
            }
        }
        return body;
    }

    private static @Nullable Object value(RecordComponent field, Object body) {
        try {
            return field.getAccessor().invoke(body);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void respond(Exchange exchange, int status, Object answer) throws IOException {
        exchange.json(status, Json.MAPPER.writeValueAsString(answer));
    }
}
