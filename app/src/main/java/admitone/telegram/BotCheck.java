package admitone.telegram;

import admitone.messaging.Messenger.ChatKind;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.ClockCheck;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Remark;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Updates;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks Telegram whether the bot can do its work, without the service; says and changes nothing there. */
public final class BotCheck {
    private static final String ABOUT = "Telegram";
    private static final Duration WITHIN = Duration.ofSeconds(10);
    /** It tries again within minutes: what failed before then was delivered since. */
    private static final Duration FRESH = Duration.ofMinutes(10);

    private static final long MANY_PENDING = 1000;

    private final OutsideHttp http;
    private final JsonMapper json;
    private final Clock clock;
    private final Settings settings;

    public BotCheck(OutsideHttp http, JsonMapper json, Clock clock, Settings settings) {
        this.http = http;
        this.json = json;
        this.clock = clock;
        this.settings = settings;
    }

    /** @param title as it was registered */
    public record Chat(long id, String title) {}

    /** The bot itself, how it hears of what happens, and what it may do in these chats. */
    public List<Remark> look(List<Chat> chats) {
        List<Remark> remarks = new ArrayList<>();
        Instant asked = clock.instant();
        Reply reply = call("getMe", Map.of());
        if (!(reply instanceof Reply.Received received)) {
            return List.of(
                    Remark.wrong(
                            ABOUT,
                            settings.telegram().apiUrl() + " cannot be reached",
                            "is the network up, does a firewall let this machine out, and is ADMITONE_TELEGRAM_API_URL right?"));
        }
        if (isBusy(received)) {
            return List.of(Remark.warn(
                    ABOUT, "the token could not be asked about (" + said(received) + ")", "try again in a minute"));
        }
        if (!isTelegrams(received)) {
            return List.of(Remark.wrong(
                    ABOUT,
                    settings.telegram().apiUrl() + " does not answer as Telegram does (" + said(received) + ")",
                    "is ADMITONE_TELEGRAM_API_URL right?"));
        }
        JsonNode me = result(received);
        if (me == null) {
            return List.of(Remark.wrong(
                    ABOUT,
                    "the bot's token is refused (" + said(received) + ")",
                    "copy it again from @BotFather into ADMITONE_TELEGRAM_BOT_TOKEN"));
        }
        ClockCheck.against(ABOUT, received.headers(), asked, clock.instant()).ifPresent(remarks::add);
        remarks.add(
                Remark.ok(ABOUT, "the token is that of @" + me.path("username").stringValue("")));
        remarks.addAll(updates(call("getWebhookInfo", Map.of())));
        for (Chat chat : chats) {
            remarks.add(rights(chat));
            kind(chat).ifPresent(remarks::add);
        }
        return remarks;
    }

    private List<Remark> updates(Reply reply) {
        @Nullable JsonNode webhook = reply instanceof Reply.Received received ? result(received) : null;
        if (webhook == null) {
            return List.of(Remark.warn(ABOUT, "how updates come could not be asked", "try again in a minute"));
        }
        List<Remark> remarks = new ArrayList<>();
        String url = webhook.path("url").stringValue("");
        boolean polls = settings.telegram().updates() == Updates.POLLING;
        String wanted = polls ? "" : WebhookKeeper.url(settings);
        remarks.add(
                url.equals(wanted)
                        ? Remark.ok(ABOUT, polls ? "updates come by polling" : "updates come by webhook to " + url)
                        : Remark.warn(
                                ABOUT,
                                url.isEmpty() ? "no webhook is set yet" : "updates are sent to " + url,
                                "does another program use this bot? If not: the service sets it right when it starts"));
        List<String> allowed = webhook.path("allowed_updates")
                .valueStream()
                .map(word -> word.stringValue(""))
                .toList();
        if (!url.isEmpty() && !allowed.containsAll(TelegramClient.ALLOWED_UPDATES)) {
            remarks.add(Remark.warn(
                    ABOUT,
                    "not all updates are sent: " + String.join(", ", allowed),
                    "the service asks for all it needs when it starts"));
        }
        String failure = webhook.path("last_error_message").stringValue("");
        if (!failure.isEmpty() && !polls) {
            Instant at = Instant.ofEpochSecond(webhook.path("last_error_date").longValue(0));
            remarks.add(notDelivered(failure, at, clock.instant(), wanted));
        }
        long pending = webhook.path("pending_update_count").longValue(0);
        if (pending > MANY_PENDING) {
            remarks.add(Remark.warn(ABOUT, pending + " updates wait there", "is the service running?"));
        }
        return remarks;
    }

    /** Pure. Telegram never forgets its last failure, however much it delivered since. */
    static Remark notDelivered(String failure, Instant at, Instant now, String url) {
        String says = "could not deliver at " + at + ": " + failure;
        return at.isBefore(now.minus(FRESH))
                ? Remark.warn(ABOUT, says, "if the service was stopped then, that is why; it was the last time")
                : Remark.wrong(
                        ABOUT,
                        says,
                        "is " + url + " reachable from outside, with a certificate that Telegram accepts?");
    }

    /** Whether the bot may let people in and remove them there. */
    private Remark rights(Chat chat) {
        String where = where(chat);
        String todo = "make the bot an administrator there who may invite users and ban users";
        Reply reply = call(
                "getChatMember",
                Map.of("chat_id", chat.id(), "user_id", settings.telegram().botId()));
        if (!(reply instanceof Reply.Received received) || isBusy(received) || !isTelegrams(received)) {
            return Remark.warn(ABOUT, where + "the bot's rights could not be asked", "try again in a minute");
        }
        JsonNode member = result(received);
        if (member == null) {
            return Remark.wrong(ABOUT, where + "the bot is not inside (" + said(received) + ")", todo);
        }
        Standing standing = UpdateWire.standing(member);
        if (!standing.role().runsTheChat()) {
            return Remark.wrong(ABOUT, where + "the bot is no administrator", todo);
        }
        return standing.mayInvite() && standing.mayRemove()
                ? Remark.ok(ABOUT, where + "the bot may let in and remove")
                : Remark.wrong(
                        ABOUT,
                        where + "the bot lacks the right to "
                                + (standing.mayInvite() ? "" : "invite users")
                                + (standing.mayInvite() || standing.mayRemove() ? "" : " and to ")
                                + (standing.mayRemove() ? "" : "ban users"),
                        "give it to it in the channel's list of administrators");
    }

    /** What is wrong with the chat itself; without an answer nothing is said, which the rights have. */
    private Optional<Remark> kind(Chat chat) {
        @Nullable
        JsonNode answer =
                call("getChat", Map.of("chat_id", chat.id())) instanceof Reply.Received received && !isBusy(received)
                        ? result(received)
                        : null;
        return answer == null ? Optional.empty() : amiss(chat, UpdateWire.kind(answer, chat.id()));
    }

    /** Pure. */
    static Optional<Remark> amiss(Chat chat, ChatKind kind) {
        if (!kind.canBeSold()) {
            return Optional.of(
                    kind.isBasicGroup()
                            ? Remark.wrong(
                                    ABOUT,
                                    where(chat) + "it is a basic group, which keeps nobody out: it is not sold",
                                    "make it a supergroup: let new members see its history, say")
                            : Remark.wrong(
                                    ABOUT,
                                    where(chat) + "it is public, so everybody can read it: it is not sold",
                                    "make it private in its settings"));
        }
        return kind.membersMayAdd()
                ? Optional.of(Remark.warn(
                        ABOUT,
                        where(chat) + "every member may add others, who come in without paying",
                        "switch it off: in the group, Edit, Permissions, Add members"))
                : Optional.empty();
    }

    private static String where(Chat chat) {
        return "in \"" + chat.title() + "\" (" + chat.id() + ") ";
    }

    /** The address holds the token, so it goes into no text. */
    private Reply call(String method, Map<String, Object> body) {
        URI url = URI.create(settings.telegram().apiUrl() + "/bot"
                + settings.telegram().botToken().value() + "/" + method);
        return http.call(url, Map.of(), json.writeValueAsBytes(body), WITHIN);
    }

    private @Nullable JsonNode result(Reply.Received received) {
        JsonNode envelope = parse(received);
        return envelope.path("ok").booleanValue(false) ? envelope.path("result") : null;
    }

    /** It has no time, or something between us and it says so. */
    private static boolean isBusy(Reply.Received received) {
        return received.status() >= 500 || received.status() == 429;
    }

    private boolean isTelegrams(Reply.Received received) {
        return parse(received).has("ok");
    }

    private String said(Reply.Received received) {
        return received.status() + " " + parse(received).path("description").stringValue("");
    }

    private JsonNode parse(Reply.Received received) {
        try {
            return json.readTree(received.body());
        } catch (JacksonException e) {
            return json.missingNode();
        }
    }
}
